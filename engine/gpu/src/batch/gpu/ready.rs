//! Sounds as the kernel takes them. What is computed once for a voice, and needs more than 32 bits, the processor computes.

use crate::batch::Sound;
use crate::voice::{Grid, WORDS};
use std::num::NonZeroUsize;

/// Sounds that a device can render.
#[derive(Clone, Debug)]
pub struct Ready {
    pub(super) grid: Grid,
    pub(super) words: Vec<u32>,
    pub(super) count: usize,
}

impl Ready {
    /// Makes sounds ready, on so many threads.
    #[must_use]
    pub fn new(grid: &Grid, sounds: &[Sound], threads: NonZeroUsize) -> Self {
        let mut words = vec![0; sounds.len() * WORDS];
        let each = sounds.len().div_ceil(threads.get()).max(1);
        let fill = |sounds: &[Sound], words: &mut [u32]| {
            for (sound, words) in sounds.iter().zip(words.as_chunks_mut::<WORDS>().0) {
                *words = sound.voice(grid.rate()).words();
            }
        };
        std::thread::scope(|scope| {
            let mut parts = sounds.chunks(each).zip(words.chunks_mut(each * WORDS));
            let own = parts.next();
            for (sounds, words) in parts {
                scope.spawn(move || fill(sounds, words));
            }
            if let Some((sounds, words)) = own {
                fill(sounds, words);
            }
        });
        Self { grid: grid.clone(), words, count: sounds.len() }
    }
}
