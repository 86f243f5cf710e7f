//! What each source gives over a segment: oscillators and noise.

use super::phases::{Bent, Even, Phases, Samples, Stepped};
use super::sweep::{Course, Sweep, stepped};
use crate::voice::Noise;
use crate::voice::upsample::Line;
use crate::voice::vco::{Pitch, Wave};
use auralis_engine::lanes::{F32, U32};

/// The longest segment, that of the shortest row at 48 000 Hz, rounded up to whole registers.
pub(super) const LONGEST: usize = 128;

/// An oscillator in a segment.
#[derive(Debug)]
pub(super) struct Oscillator<'a, W> {
    pub(super) pitch: &'a Pitch,
    pub(super) wave: &'a W,
    /// Its level over the segment.
    pub(super) level: Line,
}

impl<W: Wave> Oscillator<'_, W> {
    /// Its samples over segment `k`: added to what is there, or in its place.
    #[inline(always)]
    pub(super) fn sound<const L: usize, const ADDED: bool>(
        &self,
        sweep: &Sweep,
        k: usize,
        course: &Course<'_>,
        out: &mut [f32],
    ) {
        match sweep.sum(k) {
            Ok(sum) if sum.is_even() => self.sound_at::<L, ADDED>(Even(sum), out),
            Ok(sum) => self.sound_at::<L, ADDED>(Bent(sum), out),
            Err(start) => {
                let mut phases = [0; LONGEST];
                stepped::<L>(self.pitch, start, course.line(k), &mut phases[..out.len()]);
                self.sound_at::<L, ADDED>(Stepped(&phases), out);
            }
        }
    }

    #[inline(always)]
    fn sound_at<const L: usize, const ADDED: bool>(&self, phases: impl Phases<L>, out: &mut [f32]) {
        // In two loops, since a processor sees further ahead in each than in one with so long a chain.
        let mut at = [0; LONGEST];
        let at = &mut at[..out.len()];
        for (at, samples) in at.as_chunks_mut::<L>().0.iter_mut().zip(samples::<L>()) {
            *at = phases.at(&samples).0;
        }
        let chunks = out.as_chunks_mut::<L>().0.iter_mut().zip(at.as_chunks::<L>().0);
        for ((out, at), samples) in chunks.zip(samples::<L>()) {
            let sample = self.wave.at(U32(*at)) * self.level.at(samples.floats);
            *out = if ADDED { F32(*out) + sample } else { sample }.0;
        }
    }
}

/// Adds noise from a sample of the row on.
#[inline(always)]
pub(super) fn hiss<const L: usize>(noise: &Noise, from: u32, level: Line, out: &mut [f32]) {
    for (out, samples) in out.as_chunks_mut::<L>().0.iter_mut().zip(samples::<L>()) {
        let sample = noise.at(samples.numbers + U32::splat(from));
        *out = (F32(*out) + sample * level.at(samples.floats)).0;
    }
}

/// The numbers of a segment's samples. They are read, not counted: compilers take a counter in lanes apart, into lanes.
static NUMBERS: ([u32; LONGEST], [f32; LONGEST]) = {
    let mut out = ([0; LONGEST], [0.0; LONGEST]);
    let mut i = 0;
    while i < LONGEST {
        out.0[i] = i as u32;
        out.1[i] = i as f32;
        i += 1;
    }
    out
};

/// The samples of a segment, a register after the other.
#[inline(always)]
fn samples<const L: usize>() -> impl Iterator<Item = Samples<L>> {
    let numbers = NUMBERS.0.as_chunks().0.iter().zip(NUMBERS.1.as_chunks().0);
    numbers.enumerate().map(|(chunk, (numbers, floats))| Samples {
        first: chunk * L,
        numbers: U32(*numbers),
        floats: F32(*floats),
    })
}
