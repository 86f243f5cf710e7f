//! A change that was taken, and how everybody is told of it.

use std::sync::OnceLock;

use auralis_engine::Change;
use auralis_protocol::ServerMessage;
use axum::extract::ws::Utf8Bytes;

use super::room::Room;

/// A change that was taken: for everybody in the session.
#[derive(Debug)]
pub struct Update {
    /// The change.
    pub change: Change,
    /// Its place in the log.
    pub place: usize,
    /// The messages that say so, made once for all who are told.
    said: OnceLock<Said>,
}

#[derive(Debug)]
struct Said {
    change: Utf8Bytes,
    now: Utf8Bytes,
}

impl Update {
    pub(super) const fn new(change: Change, place: usize) -> Self {
        Self { change, place, said: OnceLock::new() }
    }

    /// The message `change`, for who synthesizes.
    pub fn change_message(&self, room: &Room) -> Utf8Bytes {
        self.said(room).change.clone()
    }

    /// The message `generation_update`, for everybody: what was played when the first one was told.
    pub fn now_message(&self, room: &Room) -> Utf8Bytes {
        self.said(room).now.clone()
    }

    fn said(&self, room: &Room) -> &Said {
        // Plain data with text keys always is JSON.
        let text = |message: &ServerMessage| serde_json::to_string(message).unwrap_or_default().into();
        self.said.get_or_init(|| Said {
            change: text(&ServerMessage::Change {
                place: self.place,
                change: serde_json::to_value(self.change).unwrap_or_default(),
            }),
            now: text(&room.update()),
        })
    }
}
