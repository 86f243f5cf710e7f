//! The soft top: a gentle low-pass at 8 to 12 kHz over what would hiss.
//!
//! Three taps, `a, 1 - 2a, a`: symmetric, so that it delays everything alike (by one frame), and without feedback, so that it costs next
//! to nothing and forgets after two frames. Its response is `1 - 2a(1 - cos ω)`: -3 dB at the cutoff, -7 to -25 dB at the top.

use crate::dsp::delay::Block;
use crate::math::sin_phase_scalar;
use crate::mix::StereoBlock;
use crate::time::{CONTROL, SampleRate};

/// The low-pass of one layer.
#[derive(Clone, Copy, Debug, Default)]
pub struct SoftTop {
    /// The last two frames of each side.
    past: [[f32; 2]; 2],
}

/// The weight of the neighbours that puts -3 dB at `cutoff` Hz. Brought inside 6 to 16 kHz.
#[must_use]
pub fn weight(cutoff: f32, rate: SampleRate) -> f32 {
    // A cosine is a sine a quarter of a turn on.
    let cosine = sin_phase_scalar(rate.phase_step(cutoff.clamp(6000.0, 16_000.0)).wrapping_add(0x4000_0000));
    // 1 - 1/√2, halved.
    0.146_446_6 / (1.0 - cosine)
}

impl SoftTop {
    /// A block passes that needs no filter: only remembered.
    #[inline(always)]
    pub fn pass(&mut self, block: &StereoBlock) {
        for (past, block) in self.past.iter_mut().zip([&block.left, &block.right]) {
            past.copy_from_slice(&block[CONTROL - 2..]);
        }
    }

    /// Filters a block with the [`weight`] of a cutoff.
    #[inline(always)]
    pub fn process(&mut self, weight: f32, block: &mut StereoBlock) {
        side(&mut self.past[0], weight, &mut block.left);
        side(&mut self.past[1], weight, &mut block.right);
    }
}

#[inline(always)]
fn side(past: &mut [f32; 2], weight: f32, block: &mut Block) {
    let mut x = [0.0; CONTROL + 2];
    x[..2].copy_from_slice(past);
    x[2..].copy_from_slice(block);
    past.copy_from_slice(&block[CONTROL - 2..]);
    let middle = 1.0 - 2.0 * weight;
    for n in 0..CONTROL {
        block[n] = (x[n] + x[n + 2]) * weight + x[n + 1] * middle;
    }
}
