//! A span of a session, taken out of the engine bit by bit.

use super::Span;
use crate::player::{Opening, Told, Words};
use auralis_engine::time::CONTROL;
use auralis_engine::{ChangeLog, Frame, SampleRate, Session};
use auralis_export::stems::STEMS;

/// The samples of a control interval in its stems: for each, the left channel and the right.
pub const PARTS: usize = STEMS * 2 * CONTROL;

/// Control intervals of a seek, and frames of a mix, at once: some milliseconds' work.
const INTERVALS: u32 = 256;
/// Frames at once: no more than the engine renders in one call.
const FRAMES: usize = 4096;

/// The engine as the worker has it: `Engine` in worklet.js.
pub trait Synth {
    /// Why it refuses something.
    type Error;

    /// Opens a session and begins to go to where it says; gives how many of the changes the engine has been told.
    ///
    /// # Errors
    /// If the session is refused.
    fn begin(&mut self, opening: &Opening, rate: SampleRate) -> Result<usize, Self::Error>;

    /// Goes on by so many control intervals at most; true when it is there.
    fn step(&mut self, intervals: u32) -> bool;

    /// The first frame that is not yet synthesized.
    fn earliest(&self) -> Frame;

    /// The settings hold from a frame on.
    ///
    /// # Errors
    /// If there is no room for them.
    fn apply(&mut self, frame: Frame, words: &Words) -> Result<(), Self::Error>;

    /// Renders into both, as many frames as they are long.
    fn render(&mut self, left: &mut [f32], right: &mut [f32]);

    /// The stems of the interval that was synthesized last.
    fn parts(&mut self, out: &mut [f32; PARTS]);
}

/// What is being rendered, and how far it is.
#[derive(Debug)]
pub struct Rendering {
    span: Span,
    stems: bool,
    changes: Vec<Told>,
    told: usize,
    there: bool,
    /// The first frame that had to be synthesized, and the next to be handed out.
    began: Frame,
    next: Frame,
    left: Vec<f32>,
    right: Vec<f32>,
}

impl Rendering {
    /// Begins with a span: its mix, or its stems.
    ///
    /// # Errors
    /// If the engine refuses the session.
    pub fn begin<S: Synth>(
        session: &Session,
        log: &ChangeLog,
        span: Span,
        stems: bool,
        synth: &mut S,
    ) -> Result<Self, S::Error> {
        // Stems come by control intervals.
        let from = if stems { span.from.control_floor() } else { span.from };
        let opening = Opening::new(session, log, from);
        let told = synth.begin(&opening, session.rate)?;
        let began = synth.earliest();
        let frames = if stems { CONTROL } else { FRAMES };
        Ok(Self {
            span,
            stems,
            changes: opening.changes,
            told,
            there: false,
            began,
            next: from,
            left: vec![0.0; frames],
            right: vec![0.0; frames],
        })
    }

    /// How many files it fills.
    #[must_use]
    pub const fn files(&self) -> usize {
        if self.stems { STEMS } else { 1 }
    }

    /// Does a little, and appends the frames that come of it to each of the files; false when that was the last.
    ///
    /// # Errors
    /// If the log has more changes there than the engine has room for.
    pub fn go_on<S: Synth>(&mut self, synth: &mut S, files: &mut [Vec<f32>]) -> Result<bool, S::Error> {
        if self.stems { self.stems(synth, files) } else { self.mix(synth, &mut files[0]) }
    }

    fn mix<S: Synth>(&mut self, synth: &mut S, out: &mut Vec<f32>) -> Result<bool, S::Error> {
        if !self.there {
            self.there = synth.step(INTERVALS);
            return Ok(true);
        }
        let count = (self.span.end() - self.next).min(FRAMES as u64) as usize;
        self.render(synth, count)?;
        out.extend(self.left.iter().zip(&self.right).take(count).flat_map(|(l, r)| [*l, *r]));
        self.next = self.next + count as u64;
        Ok(self.next < self.span.end())
    }

    fn stems<S: Synth>(&mut self, synth: &mut S, files: &mut [Vec<f32>]) -> Result<bool, S::Error> {
        // The engine is ahead of what it plays: the first intervals of the span are synthesized while it still seeks.
        let ahead = (self.next.0.saturating_sub(synth.earliest().0) / CONTROL as u64) as u32;
        if !self.there && ahead > 0 {
            self.there = synth.step(ahead.min(INTERVALS));
            return Ok(true);
        }
        let mut parts = [0.0; PARTS];
        for _ in 0..FRAMES / CONTROL {
            if self.next >= self.span.end() {
                break;
            }
            if self.there {
                self.render(synth, CONTROL)?;
            } else {
                self.there = synth.step(1);
            }
            synth.parts(&mut parts);
            let first = self.span.from.0.saturating_sub(self.next.0) as usize;
            let last = (self.span.end() - self.next).min(CONTROL as u64) as usize;
            for (file, stem) in files.iter_mut().zip(parts.chunks_exact(2 * CONTROL)) {
                let (left, right) = stem.split_at(CONTROL);
                file.extend((first..last).flat_map(|n| [left[n], right[n]]));
            }
            self.next = self.next + CONTROL as u64;
        }
        Ok(self.next < self.span.end())
    }

    /// Renders so many frames, after the engine was told the changes that they need.
    fn render<S: Synth>(&mut self, synth: &mut S, count: usize) -> Result<(), S::Error> {
        let until = synth.earliest() + (count + CONTROL) as u64;
        while let Some(change) = self.changes.get(self.told).filter(|c| c.frame < until.0) {
            synth.apply(Frame(change.frame), &change.words)?;
            self.told += 1;
        }
        synth.render(&mut self.left[..count], &mut self.right[..count]);
        Ok(())
    }

    /// How many frames have been synthesized, those before the span included.
    pub fn synthesized<S: Synth>(&self, synth: &S) -> u64 {
        synth.earliest().0.saturating_sub(self.began.0)
    }

    /// How much is done, 0 to 1.
    pub fn done<S: Synth>(&self, synth: &S) -> f64 {
        let all = self.span.end().0.saturating_sub(self.began.0).max(1);
        (self.synthesized(synth) as f64 / all as f64).min(1.0)
    }
}

#[cfg(test)]
#[path = "rendering_tests.rs"]
mod tests;
