//! `VCA` and `ControlRateVCA`: a product.

use auralis_engine::lanes::F32;

/// A signal at the level of another.
#[inline(always)]
#[must_use]
pub fn amplified<const L: usize>(signal: F32<L>, level: F32<L>) -> F32<L> {
    signal * level
}
