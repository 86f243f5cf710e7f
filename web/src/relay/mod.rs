//! A relay's client that makes the music itself: it gets the session and its log, keeps the relay's time, and asks for changes.
//!
//! It knows no page: [`Connection`] says what comes, and whoever has it plays and shows that. docs/protocol.md is what both sides keep to.

mod address;
mod clock;
mod connection;
mod message;

pub use address::endpoint;
pub use clock::{Clock, buffer, pace};
pub(crate) use connection::now;
pub use connection::{Connection, News};
pub use message::Joined;
