//! Saturation: peaks are rounded as tape does, without memory.

use crate::lanes::{F32, LANES};
use crate::math::soft_clip;
use crate::mix::StereoBlock;
use crate::time::CONTROL;

/// Rounds a block's peaks: x(27 + x²)/(27 + 9x²), that is x - 8x³/27 …, and never beyond ±1.
#[inline(always)]
pub fn saturate(block: &mut StereoBlock) {
    for side in [&mut block.left, &mut block.right] {
        for part in 0..CONTROL / LANES {
            let at = part * LANES;
            let mut x = [0.0; LANES];
            x.copy_from_slice(&side[at..at + LANES]);
            side[at..at + LANES].copy_from_slice(&soft_clip(F32(x)).0);
        }
    }
}
