//! What sound comes out of: a sound card, or nothing at all.

use crate::error::Result;
use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Fills interleaved stereo at the device's rate; called by the device's own thread.
pub type Fill = Box<dyn FnMut(&mut [f32]) + Send>;

/// Hears that the device has failed for good.
pub type OnTrouble = Box<dyn FnMut(String) + Send>;

/// Something that plays.
pub trait Speaker {
    /// Opens it, as near to a rate as it can be had, and lets it play what `fill` gives, made for the rate that it is.
    ///
    /// # Errors
    /// If it does not play.
    fn open(&self, wanted_hz: u32, fill: Box<dyn FnOnce(u32) -> Fill>, trouble: OnTrouble) -> Result<Open>;
}

/// A device that plays until this is dropped.
pub struct Open {
    /// What it is called.
    pub name: String,
    /// The rate that it has.
    pub hz: u32,
    /// Whatever has to live as long.
    pub stream: Box<dyn Any>,
}

/// The name by which [`Nothing`] is chosen.
pub const NOTHING: &str = "none";

/// Plays to nobody, in real time: for trying things out on a machine without a sound card.
#[derive(Clone, Copy, Debug, Default)]
pub struct Nothing;

/// Its clock.
struct Clock {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Speaker for Nothing {
    fn open(&self, wanted_hz: u32, fill: Box<dyn FnOnce(u32) -> Fill>, _trouble: OnTrouble) -> Result<Open> {
        let mut fill = fill(wanted_hz);
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = std::thread::spawn(move || {
            let (began, mut done) = (Instant::now(), 0);
            let mut buffer = [0.0; 2 * 256];
            while !stopped.load(Ordering::Relaxed) {
                let due = (began.elapsed().as_secs_f64() * f64::from(wanted_hz)) as u64;
                while done < due {
                    fill(&mut buffer);
                    done += 256;
                }
                std::thread::sleep(Duration::from_millis(5));
            }
        });
        let stream = Box::new(Clock { stop, thread: Some(thread) });
        Ok(Open { name: "no device".into(), hz: wanted_hz, stream })
    }
}

impl Drop for Clock {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            // If it panicked, that was said where it happened.
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicU64;

    #[test]
    fn nothing_takes_frames_in_real_time_until_it_is_dropped() {
        let taken = Arc::new(AtomicU64::new(0));
        let count = Arc::clone(&taken);
        let fill: Box<dyn FnOnce(u32) -> Fill> = Box::new(move |hz| {
            assert_eq!(hz, 48_000);
            Box::new(move |out| {
                count.fetch_add(out.len() as u64 / 2, Ordering::Relaxed);
            })
        });
        let open = Nothing.open(48_000, fill, Box::new(|_| ())).unwrap();
        while taken.load(Ordering::Relaxed) < 4800 {
            std::thread::sleep(Duration::from_millis(1));
        }
        drop(open);
        let after = taken.load(Ordering::Relaxed);
        std::thread::sleep(Duration::from_millis(20));
        assert_eq!(taken.load(Ordering::Relaxed), after);
    }
}
