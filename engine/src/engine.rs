//! The engine: a session, played.

pub mod elsewhere;

use crate::cpu::Simd;
use crate::mix::{Master, Parts, StereoBlock};
use crate::movement::Movement;
use crate::session::{ApplyError, Change, MovementSpan, Session, Timeline};
use crate::settings::Settings;
use crate::texture::Supplies;
use crate::time::{CONTROL, Frame, SampleRate};
use alloc::boxed::Box;

/// Plays a session: two movements at most (one plays, the one before rings out), summed and mastered.
///
/// `render` takes any length and never allocates, locks, panics, logs or fails. The bits depend on the session and the changes applied,
/// never on the lengths asked for. A clone goes on as the original would.
#[derive(Clone)]
pub struct Engine {
    seed: u64,
    rate: SampleRate,
    simd: Simd,
    timeline: Timeline,
    /// The movement that plays and the one before it; movement k sits in slot k modulo 2.
    movements: [Box<Movement>; 2],
    /// Where the movement that plays lies.
    playing: MovementSpan,
    /// What of their textures was rendered ahead.
    supplies: Supplies,
    master: Master,
    /// The control interval that is being handed out, and how many of its frames already were.
    ready: StereoBlock,
    used: usize,
    /// The first frame that is not yet synthesized; always on the control grid, and [`Master::LATENCY`] frames ahead of what is handed out.
    next: Frame,
    /// While seeking: the frame that was asked for.
    target: Frame,
}

impl Engine {
    /// An engine at the session's first frame, using the best instructions of this processor. Allocates all the memory that it will ever use.
    #[must_use]
    pub fn new(session: &Session) -> Self {
        Self::with_simd(session, Simd::detect())
    }

    /// An engine that uses the given instructions. The bits are the same with any.
    #[must_use]
    pub fn with_simd(session: &Session, simd: Simd) -> Self {
        let timeline = Timeline::new(session.settings);
        let movements =
            [0, 1].map(|k| Box::new(Movement::new(session.seed, session.rate, k, &timeline, simd)));
        let mut engine = Self {
            seed: session.seed,
            rate: session.rate,
            simd,
            timeline,
            movements,
            playing: MovementSpan::of(session.seed, session.rate, 0),
            supplies: Supplies::new(),
            master: Master::new(session.rate),
            ready: StereoBlock::default(),
            used: CONTROL,
            next: Frame::ZERO,
            target: Frame::ZERO,
        };
        engine.begin_seek(Frame::ZERO, &Timeline::new(session.settings));
        engine.seek_some(usize::MAX);
        engine
    }

    /// The next frame that `render` will give.
    #[must_use]
    pub fn position(&self) -> Frame {
        self.next.saturating_sub(Master::LATENCY + (CONTROL - self.used) as u64)
    }

    /// The session's rate.
    #[must_use]
    pub const fn rate(&self) -> SampleRate {
        self.rate
    }

    /// The session's seed.
    #[must_use]
    pub const fn seed(&self) -> u64 {
        self.seed
    }

    /// The settings in force at the position.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        self.timeline.at(self.position())
    }

    /// The earliest frame at which a change can still be applied: some 15 ms after the position, since the limiter looks ahead.
    #[must_use]
    pub const fn earliest_change(&self) -> Frame {
        self.next
    }

    /// Takes a change of settings. Does not allocate.
    ///
    /// # Errors
    /// If its frame is before [`Engine::earliest_change`] or before a change taken earlier, or if there are too many changes within the last minutes.
    pub fn apply(&mut self, change: &Change) -> Result<(), ApplyError> {
        self.apply_settings(change.frame, self.timeline.latest().with(&change.patch))
    }

    /// As [`Engine::apply`], with all the settings that hold from `frame` on.
    ///
    /// # Errors
    /// As [`Engine::apply`].
    pub fn apply_settings(&mut self, frame: Frame, settings: Settings) -> Result<(), ApplyError> {
        if frame < self.next {
            return Err(ApplyError::Past { frame, earliest: self.next });
        }
        self.timeline.push_settings(frame, settings)
    }

    /// Renders frames into `left` and `right`; the shorter one decides how many.
    pub fn render(&mut self, left: &mut [f32], right: &mut [f32]) {
        let count = left.len().min(right.len());
        let mut done = 0;
        while done < count {
            if self.used == CONTROL {
                self.step();
            }
            let n = (CONTROL - self.used).min(count - done);
            left[done..done + n].copy_from_slice(&self.ready.left[self.used..self.used + n]);
            right[done..done + n].copy_from_slice(&self.ready.right[self.used..self.used + n]);
            self.used += n;
            done += n;
        }
    }

    /// Renders interleaved frames (left, right, left, right …); an odd last sample is left alone.
    pub fn render_interleaved(&mut self, out: &mut [f32]) {
        for frame in out.chunks_exact_mut(2) {
            if self.used == CONTROL {
                self.step();
            }
            frame[0] = self.ready.left[self.used];
            frame[1] = self.ready.right[self.used];
            self.used += 1;
        }
    }

    /// The stems of the control interval that was synthesized last, which ends at [`Engine::earliest_change`]: the movements' parts in sum,
    /// before the master, and so [`Master::LATENCY`] frames and more ahead of what `render` gives. Seeking in steps of one interval
    /// synthesizes too: that is how the stems of a session's first frames are had. Does not allocate.
    #[must_use]
    pub fn parts(&self) -> Parts {
        let mut sum = Parts::default();
        let Some(frame) = self.next.0.checked_sub(CONTROL as u64).map(Frame) else { return sum };
        for slot in self.in_order() {
            if self.movements[slot].sounds_at(frame) {
                sum.add(self.movements[slot].parts());
            }
        }
        sum
    }

    /// Takes a page of a halo that was rendered elsewhere ([`crate::texture::Ahead`] says of what): [`FRAMES`](crate::texture::supply::FRAMES) frames of it, which stand in
    /// for those that the engine would make. What comes too late, or is of a halo that a change has made another, is never used. The bits are then
    /// whoever's that rendered it. False if it is no such page. Does not allocate.
    pub fn supply(&mut self, print: u64, page: u64, left: &[f32], right: &[f32]) -> bool {
        self.supplies.put(print, page, left, right)
    }

    /// Goes to any frame, given what the log says of the movements that sound there (see [`Engine::history_for`]). Costs the rendering of the
    /// movement up to there, and of the one before while it still rings. Frames beyond [`Frame::LAST`] stand for that one. Does not allocate.
    pub fn seek(&mut self, frame: Frame, timeline: &Timeline) {
        self.begin_seek(frame, timeline);
        while !self.seek_some(1024) {}
    }

    /// Begins to go to a frame, as [`Engine::seek`] does, but in slices; until [`Engine::seek_some`] says that it is there, nothing may be rendered.
    pub fn begin_seek(&mut self, frame: Frame, timeline: &Timeline) {
        self.timeline = timeline.clone();
        let frame = frame.min(Frame::LAST);
        self.target = frame;
        self.used = CONTROL;
        // The master looks back a bounded way; before that, only the movements themselves have a past.
        let first = frame.saturating_sub(Master::window(self.rate)).control_floor();
        let now = MovementSpan::at(self.seed, self.rate, first);
        let start = match now.index.checked_sub(1).map(|k| MovementSpan::of(self.seed, self.rate, k)) {
            Some(before) if before.silent_from(self.rate) > first => before.start,
            _ => now.start,
        };
        self.master.reset();
        self.enter(start);
    }

    /// Goes on with a seek by at most `intervals` control intervals; true when it is there.
    pub fn seek_some(&mut self, intervals: usize) -> bool {
        let heard_from = self.target.saturating_sub(Master::window(self.rate)).control_floor();
        let until = self.target.control_floor() + Master::LATENCY;
        for _ in 0..intervals {
            if self.next >= until {
                break;
            }
            if self.next < heard_from {
                self.advance_movements();
            } else {
                self.step();
            }
        }
        if self.next < until {
            return false;
        }
        if self.next == until {
            self.used = CONTROL;
            let within = (self.target.0 % CONTROL as u64) as usize;
            if within > 0 {
                self.step();
                self.used = within;
            }
        }
        true
    }

    /// The first frame at which changes need not be in a timeline for a seek to `frame`: later ones can be applied afterwards.
    #[must_use]
    pub fn known_until(frame: Frame) -> Frame {
        frame.min(Frame::LAST).control_floor() + (Master::LATENCY + CONTROL as u64)
    }

    /// The first frame whose changes matter to whoever listens at `frame`: what a timeline for [`Engine::seek`] must begin with.
    #[must_use]
    pub fn history_for(seed: u64, rate: SampleRate, frame: Frame) -> Frame {
        let first = frame.min(Frame::LAST).saturating_sub(Master::window(rate));
        let now = MovementSpan::at(seed, rate, first);
        match now.index.checked_sub(1).map(|k| MovementSpan::of(seed, rate, k)) {
            Some(before) if before.silent_from(rate) > first => before.planning_frame(rate),
            _ => now.planning_frame(rate),
        }
    }

    /// Prepares the movement that plays at `frame`, which is where it starts.
    fn enter(&mut self, frame: Frame) {
        self.next = frame;
        for m in &mut self.movements {
            m.silence();
        }
        self.begin_movement(MovementSpan::at(self.seed, self.rate, frame));
    }

    fn begin_movement(&mut self, span: MovementSpan) {
        self.playing = span;
        self.movements[(span.index % 2) as usize].restart(span.index, &self.timeline);
    }

    /// Begins the movement that starts at the next control interval, if one does.
    fn go_on(&mut self) {
        if self.next >= self.playing.end {
            let before = self.playing;
            self.begin_movement(MovementSpan::of(self.seed, self.rate, before.index + 1));
            self.timeline.forget_before(before.planning_frame(self.rate));
        }
    }

    /// Renders the next control interval of the movements, unmastered.
    fn advance_movements(&mut self) -> StereoBlock {
        let mut sum = StereoBlock::default();
        self.go_on();
        for slot in self.in_order() {
            self.movements[slot].render_supplied(self.next, &self.timeline, Some(&self.supplies), &mut sum);
        }
        self.next = self.next + CONTROL as u64;
        sum
    }

    /// The slots of the movements in the order of their indices: sums of floats depend on it.
    fn in_order(&self) -> [usize; 2] {
        let first = usize::from(self.movements[0].span().index > self.movements[1].span().index);
        [first, 1 - first]
    }

    /// Renders the next control interval, mastered.
    fn step(&mut self) {
        let sum = self.advance_movements();
        self.ready = self.master.process(&sum, self.simd);
        self.used = 0;
    }
}
