//! What there is to say about a link that was read.

use auralis_engine::SOUND_VERSION;
use auralis_engine::settings::SettingError;
use std::fmt;

/// The most letters of a value that are repeated to the person.
const SHOWN: usize = 40;

/// Something about a link that its reader should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// A field has a value that it does not take; the field is left out.
    Value(SettingError),
    /// There is no such field.
    Unknown {
        /// The name that was given.
        name: String,
    },
    /// A field is there twice; the first counts.
    Twice {
        /// Its name.
        name: String,
    },
    /// A change lies before the one before it, and is left out.
    Order {
        /// The frame that was given.
        frame: u64,
    },
    /// There are more changes around a frame than can be played; from there on they are left out.
    Crowded {
        /// The first that there was no room for.
        frame: u64,
    },
    /// It has no seed, although Auralis made it.
    NoSeed,
    /// It names nothing of a session.
    Nothing,
    /// The end is missing.
    Cut,
    /// The checksum is another than that of the fields.
    Damaged,
    /// It was made by an older version of the sound.
    Older {
        /// That version.
        version: u32,
    },
    /// It was made by a later version of the sound.
    Later {
        /// That version.
        version: u32,
    },
}

impl Notice {
    pub(super) fn value(field: &str, value: &str, allowed: &str) -> Self {
        Self::Value(SettingError { field: field.into(), value: value.into(), allowed: allowed.into() })
    }

    /// Which of several is said, the lowest first: what is wrong with a value says more than that something is.
    pub(super) const fn rank(&self) -> u8 {
        match self {
            Self::Later { .. } => 0,
            Self::Nothing => 1,
            // A cut may fall into any field: it says why that cannot be read.
            Self::Cut => 2,
            Self::Value(_) | Self::Order { .. } | Self::Crowded { .. } | Self::Twice { .. } => 3,
            Self::Unknown { .. } => 4,
            Self::NoSeed => 5,
            Self::Damaged => 6,
            Self::Older { .. } => 7,
        }
    }
}

/// A value for a person, cut where it is endless.
fn shown(value: &str) -> String {
    if value.chars().count() > SHOWN {
        value.chars().take(SHOWN).chain(['…']).collect()
    } else {
        value.into()
    }
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(SettingError { field, value, allowed }) => {
                write!(f, "In this link {field} cannot be \"{}\"; allowed: {allowed}.", shown(value))
            }
            Self::Unknown { name } => {
                write!(f, "This link has a field that Auralis does not know, \"{}\".", shown(name))
            }
            Self::Twice { name } => write!(f, "This link has {name} twice; the first one counts."),
            Self::Order { frame } => write!(
                f,
                "In this link the change at frame {frame} comes after a later one; allowed: changes in the order of their frames."
            ),
            Self::Crowded { frame } => write!(
                f,
                "This link has too many changes around frame {frame}; allowed: {} within some five minutes.",
                auralis_engine::session::timeline::CAPACITY
            ),
            Self::NoSeed => write!(f, "This link has lost its seed: another piece plays in its settings."),
            Self::Nothing => {
                write!(f, "This link names no session: it should have a seed, a preset or another setting.")
            }
            Self::Cut => write!(f, "The end of this link is missing: what is left of it plays."),
            Self::Damaged => {
                write!(f, "This link was changed or damaged since it was made: what can be read of it plays.")
            }
            Self::Older { version } => write!(
                f,
                "This link is of an older Auralis (sound {version}, here it is {SOUND_VERSION}): it may sound different from what was heard then."
            ),
            Self::Later { version } => write!(
                f,
                "This link is of a later Auralis (sound {version}, here it is {SOUND_VERSION}): it may sound different here."
            ),
        }
    }
}

impl std::error::Error for Notice {}
