//! A thread beside the music, whose end is waited for a moment only.

use std::convert::Infallible;
use std::io;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// How long its end is waited for at most. One that hangs in a driver ends with the program.
const FAREWELL: Duration = Duration::from_secs(2);

/// A thread that was begun.
#[derive(Debug)]
pub struct Beside {
    /// The thread drops the other end when it is over, also by a panic.
    over: Receiver<Infallible>,
}

impl Beside {
    /// Begins it.
    ///
    /// # Errors
    /// If there is no thread to be had.
    pub fn begin(name: &str, work: impl FnOnce() + Send + 'static) -> io::Result<Self> {
        let (alive, over) = channel();
        std::thread::Builder::new().name(name.into()).spawn(move || {
            let _alive = alive;
            work();
        })?;
        Ok(Self { over })
    }

    /// Waits until it is over, two seconds at most: drivers take it ill when a program ends under their hands.
    pub fn wait(&self) {
        // It says nothing; that the other end is gone is what is waited for.
        let _ = self.over.recv_timeout(FAREWELL);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::time::Instant;

    #[test]
    fn its_end_is_waited_for() {
        let done = Arc::new(AtomicBool::new(false));
        let does = Arc::clone(&done);
        let beside = Beside::begin("short", move || {
            std::thread::sleep(Duration::from_millis(50));
            does.store(true, Ordering::SeqCst);
        });
        beside.unwrap().wait();
        assert!(done.load(Ordering::SeqCst));
    }

    #[test]
    fn one_that_hangs_or_breaks_down_holds_nobody() {
        let begun = Instant::now();
        Beside::begin("broken", || panic!("it was to")).unwrap().wait();
        assert!(begun.elapsed() < FAREWELL);
        let (_release, until) = channel::<()>();
        let hangs = Beside::begin("hanging", move || assert!(until.recv().is_err())).unwrap();
        hangs.wait();
        assert!(begun.elapsed() >= FAREWELL);
    }
}
