//! The only transcendental functions in the engine.
//!
//! The standard library's `sin`, `exp2`, `tan`, `tanh` come from the platform and differ between platforms in the last bit;
//! one bit is enough for two listeners to hear different music after a minute. Here everything is either a polynomial of
//! additions and multiplications, which IEEE 754 defines to the bit, or a function of the `libm` crate, which is written
//! in them. There is no fused multiply-add anywhere: it rounds once where two operations round twice.
//!
//! Polynomials were fitted by iteratively reweighted least squares on Chebyshev nodes (nearly minimax); each states its error.
//! Each function of lanes has a scalar twin with the same operations in the same order, hence the same bits.

use crate::lanes::{F32, U32};

/// 2⁻³¹: turns a phase read as a signed integer into -1 ..= 1 (half turns).
pub const HALF_TURNS: f32 = 1.0 / 2_147_483_648.0;

const SIN: [f32; 5] = [core::f32::consts::PI, -5.167_710_3, 2.550_077_7, -0.598_292_23, 0.077_659_52];
const COS: [f32; 6] = [1.0, -4.934_802, 4.058_709, -1.335_212_1, 0.234_937_58, -0.024_396_74];
const EXP2: [f32; 7] = [
    1.0,
    core::f32::consts::LN_2,
    0.240_226_52,
    0.055_503_27,
    0.009_617_995,
    0.001_340_043_1,
    0.000_154_780_22,
];
/// 1.5 · 2²³: adding it leaves the nearest integer in the low bits of the mantissa.
const ROUND: f32 = 12_582_912.0;

/// sin(πx) for x in 0 ..= ½; error below 2e-8 before rounding.
#[inline(always)]
fn sin_quarter<const L: usize>(x: F32<L>) -> F32<L> {
    let s = x * x;
    let mut y = F32::splat(SIN[4]);
    for i in (0..4).rev() {
        y = y * s + SIN[i];
    }
    y * x
}

/// sin(2π · phase / 2³²) of each lane, within 1e-6.
#[inline(always)]
#[must_use]
pub fn sin_phase<const L: usize>(phase: U32<L>) -> F32<L> {
    let p = phase.to_signed_f32() * HALF_TURNS;
    let a = p.abs();
    sin_quarter(a.min(F32::splat(1.0) - a)).flip_sign(p)
}

/// 2ˣ of each lane, for x in -120 ..= 120; relative error below 2e-7.
#[inline(always)]
#[must_use]
pub fn exp2<const L: usize>(x: F32<L>) -> F32<L> {
    let shifted = x + ROUND;
    let f = x - (shifted - F32::splat(ROUND));
    let exponent = (shifted.to_bits() - U32::splat(ROUND.to_bits() - 127)) << 23;
    let mut y = F32::splat(EXP2[6]);
    for i in (0..6).rev() {
        y = y * f + EXP2[i];
    }
    y * exponent.from_bits()
}

/// tan(πx) of each lane, for x in 0 ..= 0.49: what a frequency (as a part of the sample rate) becomes in a filter made by
/// the bilinear transform.
#[inline(always)]
#[must_use]
pub fn tan_half_turns<const L: usize>(x: F32<L>) -> F32<L> {
    let s = x * x;
    let mut c = F32::splat(COS[5]);
    for i in (0..5).rev() {
        c = c * s + COS[i];
    }
    sin_quarter(x) / c
}

/// tanh(x), approximated by the rational x(27 + x²)/(27 + 9x²) within ±3 and exactly ±1 beyond: odd, monotonic, smooth
/// where it meets ±1. Within 0.024 of tanh.
#[inline(always)]
#[must_use]
pub fn soft_clip<const L: usize>(x: F32<L>) -> F32<L> {
    let x = x.max(F32::splat(-3.0)).min(F32::splat(3.0));
    let s = x * x;
    x * (s + 27.0) / (s * 9.0 + 27.0)
}

/// 2ˣ, the scalar twin of [`exp2`].
#[inline]
#[must_use]
pub fn exp2_scalar(x: f32) -> f32 {
    let shifted = x + ROUND;
    let f = x - (shifted - ROUND);
    let exponent = shifted.to_bits().wrapping_sub(ROUND.to_bits() - 127) << 23;
    let mut y = EXP2[6];
    for c in EXP2[..6].iter().rev() {
        y = y * f + c;
    }
    y * f32::from_bits(exponent)
}

/// sin(2π · phase / 2³²), the scalar twin of [`sin_phase`].
#[inline]
#[must_use]
pub fn sin_phase_scalar(phase: u32) -> f32 {
    let p = phase as i32 as f32 * HALF_TURNS;
    let a = f32::from_bits(p.to_bits() & 0x7fff_ffff);
    let x = if a < 1.0 - a { a } else { 1.0 - a };
    let s = x * x;
    let mut y = SIN[4];
    for c in SIN[..4].iter().rev() {
        y = y * s + c;
    }
    f32::from_bits((y * x).to_bits() ^ (p.to_bits() & 0x8000_0000))
}

/// The frequency in hertz of a pitch in MIDI note numbers (equal temperament, A4 = note 69 = 440 Hz).
#[inline]
#[must_use]
pub fn midi_hz(pitch: f32) -> f32 {
    440.0 * exp2_scalar((pitch - 69.0) / 12.0)
}

/// A level in decibels as a factor.
#[inline]
#[must_use]
pub fn db(level: f32) -> f32 {
    exp2_scalar(level * 0.166_096_4)
}

/// What a one-pole low-pass with this cutoff keeps of its state each step, at `steps` steps a second: exp(-2π·cutoff/steps).
#[inline]
#[must_use]
pub fn one_pole(cutoff: f32, steps: f32) -> f32 {
    exp2_scalar((cutoff / steps * -9.064_72).max(-100.0))
}

/// `a` where `t` is 0, `b` where it is 1, a straight line between.
#[inline]
#[must_use]
pub fn lerp(a: f32, b: f32, t: f32) -> f32 {
    a + (b - a) * t
}

/// The gains for left and right of a sound at `pan` (-1 left ..= 1 right), of equal power everywhere: cos and sin of a
/// quarter turn.
#[inline]
#[must_use]
pub fn equal_power(pan: f32) -> (f32, f32) {
    // An eighth of a turn is 2²⁹; pan 0 lies there.
    let phase = ((pan.clamp(-1.0, 1.0) + 1.0) * 536_870_912.0) as u32;
    (sin_phase_scalar(0x4000_0000 - phase.min(0x4000_0000)), sin_phase_scalar(phase.min(0x4000_0000)))
}
