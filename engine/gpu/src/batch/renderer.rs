//! A row of a voice, fast: only the sum is computed, a few segments between two control samples at a time, as many samples at once as a
//! register holds.
//!
//! First comes all that is at the control rate; then, for each segment, each source that is not silent adds what it gives. A sample is a
//! function of its number within the segment and of a few figures of the segment, so that on a GPU each can have a thread.

use super::sources::{Oscillator, Places, STRETCH, Stretch, TOGETHER, hiss};
use super::sweep::{Course, Sweep};
use crate::voice::audio_mixer::{normalize, peak};
use crate::voice::modulation_mixer::OUTPUTS;
use crate::voice::upsample::Line;
use crate::voice::{Grid, Segment, Voice};
use auralis_engine::cpu::{Simd, dispatch};
use auralis_engine::lanes::F32;

/// The widest register, in lanes.
const WIDEST: usize = 16;

/// Renders voices of one length, one after the other; what it needs of memory it keeps.
#[derive(Clone, Debug)]
pub struct Renderer {
    simd: Simd,
    grid: Grid,
    offsets: Vec<f32>,
    counts: Vec<f32>,
    /// What goes to the sources, at the control rate.
    modulations: [Vec<f32>; OUTPUTS],
    sweeps: [Sweep; 2],
}

impl Renderer {
    /// For rows of this grid, with the best instructions that this processor has.
    #[must_use]
    pub fn new(grid: &Grid) -> Self {
        Self::with_simd(grid, Simd::widest())
    }

    /// For rows of this grid; the samples are the same with any instructions.
    #[must_use]
    pub fn with_simd(grid: &Grid, simd: Simd) -> Self {
        let padded = |value: fn(&Segment) -> f32| {
            let values = grid.segments().iter().map(value);
            values.chain(std::iter::repeat_n(0.0, WIDEST)).collect()
        };
        Self {
            simd,
            offsets: padded(|segment| segment.offset),
            counts: padded(|segment| segment.count as f32),
            modulations: std::array::from_fn(|_| vec![0.0; grid.controls() + WIDEST]),
            sweeps: [(); 2].map(|()| Sweep::new(grid.controls() + WIDEST)),
            grid: grid.clone(),
        }
    }

    /// The length of a row.
    #[must_use]
    pub const fn grid(&self) -> &Grid {
        &self.grid
    }

    /// Renders a voice.
    ///
    /// # Panics
    /// If the row has another length than the grid's.
    pub fn render(&mut self, voice: &Voice, row: &mut [f32]) {
        assert_eq!(row.len(), self.grid.frames(), "a row has the grid's length");
        let renderer = self;
        let simd = renderer.simd;
        dispatch!(simd, WIDTH up to 16, |renderer: &mut Renderer, voice: &Voice, row: &mut [f32]| {
            renderer.render_wide::<WIDTH>(voice, row);
        });
    }

    #[inline(always)]
    fn render_wide<const L: usize>(&mut self, voice: &Voice, row: &mut [f32]) {
        self.control::<L>(voice);
        for i in 0..2 {
            if voice.mixer.levels[i] > 0.0 {
                let mut sweep = std::mem::take(&mut self.sweeps[i]);
                sweep.prepare::<L>(&voice.pitches[i], &self.course(i));
                self.sweeps[i] = sweep;
            }
        }
        let (mut stretch, mut spare) = (Stretch::new(), [0.0; STRETCH]);
        let mut most = F32::<L>::ZERO;
        for (i, segments) in self.grid.segments().chunks(TOGETHER).enumerate() {
            let (k, places) = (i * TOGETHER, Places(segments));
            let (start, count) = (places.start(), places.count());
            let length = count.next_multiple_of(L);
            // What is computed beyond the stretch is overwritten by the next; beyond the row there is no room for it.
            if let Some(out) = row.get_mut(start..start + length) {
                self.stretch::<L>(voice, k, &places, &mut stretch, out);
                most = peak(most, out, count);
            } else {
                self.stretch::<L>(voice, k, &places, &mut stretch, &mut spare[..length]);
                most = peak(most, &spare[..length], count);
                row[start..].copy_from_slice(&spare[..count]);
            }
        }
        normalize(row, most);
    }

    /// All that is at the control rate.
    #[inline(always)]
    fn control<const L: usize>(&mut self, voice: &Voice) {
        let mut phases = voice.lfo_starts();
        for k in (0..self.grid.controls()).step_by(L) {
            let controls = voice.controls::<L>(k as f32, &mut phases);
            for (signal, values) in self.modulations.iter_mut().zip(controls.modulations) {
                signal[k..k + L].copy_from_slice(&values.0);
            }
        }
    }

    /// The sum of the sources over segments from `k` on, and over some samples more.
    #[inline(always)]
    fn stretch<const L: usize>(
        &self,
        voice: &Voice,
        k: usize,
        places: &Places<'_>,
        stretch: &mut Stretch,
        out: &mut [f32],
    ) {
        let levels = |output: usize, level: f32| {
            let ends = &self.modulations[output][k..];
            let mut lines = [Line { first: 0.0, slope: 0.0 }; TOGETHER];
            for ((line, segment), ends) in lines.iter_mut().zip(places.0).zip(ends.windows(2)) {
                *line = Line::new(ends[0], ends[1], segment, self.grid.step()).louder(level);
            }
            lines
        };
        let is_silent = |lines: &[Line]| lines.iter().all(|line| line.is_zero());
        let [vco_1, vco_2, noise] = voice.mixer.levels;
        let (vco_1, vco_2, noise) = (levels(1, vco_1), levels(3, vco_2), levels(4, noise));
        if is_silent(&vco_1) {
            out.fill(0.0);
        } else {
            let oscillator = Oscillator { pitch: &voice.pitches[0], wave: &voice.vco_1, levels: &vco_1 };
            oscillator.sound::<L, false>(&self.sweeps[0], k, &self.course(0), places, stretch, out);
        }
        if !is_silent(&vco_2) {
            let oscillator = Oscillator { pitch: &voice.pitches[1], wave: &voice.vco_2, levels: &vco_2 };
            oscillator.sound::<L, true>(&self.sweeps[1], k, &self.course(1), places, stretch, out);
        }
        if !is_silent(&noise) {
            hiss::<L>(&voice.noise, &noise, places, stretch, out);
        }
    }

    /// What an oscillator's pitch follows.
    #[inline(always)]
    fn course(&self, oscillator: usize) -> Course<'_> {
        Course {
            segments: self.grid.segments(),
            offsets: &self.offsets,
            counts: &self.counts,
            step: self.grid.step(),
            modulation: &self.modulations[2 * oscillator],
        }
    }
}

#[cfg(test)]
#[path = "renderer_tests.rs"]
mod tests;
