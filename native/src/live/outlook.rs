//! What sounds at a moment, from the score: key, chord, layers.

use crate::error::Result;
use auralis_engine::score::What;
use auralis_engine::session::MovementSpan;
use auralis_engine::settings::LAYERS;
use auralis_engine::{ChangeLog, Event, Frame, Layer, Session, Settings};
use auralis_export::{Context, Reading};

/// How long a note is still heard after its key is up, in seconds.
const RING_SECONDS: f64 = 2.0;

/// The score of the movement that plays, for those who look at it.
pub struct Outlook {
    session: Session,
    log: ChangeLog,
    span: MovementSpan,
    first: Context,
    events: Vec<(Event, Context)>,
}

/// What sounds at a moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct View {
    /// What is in force.
    pub context: Context,
    /// The settings in force.
    pub settings: Settings,
    /// Which layers sound.
    pub layers: [bool; LAYERS],
}

impl Outlook {
    /// An outlook from a frame.
    ///
    /// # Errors
    /// If the log has more changes than the engine has room for.
    pub fn new(session: &Session, log: ChangeLog, frame: Frame) -> Result<Self> {
        let span = MovementSpan::at(session.seed, session.rate, frame);
        let mut reading = Reading::new(session, &log, span.start, span.end)?;
        let first = *reading.context();
        let mut events = Vec::new();
        while let Some(event) = reading.next_event()? {
            events.push((event, *reading.context()));
        }
        drop(reading);
        Ok(Self { session: *session, log, span, first, events })
    }

    /// What sounds at a frame, by a log.
    ///
    /// # Errors
    /// If the log has more changes than the engine has room for.
    pub fn view(&mut self, log: &ChangeLog, frame: Frame) -> Result<View> {
        if !(self.span.start..self.span.end).contains(&frame) || *log != self.log {
            *self = Self::new(&self.session, log.clone(), frame)?;
        }
        let past = &self.events[..self.events.partition_point(|(e, _)| e.frame <= frame)];
        let ring = self.session.rate.frames(RING_SECONDS);
        let settings = self.log.fold(&self.session.settings, frame + 1);
        let mut layers = [false; LAYERS];
        for (event, _) in past {
            match event.what {
                What::Note(note) if event.frame + note.duration + ring > frame => {
                    layers[note.instrument.layer().index()] = true;
                }
                _ => {}
            }
        }
        // Wind has no notes: it is there as long as it is let.
        layers[Layer::Noise.index()] = true;
        for (on, level) in layers.iter_mut().zip(settings.layers) {
            *on &= level.get() > 0.0;
        }
        Ok(View { context: past.last().map_or(self.first, |(_, context)| *context), settings, layers })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use auralis_engine::{Change, Patch};

    #[test]
    fn it_follows_movements_and_changes() {
        let session = Session::new(2);
        let mut log = ChangeLog::new();
        let mut outlook = Outlook::new(&session, log.clone(), Frame::ZERO).unwrap();
        let view = outlook.view(&log, Frame(44_100 * 60)).unwrap();
        assert_eq!(view.settings, session.settings);
        assert!(view.context.chord.is_some());
        assert!(view.layers.iter().filter(|on| **on).count() >= 2, "{view:?}");
        let mut patch = Patch::default();
        patch.set("key", "F# minor").unwrap();
        patch.set("layers.noise", "0").unwrap();
        log.push(Change { frame: Frame(44_100 * 61), patch }).unwrap();
        let view = outlook.view(&log, Frame(44_100 * 600)).unwrap();
        assert_eq!(view.context.phrase.key.to_string(), "F# minor");
        assert!(!view.layers[Layer::Noise.index()]);
    }
}
