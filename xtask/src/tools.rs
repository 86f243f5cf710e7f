//! Finding the tools that a command needs, and installing those that are missing.
//!
//! Each tool is looked for first: the right version on the PATH, or in the cache folder. What has to be installed
//! is said, with the time it took; what cannot be had ends the command with one sentence that says what to do.

pub(crate) mod from_cargo;
pub(crate) mod from_npm;
pub(crate) mod from_rustup;
pub(crate) mod from_system;
