//! Spectra: where in the range of hearing the energy is, and when.

use realfft::num_complex::Complex;
use realfft::{RealFftPlanner, RealToComplex};
use std::f64::consts::TAU;
use std::sync::Arc;

/// Frames in one transform: 5 Hz a bin.
pub const SIZE: usize = 8192;

/// Power spectra, one after the other, through Hann windows that overlap by half.
pub struct Spectra {
    transform: Arc<dyn RealToComplex<f32>>,
    window: Vec<f32>,
    input: Vec<f32>,
    output: Vec<Complex<f32>>,
}

impl Default for Spectra {
    fn default() -> Self {
        let transform = RealFftPlanner::new().plan_fft_forward(SIZE);
        let window = (0..SIZE).map(|n| (0.5 - 0.5 * (TAU * n as f64 / SIZE as f64).cos()) as f32).collect();
        let (input, output) = (transform.make_input_vec(), transform.make_output_vec());
        Self { transform, window, input, output }
    }
}

impl Spectra {
    /// Calls `each` with the first frame of every window and the power in every bin: a sine of amplitude 1 adds up to ½.
    pub fn of(&mut self, signal: &[f32], mut each: impl FnMut(usize, &[f32])) {
        let mut powers = vec![0.0; self.output.len()];
        // Hann's window keeps 3/8 of the power, in SIZE/2 bins on either side.
        let scale = 2.0 / (0.375 * (SIZE * SIZE) as f32);
        for start in (0..signal.len().saturating_sub(SIZE - 1)).step_by(SIZE / 2) {
            for ((x, w), s) in self.input.iter_mut().zip(&self.window).zip(&signal[start..]) {
                *x = s * w;
            }
            if self.transform.process(&mut self.input, &mut self.output).is_ok() {
                for (p, c) in powers.iter_mut().zip(&self.output) {
                    *p = c.norm_sqr() * scale;
                }
                each(start, &powers);
            }
        }
    }
}

/// The centre of a spectrum: the mean of its frequencies, weighted with their power, in Hz; 0 for silence.
#[must_use]
pub fn centroid(powers: &[f64], rate: u32) -> f64 {
    let total: f64 = powers.iter().sum();
    let bin = f64::from(rate) / SIZE as f64;
    let weighted: f64 = powers.iter().enumerate().map(|(n, p)| n as f64 * bin * p).sum();
    if total > 0.0 { weighted / total } else { 0.0 }
}

/// The mean spectrum of a signal.
#[must_use]
pub fn mean_spectrum(signal: &[f32]) -> Vec<f64> {
    let mut sum = vec![0.0; SIZE / 2 + 1];
    let mut count = 0;
    Spectra::default().of(signal, |_, powers| {
        count += 1;
        for (s, p) in sum.iter_mut().zip(powers) {
            *s += f64::from(*p);
        }
    });
    sum.iter().map(|s| s / f64::from(count.max(1))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sine_is_where_it_is_and_as_strong_as_it_is() {
        let sine: Vec<f32> =
            (0..44_100).map(|n| (TAU * 1000.0 * f64::from(n) / 44_100.0).sin() as f32).collect();
        let spectrum = mean_spectrum(&sine);
        assert!((centroid(&spectrum, 44_100) - 1000.0).abs() < 1.0);
        assert!((spectrum.iter().sum::<f64>() - 0.5).abs() < 0.01);
    }
}
