//! `SineVCO`: a cosine.

use super::Wave;
use crate::voice::arithmetic::cos_phase;
use auralis_engine::lanes::{F32, U32};

/// A cosine of the phase.
#[derive(Clone, Copy, Debug)]
pub struct Sine;

impl Wave for Sine {
    const IN_TWO: bool = false;

    #[inline(always)]
    fn begun<const L: usize>(&self, phase: U32<L>) -> [F32<L>; 2] {
        [cos_phase(phase), F32::ZERO]
    }

    #[inline(always)]
    fn ended<const L: usize>(&self, [cos, _]: [F32<L>; 2]) -> F32<L> {
        cos
    }
}
