//! How the relay fares: what is measured, what it was, what is wrong, and what happened.
//!
//! The places that know something record it in their session's [`Meter`]. Once a second [`watch`] takes what was recorded, looks at the
//! program itself, and brings the book up to date: values, a snapshot each ten seconds, alerts. [`router`] answers whoever asks.

mod alerts;
mod answer;
mod book;
mod dashboard;
mod events;
mod history;
mod meter;
mod metric;
mod process;
mod rest;
mod series;
mod watch;
mod window;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use auralis_protocol::{Code, Severity};

pub use alerts::Alert;
pub use dashboard::router as dashboard;
pub use events::Event;
pub use history::Snapshot;
pub use meter::{Made, Meter, Present};
pub use metric::{Metric, Range, Target};
pub(crate) use rest::described;
pub use rest::router;
pub use series::Kind;
pub use watch::watch;
pub use window::Values;

use book::Book;
use events::Events;
use series::{Count, Families};

/// What the whole relay knows of how it fares.
pub struct Metrics {
    started: SystemTime,
    families: Families,
    /// What was counted in all sessions, those that have ended, too.
    totals: [AtomicU64; Count::ALL.len()],
    events: Events,
    book: Mutex<Book>,
}

impl Default for Metrics {
    fn default() -> Self {
        Self {
            started: SystemTime::now(),
            // The names are constants of this program.
            families: Families::new().expect("each family has a name of its own"),
            totals: Default::default(),
            events: Events::default(),
            book: Mutex::default(),
        }
    }
}

impl Metrics {
    /// Something happened, in a session or in the whole relay, that whoever runs it should know: it is logged and listed. What happens again
    /// within a minute is counted instead.
    pub fn event(&self, severity: Severity, code: Code, session: Option<&str>, sentence: impl Into<String>) {
        let sentence = sentence.into();
        if !self.events.push(SystemTime::now(), severity, code, session, sentence.clone()) {
            return;
        }
        let whose = session.unwrap_or("-");
        match severity {
            Severity::Debug => tracing::debug!(session = whose, ?code, "{sentence}"),
            Severity::Info => tracing::info!(session = whose, ?code, "{sentence}"),
            Severity::Warning => tracing::warn!(session = whose, ?code, "{sentence}"),
            Severity::Error | Severity::Critical => tracing::error!(session = whose, ?code, "{sentence}"),
        }
    }

    /// What happened last, in a session or in all.
    pub fn events(&self, session: Option<&str>) -> Vec<Event> {
        self.events.list(session)
    }

    fn total(&self, what: Count) -> u64 {
        self.totals[what as usize].load(Ordering::Relaxed)
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        // A look that was broken off leaves values of the second before.
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
