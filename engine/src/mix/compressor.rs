//! Compressor: gentle, slow, and without a past beyond its window.
//!
//! The level is the mean square of the last 0.4 s under a Hann window, computed anew at each control point from the energies of the intervals
//! in it: no recursion, so after 0.4 s it has forgotten how it came there, and whoever seeks to a moment hears the same gain.

use crate::mix::StereoBlock;
use crate::time::{CONTROL, SampleRate};
use alloc::boxed::Box;
use alloc::vec;

/// The window, in seconds.
const WINDOW: f32 = 0.4;
/// Above this level (RMS, 0.1 is -20 dBFS) it begins to work.
const THRESHOLD: f32 = 0.1;
/// Two decibels in, one out.
const RATIO: f32 = 2.0;

/// A stereo compressor.
#[derive(Clone, Debug)]
pub struct Compressor {
    weights: Box<[f32]>,
    energies: Box<[f32]>,
    /// Where the newest energy lies.
    at: usize,
    gain: f32,
}

impl Compressor {
    /// A compressor. Allocates its window.
    #[must_use]
    pub fn new(rate: SampleRate) -> Self {
        let count = rate.controls(WINDOW) as usize;
        let mut weights = vec![0.0; count].into_boxed_slice();
        for (i, w) in weights.iter_mut().enumerate() {
            let turn = ((i as f32 + 0.5) / count as f32 * 4_294_967_296.0) as u32;
            // Hann: mean of the weights is ½.
            *w = (1.0 - crate::math::sin_phase_scalar(turn.wrapping_add(0x4000_0000))) / count as f32;
        }
        // Twice as long, each energy written twice: the window always lies in one piece.
        Self { weights, energies: vec![0.0; 2 * count].into_boxed_slice(), at: 0, gain: 1.0 }
    }

    /// How far back it looks, in frames.
    #[must_use]
    pub fn window(rate: SampleRate) -> u64 {
        u64::from(rate.controls(WINDOW) + 1) * CONTROL as u64
    }

    /// Forgets everything.
    pub fn reset(&mut self) {
        self.energies.fill(0.0);
        self.gain = 1.0;
    }

    /// Compresses a block.
    #[inline(always)]
    pub fn process(&mut self, block: &mut StereoBlock) {
        let mut sums = [0.0; 8];
        for n in 0..CONTROL / 8 {
            for i in 0..8 {
                let (l, r) = (block.left[n * 8 + i], block.right[n * 8 + i]);
                sums[i] += l * l + r * r;
            }
        }
        let energy = crate::lanes::F32(sums).sum() * (0.5 / CONTROL as f32);
        let count = self.weights.len();
        self.at = (self.at + 1) % count;
        self.energies[self.at] = energy;
        self.energies[self.at + count] = energy;
        let window = &self.energies[self.at + 1..=self.at + count];
        // Eight sums side by side, then together: always the same order.
        let mut sums = [0.0; 8];
        let (weights, rest_weights) = self.weights.as_chunks::<8>();
        let (energies, rest) = window.as_chunks::<8>();
        for (w, e) in weights.iter().zip(energies) {
            for i in 0..8 {
                sums[i] += w[i] * e[i];
            }
        }
        let tail: f32 = rest_weights.iter().zip(rest).map(|(w, e)| w * e).sum();
        let mean_square = crate::lanes::F32(sums).sum() + tail;
        let over = libm::log2f(mean_square.max(1e-12) * (1.0 / (THRESHOLD * THRESHOLD))).max(0.0);
        let gain = crate::math::exp2_scalar(-0.5 * over * (1.0 - 1.0 / RATIO));
        block.ramp(self.gain, gain);
        self.gain = gain;
    }
}
