//! What was measured before: a snapshot each ten seconds, for almost three hours.

use std::collections::VecDeque;
use std::time::SystemTime;

use serde::Serialize;
use utoipa::ToSchema;

use super::events::as_text;
use super::window::Values;

/// How many snapshots are kept.
pub(super) const MOST: usize = 1000;
/// How many seconds lie between two of them.
pub(super) const EACH: u64 = 10;

/// What was measured at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct Snapshot {
    /// When.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = DateTime)]
    pub time: SystemTime,
    /// How many were there.
    pub clients: usize,
    /// What was measured.
    #[serde(flatten)]
    pub values: Values,
}

/// The last of them.
#[derive(Debug, Default)]
pub(super) struct History(VecDeque<Snapshot>);

impl History {
    /// Keeps one, and forgets the oldest where there are too many.
    pub(super) fn push(&mut self, snapshot: Snapshot) {
        if self.0.len() == MOST {
            self.0.pop_front();
        }
        self.0.push_back(snapshot);
    }

    /// All of them, the oldest first.
    pub(super) fn list(&self) -> Vec<Snapshot> {
        self.0.iter().copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_holds_a_thousand() {
        let mut history = History::default();
        for clients in 0..1234 {
            history.push(Snapshot { time: SystemTime::UNIX_EPOCH, clients, values: Values::default() });
        }
        let list = history.list();
        assert_eq!((list.len(), list[0].clients, list[999].clients), (1000, 234, 1233));
    }
}
