//! A movement that is being rendered, span by span: with its voices on a device or here.

use crate::score::SPAN;
use crate::score::halos::{Halos, session};
use crate::score::recording::Recording;
use crate::score::recordings::Played;
use crate::supplier::Page;
use auralis_engine::cpu::Simd;
use auralis_engine::mix::{Parts, StereoBlock};
use auralis_engine::movement::Movement;
use auralis_engine::movement::conducted::{Cue, Mark};
use auralis_engine::session::{MovementSpan, Timeline};
use auralis_engine::settings::LAYERS;
use auralis_engine::texture::Sheet;
use auralis_engine::time::CONTROL;
use auralis_engine::{Frame, SampleRate, Session};

/// A movement that is to be rendered, from its beginning.
#[derive(Clone, Debug)]
pub struct Part {
    /// The session's seed.
    pub seed: u64,
    /// The session's rate.
    pub rate: SampleRate,
    /// Which of its movements.
    pub index: u64,
    /// What is known of its settings there ([`auralis_engine::score::movement_timeline`]).
    pub timeline: Box<Timeline>,
    /// The first frame that is not wanted any more; where the movement is silent before, it ends there.
    pub until: Frame,
}

/// What is kept of a movement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// The movement as it is.
    Sums,
    /// The movement in its parts.
    Parts,
}

/// A stretch of a movement, unmastered.
#[derive(Clone, Debug)]
pub struct Passage {
    /// Which of the group's movements.
    pub place: usize,
    /// Its first frame.
    pub start: Frame,
    /// Its control intervals, if sums are kept.
    pub sums: Vec<StereoBlock>,
    /// Its control intervals, if parts are kept.
    pub parts: Vec<Parts>,
}

/// A movement that is being rendered.
pub(super) struct Player {
    part: Part,
    place: usize,
    next: Frame,
    until: Frame,
    movement: Box<Movement>,
    /// Its halos, where it has any.
    halos: Option<Halos>,
    /// Where it was before what was conducted of it, and what that is.
    conducted: Option<(Mark, Vec<Cue>)>,
}

impl Player {
    /// A movement at its beginning.
    pub(super) fn new(part: Part, place: usize, simd: Simd) -> Self {
        let span = MovementSpan::of(part.seed, part.rate, part.index);
        let until = part.until.min(span.silent_from(part.rate));
        let movement = Box::new(Movement::new(part.seed, part.rate, part.index, &part.timeline, simd));
        let halos = Halos::of(&part);
        Self { part, place, next: span.start, until, movement, halos, conducted: None }
    }

    /// The halos of the span that comes next, for whoever can render them, and the session that they are of.
    pub(super) fn sheets(&mut self) -> (Session, Vec<Sheet>) {
        let sheets = self.halos.as_mut().map(|halos| halos.sheets(self.next)).unwrap_or_default();
        (session(&self.part), sheets)
    }

    /// Takes what came of one of them.
    pub(super) fn supply(&mut self, pages: &[Page]) {
        if let Some(halos) = &mut self.halos {
            halos.supply(pages);
        }
    }

    pub(super) fn is_over(&self) -> bool {
        self.next >= self.until
    }

    /// The control intervals from here to the next multiple of [`SPAN`].
    fn intervals(&self) -> usize {
        let end = Frame((self.next.0 / SPAN + 1) * SPAN).min(self.until);
        ((end - self.next) as usize).div_ceil(CONTROL)
    }

    /// What its voices are to do in the span that comes next; nothing where some of it is of reduced quality, whose voices run at half the rate.
    pub(super) fn conduct(&mut self) -> Option<Recording> {
        let (mark, mut cues, mut recording) = (self.movement.mark(), Vec::new(), Recording::default());
        for interval in 0..self.intervals() {
            let frame = self.next + (interval * CONTROL) as u64;
            let supplies = self.halos.as_ref().map(Halos::supplies);
            let cue = self.movement.conduct(frame, &self.part.timeline, supplies)?;
            if cue.moment.is_halved() {
                self.movement.rewind(mark);
                return None;
            }
            recording.note(&cue.moment, self.movement.voices_mut());
            cues.push(cue);
        }
        self.conducted = Some((mark, cues));
        Some(recording)
    }

    /// The span that comes next, of what became of its voices.
    pub(super) fn mix(&mut self, played: &Played, keep: Keep) -> Passage {
        let cues = self.conducted.take().map(|(_, cues)| cues).unwrap_or_default();
        let mut passage = Passage::new(self.place, self.next, cues.len(), keep);
        for (cue, layers) in cues.iter().zip(&played.layers) {
            let mut block = StereoBlock::default();
            self.movement.mix_layers(cue, layers, &mut block);
            passage.put(keep, block, self.movement.parts());
        }
        played.memory.give_back(self.movement.voices_mut());
        self.next = self.next + (cues.len() * CONTROL) as u64;
        passage
    }

    /// The span that comes next, with its voices here.
    pub(super) fn render(&mut self, keep: Keep) -> Passage {
        if let Some((mark, _)) = self.conducted.take() {
            self.movement.rewind(mark);
        }
        let intervals = self.intervals();
        let mut passage = Passage::new(self.place, self.next, intervals, keep);
        for _ in 0..intervals {
            let mut block = StereoBlock::default();
            let supplies = self.halos.as_ref().map(Halos::supplies);
            self.movement.render_supplied(self.next, &self.part.timeline, supplies, &mut block);
            passage.put(keep, block, self.movement.parts());
            self.next = self.next + CONTROL as u64;
        }
        passage
    }
}

impl Passage {
    fn new(place: usize, start: Frame, intervals: usize, keep: Keep) -> Self {
        let mut passage = Self { place, start, sums: Vec::new(), parts: Vec::new() };
        match keep {
            Keep::Sums => passage.sums.reserve_exact(intervals),
            Keep::Parts => passage.parts.reserve_exact(intervals),
        }
        passage
    }

    fn put(&mut self, keep: Keep, block: StereoBlock, parts: &Parts) {
        match keep {
            Keep::Sums => self.sums.push(block),
            Keep::Parts => self.parts.push(*parts),
        }
    }
}

/// How many bytes a second of a movement takes as long as it is kept.
pub(super) const fn bytes_per_second(keep: Keep) -> usize {
    let stereo = 8 * 48_000;
    match keep {
        Keep::Sums => stereo,
        Keep::Parts => stereo * (LAYERS + 1),
    }
}
