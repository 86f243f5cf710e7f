//! An oscillator's phases in a segment, a register of samples at a time.

use super::sweep::Sum;
use auralis_engine::lanes::{F32, U32};

/// Some samples of a segment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Samples<const L: usize> {
    /// Their numbers within it.
    pub(super) numbers: U32<L>,
    /// The same as floats.
    pub(super) floats: F32<L>,
}

/// The phases at samples. (A trait, since a closure that stays a call would be compiled for the target only.)
pub(super) trait Phases<const L: usize> {
    /// Those of some samples.
    fn at(&self, samples: &Samples<L>) -> U32<L>;
}

/// A pitch that stands still: the bend is left out.
#[derive(Clone, Copy, Debug)]
pub(super) struct Even(pub(super) Sum);

impl<const L: usize> Phases<L> for Even {
    #[inline(always)]
    fn at(&self, samples: &Samples<L>) -> U32<L> {
        self.0.even(samples.numbers)
    }
}

/// A pitch that moves.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bent(pub(super) Sum);

impl<const L: usize> Phases<L> for Bent {
    #[inline(always)]
    fn at(&self, samples: &Samples<L>) -> U32<L> {
        self.0.even(samples.numbers) + self.0.bend(samples.floats)
    }
}
