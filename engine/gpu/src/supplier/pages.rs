//! Where pages come out, for whoever has no time: an audio thread.

use super::page::Page;
use auralis_engine::{Engine, Frame};
use rtrb::Consumer;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// How many pages are taken at a time at most, so that it stays short: each is a copy of 32 kB.
const AT_ONCE: usize = 4;

/// Where the music is, as the thread beside it sees it.
#[derive(Debug)]
pub(super) struct Place(AtomicU64);

impl Place {
    /// Not known yet.
    pub(super) const fn new() -> Self {
        Self(AtomicU64::new(u64::MAX))
    }

    fn set(&self, frame: Frame) {
        self.0.store(frame.0, Ordering::Relaxed);
    }

    pub(super) fn get(&self) -> Option<Frame> {
        Some(self.0.load(Ordering::Relaxed)).filter(|frame| *frame != u64::MAX).map(Frame)
    }
}

/// The audio thread's end of a [`Supplier`](super::Supplier). Nothing here allocates, locks or waits.
#[derive(Debug)]
pub struct Pages {
    ring: Consumer<Page>,
    place: Arc<Place>,
}

impl Pages {
    pub(super) const fn new(ring: Consumer<Page>, place: Arc<Place>) -> Self {
        Self { ring, place }
    }

    /// Says which frame of the session is synthesized next. Textures are rendered from there on; a leap, forwards or back, is a seek.
    pub fn at(&self, position: Frame) {
        self.place.set(position);
    }

    /// Takes the next pages that are ready, four at most, and gives how many there were.
    pub fn take(&mut self, mut with: impl FnMut(&Page)) -> usize {
        let count = self.ring.slots().min(AT_ONCE);
        let Ok(chunk) = self.ring.read_chunk(count) else { return 0 };
        let (first, second) = chunk.as_slices();
        first.iter().chain(second).for_each(&mut with);
        chunk.commit_all();
        count
    }

    /// Says where an engine is, hands it pages, and gives how many it took: what an audio thread does before it renders a block.
    pub fn supply(&mut self, engine: &mut Engine) -> usize {
        self.at(engine.earliest_change());
        let mut taken = 0;
        self.take(|page| taken += usize::from(page.supply(engine)));
        taken
    }
}
