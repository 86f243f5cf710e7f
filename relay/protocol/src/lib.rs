//! What goes over the wire between an Auralis relay and its clients: the types, and nothing that sends them.
//!
//! The relay, the page and the native program all use these, so that they can't disagree. Unknown fields are
//! ignored when reading: a newer relay may say more than an older client understands.

pub mod frame;
mod health;
mod message;
mod transport;
mod trouble;

pub use health::{HEALTH_PATH, Health, HealthStatus};
pub use message::{ClientMessage, Control, ServerMessage};
pub use transport::{MAIN_SESSION, STREAM_PATH, Transport};
pub use trouble::{Code, Severity};
