//! Whole scores on the GPU: the voices of many movements, of any number of sessions, in one submission for each span.
//!
//! Movements need nothing of each other, and neither do their voices: an invocation is a voice, from the first frame of a span to the last. What voices are
//! to do (who starts, with what; gains, envelopes, glides) is the processor's, by the engine's own code, and so is what becomes of their layers: levels,
//! chorus, echo, reverb. In between are a control for each voice and interval on the way there, and layers on the way back.
//!
//! What comes out lies within [`crate::tolerance::SCORE`] of the engine's own sound. It is never the session's own: it is not hashed, nor told to others.

mod instrument;
mod kernel;
mod memory;
mod orchestra;
mod recording;
mod recordings;
mod stand;
mod track;

#[cfg(not(target_arch = "wasm32"))]
mod each;
#[cfg(not(target_arch = "wasm32"))]
mod event;
#[cfg(not(target_arch = "wasm32"))]
mod halos;
#[cfg(not(target_arch = "wasm32"))]
pub mod open;
#[cfg(not(target_arch = "wasm32"))]
mod player;
#[cfg(not(target_arch = "wasm32"))]
mod scores;

#[cfg(not(target_arch = "wasm32"))]
pub use event::Event;
pub use memory::Memory;
pub use orchestra::GpuOrchestra;
#[cfg(not(target_arch = "wasm32"))]
pub use player::{Keep, Part, Passage};
pub use recording::Recording;
pub use recordings::{Movements, Played, Recordings};
#[cfg(not(target_arch = "wasm32"))]
pub use scores::{Group, MOST, Scores};
pub use stand::Stand;

/// The frames of a span: movements go on from one multiple of it to the next.
pub const SPAN: u64 = 16_384;
