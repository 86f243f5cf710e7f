//! A session: a seed, settings and a log of changes. The music is a pure function of it.

pub mod change;
#[cfg(feature = "json")]
pub mod file;
pub mod movement;
pub mod proof;
pub mod timeline;

pub use change::{Change, ChangeLog, OutOfOrder};
#[cfg(feature = "json")]
pub use file::{FileError, SessionFile};
pub use movement::MovementSpan;
pub use proof::Proof;
pub use timeline::{ApplyError, Timeline};

use crate::settings::Settings;
use crate::time::SampleRate;

/// What a session starts from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Session {
    /// What all its random numbers come from.
    pub seed: u64,
    /// Frames per second.
    pub rate: SampleRate,
    /// The settings at its first frame.
    pub settings: Settings,
}

impl Session {
    /// A session of this seed, at the default rate, with the default settings.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { seed, rate: SampleRate::default(), settings: Settings::default() }
    }
}
