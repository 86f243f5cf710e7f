//! `SquareSawVCO`: from a square to a saw, by waveshaping.
//!
//! V. Lazzarini and J. Timoney, *New Perspectives on Distortion Synthesis for Virtual Analog Oscillators*, Computer Music Journal 34(1),
//! 2010: a hyperbolic tangent makes a square of a sine, and multiplying by one more than a cosine makes a saw of the square.

use super::{RANGES as COMMON, Wave, hz};
use crate::voice::arithmetic::{SinCos, TANH_UNIT, tanh_in_units};
use crate::voice::parameter::Range;
use auralis_engine::lanes::{F32, U32};

/// Tuning, depth, phase and shape: 0 is a square, 1 a saw.
pub const RANGES: [Range; 4] = [COMMON[0], COMMON[1], COMMON[2], Range::new("shape", "", 0.0, 1.0)];

/// Between a square and a saw.
#[derive(Clone, Copy, Debug)]
pub struct SquareSaw {
    /// The sine as hard as it is driven into the tangent, which is fixed for a note, by the highest pitch that upward modulation of 1 gives; and
    /// the cosine as much as the square's product with it is added, in the tangent's unit.
    waves: SinCos,
    /// How loud the square is, in that unit.
    square: f32,
}

impl SquareSaw {
    /// From the oscillator's parameters and the key.
    #[must_use]
    pub fn new(&[tuning, depth, _, shape]: &[f32; 4], midi_f0: f32) -> Self {
        let highest = hz(f64::from(midi_f0) + f64::from(tuning) + f64::from(depth).max(0.0));
        // 2 Hz at least, so that the logarithm is above 0.
        let partials = 12_000.0 / (highest * libm::log10(highest));
        let drive = (std::f64::consts::FRAC_PI_2 * partials) as f32;
        let square = 1.0 - shape / 2.0;
        Self { waves: SinCos::new(drive, square * shape * TANH_UNIT), square: square * TANH_UNIT }
    }

    /// Its figures, as a kernel takes them: polynomials of sine and cosine, and how loud the square is.
    #[cfg(feature = "wgpu")]
    pub(crate) const fn figures(&self) -> ([[f32; 4]; 2], f32) {
        (self.waves.figures(), self.square)
    }
}

impl Wave for SquareSaw {
    const IN_TWO: bool = true;

    #[inline(always)]
    fn begun<const L: usize>(&self, phase: U32<L>) -> [F32<L>; 2] {
        let (sin, cos) = self.waves.at(phase);
        [sin, cos + self.square]
    }

    #[inline(always)]
    fn ended<const L: usize>(&self, [sin, saw]: [F32<L>; 2]) -> F32<L> {
        tanh_in_units(sin) * saw
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shape_goes_from_square_to_saw() {
        let at = |shape: f32, turns: f64| {
            let wave = SquareSaw::new(&[0.0, 0.0, 0.0, shape], 33.0);
            wave.at(U32([(turns * 4_294_967_296.0) as u32])).0[0]
        };
        for (turns, square, saw) in
            [(0.125, 1.0, 0.853_55), (0.25, 1.0, 0.5), (0.375, 1.0, 0.146_45), (0.75, -1.0, -0.5)]
        {
            assert!((at(0.0, turns) - square).abs() < 1e-5);
            assert!((at(1.0, turns) - saw).abs() < 1e-4, "{turns}: {}", at(1.0, turns));
        }
    }
}
