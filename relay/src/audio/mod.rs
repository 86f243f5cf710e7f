//! A session's audio: rendered once, by a thread of its own, as long as somebody listens.

mod chunk;
mod opus;
mod station;

pub use chunk::{CHANNELS, Chunk};
pub use opus::{OPUS_HZ, PACKET};
pub use station::{Form, Listener, Next, Pace, Station};
