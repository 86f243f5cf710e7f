//! Oscillators for several voices at a time.
//!
//! The phase is a wrapping `u32`, one turn over its whole range: it never drifts and never needs a modulo. Corners and
//! steps in a waveform would alias; they are rounded by adding the difference between an ideal step (or corner) and the same
//! step after a B-spline low-pass, over one or two samples on either side:
//! Välimäki, Pekonen, Nam, *Perceptually informed synthesis of bandlimited classical waveforms using integrated polynomial
//! interpolation*, JASA 131 (2012). With the distance to the step counted in samples, `y`, that difference is
//! `½(1-y)₊²` for the linear spline (the well-known PolyBLEP) and `((2-y)₊⁴ - 4(1-y)₊⁴)/24` for the cubic one, whose images are down
//! by another 22 dB at 34 kHz: enough for aliases below 10 kHz to stay 60 dB under the fundamental.

use crate::lanes::{F32, LANES, U32};
use crate::math::{HALF_TURNS, sin_phase};
use crate::time::SampleRate;

/// A phase, and how far it moves each frame.
#[derive(Clone, Copy, Debug)]
pub struct Phase<const L: usize = LANES> {
    /// Where in the turn each lane is; the whole range of `u32` is one turn.
    pub position: U32<L>,
    /// By how much it moves each frame.
    pub step: U32<L>,
    /// Half the length of a period in frames: 2³¹ / step, for the corrections around steps.
    pub half_period: F32<L>,
}

impl<const L: usize> Default for Phase<L> {
    /// At rest. A lane that was never tuned has a period all the same, so that what divides by it stays finite.
    fn default() -> Self {
        Self { position: U32::splat(0), step: U32::splat(0), half_period: F32::splat(1e3) }
    }
}

impl<const L: usize> Phase<L> {
    /// The lanes from `part · W` on.
    #[inline(always)]
    #[must_use]
    pub fn part<const W: usize>(&self, part: usize) -> Phase<W> {
        Phase {
            position: self.position.part(part),
            step: self.step.part(part),
            half_period: self.half_period.part(part),
        }
    }

    /// Sets one lane's frequency, in hertz (at most a quarter of the rate), keeping its position.
    pub fn set_hz(&mut self, lane: usize, hz: f32, rate: SampleRate) {
        let step = rate.phase_step(hz.clamp(0.01, rate.hz_f32() * 0.249)).max(1);
        self.step.0[lane] = step;
        self.half_period.0[lane] = 2_147_483_648.0 / step as f32;
    }

    /// The same phase, two frames' way at each: for whoever runs at half the rate. Frequencies must be at most an eighth of the rate.
    #[inline(always)]
    #[must_use]
    pub fn doubled(self) -> Self {
        Self { position: self.position, step: self.step + self.step, half_period: self.half_period * 0.5 }
    }

    /// Moves on by a frame and gives the position read as a signed integer: -2³¹ ..= 2³¹ over a turn.
    #[inline(always)]
    fn advance(&mut self) -> F32<L> {
        let p = self.position.to_signed_f32();
        self.position += self.step;
        p
    }

    /// The next sample of a sine.
    #[inline(always)]
    pub fn sine(&mut self) -> F32<L> {
        let s = sin_phase(self.position);
        self.position += self.step;
        s
    }

    /// The next sample of a sine whose phase is pushed by `turns` (frequency modulation as in Chowning, *The synthesis of
    /// complex audio spectra by means of frequency modulation*, 1973). |turns| below 4. Keep the index within [`fm_index_limit`].
    #[inline(always)]
    pub fn sine_pushed(&mut self, turns: F32<L>) -> F32<L> {
        // Turns in units of 2⁻²⁰, shifted to the top of the phase. The sum is read off the mantissa, as in `math::exp2`.
        const ROUND: f32 = 12_582_912.0;
        let pushed = (turns * 1_048_576.0 + ROUND).to_bits() - U32::splat(ROUND.to_bits());
        let s = sin_phase(self.position + (pushed << 12));
        self.position += self.step;
        s
    }

    /// The next sample of a rising saw that steps where the phase is 0, corrected over one sample on either side of its step (for low
    /// notes, behind a filter, or in large numbers).
    #[inline(always)]
    pub fn saw_light(&mut self) -> F32<L> {
        self.saw_wide() * HALF_TURNS
    }

    /// As [`Phase::saw_light`], 2³¹ times as large: as wide as the phase itself. Where many are summed, one multiplication brings them
    /// all down to size.
    ///
    /// The plain saw is p - sign(p). With r, the distance to the step in samples, clipped to ±1, the correction is
    /// sign(r) - 2r + r|r|, where r and p have the same sign: both signs cancel.
    #[inline(always)]
    pub fn saw_wide(&mut self) -> F32<L> {
        // So that r·r is as wide as the phase.
        const ONE: f32 = 46_340.95;
        let per_step = self.half_period * (HALF_TURNS * ONE);
        let p = self.advance();
        let r = (p * per_step).min(F32::splat(ONE)).max(F32::splat(-ONE));
        p + r * (r.abs() + -2.0 * ONE)
    }

    /// The next sample of a rising saw, corrected over two samples on either side of its step.
    #[inline(always)]
    pub fn saw(&mut self) -> F32<L> {
        let p = self.advance() * HALF_TURNS;
        p - step_correction(p, self.half_period).flip_sign(p)
    }

    /// The next sample of a square (`shape` 0), a saw (1) or what lies between: a saw, minus `1 - shape` times the same saw half a
    /// turn on. Neither has a direct component.
    #[inline(always)]
    pub fn square_saw(&mut self, shape: F32<L>) -> F32<L> {
        let other = (self.position + U32::splat(0x8000_0000)).to_signed_f32() * HALF_TURNS;
        let p = self.advance() * HALF_TURNS;
        let a = p - step_correction(p, self.half_period).flip_sign(p);
        let b = other - step_correction(other, self.half_period).flip_sign(other);
        a - b * (F32::splat(1.0) - shape)
    }

    /// The next sample of a triangle, its two corners corrected.
    #[inline(always)]
    pub fn triangle(&mut self) -> F32<L> {
        let a = (self.advance() * HALF_TURNS).abs();
        // a runs 0 → 1 → 0: corners at both ends. Each changes the slope by ±4 per half turn.
        let peak = corner_correction(a * self.half_period);
        let trough = corner_correction((F32::splat(1.0) - a) * self.half_period);
        let naive = F32::splat(1.0) - a * 2.0;
        naive + (trough - peak) * (F32::splat(4.0) / self.half_period)
    }
}

/// Twice the difference between a step and its cubic B-spline, at signed phase `p` (the step is where |p| = 1).
#[inline(always)]
fn step_correction<const L: usize>(p: F32<L>, half_period: F32<L>) -> F32<L> {
    let inner = (F32::splat(1.0) - half_period + p.abs() * half_period).max(F32::ZERO);
    let outer = (F32::splat(2.0) - half_period + p.abs() * half_period).max(F32::ZERO);
    let (inner, outer) = (inner * inner, outer * outer);
    (outer * outer - inner * inner * 4.0) * (1.0 / 12.0)
}

/// The difference between a corner of unit change of slope and its cubic B-spline, `y` samples from it.
#[inline(always)]
fn corner_correction<const L: usize>(y: F32<L>) -> F32<L> {
    let inner = (F32::splat(1.0) - y).max(F32::ZERO);
    let outer = (F32::splat(2.0) - y).max(F32::ZERO);
    let (i2, o2) = (inner * inner, outer * outer);
    (o2 * o2 * outer - i2 * i2 * inner * 4.0) * (1.0 / 120.0)
}

/// The greatest modulation index (in radians) at which the sidebands of a carrier of `carrier` Hz and a modulator of
/// `modulator` Hz stay below half the rate (in Hz too), by Carson's rule (index + 2 sidebands are significant to -60 dB).
#[must_use]
pub fn fm_index_limit(carrier: f32, modulator: f32, rate_hz: f32) -> f32 {
    ((rate_hz * 0.5 - carrier) / modulator.max(1.0) - 3.0).max(0.0)
}
