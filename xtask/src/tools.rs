//! Finding the tools that a command needs, and installing those that are missing.
//!
//! Each tool is looked for first: the right version on the PATH, or in the cache folder. What has to be installed
//! is said, with the time it took; what cannot be had ends the command with one sentence that says what to do.

use std::thread;

use anyhow::{Result, anyhow};

pub(crate) mod from_cargo;
pub(crate) mod from_npm;
pub(crate) mod from_rustup;
pub(crate) mod from_system;

/// Installs all that any test needs and this machine lacks. What is compiled keeps the processors busy, but for its long last crates, and the
/// rest is mostly fetched and unpacked: they go on side by side.
pub(crate) fn all() -> Result<()> {
    thread::scope(|scope| {
        let fetched = scope.spawn(|| from_system::all().and_then(|()| from_npm::packages()));
        let compiled = from_rustup::all().and_then(|()| from_cargo::all());
        let fetched = fetched.join().map_err(|_| anyhow!("the installation broke off")).flatten();
        compiled.and(fetched)
    })
}
