//! `VCO`: what the oscillators have in common, from pitch to phase.
//!
//! A phase is a wrapping `u32` whose whole range is one turn, so that it is as exact after an hour as at the beginning. (torchsynth's is
//! an f32 that is never wrapped: after a second of a high note it has lost all but three digits.) A step of it per sample is an f32 as
//! wide as that range; pitch enters as octaves from the note's own, so that small modulations keep their digits.

mod fm;
mod sine;
pub mod square_saw;

pub use fm::Fm;
pub use sine::Sine;
pub use square_saw::SquareSaw;

use super::arithmetic::rounded;
use super::parameter::Range;
use auralis_engine::SampleRate;
use auralis_engine::lanes::{F32, U32};
use auralis_engine::math::exp2;
use std::f32::consts::PI;

/// Tuning, depth and phase.
pub const RANGES: [Range; 3] = [
    Range::new("tuning", "semitones", -24.0, 24.0),
    Range::new("mod_depth", "semitones", -96.0, 96.0).curve(0.2).symmetric(),
    Range::new("initial_phase", "rad", -PI, PI),
];

/// The highest modulated pitch, a MIDI note number; the lowest is 0.
const HIGHEST: f64 = 127.0;
/// A whole turn of the phase.
pub(crate) const TURN: f64 = 4_294_967_296.0;

/// A phase in radians, of torchsynth's π (which is f32's), as a part of the whole range.
#[must_use]
pub fn turn(radians: f32) -> u32 {
    let turns = f64::from(radians) / (2.0 * f64::from(PI));
    (turns * TURN).round() as i64 as u32
}

/// The frequency of a MIDI note number, in hertz.
pub(crate) fn hz(midi: f64) -> f64 {
    440.0 * libm::exp2((midi - 69.0) / 12.0)
}

/// A shape of an oscillator: what it gives at a phase, in two steps.
pub trait Wave {
    /// Whether each step is worth a loop of its own: a processor sees further ahead in two loops of short chains than in one of so long a chain.
    const IN_TWO: bool;

    /// The first step at some phases.
    fn begun<const L: usize>(&self, phase: U32<L>) -> [F32<L>; 2];

    /// The output, from the first step.
    fn ended<const L: usize>(&self, begun: [F32<L>; 2]) -> F32<L>;

    /// The output at some phases.
    #[inline(always)]
    fn at<const L: usize>(&self, phase: U32<L>) -> F32<L> {
        self.ended(self.begun(phase))
    }
}

/// The pitch of an oscillator under modulation.
#[derive(Clone, Copy, Debug)]
pub struct Pitch {
    /// The step of the phase per sample at the note's own pitch.
    base: f32,
    /// How many octaves a modulation of 1 is.
    depth: f32,
    /// The lowest and the highest pitch, in octaves from the note's own.
    low: f32,
    high: f32,
    /// Where the phase begins, before the first step.
    pub start: u32,
}

impl Pitch {
    /// From an oscillator's parameters and the key.
    #[must_use]
    pub fn new(&[tuning, depth, phase]: &[f32; 3], midi_f0: f32, rate: SampleRate) -> Self {
        let own = f64::from(midi_f0) + f64::from(tuning);
        Self {
            base: (hz(own) / f64::from(rate.hz()) * TURN) as f32,
            depth: (f64::from(depth) / 12.0) as f32,
            low: (-own / 12.0) as f32,
            high: ((HIGHEST - own) / 12.0) as f32,
            start: turn(phase),
        }
    }

    /// Its figures, as a kernel takes them.
    #[cfg(feature = "wgpu")]
    pub(crate) fn figures(&self) -> [u32; 5] {
        let [base, depth, low, high] = [self.base, self.depth, self.low, self.high].map(f32::to_bits);
        [base, depth, low, high, self.start]
    }

    /// Octaves from the note's own pitch under a modulation, before they are limited.
    #[inline(always)]
    #[must_use]
    pub fn octaves<const L: usize>(&self, modulation: F32<L>) -> F32<L> {
        modulation * self.depth
    }

    /// Octaves limited to the MIDI notes 0 to 127.
    #[inline(always)]
    #[must_use]
    pub fn limited<const L: usize>(&self, octaves: F32<L>) -> F32<L> {
        octaves.max(F32::splat(self.low)).min(F32::splat(self.high))
    }

    /// The step of the phase per sample at so many octaves, limited: below 2³¹ at the rates that there are.
    #[inline(always)]
    #[must_use]
    pub fn step<const L: usize>(&self, octaves: F32<L>) -> F32<L> {
        exp2(octaves) * self.base
    }

    /// The steps under a modulation at the audio rate, each rounded by itself.
    #[inline(always)]
    #[must_use]
    pub fn steps<const L: usize>(&self, modulation: F32<L>) -> U32<L> {
        rounded(self.step(self.limited(self.octaves(modulation))))
    }

    /// The phase at every sample under a modulation at the audio rate: each sample's step is taken before it sounds.
    #[must_use]
    pub fn phases(&self, modulation: &[f32]) -> Vec<u32> {
        accumulated(
            self.start,
            modulation.iter().map(|m| self.step(self.limited(self.octaves(F32([*m])))).0[0]),
        )
    }
}

/// Steps summed up, beginning with the first. The sum has 32 bits below the phase's, so that an f32 above 2⁻⁸ loses nothing.
fn accumulated(start: u32, steps: impl Iterator<Item = f32>) -> Vec<u32> {
    steps
        .scan(u64::from(start) << 32, |phase, step| {
            *phase = phase.wrapping_add((f64::from(step) * TURN) as u64);
            Some((*phase >> 32) as u32)
        })
        .collect()
}

/// A wave at phases one by one.
#[must_use]
pub fn sounded(wave: &impl Wave, phases: &[u32]) -> Vec<f32> {
    phases.iter().map(|phase| wave.at(U32([*phase])).0[0]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phase_of_pi_is_half_a_turn_on_either_side() {
        assert_eq!((turn(PI), turn(-PI), turn(0.0), turn(PI / 2.0)), (1 << 31, 1 << 31, 0, 1 << 30));
    }

    #[test]
    fn the_pitch_stays_among_the_midi_notes() {
        let rate = SampleRate::Hz44100;
        let step = |midi: f64| hz(midi) / 44_100.0 * TURN;
        let pitch = Pitch::new(&[9.0, 96.0, 0.0], 60.0, rate);
        for (modulation, midi) in [(0.0, 69.0), (0.125, 81.0), (-0.25, 45.0), (1.0, 127.0), (-4.0, 0.0)] {
            let got = f64::from(pitch.steps(F32([modulation])).0[0]);
            assert!((got / step(midi) - 1.0).abs() < 4e-7, "{modulation}: {got}");
        }
        let phases = pitch.phases(&[0.0, 1.0]);
        assert!(phases[1].wrapping_sub(phases[0]).abs_diff(pitch.steps(F32([1.0])).0[0]) <= 1);
    }
}
