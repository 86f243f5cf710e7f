//! The master: what follows the sum of movements.

use crate::cpu::{Simd, dispatch};
use crate::mix::StereoBlock;
use crate::mix::compressor::Compressor;
use crate::mix::limiter::Limiter;
use crate::mix::saturation::saturate;
use crate::time::{CONTROL, SampleRate};

/// Gain between compressor and saturation, as a factor: puts every preset between -20 and -16 LUFS.
const MAKE_UP: f32 = 1.06;

/// Compressor, saturation, limiter. Remembers [`Master::window`] frames and nothing beyond.
#[derive(Clone, Debug)]
pub struct Master {
    compressor: Compressor,
    limiter: Limiter,
}

impl Master {
    /// How much later than its input the output comes, in frames.
    pub const LATENCY: u64 = Limiter::LATENCY;

    /// A master that has heard nothing. Allocates.
    #[must_use]
    pub fn new(rate: SampleRate) -> Self {
        Self { compressor: Compressor::new(rate), limiter: Limiter::default() }
    }

    /// The frames of input on which a frame of output depends.
    #[must_use]
    pub fn window(rate: SampleRate) -> u64 {
        Compressor::window(rate) + Limiter::WINDOW + 2 * CONTROL as u64
    }

    /// Forgets everything.
    pub fn reset(&mut self) {
        self.compressor.reset();
        self.limiter.reset();
    }

    /// One control interval in, the one [`Master::LATENCY`] frames before out.
    #[must_use]
    pub fn process(&mut self, sum: &StereoBlock, simd: Simd) -> StereoBlock {
        let mut block = *sum;
        let mut out = StereoBlock::default();
        let (this, input, output) = (self, &mut block, &mut out);
        dispatch!(simd, |this: &mut Master, input: &mut StereoBlock, output: &mut StereoBlock| {
            this.compressor.process(input);
            input.ramp(MAKE_UP, MAKE_UP);
            saturate(input);
            *output = this.limiter.process(input);
        });
        out
    }
}
