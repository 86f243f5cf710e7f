//! What the voice needs beside the engine's `math`: logarithms and powers, cosines cheap enough for audio, a hyperbolic tangent.
//!
//! Additions, products and quotients only, lane by lane, so that every variant and every kernel has the same operations in the same
//! order. Polynomials were fitted as those of the engine: iteratively reweighted least squares; each states its error.

use auralis_engine::lanes::{F32, U32};
use auralis_engine::math::{HALF_TURNS, exp2};

/// sin(πx)/x in powers of x², for x within ±½.
const SIN: [f32; 4] = [3.141_582, -5.167_143, 2.541_899_2, -0.554_636_5];
/// cos(πx)/(¼ - x²) in powers of x², for x within ±½.
const COS: [f32; 4] = [3.999_999_8, -3.739_168_4, 1.276_882_5, -0.219_315_68];
/// log₂((1 + s)/(1 - s))/s in powers of s², for s within ±0.1716.
const LOG2: [f32; 4] = [2.885_39, 0.961_798_9, 0.576_712_8, 0.431_776_3];
/// 1/x, for x in 1.7 ..= 2.42, within 1.5 %.
const RECIPROCAL: [f32; 2] = [0.985_06, 0.239_016];
/// tanh(x)/x/[`TANH_UNIT`] in powers of x², numerator and denominator, both from the constant on; of x⁶ there is one.
const TANH: [[f32; 3]; 2] = [[250_256.55, 30_836.8, 573.862_6], [6_945.163_6, 3_170.788, 146.901_63]];
/// What [`tanh_in_units`] has left out, since its caller multiplies anyway.
pub const TANH_UNIT: f32 = 0.027_752_148;
/// Where [`tanh_in_units`] stops rising, 1.7e-6 below 1.
const TANH_END: f32 = 7.0;

/// 1.5 · 2²³: adding it leaves the nearest integer in the low bits of the mantissa.
const ROUND: f32 = 12_582_912.0;

/// The nearest whole numbers, in two's complement, of what is within ±2²².
#[inline(always)]
#[must_use]
pub fn whole<const L: usize>(x: F32<L>) -> U32<L> {
    (x + ROUND).to_bits() - U32::splat(ROUND.to_bits())
}

/// The nearest whole numbers of what is between 0 and 2³¹, in two parts. (Conversions that say what becomes of the rest are done lane by lane.)
#[inline(always)]
#[must_use]
pub fn rounded<const L: usize>(x: F32<L>) -> U32<L> {
    let upper = x * (1.0 / 2048.0) + ROUND;
    let lower = x - (upper - F32::splat(ROUND)) * 2048.0;
    ((upper.to_bits() - U32::splat(ROUND.to_bits())) << 11) + whole(lower)
}

/// A cubic polynomial. (By pairs the chain would be shorter, at the price of a product, and it is products that a processor runs out of.)
#[inline(always)]
fn cubic<const L: usize>([c0, c1, c2, c3]: [f32; 4], s: F32<L>) -> F32<L> {
    ((s * c3 + c2) * s + c1) * s + c0
}

/// The same of one s³.
#[inline(always)]
fn monic<const L: usize>([c0, c1, c2]: [f32; 3], s: F32<L>) -> F32<L> {
    ((s + c2) * s + c1) * s + c0
}

/// cos(2π · phase / 2³²) of each lane, within 8e-7.
#[inline(always)]
#[must_use]
pub fn cos_phase<const L: usize>(phase: U32<L>) -> F32<L> {
    // Half turns: cos(πa) = sin(π(½ - a)), and a cosine does not care about the sign of a.
    let x = F32::splat(0.5) - phase.to_signed_f32().abs() * HALF_TURNS;
    cubic(SIN, x * x) * x
}

/// A sine and a cosine of the same phase, each at a level of its own, which is multiplied into their polynomials beforehand.
#[derive(Clone, Copy, Debug)]
pub struct SinCos {
    sin: [f32; 4],
    cos: [f32; 4],
}

impl SinCos {
    /// At these levels.
    #[must_use]
    pub fn new(sin: f32, cos: f32) -> Self {
        Self { sin: COS.map(|c| c * sin), cos: SIN.map(|c| c * cos) }
    }

    /// Both polynomials, as a kernel takes them.
    #[cfg(feature = "wgpu")]
    pub(crate) const fn figures(&self) -> [[f32; 4]; 2] {
        [self.sin, self.cos]
    }

    /// sin and cos of 2π · phase / 2³² of each lane, within 8e-7 of their levels; the sine is 0 where it should be, and around there as exact as
    /// a float can be.
    #[inline(always)]
    #[must_use]
    pub fn at<const L: usize>(&self, phase: U32<L>) -> (F32<L>, F32<L>) {
        let half_turns = phase.to_signed_f32() * HALF_TURNS;
        let a = half_turns.abs();
        let x = F32::splat(0.5) - a;
        let s = x * x;
        let cos = cubic(self.cos, s) * x;
        // The sine of a is the cosine of what it lacks of a quarter turn, ¼ - x² is a(1 - a), and the sine has the sign of its phase.
        let sin = cubic(self.sin, s) * (a * (x + 0.5));
        (sin.flip_sign(half_turns), cos)
    }
}

/// 1/x of each lane, for x in 1.7 ..= 2.42, within 2e-7: a straight line, and Newton's method twice. (Of quotients GPUs do not promise the last bits.)
#[inline(always)]
fn reciprocal<const L: usize>(x: F32<L>) -> F32<L> {
    let two = F32::splat(2.0);
    let mut y = F32::splat(RECIPROCAL[0]) - x * RECIPROCAL[1];
    y = y * (two - x * y);
    y * (two - x * y)
}

/// log₂(x) of each lane, for normal numbers above 0; within 2e-7 near 1, elsewhere within one step of the result.
#[inline(always)]
#[must_use]
pub fn log2<const L: usize>(x: F32<L>) -> F32<L> {
    // x = 2^e · m with m in √½ .. √2, by the bits: what √½ has less than 1 is added before the exponent is cut off.
    const ROOT: u32 = 0x3f35_04f3;
    let shifted = x.to_bits() - U32::splat(ROOT);
    let exponent = (shifted & U32::splat(0xff80_0000)).to_signed_f32() * (1.0 / 8_388_608.0);
    let m = ((shifted & U32::splat(0x007f_ffff)) + U32::splat(ROOT)).from_bits();
    let s = (m - F32::splat(1.0)) * reciprocal(m + 1.0);
    let q = s * s;
    exponent + (((q * LOG2[3] + LOG2[2]) * q + LOG2[1]) * q + LOG2[0]) * s
}

/// x to a power above 0, of each lane, for x in 0 ..= 1 (0 stays 0); within 1e-6, and 0 where it would be below 2⁻¹²⁰.
#[inline(always)]
#[must_use]
pub fn power<const L: usize>(x: F32<L>, exponent: f32) -> F32<L> {
    /// Below it, 2ˣ is no concern of sound.
    const LEAST: f32 = -120.0;
    let y = log2(x.max(F32::splat(f32::MIN_POSITIVE))) * exponent;
    let z = exp2(y.max(F32::splat(LEAST)));
    let mut out = [0.0; L];
    for i in 0..L {
        out[i] = if x.0[i] > 0.0 && y.0[i] > LEAST { z.0[i] } else { 0.0 };
    }
    F32(out)
}

/// tanh(x) of each lane, in units of [`TANH_UNIT`]: a rational of degree 7 over 6, constant beyond ±7; within 2e-6, odd, and of a relative error below
/// 2e-6 near 0.
#[inline(always)]
#[must_use]
pub fn tanh_in_units<const L: usize>(x: F32<L>) -> F32<L> {
    let x = x.max(F32::splat(-TANH_END)).min(F32::splat(TANH_END));
    let s = x * x;
    monic(TANH[0], s) * x / monic(TANH[1], s)
}

/// 0, 1, 2, … in the lanes.
#[inline(always)]
#[must_use]
pub fn ramp<const L: usize>() -> F32<L> {
    let mut out = [0.0; L];
    for i in 0..L {
        out[i] = i as f32;
    }
    F32(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The greatest error over some points, by a measure.
    fn worst(points: impl Iterator<Item = f64>, error: impl Fn(f64) -> f64) -> f64 {
        points.map(error).fold(0.0, f64::max)
    }

    #[test]
    fn whole_numbers_are_the_nearest() {
        for x in
            [0.0, 0.4, 0.6, 1023.7, 1024.6, 2047.9, 65_535.3, 8_388_607.5, 16_777_215.0, 1.2e9, 2.147_483_5e9]
        {
            assert_eq!(rounded(F32([x])).0[0], f64::from(x).round_ties_even() as u32, "{x}");
        }
        assert_eq!(whole(F32([-1.2, -0.4, 3_000_000.8])).0, [u32::MAX, 0, 3_000_001]);
    }

    #[test]
    fn sine_and_cosine_keep_their_bound() {
        let phases = (0..1_000_000).map(|i| f64::from(i * 4_294_u32) / 4_294_967_296.0);
        let error = |turns: f64| {
            let phase = U32([(turns * 4_294_967_296.0) as u32]);
            let (sin, cos) = SinCos::new(1.0, 1.0).at(phase);
            assert_eq!(cos.0, cos_phase(phase).0);
            let (c, s) = (f64::from(cos.0[0]), f64::from(sin.0[0]));
            let angle = turns * std::f64::consts::TAU;
            (c - angle.cos()).abs().max((s - angle.sin()).abs())
        };
        assert!(worst(phases, error) < 8e-7);
    }

    #[test]
    fn the_hyperbolic_tangent_keeps_its_bound_and_is_odd() {
        let at = |x: f64| f64::from(tanh_in_units(F32([x as f32])).0[0] * TANH_UNIT);
        let points = || (0..200_000).map(|i| f64::from(i) * 1e-4);
        assert!(worst(points(), |x| (at(x) - x.tanh()).abs()) < 2e-6);
        assert!(worst(points().skip(1).take(10_000), |x| (at(x) / x.tanh() - 1.0).abs()) < 2e-6);
        assert!(points().all(|x| at(-x) == -at(x)) && at(1e9) == at(7.0));
    }

    #[test]
    fn logarithms_and_powers_keep_their_bounds() {
        let small = (1..2_000_000).map(|i| f64::from(i) * 5e-7);
        let error = |x: f64| {
            let x = x as f32;
            let exact = f64::from(x).log2();
            (f64::from(log2(F32([x])).0[0]) - exact).abs() / exact.abs().max(1.0)
        };
        assert!(worst(small.clone(), error) < 2e-7);
        for exponent in [0.1, 0.7, 1.0, 2.5, 6.0] {
            let error = |x: f64| {
                let x = x as f32;
                let exact = f64::from(x).powf(f64::from(exponent));
                (f64::from(power(F32([x]), exponent).0[0]) - exact).abs()
            };
            assert!(worst(small.clone().step_by(7), error) < 1e-6, "{exponent}");
            assert_eq!(power(F32([0.0, 1.0]), exponent).0, [0.0, 1.0]);
        }
    }
}
