//! A movement that is being rendered, with its voices on a device or here.

use crate::chain::LOUDEST;
use crate::score::SPAN;
use crate::score::orchestra::Layers;
use crate::score::recording::Recording;
use auralis_engine::cpu::Simd;
use auralis_engine::mix::{Parts, StereoBlock};
use auralis_engine::movement::Movement;
use auralis_engine::movement::conducted::Conducted;
use auralis_engine::session::{MovementSpan, Timeline};
use auralis_engine::settings::LAYERS;
use auralis_engine::time::CONTROL;
use auralis_engine::{Frame, SampleRate};

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

/// Who makes the sound of a movement's voices.
enum Sound {
    Device(Box<Conducted>),
    Here(Box<Movement>),
}

/// A movement that is being rendered.
pub(super) struct Player {
    part: Part,
    place: usize,
    next: Frame,
    until: Frame,
    sound: Sound,
    simd: Simd,
}

impl Player {
    /// A movement at its beginning, with its voices on a device if `elsewhere`.
    pub(super) fn new(part: Part, place: usize, elsewhere: bool, simd: Simd) -> Self {
        let span = MovementSpan::of(part.seed, part.rate, part.index);
        let until = part.until.min(span.silent_from(part.rate));
        let sound = if elsewhere {
            let conducted = Conducted::new(part.seed, part.rate, part.index, &part.timeline, simd);
            Sound::Device(Box::new(conducted))
        } else {
            Sound::Here(movement(&part, simd))
        };
        Self { part, place, next: span.start, until, sound, simd }
    }

    /// Which movement of its session it is.
    pub(super) const fn index(&self) -> u64 {
        self.part.index
    }

    pub(super) fn is_over(&self) -> bool {
        self.next >= self.until
    }

    pub(super) const fn is_elsewhere(&self) -> bool {
        matches!(self.sound, Sound::Device(_))
    }

    /// The control intervals from here to the next multiple of [`SPAN`].
    fn intervals(&self) -> usize {
        let end = Frame((self.next.0 / SPAN + 1) * SPAN).min(self.until);
        ((end - self.next) as usize).div_ceil(CONTROL)
    }

    /// What its voices are to do in the span that comes next, if they are elsewhere.
    pub(super) fn conduct(&mut self) -> Option<Recording> {
        let intervals = self.intervals();
        let Sound::Device(movement) = &mut self.sound else { return None };
        Some(Recording::new(self.place, movement, &self.part.timeline, self.next, intervals))
    }

    /// Takes the voices back, and renders anew what was rendered so far.
    pub(super) fn take_back(&mut self) {
        let mut movement = movement(&self.part, self.simd);
        let mut frame = movement.span().start;
        while frame < self.next {
            movement.render(frame, &self.part.timeline, &mut StereoBlock::default());
            frame = frame + CONTROL as u64;
        }
        self.sound = Sound::Here(movement);
    }

    /// The span that comes next, of what the device made of its voices; the error is what is wrong with that, and then nothing has been
    /// rendered, and voices must be taken back.
    pub(super) fn mix(
        &mut self,
        recording: &Recording,
        layers: &[Layers],
        keep: Keep,
    ) -> Result<Passage, String> {
        let Sound::Device(movement) = &mut self.sound else { return Ok(self.render(keep)) };
        if layers.len() != recording.intervals() {
            let (came, wanted) = (layers.len(), recording.intervals());
            return Err(format!("{came} control intervals came instead of {wanted}"));
        }
        let mut passage = Passage::new(self.place, self.next, layers.len(), keep);
        for (moment, layers) in recording.moments.iter().zip(layers) {
            let mut block = StereoBlock::default();
            movement.mix(moment, layers, &mut block);
            check(&block, moment.frame)?;
            passage.put(keep, block, movement.parts());
        }
        self.next = self.next + (layers.len() * CONTROL) as u64;
        Ok(passage)
    }

    /// The span that comes next, with its voices here.
    pub(super) fn render(&mut self, keep: Keep) -> Passage {
        let intervals = self.intervals();
        let mut passage = Passage::new(self.place, self.next, intervals, keep);
        if self.is_elsewhere() {
            self.take_back();
        }
        let Sound::Here(movement) = &mut self.sound else { return passage };
        for _ in 0..intervals {
            let mut block = StereoBlock::default();
            movement.render(self.next, &self.part.timeline, &mut block);
            passage.put(keep, block, movement.parts());
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

fn movement(part: &Part, simd: Simd) -> Box<Movement> {
    Box::new(Movement::new(part.seed, part.rate, part.index, &part.timeline, simd))
}

fn check(block: &StereoBlock, frame: Frame) -> Result<(), String> {
    for side in [&block.left, &block.right] {
        // NaN lies in no range.
        if let Some(at) = side.iter().position(|x| !(-LOUDEST..=LOUDEST).contains(x)) {
            return Err(format!("sample {} at frame {} can't be music", side[at], frame.0 + at as u64));
        }
    }
    Ok(())
}
