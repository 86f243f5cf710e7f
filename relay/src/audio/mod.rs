//! A session's audio: rendered once, by a thread of its own, as long as somebody listens.

mod chunk;
mod station;

pub use chunk::{CHANNELS, Chunk};
pub use station::{Listener, Next, Pace, Station};
