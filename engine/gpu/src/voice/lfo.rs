//! `LFO`: five shapes at the control rate, mixed by weight.

use super::arithmetic::{cos_phase, rounded};
use super::grid::CONTROL_RATE;
use super::parameter::Range;
use super::vco::turn;
use auralis_engine::lanes::{F32, U32};
use std::f32::consts::PI;

/// Frequency, depth, phase, and how much of sine, triangle, saw, reversed saw and square.
pub const RANGES: [Range; 8] = [
    Range::new("frequency", "Hz", 0.0, 20.0).curve(0.25),
    Range::new("mod_depth", "Hz", -10.0, 20.0).curve(0.5).symmetric(),
    Range::new("initial_phase", "rad", -PI, PI),
    Range::new("sin", "", 0.0, 1.0),
    Range::new("tri", "", 0.0, 1.0),
    Range::new("saw", "", 0.0, 1.0),
    Range::new("rsaw", "", 0.0, 1.0),
    Range::new("sqr", "", 0.0, 1.0),
];

/// The exponent by which one shape is favoured over the others.
const EXPONENT: f64 = std::f64::consts::E;
/// A hertz as a step of the phase per control sample.
const STEP: f32 = (4_294_967_296.0 / CONTROL_RATE as f64) as f32;

/// A low-frequency oscillator. Its shapes, and so its output, lie in 0 ..= 1; sine and square are lowest where the phase is 0.
#[derive(Clone, Copy, Debug)]
pub struct Lfo {
    frequency: f32,
    depth: f32,
    /// Where the phase begins, before the first step; the whole range is one turn.
    pub start: u32,
    weights: [f32; 5],
}

impl Lfo {
    /// From its parameters. Where all five shapes are 0 there is nothing to choose from, and the LFO is silent; in torchsynth it is NaN.
    #[must_use]
    pub fn new(&[frequency, depth, phase, shapes @ ..]: &[f32; 8]) -> Self {
        let powers = shapes.map(|knob| libm::pow(f64::from(knob), EXPONENT));
        let sum: f64 = powers.iter().sum();
        let weights = powers.map(|power| if sum > 0.0 { (power / sum) as f32 } else { 0.0 });
        Self { frequency, depth, start: turn(phase), weights }
    }

    /// Its figures, as a kernel takes them.
    #[cfg(feature = "wgpu")]
    pub(crate) fn figures(&self) -> [u32; 8] {
        let [a, b, c, d, e] = self.weights.map(f32::to_bits);
        [self.frequency.to_bits(), self.depth.to_bits(), self.start, a, b, c, d, e]
    }

    /// The steps of the phase under a modulation of the frequency: 0 Hz at least.
    #[inline(always)]
    #[must_use]
    pub fn steps<const L: usize>(&self, modulation: F32<L>) -> U32<L> {
        let hz = (modulation * self.depth + self.frequency).max(F32::ZERO);
        // 40 Hz at most: below 2²⁹.
        rounded(hz * STEP)
    }

    /// The phases after each of some steps; `phase` goes on to the last.
    #[inline(always)]
    #[must_use]
    pub fn phases<const L: usize>(phase: &mut u32, steps: U32<L>) -> U32<L> {
        steps_summed(phase, steps)
    }

    /// The output at some phases.
    #[inline(always)]
    #[must_use]
    pub fn at<const L: usize>(&self, phase: U32<L>) -> F32<L> {
        let one = F32::splat(1.0);
        let sin = (one - cos_phase(phase)) * 0.5;
        // 24 bits of the phase are all that an f32 holds.
        let saw = (phase >> 8).to_signed_f32() * (1.0 / 16_777_216.0);
        let twice = saw * 2.0;
        let tri = twice.min(F32::splat(2.0) - twice);
        let rsaw = one - saw;
        // 1 in the half turn around the middle, where the cosine is negative.
        let sqr = ((phase - U32::splat(0x4000_0000)) >> 31).to_signed_f32() * -1.0 + 1.0;
        let [a, b, c, d, e] = self.weights;
        sin * a + tri * b + saw * c + rsaw * d + sqr * e
    }
}

/// Sums of steps up to each, from a phase on, which goes on to the last.
#[inline(always)]
pub(crate) fn steps_summed<const L: usize>(phase: &mut u32, steps: U32<L>) -> U32<L> {
    let mut out = [0; L];
    for i in 0..L {
        *phase = phase.wrapping_add(steps.0[i]);
        out[i] = *phase;
    }
    U32(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(shape: usize, turns: f64) -> f32 {
        let mut parameters = [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0];
        parameters[3 + shape] = 0.5;
        Lfo::new(&parameters).at(U32([(turns * 4_294_967_296.0) as u32])).0[0]
    }

    #[test]
    fn shapes_are_torchsynth_s() {
        for (shape, expected) in [
            [0.0, 0.5, 1.0, 0.5],
            [0.0, 0.5, 1.0, 0.5],
            [0.0, 0.25, 0.5, 0.75],
            [1.0, 0.75, 0.5, 0.25],
            [0.0, 1.0, 1.0, 0.0],
        ]
        .into_iter()
        .enumerate()
        {
            for (quarter, expected) in expected.into_iter().enumerate() {
                let got = at(shape, quarter as f64 / 4.0);
                assert!((got - expected).abs() < 1e-6, "shape {shape}, quarter {quarter}: {got}");
            }
        }
    }

    #[test]
    fn the_frequency_never_turns_back() {
        let lfo = Lfo::new(&[2.0, -10.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0]);
        let steps = lfo.steps(F32([0.0, 0.1, 1.0]));
        assert_eq!(steps.0, [19_478_310, 9_739_155, 0]);
    }

    #[test]
    fn without_a_shape_there_is_silence() {
        let lfo = Lfo::new(&[2.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
        assert_eq!(lfo.at(U32([7, 1 << 31])).0, [0.0, 0.0]);
    }
}
