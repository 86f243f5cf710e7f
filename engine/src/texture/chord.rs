//! A sine by recurrence: two sums and one product a frame. Twin of `engine/gpu/src/kernel/chord.wgsl`.
//!
//! Of two neighbouring values of a sine that moves by ω a frame, y and the one before, the difference d goes on by d - (2 sin ω/2)² · y. In this form
//! (C. Reinsch's, in Stoer and Bulirsch, *Introduction to Numerical Analysis*, 1.3) low frequencies keep their precision, which they lose
//! where 2 cos ω is multiplied. What rounding adds grows slowly, and each stretch of some dozens of frames begins anew from an exact phase.

use crate::lanes::{F32, U32};
use crate::math::{sin_phase, sin_phase_scalar};

/// 2 sin ω/2, the chord of what a phase moves by in a frame.
#[must_use]
pub fn chord_of(increment: u64) -> f32 {
    2.0 * sin_phase_scalar((increment >> 33) as u32)
}

/// The high word of the phase after `frames` frames: exact for any of them, since both count modulo a turn of 2⁶⁴.
#[inline(always)]
#[must_use]
pub const fn phase_at(phase: u64, increment: u64, frames: u64) -> u32 {
    (phase.wrapping_add(increment.wrapping_mul(frames)) >> 32) as u32
}

/// Sines of as many lanes.
#[derive(Clone, Copy, Debug)]
pub struct Chord<const W: usize> {
    value: F32<W>,
    difference: F32<W>,
    square: F32<W>,
}

impl<const W: usize> Chord<W> {
    /// The sines of these phases, that move by these increments (high words) a frame; `chord` is [`chord_of`] them.
    #[inline(always)]
    #[must_use]
    pub fn at(phase: U32<W>, increment: U32<W>, chord: F32<W>) -> Self {
        // d is the chord times the cosine half a frame ago, which is the sine a quarter turn later.
        let half_ago = phase - (increment >> 1) + U32::splat(1 << 30);
        Self { value: sin_phase(phase), difference: chord * sin_phase(half_ago), square: chord * chord }
    }

    /// The sines now; then moves on by a frame.
    #[inline(always)]
    pub fn step(&mut self) -> F32<W> {
        let now = self.value;
        self.difference -= self.square * self.value;
        self.value += self.difference;
        now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_control_interval_of_any_frequency_stays_a_sine() {
        for hz in [0.01, 1.0, 27.5, 440.0, 5_000.0, 11_025.0, 19_000.0] {
            let increment = (hz / 44_100.0 * 18_446_744_073_709_551_616.0) as u64;
            let high = U32::<1>([(increment >> 32) as u32]);
            let mut worst = 0.0_f64;
            for begin in 0..32_u64 {
                let frames = begin * 7_919_993_331;
                let mut chord =
                    Chord::at(U32([phase_at(7, increment, frames)]), high, F32([chord_of(increment)]));
                for n in 0..64 {
                    let turns = (7_u64.wrapping_add(increment.wrapping_mul(frames + n)) >> 11) as f64
                        / 9_007_199_254_740_992.0;
                    let exact = libm::sin(turns * core::f64::consts::TAU);
                    worst = worst.max((f64::from(chord.step().0[0]) - exact).abs());
                }
            }
            // -90 dB of a full sine, near the top; far better below.
            assert!(worst < 3e-5, "{hz} Hz: {worst}");
        }
    }
}
