//! What was rendered ahead, by whoever can: it stands in for what the engine would render itself.

use crate::dsp::delay::Block;
use crate::mix::StereoBlock;
use crate::time::CONTROL;
use alloc::boxed::Box;
use alloc::vec;

/// How many control intervals a page has: 93 ms at 44 100 Hz.
pub const PAGE: usize = 64;
/// Frames in a page.
pub const FRAMES: usize = PAGE * CONTROL;
/// How many pages there is room for.
pub const PAGES: usize = 36;

#[derive(Clone)]
struct Page {
    /// Of what it is, and which page of that, counted from frame 0 of the session; nothing where it is empty.
    what: Option<(u64, u64)>,
    left: [Block; PAGE],
    right: [Block; PAGE],
}

/// Pages that were rendered ahead; the oldest gives way to a new one.
#[derive(Clone)]
pub struct Supplies {
    pages: Box<[Page]>,
    next: usize,
}

impl Default for Supplies {
    fn default() -> Self {
        Self::new()
    }
}

impl Supplies {
    /// Nothing yet. Allocates all that it will ever use.
    #[must_use]
    pub fn new() -> Self {
        let empty = Page { what: None, left: [[0.0; CONTROL]; PAGE], right: [[0.0; CONTROL]; PAGE] };
        Self { pages: vec![empty; PAGES].into_boxed_slice(), next: 0 }
    }

    /// Takes a page of what `print` tells from all else: [`FRAMES`] frames from frame `page` · [`FRAMES`] on. False if they are not as many, or no samples that can be played. Does not
    /// allocate.
    #[cold]
    pub fn put(&mut self, print: u64, page: u64, left: &[f32], right: &[f32]) -> bool {
        let good = |side: &[f32]| side.len() == FRAMES && side.iter().all(|x| (-2.0..=2.0).contains(x));
        if !(good(left) && good(right)) {
            return false;
        }
        let place = &mut self.pages[self.next];
        self.next = (self.next + 1) % PAGES;
        place.what = Some((print, page));
        for (block, samples) in place.left.iter_mut().zip(left.chunks_exact(CONTROL)) {
            block.copy_from_slice(samples);
        }
        for (block, samples) in place.right.iter_mut().zip(right.chunks_exact(CONTROL)) {
            block.copy_from_slice(samples);
        }
        true
    }

    /// A control interval of it, if it was supplied.
    #[must_use]
    pub fn get(&self, print: u64, control: u64) -> Option<StereoBlock> {
        let what = Some((print, control / PAGE as u64));
        let page = self.pages.iter().find(|page| page.what == what)?;
        let at = (control % PAGE as u64) as usize;
        Some(StereoBlock { left: page.left[at], right: page.right[at] })
    }
}
