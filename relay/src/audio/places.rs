//! How many sessions are rendered at once: more would only take turns at the same processors, and what else the machine does should have one.
//!
//! A place is held while a chunk is made. Seeks take none: they last a second or two, and others' chunks would be late. Neither
//! do sessions whose voices are on a GPU: they wait for that together.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// The places of a relay.
pub(super) struct Places {
    free: Mutex<usize>,
    freed: Condvar,
}

/// One of them; dropped, it is free again.
pub(super) struct Place(Arc<Places>);

impl Places {
    pub(super) fn new(places: usize) -> Arc<Self> {
        Arc::new(Self { free: Mutex::new(places.max(1)), freed: Condvar::new() })
    }

    fn free(&self) -> MutexGuard<'_, usize> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for one.
    pub(super) fn take(self: &Arc<Self>) -> Place {
        let none = |free: &mut usize| *free == 0;
        let mut free = self.freed.wait_while(self.free(), none).unwrap_or_else(PoisonError::into_inner);
        *free -= 1;
        Place(self.clone())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        *self.0.free() += 1;
        self.0.freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;
    use std::time::Duration;

    #[test]
    fn no_more_are_taken_than_there_are() {
        let places = Places::new(2);
        let (inside, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..5 {
                        let _place = places.take();
                        most.fetch_max(inside.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                        thread::sleep(Duration::from_millis(2));
                        inside.fetch_sub(1, Ordering::SeqCst);
                    }
                });
            }
        });
        assert_eq!(most.into_inner(), 2);
        assert_eq!(*places.free(), 2);
    }
}
