//! True-peak limiter.
//!
//! Between its samples a signal can rise higher than any of them. Each interval's true peak is found as ITU-R BS.1770-5 (annex 2) does, with
//! four times the rate by a polyphase interpolator; the gain at each boundary of intervals is the least that either side needs, held and
//! smoothed over a window: a straight line within an interval, it stays below what each sample needs. The window is bounded (34 intervals),
//! the delay is ten intervals (14.5 ms), which the engine makes up for by composing that far ahead.

use crate::mix::StereoBlock;
use crate::time::CONTROL;

/// No true peak rises above this: -1.3 dBTP, which leaves other meters' interpolators room.
const CEILING: f32 = 0.861;
/// Intervals that the smoothing looks ahead and back.
const SMOOTH: usize = 4;
/// Intervals that a reduction is held.
const HOLD: usize = 16;
/// Intervals between input and output.
const DELAY: usize = 2 * SMOOTH + 2;
/// Intervals that are remembered.
const MEMORY: usize = HOLD + 4 * SMOOTH + 4;
/// Taps on either side of the interpolator.
const SIDE: usize = 6;
/// The sum of the interpolator's coefficients' magnitudes is below this: what no true peak can exceed a sample peak by.
const WORST: f32 = 2.1;

/// sinc under Welch's window, at ¼, ½ and ¾ of the way from tap 5 to tap 6.
const PHASES: [[f32; 2 * SIDE]; 3] = phases();

const fn phases() -> [[f32; 2 * SIDE]; 3] {
    // |sin(πx)| is the same for all taps of a phase, and Welch's window, 1 - (x/6)², needs no cosine: a constant can be made of it.
    const SIN: [f64; 3] = [core::f64::consts::FRAC_1_SQRT_2, 1.0, core::f64::consts::FRAC_1_SQRT_2];
    let mut table = [[0.0; 2 * SIDE]; 3];
    let mut p = 0;
    while p < 3 {
        let mut sum = 0.0;
        let mut raw = [0.0; 2 * SIDE];
        let mut tap = 0;
        while tap < 2 * SIDE {
            let x = tap as f64 - (SIDE as f64 - 1.0) - (p as f64 + 1.0) * 0.25;
            let sign = if (tap + SIDE) % 2 == 1 { 1.0 } else { -1.0 };
            let u = x / SIDE as f64;
            raw[tap] = sign * SIN[p] / x * (1.0 - u * u);
            sum += raw[tap];
            tap += 1;
        }
        tap = 0;
        while tap < 2 * SIDE {
            table[p][tap] = (raw[tap] / sum) as f32;
            tap += 1;
        }
        p += 1;
    }
    table
}

/// A stereo true-peak limiter.
#[derive(Clone, Debug)]
pub struct Limiter {
    /// The last intervals, the newest at `at`.
    blocks: [StereoBlock; MEMORY],
    /// What each interval needs, as a gain.
    needs: [f32; MEMORY],
    at: usize,
    gain: f32,
}

impl Default for Limiter {
    fn default() -> Self {
        Self { blocks: [StereoBlock::default(); MEMORY], needs: [1.0; MEMORY], at: 0, gain: 1.0 }
    }
}

impl Limiter {
    /// The delay from input to output, in frames.
    pub const LATENCY: u64 = (DELAY * CONTROL) as u64;

    /// How far back the output looks, in frames.
    pub const WINDOW: u64 = ((MEMORY + DELAY) * CONTROL) as u64;

    /// Forgets everything.
    pub fn reset(&mut self) {
        *self = Self::default();
    }

    /// One control interval in, the one [`Limiter::LATENCY`] before out.
    #[inline(always)]
    pub fn process(&mut self, input: &StereoBlock) -> StereoBlock {
        self.at = (self.at + 1) % MEMORY;
        self.blocks[self.at] = *input;
        // The interval before this one: its true peaks need samples of its successor.
        let peak = self.true_peak(1);
        self.needs[self.back(1)] = if peak > CEILING { CEILING / peak } else { 1.0 };
        let next = self.boundary(DELAY - 1);
        let mut out = self.blocks[self.back(DELAY)];
        if self.gain < 1.0 || next < 1.0 {
            out.ramp(self.gain, next);
        }
        self.gain = next;
        for side in [&mut out.left, &mut out.right] {
            for x in side.iter_mut() {
                // Never reached: what the interpolator cannot see, and NaN, which nothing makes, end here.
                *x = if *x > -1.0 { if *x < 1.0 { *x } else { 1.0 } } else { -1.0 };
            }
        }
        out
    }

    /// The index of the interval `n` before the newest.
    #[inline(always)]
    fn back(&self, n: usize) -> usize {
        (self.at + MEMORY - n) % MEMORY
    }

    /// The gain at the boundary where interval `n` (counted back from the newest) begins.
    #[inline(always)]
    fn boundary(&self, n: usize) -> f32 {
        let mut quiet = true;
        for i in 0..MEMORY {
            quiet &= self.needs[i] == 1.0;
        }
        if quiet {
            return 1.0;
        }
        let need = |m: usize| {
            let (a, b) = (self.needs[self.back(m)], self.needs[self.back(m + 1)]);
            if a < b { a } else { b }
        };
        let mut sum = 0.0;
        for centre in n - SMOOTH..=n + SMOOTH {
            let mut least = 1.0;
            // Later boundaries lie at smaller numbers.
            for m in centre - SMOOTH..=centre + HOLD {
                let g = need(m);
                least = if g < least { g } else { least };
            }
            sum += least;
        }
        sum * (1.0 / (2 * SMOOTH + 1) as f32)
    }

    /// The true peak of interval `n`, or at least its sample peak where that settles that it needs nothing.
    #[inline(always)]
    fn true_peak(&self, n: usize) -> f32 {
        let (before, here, after) =
            (&self.blocks[self.back(n + 1)], &self.blocks[self.back(n)], &self.blocks[self.back(n - 1)]);
        let mut peak = 0.0;
        for (b, h, a) in [(&before.left, &here.left, &after.left), (&before.right, &here.right, &after.right)]
        {
            let mut around = [0.0; CONTROL + 2 * SIDE];
            around[..SIDE].copy_from_slice(&b[CONTROL - SIDE..]);
            around[SIDE..SIDE + CONTROL].copy_from_slice(h);
            around[SIDE + CONTROL..].copy_from_slice(&a[..SIDE]);
            let mut tops = [0.0_f32; 4];
            for x in around.as_chunks::<4>().0 {
                for i in 0..4 {
                    let m = f32::from_bits(x[i].to_bits() & 0x7fff_ffff);
                    tops[i] = if m > tops[i] { m } else { tops[i] };
                }
            }
            let top = tops[0].max(tops[1]).max(tops[2].max(tops[3]));
            peak = if top > peak { top } else { peak };
            if top * WORST > CEILING {
                let between = interpolated(&around);
                peak = if between > peak { between } else { peak };
            }
        }
        peak
    }
}

/// The highest value between samples, four times the rate.
#[inline(never)]
fn interpolated(around: &[f32; CONTROL + 2 * SIDE]) -> f32 {
    let mut peak = 0.0;
    for phase in &PHASES {
        let mut y = [0.0; CONTROL];
        for (tap, c) in phase.iter().enumerate() {
            for n in 0..CONTROL {
                y[n] += around[n + tap + 1] * c;
            }
        }
        for v in y {
            let m = if v < 0.0 { -v } else { v };
            peak = if m > peak { m } else { peak };
        }
    }
    peak
}
