//! An oscillator's phase over a segment, at any sample at once.
//!
//! Between two control samples the pitch is a straight line, so the frequency is a geometric progression, and the sum of n steps of it
//! is `g·n·(1 + z·ψ(z))` with `z = a·n`, where `a` is the logarithm of the ratio of two successive steps, `g` is the first step times
//! `a/(eᵃ - 1)`, and `ψ(z) = (eᶻ - 1 - z)/z²`. So a sample's phase needs neither an exponential nor the sample before.
//!
//! Where the pitch meets a limit within a segment, or moves by more than two semitones, its samples' steps are computed and
//! summed one by one, as [`Pitch::phases`] does.

use crate::voice::Segment;
use crate::voice::arithmetic::{ramp, rounded, whole};
use crate::voice::upsample::Line;
use crate::voice::vco::Pitch;
use auralis_engine::lanes::{F32, U32};
use std::f32::consts::LN_2;

/// ψ, fitted for z within ±1/7; within 1e-7.
const PSI: [f32; 4] = [0.499_999_93, 0.166_666_63, 0.041_695_02, 0.008_339_41];
/// The greatest |z| at a segment's end for which the sum is taken.
const MOST_BENT: f32 = 0.125;
/// By how many bits the unit of a bend is above the step's lowest: 115 samples at most bend by less than 8 steps at that z, 16 times the
/// step's highest power of 2, and an f32's mantissa holds 2²² units to each side.
const BEND_ROOM: u32 = 18;

/// The sum of steps that grow evenly: after `n` samples the phase has moved by `step·n` and a bend.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Sum {
    /// Where the phase is before the first sample.
    start: u32,
    /// What each sample adds, but for the bend.
    step: u32,
    /// The bend in powers of n, from the second on, in a unit of so many bits.
    bend: [f32; 4],
    unit: u32,
}

impl Sum {
    /// Whether the pitch stands still, so that there is no bend.
    #[inline(always)]
    pub(super) fn is_even(&self) -> bool {
        self.bend[0] == 0.0
    }

    /// The phase at the samples of these numbers, the first being 0, but for the bend.
    #[inline(always)]
    pub(super) fn even<const L: usize>(&self, numbers: U32<L>) -> U32<L> {
        let (first, step) = (self.start.wrapping_add(self.step), self.step);
        numbers.map(|n| n.wrapping_mul(step)) + U32::splat(first)
    }

    /// The bend at the samples of these numbers.
    #[inline(always)]
    pub(super) fn bend<const L: usize>(&self, numbers: F32<L>) -> U32<L> {
        let (unit, n) = (self.unit, numbers + 1.0);
        whole(bend(self.bend.map(F32::splat), n)).map(|bend| bend << unit)
    }
}

/// g·n·z·ψ(z), by its coefficients in powers of n.
#[inline(always)]
fn bend<const L: usize>([b2, b3, b4, b5]: [F32<L>; 4], n: F32<L>) -> F32<L> {
    let n2 = n * n;
    ((b5 * n + b4) * n2 + (b3 * n + b2)) * n2
}

/// An oscillator's phase over a row, segment by segment.
#[derive(Clone, Debug, Default)]
pub(super) struct Sweep {
    starts: Vec<u32>,
    steps: Vec<u32>,
    /// The first is infinite where steps are summed one by one.
    bends: [Vec<f32>; 4],
    units: Vec<u32>,
}

/// What all sweeps over a grid need of it, and what a row's modulation is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Course<'a> {
    pub(super) segments: &'a [Segment],
    /// The segments' offsets and counts, with as many more as a register has lanes.
    pub(super) offsets: &'a [f32],
    pub(super) counts: &'a [f32],
    /// How far an audio sample is from the next, in control samples.
    pub(super) step: f32,
    /// The modulation at the control rate, with as many more samples.
    pub(super) modulation: &'a [f32],
}

impl Sweep {
    /// Room for so many segments, which is as many more as a register has lanes.
    pub(super) fn new(segments: usize) -> Self {
        Self {
            starts: vec![0; segments],
            steps: vec![0; segments],
            bends: [(); 4].map(|()| vec![0.0; segments]),
            units: vec![0; segments],
        }
    }

    /// The laws of all segments, then the phases at which they begin.
    #[inline(always)]
    pub(super) fn prepare<const L: usize>(&mut self, pitch: &Pitch, course: &Course<'_>) {
        for k in (0..course.segments.len()).step_by(L) {
            self.prepare_some::<L>(k, pitch, course);
        }
        let mut phase = pitch.start;
        for (k, segment) in course.segments.iter().enumerate() {
            // Until here it is what the segment's samples add.
            let advance = self.starts[k];
            self.starts[k] = phase;
            phase = phase.wrapping_add(if self.bends[0][k].is_infinite() {
                stepped_advance::<L>(pitch, segment, course.line(k))
            } else {
                advance
            });
        }
    }

    #[inline(always)]
    fn prepare_some<const L: usize>(&mut self, k: usize, pitch: &Pitch, course: &Course<'_>) {
        let load = |from: &[f32], at: usize| F32::<L>(*from[at..].first_chunk().unwrap_or(&[0.0; L]));
        let wished = [0, 1].map(|end| pitch.octaves(load(course.modulation, k + end)));
        let [from, to] = wished.map(|octaves| pitch.limited(octaves));
        let (offset, count) = (load(course.offsets, k), load(course.counts, k));
        let rise = to - from;
        let ratio = rise * (course.step * LN_2);
        let first = pitch.step(from + rise * offset);
        // a/(eᵃ - 1) in powers of a; the next has a⁴/720, which is none.
        let mean = first * ((ratio * (1.0 / 12.0) - F32::splat(0.5)) * ratio + 1.0);
        let steps = rounded(mean);
        // What the rounding of the step leaves is made good at the segment's end: of a low note it would be heard after a while.
        let rests = whole((mean - steps.to_signed_f32()) * count);
        let units = (mean.to_bits() >> 23).map(|exponent| exponent.saturating_sub(127 + BEND_ROOM));
        let mut power = mean;
        for i in 0..L {
            power.0[i] *= f32::from_bits((127 - units.0[i]) << 23);
        }
        let mut bends = [F32::ZERO; 4];
        for (bend, psi) in bends.iter_mut().zip(PSI) {
            power = power * ratio;
            *bend = power * psi;
        }
        let bent = whole(bend(bends, count));
        let ends = (wished[0] - from).abs() + (wished[1] - to).abs();
        let most_bent = ratio.abs() * count;
        let (mut advances, counts) = (rests, whole(count));
        for i in 0..L {
            let even = steps.0[i].wrapping_mul(counts.0[i]);
            advances.0[i] = advances.0[i].wrapping_add(even).wrapping_add(bent.0[i] << units.0[i]);
            // Straight is what meets no limit, or stays beyond one.
            let straight = ends.0[i] == 0.0 || rise.0[i] == 0.0;
            bends[0].0[i] =
                if straight && most_bent.0[i] <= MOST_BENT { bends[0].0[i] } else { f32::INFINITY };
        }
        self.steps[k..k + L].copy_from_slice(&steps.0);
        self.units[k..k + L].copy_from_slice(&units.0);
        self.starts[k..k + L].copy_from_slice(&advances.0);
        for (to, from) in self.bends.iter_mut().zip(bends) {
            to[k..k + L].copy_from_slice(&from.0);
        }
    }

    /// The sum for a segment; none where steps are summed one by one, from the phase that is given.
    #[inline(always)]
    pub(super) fn sum(&self, k: usize) -> Result<Sum, u32> {
        let (start, step, unit) = (self.starts[k], self.steps[k], self.units[k]);
        let [b2, b3, b4, b5] = &self.bends;
        let bend = [b2[k], b3[k], b4[k], b5[k]];
        if bend[0].is_infinite() { Err(start) } else { Ok(Sum { start, step, bend, unit }) }
    }
}

impl Course<'_> {
    /// The modulation over a segment.
    #[inline(always)]
    pub(super) fn line(&self, k: usize) -> Line {
        Line::new(self.modulation[k], self.modulation[k + 1], &self.segments[k], self.step)
    }
}

/// What a segment's samples add to the phase, one by one.
#[inline(always)]
fn stepped_advance<const L: usize>(pitch: &Pitch, segment: &Segment, modulation: Line) -> u32 {
    let mut sum = 0_u32;
    for i in (0..segment.count).step_by(L) {
        let steps = pitch.steps(modulation.at(ramp::<L>() + i as f32));
        let wanted = steps.0.iter().take(segment.count - i);
        sum = wanted.fold(sum, |sum, step| sum.wrapping_add(*step));
    }
    sum
}

/// The phases of a segment's samples, and of those after it up to a whole register, one by one.
#[inline(always)]
pub(super) fn stepped<const L: usize>(pitch: &Pitch, start: u32, modulation: Line, out: &mut [u32]) {
    let mut phase = start;
    for (i, chunk) in out.as_chunks_mut::<L>().0.iter_mut().enumerate() {
        let steps = pitch.steps(modulation.at(ramp::<L>() + (i * L) as f32));
        for (out, step) in chunk.iter_mut().zip(steps.0) {
            phase = phase.wrapping_add(step);
            *out = phase;
        }
    }
}
