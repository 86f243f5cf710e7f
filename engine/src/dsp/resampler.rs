//! From the session's rate to a device's: windowed-sinc interpolation.
//!
//! For a listener whose device runs at another rate than the session. It comes after the engine, and is no part of the
//! canonical sound. Julius O. Smith, *Digital Audio Resampling*, CCRMA: a table of a windowed sinc, read with linear interpolation
//! between its entries. 32 taps and a Kaiser window (β = 9) give a stop band of -90 dB and a pass band to 0.86 of half the lower rate.

use alloc::boxed::Box;
use alloc::vec::Vec;

const TAPS: usize = 32;
const PHASES: usize = 256;

/// Turns one stream of stereo frames into another of a different rate.
#[derive(Clone, Debug)]
pub struct Resampler {
    /// `PHASES + 1` rows of `TAPS` coefficients.
    table: Box<[[f32; TAPS]]>,
    history: [[f32; 2 * TAPS]; 2],
    at: usize,
    /// Input frames for each output frame.
    ratio: f64,
    /// How far the next output frame lies behind the newest input frame, in input frames; below 0: one more is needed first.
    position: f64,
}

/// The modified Bessel function of the first kind, order 0, by its power series.
fn bessel_i0(x: f64) -> f64 {
    let mut sum = 1.0;
    let mut term = 1.0;
    for k in 1..40 {
        let f = x / (2.0 * f64::from(k));
        term *= f * f;
        sum += term;
    }
    sum
}

impl Resampler {
    /// A resampler from one rate to another, in hertz. Allocates its table (33 kB).
    #[must_use]
    pub fn new(from_hz: f64, to_hz: f64) -> Self {
        let cutoff = if to_hz < from_hz { to_hz / from_hz } else { 1.0 } * 0.93;
        let mut table = Vec::with_capacity(PHASES + 1);
        for phase in 0..=PHASES {
            let mut row = [0.0; TAPS];
            let mut sum = 0.0;
            for (tap, c) in row.iter_mut().enumerate() {
                let x = tap as f64 - (TAPS / 2 - 1) as f64 - phase as f64 / PHASES as f64;
                let sinc = if libm::fabs(x) < 1e-9 {
                    cutoff
                } else {
                    libm::sin(core::f64::consts::PI * x * cutoff) / (core::f64::consts::PI * x)
                };
                let u = x / (TAPS / 2) as f64;
                let window =
                    if u * u < 1.0 { bessel_i0(9.0 * libm::sqrt(1.0 - u * u)) / bessel_i0(9.0) } else { 0.0 };
                *c = (sinc * window) as f32;
                sum += sinc * window;
            }
            for c in &mut row {
                *c = (f64::from(*c) / sum) as f32;
            }
            table.push(row);
        }
        Self {
            table: table.into_boxed_slice(),
            history: [[0.0; 2 * TAPS]; 2],
            at: 0,
            ratio: from_hz / to_hz,
            position: -1.0,
        }
    }

    /// The delay that it adds, in input frames.
    #[must_use]
    pub const fn latency() -> usize {
        TAPS / 2
    }

    /// The next output frame; `input` is asked for as many input frames as it takes. Does not allocate.
    #[inline]
    pub fn next(&mut self, mut input: impl FnMut() -> [f32; 2]) -> [f32; 2] {
        while self.position < 0.0 {
            let frame = input();
            self.at = (self.at + 1) % TAPS;
            for (channel, x) in self.history.iter_mut().zip(frame) {
                // Written twice, so that the last TAPS samples always lie in one piece.
                channel[self.at] = x;
                channel[self.at + TAPS] = x;
            }
            self.position += 1.0;
        }
        // 1 - position: 0 means exactly on the newest frame's predecessor in the table's terms.
        let phase = (1.0 - self.position).clamp(0.0, 1.0) * PHASES as f64;
        let row = (phase as usize).min(PHASES - 1);
        let t = (phase - row as f64) as f32;
        let (a, b) = (&self.table[row], &self.table[row + 1]);
        let mut weights = [0.0; TAPS];
        for (i, weight) in weights.iter_mut().enumerate() {
            *weight = a[i] + (b[i] - a[i]) * t;
        }
        let mut out = [0.0; 2];
        for (channel, y) in self.history.iter().zip(&mut out) {
            let past = &channel[self.at + 1..=self.at + TAPS];
            // Several sums at a time: one alone would wait for each addition.
            let mut sums = [0.0; 8];
            for (past, weights) in past.as_chunks::<8>().0.iter().zip(weights.as_chunks::<8>().0) {
                for (i, sum) in sums.iter_mut().enumerate() {
                    *sum += past[i] * weights[i];
                }
            }
            let [a, b, c, d, e, f, g, h] = sums;
            *y = ((a + e) + (c + g)) + ((b + f) + (d + h));
        }
        self.position -= self.ratio;
        out
    }
}
