//! `AudioMixer`: the sum of the three sources, and no louder than full scale.

use super::parameter::Range;
use auralis_engine::lanes::F32;

/// The levels of both oscillators and of the noise.
pub const RANGES: [Range; 3] = [
    Range::new("vco_1", "", 0.0, 1.0),
    Range::new("vco_2", "", 0.0, 1.0),
    Range::new("noise", "", 0.0, 1.0).curve(0.025),
];

/// A level below it, -180 dB, is none: the noise's knob spends more than half of its way there.
const LEAST: f32 = 1e-9;

/// The levels of the sources, 0 ..= 1.
#[derive(Clone, Copy, Debug)]
pub struct AudioMixer {
    /// The level of each source: sine, square-saw, noise.
    pub levels: [f32; 3],
}

impl AudioMixer {
    /// From its parameters.
    #[must_use]
    pub fn new(levels: &[f32; 3]) -> Self {
        Self { levels: levels.map(|level| if level < LEAST { 0.0 } else { level }) }
    }

    /// The sum of three signals of the same length, normalized.
    #[must_use]
    pub fn mixed(&self, signals: [&[f32]; 3]) -> Vec<f32> {
        let [a, b, c] = self.levels;
        let [x, y, z] = signals;
        let mut out: Vec<f32> = x.iter().zip(y).zip(z).map(|((x, y), z)| a * x + b * y + c * z).collect();
        let most = peak::<1>(F32::ZERO, &out, out.len());
        normalize(&mut out, most);
        out
    }
}

/// The greater of `most` and the magnitudes of the first so many samples, lane by lane. Samples come in whole registers, of which the last
/// may have more of them than count.
#[inline(always)]
#[must_use]
pub fn peak<const L: usize>(most: F32<L>, samples: &[f32], count: usize) -> F32<L> {
    let (whole, rest) = (count / L, count % L);
    let chunks = samples.as_chunks::<L>().0;
    let most = chunks.iter().take(whole).fold(most, |most, chunk| F32(*chunk).abs().max(most));
    let Some(last) = chunks.get(whole) else { return most };
    let mut counted = F32(*last).abs();
    for i in 0..L {
        counted.0[i] = if i < rest { counted.0[i] } else { 0.0 };
    }
    counted.max(most)
}

/// Divides a row by its greatest magnitude, if that is above 1; `most` has it in one of its lanes.
#[inline(always)]
pub fn normalize<const L: usize>(row: &mut [f32], most: F32<L>) {
    let most = most.0.into_iter().fold(0.0, f32::max);
    if most > 1.0 {
        let factor = 1.0 / most;
        row.iter_mut().for_each(|x| *x *= factor);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_too_loud_is_made_quieter() {
        let signals = [&[0.5, -1.0, 0.25][..], &[0.0, 0.5, 1.0], &[1.0, 1.0, 1.0]];
        let mixer = AudioMixer::new(&[0.5, 0.5, 9e-10]);
        assert_eq!(mixer.mixed(signals), [0.25, -0.25, 0.625]);
        let loud = AudioMixer::new(&[1.0, 1.0, 1.0]).mixed(signals);
        assert!(loud.iter().zip([1.5, 0.5, 2.25]).all(|(x, y)| (x * 2.25 - y).abs() < 1e-6));
        assert_eq!(loud[2], 1.0);
    }

    #[test]
    fn what_is_beyond_does_not_count() {
        let samples = [0.5, -2.0, 1.0, 3.0, -4.0, 5.0, 9.0, 9.0];
        for (count, expected) in [(0, 0.0), (1, 0.5), (3, 2.0), (4, 3.0), (5, 4.0), (8, 9.0)] {
            let most = peak::<4>(F32::ZERO, &samples, count).0.into_iter().fold(0.0, f32::max);
            assert_eq!(most, expected, "{count}");
        }
    }

    #[test]
    fn nothing_is_ever_above_full_scale() {
        for i in 1..4000_u32 {
            let mut row = [1.0 + i as f32 * 1e-3, -0.5];
            let most = peak::<1>(F32::ZERO, &row, 2);
            normalize(&mut row, most);
            assert!(row[0] <= 1.0 && row[0] > 0.999_999);
        }
    }
}
