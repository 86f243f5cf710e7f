//! A session's audio: rendered once, by a thread of its own, as long as somebody listens.
//!
//! [`Station`] is what the rest of the relay sees of it. Its thread is a `Renderer`, which makes chunks with a [`Backend`]; a [`Studio`] is
//! what all stations share, and looks whether one of their threads hangs.

mod backend;
mod chunk;
mod course;
#[cfg(feature = "gpu")]
mod ensemble;
mod listener;
mod opus;
mod pace;
mod performer;
mod places;
mod proofs;
mod renderer;
mod rescue;
mod shared;
mod station;
mod studio;
mod task;

pub use backend::{Backend, Fault, Maker, cpu};
pub use chunk::{CHANNELS, Chunk};
#[cfg(feature = "gpu")]
pub use ensemble::Ensemble;
pub use listener::{Form, Listener, Next, Trouble};
pub use opus::{OPUS_HZ, PACKET};
pub use pace::Pace;
pub use shared::{Begin, Relieve, Relieved};
pub use station::Station;
pub use studio::Studio;
