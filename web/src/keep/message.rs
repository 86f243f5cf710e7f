//! What the page asks of the worker. It crosses as plain values, one by one: few bytes of program, on both sides.

use super::{Span, What};
use auralis_engine::session::SessionFile;
use auralis_engine::{ChangeLog, Frame, Session};
use auralis_export::Format;

/// What is to be kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    /// The session with its log, as a session file.
    pub session: String,
    /// Which part of it.
    pub span: Span,
    /// What it becomes.
    pub what: What,
    /// The file's name without its ending: the folder within a ZIP.
    pub stem: String,
    /// Now, in seconds since 1970: the date within a ZIP.
    pub date: f64,
}

impl Order {
    /// A span of a session, to become something.
    #[must_use]
    pub fn new(session: &Session, log: &ChangeLog, span: Span, what: What, stem: String, date: f64) -> Self {
        Self { session: SessionFile::new(*session, log.clone()).to_text(), span, what, stem, date }
    }

    /// The names of what it becomes and of the format of its samples, as [`What::parse`] takes them.
    #[must_use]
    pub fn names(&self) -> (&'static str, &'static str) {
        let (name, format) = match self.what {
            What::Wav(format) => ("wav", format),
            What::Stems(format) => ("stems", format),
            What::Midi => ("midi", Format::default()),
        };
        (name, format.name())
    }

    /// What the worker was sent.
    ///
    /// # Errors
    /// If it is no order.
    pub fn received(
        session: String,
        (from, frames): (u64, u64),
        (what, format): (&str, &str),
        stem: String,
        date: f64,
    ) -> Result<Self, String> {
        let what = What::parse(what, format).ok_or("that cannot be made")?;
        Ok(Self { session, span: Span { from: Frame(from), frames }, what, stem, date })
    }

    /// Which session.
    ///
    /// # Errors
    /// If that was not a session.
    pub fn session(&self) -> Result<(Session, ChangeLog), String> {
        // As the page reads one, so that there is one reader in the module.
        let file = SessionFile::parse_any_sound(&self.session).map_err(|error| error.to_string())?;
        Ok((file.session, file.log))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use auralis_engine::{Change, Patch};

    #[test]
    fn an_order_says_what_was_wanted() {
        let session = Session::new(u64::MAX);
        let mut log = ChangeLog::new();
        let mut patch = Patch::default();
        patch.set("bpm", "63").unwrap();
        log.push(Change { frame: Frame(100), patch }).unwrap();
        let span = Span { from: Frame(7), frames: 9 };
        for what in [What::Wav(Format::Int24), What::Stems(Format::Float32), What::Midi] {
            let order = Order::new(&session, &log, span, what, "name".into(), 1.0);
            let text = order.session.clone();
            let received = Order::received(text, (7, 9), order.names(), "name".into(), 1.0).unwrap();
            assert_eq!(received, order);
            let (got, changes) = received.session().unwrap();
            assert_eq!((got, changes.changes()), (session, log.changes()));
        }
        assert!(Order::received(String::new(), (0, 0), ("mp3", "16"), String::new(), 0.0).is_err());
        let broken = Order::received("{}".into(), (0, 0), ("midi", ""), String::new(), 0.0).unwrap();
        assert!(broken.session().is_err());
    }
}
