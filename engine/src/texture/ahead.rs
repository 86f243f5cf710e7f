//! What of a session's textures will sound, found out ahead of the music and without making any: for whoever renders it elsewhere, and
//! hands it to [`Engine::supply`](crate::Engine::supply).

use super::course::{AT_ONCE, Course, Courses};
use super::supply::PAGE;
use super::{Bank, Cloud};
use crate::compose::Composer;
use crate::engine::Engine;
use crate::score::What;
use crate::session::{ApplyError, ChangeLog, MovementSpan, Session, Timeline};
use crate::time::{CONTROL, Frame};
use alloc::boxed::Box;
use alloc::vec::Vec;

/// Some pages of one halo.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// What tells it from every other halo.
    pub print: u64,
    /// The first page, counted from frame 0, each of [`FRAMES`](super::supply::FRAMES) frames.
    pub page: u64,
    /// How many there are.
    pub pages: u64,
    /// Its partials.
    pub bank: Bank,
    /// Its grains.
    pub cloud: Cloud,
}

/// A movement that is gone through.
struct Walk {
    span: MovementSpan,
    composer: Box<Composer>,
    courses: Courses,
    /// Whether halos were heard at the last control point.
    heard: bool,
    next: Frame,
}

/// A session whose textures are looked for. What is asked for in order costs little; another log, or an earlier frame, is another one of these.
pub struct Ahead {
    session: Session,
    timeline: Box<Timeline>,
    /// The one movement that is looked at, if it is not all.
    only: Option<u64>,
    walks: Vec<Walk>,
}

impl Ahead {
    /// A session as it will be from `from` on, as far as its log is known.
    ///
    /// # Errors
    /// If the log has more changes around there than the engine has room for.
    pub fn new(session: &Session, log: &ChangeLog, from: Frame) -> Result<Self, ApplyError> {
        let history = Engine::history_for(session.seed, session.rate, from);
        let timeline = Timeline::from_log(&session.settings, log, history, Frame(u64::MAX))?;
        Ok(Self::with_timeline(session, timeline))
    }

    /// As [`Ahead::new`], with all that the engine is told of the log.
    #[must_use]
    pub fn with_timeline(session: &Session, timeline: Timeline) -> Self {
        Self { session: *session, timeline: Box::new(timeline), only: None, walks: Vec::new() }
    }

    /// As [`Ahead::with_timeline`], of one movement alone, with what is known of its settings.
    #[must_use]
    pub fn of_movement(session: &Session, index: u64, timeline: Timeline) -> Self {
        Self { only: Some(index), ..Self::with_timeline(session, timeline) }
    }

    /// All that sounds in so many pages from the one that `from` lies in. Allocates.
    pub fn sheets(&mut self, from: Frame, pages: u64) -> Vec<Sheet> {
        let page = from.0 / (PAGE * CONTROL) as u64;
        let begin = Frame(page * (PAGE * CONTROL) as u64);
        let end = begin + pages * (PAGE * CONTROL) as u64;
        let (seed, rate) = (self.session.seed, self.session.rate);
        self.walks.retain(|walk| walk.span.silent_from(rate) > begin);
        let now = MovementSpan::at(seed, rate, begin).index;
        for index in now.saturating_sub(1)..=MovementSpan::at(seed, rate, end).index {
            let span = MovementSpan::of(seed, rate, index);
            if self.only.is_some_and(|only| only != index) {
                continue;
            }
            if span.silent_from(rate) > begin && self.walks.iter().all(|walk| walk.span != span) {
                self.walks.push(Walk::new(span, &self.session, &self.timeline));
            }
        }
        let mut sheets = Vec::new();
        for walk in &mut self.walks {
            // What ends within them sounds too; nothing is so short that it begins there as well.
            let first = *walk.until(begin, &self.session, &self.timeline);
            let last = *walk.until(end, &self.session, &self.timeline);
            let is_over = |course: &&Course| last.iter().flatten().all(|other| other.ground != course.ground);
            for course in last.iter().flatten().chain(first.iter().flatten().filter(is_over)) {
                let control = page * PAGE as u64;
                let (bank, cloud) = course.ground.textures(rate, control, pages * PAGE as u64);
                sheets.push(Sheet { print: course.ground.print(), page, pages, bank, cloud });
            }
        }
        sheets
    }
}

impl Walk {
    fn new(span: MovementSpan, session: &Session, timeline: &Timeline) -> Self {
        Self {
            span,
            composer: Box::new(Composer::new(session.seed, session.rate, span.index, timeline)),
            courses: Courses::new(session.seed, session.rate),
            heard: timeline.controls(span.start, session.rate).halo > 0.0,
            next: span.start,
        }
    }

    /// Goes on to a frame, and gives the halos that sound up to there.
    fn until(&mut self, end: Frame, session: &Session, timeline: &Timeline) -> &[Option<Course>; AT_ONCE] {
        let silent = self.span.silent_from(session.rate);
        while self.next < end && self.next < silent {
            while let Some(event) = self.composer.event_until(self.next, timeline) {
                if let What::Chord { chord, .. } = event.what {
                    self.courses.harmony(chord.pitch_classes());
                }
            }
            let heard = timeline.controls(self.next, session.rate).halo > 0.0;
            self.courses.step(self.next, self.next < self.span.end && (heard || self.heard));
            self.heard = heard;
            self.next = self.next + CONTROL as u64;
        }
        self.courses.slots()
    }
}
