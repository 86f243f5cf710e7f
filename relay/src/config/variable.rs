//! What a variable is: its names, what it is for, its default, what is allowed, and how it is read. All else is made of these.

use std::ffi::OsStr;

use super::{Config, ConfigError};

/// One variable of the environment, which is a flag as well.
pub(super) struct Variable {
    /// Its name in the environment, like `AURALIS_PORT`.
    pub(super) name: &'static str,
    /// The same as a flag, like `port`.
    pub(super) flag: &'static str,
    /// What stands for the value in the help.
    pub(super) value: &'static str,
    /// What it is for.
    pub(super) about: &'static str,
    /// What holds when nothing is said, in the words in which it would be said.
    pub(super) default: &'static str,
    /// Which values there are, for people.
    pub(super) allowed: &'static str,
    /// Reads a value into the configuration.
    pub(super) read: fn(&mut Config, &OsStr) -> Result<(), Refused>,
}

impl Variable {
    /// Reads a value that was given, or the default.
    pub(super) fn lay(&self, config: &mut Config, value: &OsStr) -> Result<(), ConfigError> {
        (self.read)(config, value).map_err(|refused| ConfigError::Value {
            variable: self.name,
            flag: self.flag,
            value: value.to_string_lossy().into_owned(),
            because: match &refused {
                Refused::Because(why) => Some(*why),
                Refused::Value | Refused::Allowed(_) => None,
            },
            allowed: match refused {
                Refused::Allowed(allowed) => allowed,
                Refused::Value | Refused::Because(_) => self.allowed.to_owned(),
            },
        })
    }
}

/// Why a value can't be had.
pub(super) enum Refused {
    /// It is none of those that are allowed.
    Value,
    /// It is none of those, which somebody else knows in more detail.
    Allowed(String),
    /// It means something, which there isn't.
    Because(&'static str),
}
