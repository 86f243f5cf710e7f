//! Reading the score: what a span of a session plays, in order, with what is in force meanwhile.

use auralis_engine::music::{Chord, Key, Scale};
use auralis_engine::score::{Event, Score, What};
use auralis_engine::session::timeline::CAPACITY;
use auralis_engine::session::{ApplyError, MovementSpan};
use auralis_engine::{ChangeLog, Frame, Session};

/// The phrase that is in force.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Phrase {
    /// Its key.
    pub key: Key,
    /// Its scale.
    pub scale: Scale,
    /// Its tempo as set.
    pub bpm: f32,
    /// The length of its bars, in frames.
    pub bar: u64,
}

/// What is in force when an event happens (the event itself included).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Context {
    /// The phrase.
    pub phrase: Phrase,
    /// The chord, once there is one.
    pub chord: Option<Chord>,
}

impl Context {
    /// What is in force before anything has happened.
    #[must_use]
    pub fn new(session: &Session, log: &ChangeLog, frame: Frame) -> Self {
        let s = log.fold(&session.settings, frame + 1);
        let bar = session.rate.frames(f64::from(s.bpm.bar_seconds()));
        Self { phrase: Phrase { key: s.key, scale: s.scale, bpm: s.bpm.get(), bar }, chord: None }
    }

    /// After an event.
    pub fn take(&mut self, event: &Event) {
        match event.what {
            What::Phrase { key, scale, bpm, bar, .. } => self.phrase = Phrase { key, scale, bpm, bar },
            What::Chord { chord, .. } => self.chord = Some(chord),
            What::Movement { .. } | What::Bar { .. } | What::Note(_) | What::Release(_) => {}
        }
    }
}

/// What happens in a span of a session, in order.
pub struct Reading<'a> {
    score: Score<'a>,
    /// The first event that was not given yet; `None` when the score has no end to give.
    upcoming: Option<Event>,
    until: Frame,
    context: Context,
}

impl<'a> Reading<'a> {
    /// The events from a frame until another.
    ///
    /// # Errors
    /// If the log has more changes in a movement than the engine has room for.
    pub fn new(session: &Session, log: &'a ChangeLog, from: Frame, until: Frame) -> Result<Self, ApplyError> {
        // From the movement's beginning, for what is in force; composing it costs next to nothing.
        let start = MovementSpan::at(session.seed, session.rate, from).start;
        let mut context = Context::new(session, log, start);
        let mut score = Score::new(session, log, start)?;
        let mut upcoming = score.next();
        while let Some(event) = upcoming.filter(|e| e.frame < from) {
            context.take(&event);
            upcoming = score.next();
        }
        Ok(Self { score, upcoming, until, context })
    }

    /// What is in force at the last event, or at the span's beginning.
    #[must_use]
    pub const fn context(&self) -> &Context {
        &self.context
    }

    /// The next event of the span.
    ///
    /// # Errors
    /// If the log has more changes in a movement than the engine has room for.
    pub fn next_event(&mut self) -> Result<Option<Event>, ApplyError> {
        let Some(event) = self.upcoming else {
            // The one reason why a score ends.
            return Err(ApplyError::Full { capacity: CAPACITY });
        };
        if event.frame >= self.until {
            return Ok(None);
        }
        self.context.take(&event);
        self.upcoming = self.score.next();
        Ok(Some(event))
    }
}
