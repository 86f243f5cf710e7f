//! Low-frequency oscillators: slow shapes that move cutoff, pan, level and delay times.
//!
//! They are functions of the absolute frame, with no state at all: at any moment of any year they are where they would have come to,
//! so a movement that begins there need not replay them, and two movements that overlap agree.

use crate::lanes::{F32, U32};
use crate::math::{HALF_TURNS, sin_phase};
use crate::random::Stream;
use crate::time::{Frame, SampleRate};

/// The shape of an LFO. All lie within -1 ..= 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A sine, from 0 upwards.
    Sine,
    /// A triangle, from 0 upwards.
    Triangle,
    /// A saw that rises from -1 to 1 over the turn.
    Saw,
    /// 1 for half a turn, then -1.
    Square,
    /// A new random value each turn, reached smoothly from the last.
    Random,
}

/// A slow oscillator that never forgets where it should be.
#[derive(Clone, Copy, Debug)]
pub struct Lfo {
    shape: Shape,
    /// What the phase moves by each frame, in 2⁻⁶⁴ turns.
    step: u64,
    offset: u64,
    random: Stream,
}

impl Lfo {
    /// An LFO that goes round once in `period` seconds (at least 0.01), from a place in its turn that `stream` decides.
    #[must_use]
    pub fn new(shape: Shape, period: f32, rate: SampleRate, stream: &mut Stream) -> Self {
        let frames = f64::from(period.max(0.01)) * f64::from(rate.hz());
        let step = (18_446_744_073_709_551_616.0 / frames) as u64;
        Self { shape, step, offset: stream.next_u64(), random: stream.child("lfo", 0) }
    }

    /// Its value at a moment, -1 ..= 1.
    #[must_use]
    pub fn at(&self, frame: Frame) -> f32 {
        let turns = u128::from(frame.0) * u128::from(self.step) + u128::from(self.offset);
        let phase = (turns >> 32) as u32;
        let saw = phase as i32 as f32 * HALF_TURNS;
        match self.shape {
            Shape::Sine => crate::math::sin_phase_scalar(phase),
            Shape::Triangle => {
                let p = phase.wrapping_sub(0x4000_0000) as i32 as f32 * HALF_TURNS;
                1.0 - 2.0 * if p < 0.0 { -p } else { p }
            }
            Shape::Saw => phase.wrapping_sub(0x8000_0000) as i32 as f32 * HALF_TURNS,
            Shape::Square => {
                if saw < 0.0 {
                    -1.0
                } else {
                    1.0
                }
            }
            Shape::Random => {
                let turn = (turns >> 64) as u64;
                let value = |n: u64| self.random.child("turn", n).signed();
                let t = (phase >> 8) as f32 * (1.0 / 16_777_216.0);
                let smooth = t * t * (3.0 - 2.0 * t);
                crate::math::lerp(value(turn), value(turn.wrapping_add(1)), smooth)
            }
        }
    }
}

/// Sines of their own rates, at a control point: `phase = frame · step + offset`.
#[inline(always)]
#[must_use]
pub fn sines<const L: usize>(frame: Frame, step: U32<L>, offset: U32<L>) -> F32<L> {
    // The low 32 bits of the frame suffice: phases wrap there.
    let f = frame.0 as u32;
    sin_phase(step.map(|s| s.wrapping_mul(f)) + offset)
}
