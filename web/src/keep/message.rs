//! What the page tells the worker, and the worker the page.

use super::{Span, What};
use auralis_engine::session::SessionFile;
use auralis_engine::{ChangeLog, Frame, Session};
use auralis_export::Format;
use serde::{Deserialize, Serialize};

/// What is to be kept. It crosses as plain data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Order {
    /// The session with its log, as a session file.
    session: String,
    from: u64,
    frames: u64,
    what: String,
    format: String,
    /// The file's name without its ending: the folder within a ZIP.
    pub stem: String,
    /// Now, in seconds since 1970: the date within a ZIP.
    pub date: f64,
}

impl Order {
    /// A span of a session, to become something.
    #[must_use]
    pub fn new(session: &Session, log: &ChangeLog, span: Span, what: What, stem: &str, date: f64) -> Self {
        let (name, format) = match what {
            What::Wav(format) => ("wav", format),
            What::Stems(format) => ("stems", format),
            What::Midi => ("midi", Format::default()),
        };
        Self {
            session: SessionFile::new(*session, log.clone()).to_text(),
            from: span.from.0,
            frames: span.frames,
            what: name.into(),
            format: format.name().into(),
            stem: stem.into(),
            date,
        }
    }

    /// Which session.
    ///
    /// # Errors
    /// If that was not a session.
    pub fn session(&self) -> Result<(Session, ChangeLog), String> {
        let file = SessionFile::parse(&self.session).map_err(|error| error.to_string())?;
        Ok((file.session, file.log))
    }

    /// Which part of it.
    #[must_use]
    pub const fn span(&self) -> Span {
        Span { from: Frame(self.from), frames: self.frames }
    }

    /// What it becomes.
    #[must_use]
    pub fn what(&self) -> Option<What> {
        What::parse(&self.what, &self.format)
    }
}

/// How the work goes on. The file itself comes beside its report, since it is no plain data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Report {
    /// It goes on.
    Progress {
        /// How much is done, 0 to 1.
        done: f64,
        /// How many times as fast as it plays.
        speed: f64,
    },
    /// It is done.
    Done {
        /// How many times as fast as it plays it was, all in all.
        speed: f64,
    },
    /// It cannot be done, in a sentence.
    Error {
        /// Why.
        message: String,
    },
    /// The worker was sent what it cannot read: a compiled module, in a browser that does not hand these over.
    Resend,
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
            let order = Order::new(&session, &log, span, what, "name", 0.0);
            let (got, changes) = order.session().unwrap();
            assert_eq!((got, changes.changes()), (session, log.changes()));
            assert_eq!((order.span(), order.what()), (span, Some(what)));
        }
        let broken = Order { session: "{}".into(), ..Order::new(&session, &log, span, What::Midi, "", 0.0) };
        assert!(broken.session().is_err());
    }
}
