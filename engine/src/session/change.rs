//! The log of changes: what was set when.

use crate::settings::{Patch, Settings};
use crate::time::Frame;
use alloc::vec::Vec;
use core::fmt;

/// A change of settings at a moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Change {
    /// When it takes effect.
    pub frame: Frame,
    /// What it changes.
    pub patch: Patch,
}

/// A session's changes, in the order of their frames. Lives outside the engine, and grows as long as the session is steered.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChangeLog {
    changes: Vec<Change>,
}

/// A change was to be added before one that the log already has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfOrder {
    /// The frame that was given.
    pub frame: Frame,
    /// The frame of the log's last change.
    pub last: Frame,
}

impl fmt::Display for OutOfOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "frame cannot be {}, which is before the change at frame {}; changes must be in the order of their frames",
            self.frame.0, self.last.0
        )
    }
}

impl core::error::Error for OutOfOrder {}

impl ChangeLog {
    /// An empty log.
    #[must_use]
    pub const fn new() -> Self {
        Self { changes: Vec::new() }
    }

    /// Adds a change at the end.
    ///
    /// # Errors
    /// If its frame is before the last one's. Changes at the same frame apply in the order in which they were added.
    pub fn push(&mut self, change: Change) -> Result<(), OutOfOrder> {
        match self.changes.last() {
            Some(last) if last.frame > change.frame => {
                Err(OutOfOrder { frame: change.frame, last: last.frame })
            }
            _ => {
                self.changes.push(change);
                Ok(())
            }
        }
    }

    /// All changes, in order.
    #[must_use]
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// The changes at `from` and later.
    #[must_use]
    pub fn since(&self, from: Frame) -> &[Change] {
        &self.changes[self.changes.partition_point(|c| c.frame < from)..]
    }

    /// The settings in force just before `frame`, for a session that began with `first`.
    #[must_use]
    pub fn fold(&self, first: &Settings, frame: Frame) -> Settings {
        let count = self.changes.partition_point(|c| c.frame < frame);
        self.changes[..count].iter().fold(*first, |s, c| s.with(&c.patch))
    }
}
