//! `SineVCO`: a cosine.

use super::Wave;
use crate::voice::arithmetic::cos_phase;
use auralis_engine::lanes::{F32, U32};

/// A cosine of the phase.
#[derive(Clone, Copy, Debug)]
pub struct Sine;

impl Wave for Sine {
    #[inline(always)]
    fn at<const L: usize>(&self, phase: U32<L>) -> F32<L> {
        cos_phase(phase)
    }
}
