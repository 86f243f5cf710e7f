//! What each source gives over a stretch of segments: oscillators and noise.
//!
//! First each segment's phases and levels are written side by side; then come loops over the whole stretch, which need not stop at a segment's end.

use super::phases::{Bent, Even, Phases, Samples};
use super::sweep::{Course, Sweep, stepped};
use crate::voice::upsample::Line;
use crate::voice::vco::{Pitch, Wave};
use crate::voice::{Noise, Segment};
use auralis_engine::lanes::{F32, U32};
use std::ops::Range;
use std::sync::atomic::{Ordering, compiler_fence};

/// The longest segment, that of the shortest row at 48 000 Hz, rounded up to whole registers.
const LONGEST: usize = 128;
/// Segments in a stretch: what is known of its samples has room in a processor's first cache.
pub(super) const TOGETHER: usize = 8;
/// The longest stretch.
pub(super) const STRETCH: usize = LONGEST * TOGETHER;

/// What is known of a stretch's samples on the way, one source after the other.
#[derive(Clone, Debug)]
pub(super) struct Stretch {
    phases: [u32; STRETCH],
    levels: [f32; STRETCH],
    begun: [[f32; STRETCH]; 2],
}

impl Stretch {
    pub(super) const fn new() -> Self {
        Self { phases: [0; STRETCH], levels: [0.0; STRETCH], begun: [[0.0; STRETCH]; 2] }
    }

    /// Writes a source's levels.
    #[inline(always)]
    fn level<const L: usize>(&mut self, places: &Places<'_>, lines: &[Line]) {
        for (place, line) in places.of::<L>().zip(lines) {
            let levels = self.levels[place].as_chunks_mut::<L>().0.iter_mut();
            for (level, samples) in levels.zip(samples::<L>()) {
                *level = line.at(samples.floats).0;
            }
        }
    }
}

/// Where segments lie in a stretch.
#[derive(Clone, Copy, Debug)]
pub(super) struct Places<'a>(pub(super) &'a [Segment]);

impl Places<'_> {
    /// The first sample of the row.
    #[inline(always)]
    pub(super) fn start(&self) -> usize {
        self.0.first().map_or(0, |segment| segment.start)
    }

    /// How many samples there are.
    #[inline(always)]
    pub(super) fn count(&self) -> usize {
        self.0.last().map_or(0, |segment| segment.start + segment.count - self.start())
    }

    /// Each segment's samples, with some of the next, as far as its last register goes.
    #[inline(always)]
    fn of<const L: usize>(&self) -> impl Iterator<Item = Range<usize>> {
        let start = self.start();
        self.0.iter().map(move |segment| {
            let first = segment.start - start;
            first..first + segment.count.next_multiple_of(L)
        })
    }
}

/// An oscillator in a stretch.
#[derive(Debug)]
pub(super) struct Oscillator<'a, W> {
    pub(super) pitch: &'a Pitch,
    pub(super) wave: &'a W,
    /// Its levels over each segment.
    pub(super) levels: &'a [Line],
}

impl<W: Wave> Oscillator<'_, W> {
    /// Its samples over the segments from `k` on: added to what is there, or in its place.
    #[inline(always)]
    pub(super) fn sound<const L: usize, const ADDED: bool>(
        &self,
        sweep: &Sweep,
        k: usize,
        course: &Course<'_>,
        places: &Places<'_>,
        stretch: &mut Stretch,
        out: &mut [f32],
    ) {
        for (i, place) in places.of::<L>().enumerate() {
            let phases = &mut stretch.phases[place];
            match sweep.sum(k + i) {
                Ok(sum) if sum.is_even() => put::<L>(Even(sum), phases),
                Ok(sum) => put::<L>(Bent(sum), phases),
                Err(start) => stepped::<L>(self.pitch, start, course.line(k + i), phases),
            }
        }
        stretch.level::<L>(places, self.levels);
        let length = out.len();
        let phases = stretch.phases[..length].as_chunks::<L>().0;
        let levels = stretch.levels[..length].as_chunks::<L>().0;
        let out = out.as_chunks_mut::<L>().0;
        let write = |out: &mut [f32; L], sample: F32<L>, level: &[f32; L]| {
            let sample = sample * F32(*level);
            *out = if ADDED { F32(*out) + sample } else { sample }.0;
        };
        if !W::IN_TWO {
            for ((out, phase), level) in out.iter_mut().zip(phases).zip(levels) {
                write(out, self.wave.at(U32(*phase)), level);
                keep_apart();
            }
            return;
        }
        let [a, b] = &mut stretch.begun;
        let [a, b] = [a, b].map(|begun| begun[..length].as_chunks_mut::<L>().0);
        for ((a, b), phase) in a.iter_mut().zip(b.iter_mut()).zip(phases) {
            let [x, y] = self.wave.begun(U32(*phase));
            (*a, *b) = (x.0, y.0);
            keep_apart();
        }
        for ((out, level), (a, b)) in out.iter_mut().zip(levels).zip(a.iter().zip(b.iter())) {
            write(out, self.wave.ended([F32(*a), F32(*b)]), level);
            keep_apart();
        }
    }
}

/// Ends a turn of a loop over registers. It is no instruction; but without it a compiler that sees arrays only takes registers apart, and gathers
/// lanes of several into others.
#[inline(always)]
fn keep_apart() {
    compiler_fence(Ordering::SeqCst);
}

/// Writes the phases of a segment.
#[inline(always)]
fn put<const L: usize>(phases: impl Phases<L>, out: &mut [u32]) {
    for (out, samples) in out.as_chunks_mut::<L>().0.iter_mut().zip(samples::<L>()) {
        *out = phases.at(&samples).0;
    }
}

/// Adds noise.
#[inline(always)]
pub(super) fn hiss<const L: usize>(
    noise: &Noise,
    lines: &[Line],
    places: &Places<'_>,
    stretch: &mut Stretch,
    out: &mut [f32],
) {
    stretch.level::<L>(places, lines);
    let from = places.start() as u32;
    let levels = stretch.levels.as_chunks::<L>().0;
    let numbers = NUMBERS.0.as_chunks::<L>().0;
    for ((out, level), numbers) in out.as_chunks_mut::<L>().0.iter_mut().zip(levels).zip(numbers) {
        let sample = noise.at(U32(*numbers) + U32::splat(from));
        *out = (F32(*out) + sample * F32(*level)).0;
        keep_apart();
    }
}

/// The numbers of samples. They are read, not counted: compilers take a counter in lanes apart, into lanes.
static NUMBERS: ([u32; STRETCH], [f32; LONGEST]) = {
    let mut out = ([0; STRETCH], [0.0; LONGEST]);
    let mut i = 0;
    while i < STRETCH {
        out.0[i] = i as u32;
        if i < LONGEST {
            out.1[i] = i as f32;
        }
        i += 1;
    }
    out
};

/// The samples of a segment, a register after the other.
#[inline(always)]
fn samples<const L: usize>() -> impl Iterator<Item = Samples<L>> {
    let numbers = NUMBERS.0.as_chunks().0.iter().zip(NUMBERS.1.as_chunks().0);
    numbers.map(|(numbers, floats)| Samples { numbers: U32(*numbers), floats: F32(*floats) })
}
