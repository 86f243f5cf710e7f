//! How loud a part of a texture is at a control point. Twin of `engine/gpu/src/kernel/life.wgsl`.

use crate::lanes::{F32, U32};
use crate::math::sin_phase;

/// x in 0 ..= 1 with level ends: 3x² - 2x³.
#[inline(always)]
fn smooth<const W: usize>(x: F32<W>) -> F32<W> {
    x * x * (F32::splat(3.0) - x * 2.0)
}

/// x, held within 0 ..= 1.
#[inline(always)]
fn unit<const W: usize>(x: F32<W>) -> F32<W> {
    x.max(F32::ZERO).min(F32::splat(1.0))
}

/// The rise after `begin` and the fall before `end`, at control point `at`: 0 outside of them, 1 between. `rise` and `fall` are what they
/// move by in an interval.
#[inline(always)]
#[must_use]
pub fn life<const W: usize>(at: U32<W>, begin: U32<W>, end: U32<W>, rise: F32<W>, fall: F32<W>) -> F32<W> {
    let up = unit((at - begin).to_signed_f32() * rise);
    let down = unit((end - at).to_signed_f32() * fall);
    smooth(up) * smooth(down)
}

/// A slow sine between 1 - `depth` and 1.
#[inline(always)]
#[must_use]
pub fn swell<const W: usize>(phase: U32<W>, depth: F32<W>) -> F32<W> {
    F32::splat(1.0) - depth * (F32::splat(0.5) - sin_phase(phase) * 0.5)
}
