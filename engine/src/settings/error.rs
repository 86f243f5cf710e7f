//! The one way in which a setting can be refused.

use crate::settings::Parameter;
use alloc::string::String;
use core::fmt;

/// A setting was given a value that it does not take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingError {
    /// Which setting.
    pub field: String,
    /// The value that was given.
    pub value: String,
    /// What is allowed, in words.
    pub allowed: String,
}

impl SettingError {
    pub(crate) fn new(parameter: &Parameter, value: impl fmt::Display) -> Self {
        Self { field: parameter.name.into(), value: alloc::format!("{value}"), allowed: parameter.allowed() }
    }
}

impl fmt::Display for SettingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} cannot be \"{}\"; allowed: {}", self.field, self.value, self.allowed)
    }
}

impl core::error::Error for SettingError {}
