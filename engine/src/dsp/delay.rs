//! A delay line that is read and written a control interval at a time.

use crate::time::CONTROL;
use alloc::boxed::Box;
use alloc::vec;

/// A block of one signal: one control interval.
pub type Block = [f32; CONTROL];

/// A ring of past samples.
#[derive(Clone, Debug)]
pub struct DelayLine {
    ring: Box<[f32]>,
    at: usize,
}

impl DelayLine {
    /// A line that can be read up to `longest` frames back. Allocates.
    #[must_use]
    pub fn new(longest: usize) -> Self {
        let size = (longest + 2 * CONTROL).next_power_of_two();
        Self { ring: vec![0.0; size].into_boxed_slice(), at: 0 }
    }

    /// The longest delay that can be read, in frames.
    #[must_use]
    pub fn longest(&self) -> f32 {
        (self.ring.len() - 2 * CONTROL) as f32
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.ring.fill(0.0);
    }

    /// Reads the block that lies `from` frames back at its first frame and would lie `to` frames back just after its last, moving evenly
    /// between, with linear interpolation.
    ///
    /// Both at least [`CONTROL`] frames (the block that is about to be written cannot be read), and at most one frame apart: what moves
    /// faster would be heard as vibrato. Values outside are brought inside.
    #[inline(always)]
    pub fn read(&self, from: f32, to: f32, out: &mut Block) {
        let from = from.max(CONTROL as f32).min(self.longest());
        let to = to.max(from - 1.0).min(from + 1.0).max(CONTROL as f32).min(self.longest());
        let near = if from < to { from } else { to };
        let base = near as usize;
        let mut past = [0.0; CONTROL + 2];
        self.copy(base + 2, &mut past);
        // Linear interpolation with weights that are hats over the three samples that the path can touch: no branch, no gather.
        let step = (to - from) * (1.0 / CONTROL as f32);
        let start = from - base as f32;
        for n in 0..CONTROL {
            let d = start + step * n as f32;
            let w0 = (1.0 - d).max(0.0);
            let w2 = (d - 1.0).max(0.0);
            let w1 = 1.0 - w0 - w2;
            out[n] = past[n + 2] * w0 + past[n + 1] * w1 + past[n] * w2;
        }
    }

    /// Reads the block that lies a whole number of frames back (at least [`CONTROL`]).
    #[inline(always)]
    pub fn read_whole(&self, delay: usize, out: &mut Block) {
        self.copy(delay.clamp(CONTROL, self.ring.len() - 2 * CONTROL), out);
    }

    /// Appends a block.
    #[inline(always)]
    pub fn write(&mut self, block: &Block) {
        // `at` is a multiple of the block's length, which divides the ring's: a block never wraps.
        self.ring[self.at..self.at + CONTROL].copy_from_slice(block);
        self.at = (self.at + CONTROL) & (self.ring.len() - 1);
    }

    /// Copies the samples from `back` frames ago on.
    #[inline(always)]
    fn copy<const N: usize>(&self, back: usize, out: &mut [f32; N]) {
        let mask = self.ring.len() - 1;
        let start = (self.at + self.ring.len() - back) & mask;
        // Nearly always in one piece, of a length that the compiler knows.
        if let Some(piece) = self.ring.get(start..start + N) {
            out.copy_from_slice(piece);
            return;
        }
        let first = out.len().min(self.ring.len() - start);
        let (a, b) = out.split_at_mut(first);
        a.copy_from_slice(&self.ring[start..start + first]);
        b.copy_from_slice(&self.ring[..b.len()]);
    }
}
