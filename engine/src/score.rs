//! The score: what sounds when, as events by frame. Usable without any sound, for MIDI files, pictures, and tests.

use crate::compose::Composer;
use crate::music::{Chord, Key, Scale};
use crate::session::{ApplyError, ChangeLog, MovementSpan, Session, Timeline};
use crate::settings::Layer;
use crate::time::Frame;
use alloc::boxed::Box;

/// What a note is played on. Every layer has one instrument, except percussion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Instrument {
    /// Two detuned low oscillators and a sub-octave.
    Drone,
    /// Detuned saws behind a moving low-pass.
    Pad,
    /// A gliding, singing tone.
    Lead,
    /// A struck body: decaying partials.
    Bell,
    /// A tone of a tenth of a second or so.
    Grain,
    /// A sine that falls from 150 to 50 Hz.
    Kick,
    /// Band-passed noise that rises and falls.
    Swell,
    /// A short burst of high-passed noise.
    HiHat,
}

impl Instrument {
    /// The layer that it belongs to.
    #[must_use]
    pub const fn layer(self) -> Layer {
        match self {
            Self::Drone => Layer::Drone,
            Self::Pad => Layer::Pad,
            Self::Lead => Layer::Lead,
            Self::Bell => Layer::Bell,
            Self::Grain => Layer::Grains,
            Self::Kick | Self::Swell | Self::HiHat => Layer::Percussion,
        }
    }

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Drone => "drone",
            Self::Pad => "pad",
            Self::Lead => "lead",
            Self::Bell => "bell",
            Self::Grain => "grain",
            Self::Kick => "kick",
            Self::Swell => "swell",
            Self::HiHat => "hi-hat",
        }
    }
}

/// A note.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Note {
    /// What plays it.
    pub instrument: Instrument,
    /// MIDI note number.
    pub pitch: u8,
    /// How hard, 0 ..= 1.
    pub velocity: f32,
    /// How long the key is held, in frames; the sound rings on after it.
    pub duration: u64,
    /// Where between left (-1) and right (1).
    pub pan: f32,
    /// A number of its own, for what the instrument leaves to chance (phases, detune, timbre).
    pub dice: u64,
}

/// What happens.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum What {
    /// A movement begins.
    Movement {
        /// Which one.
        index: u64,
    },
    /// A phrase begins: changes of key, scale and tempo take effect here.
    Phrase {
        /// Its number within the movement.
        index: u32,
        /// Its key.
        key: Key,
        /// Its scale.
        scale: Scale,
        /// Its tempo as set, in quarter notes a minute.
        bpm: f32,
        /// Its bars.
        bars: u32,
        /// The length of each of its bars, in frames, within one control interval.
        bar: u64,
    },
    /// A bar begins.
    Bar {
        /// Its number within the movement.
        index: u32,
    },
    /// The harmony moves to another chord.
    Chord {
        /// The chord.
        chord: Chord,
        /// Whether it was chosen to lead somewhere (into the next movement, or from a change of key) instead of drawn from the chain.
        led: bool,
        /// How long it is meant to stay, in frames.
        duration: u64,
    },
    /// A note begins.
    Note(Note),
    /// All notes held on an instrument are let go early.
    Release(Instrument),
}

/// Something happens at a moment, always on the control grid.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Event {
    /// When.
    pub frame: Frame,
    /// What.
    pub what: What,
}

/// A session's events in order, from some frame on, without end.
pub struct Score<'a> {
    session: Session,
    log: &'a ChangeLog,
    composer: Box<Composer>,
    timeline: Box<Timeline>,
    span: MovementSpan,
    from: Frame,
}

impl<'a> Score<'a> {
    /// The events from frame `from` on, or from [`Frame::LAST`] where that comes first.
    ///
    /// # Errors
    /// If the log has more changes within one movement than the engine has room for.
    pub fn new(session: &Session, log: &'a ChangeLog, from: Frame) -> Result<Self, ApplyError> {
        let from = from.min(Frame::LAST);
        let span = MovementSpan::at(session.seed, session.rate, from);
        let timeline = Box::new(movement_timeline(session, log, &span)?);
        let composer = Box::new(Composer::new(session.seed, session.rate, span.index, &timeline));
        Ok(Self { session: *session, log, composer, timeline, span, from })
    }
}

/// What movement `span` needs to know of a session's log.
///
/// # Errors
/// If that is more than there is room for.
pub fn movement_timeline(
    session: &Session,
    log: &ChangeLog,
    span: &MovementSpan,
) -> Result<Timeline, ApplyError> {
    let from = span.planning_frame(session.rate);
    Timeline::from_log(&session.settings, log, from, span.silent_from(session.rate))
}

impl Iterator for Score<'_> {
    type Item = Event;

    /// The next event; `None` only when the log has more changes in a movement than there is room for.
    fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.composer.next_event(&self.timeline) {
                if event.frame >= self.from {
                    return Some(event);
                }
            } else {
                self.span = MovementSpan::of(self.session.seed, self.session.rate, self.span.index + 1);
                *self.timeline = movement_timeline(&self.session, self.log, &self.span).ok()?;
                *self.composer =
                    Composer::new(self.session.seed, self.session.rate, self.span.index, &self.timeline);
            }
        }
    }
}
