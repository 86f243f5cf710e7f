//! # auralis-engine
#![no_std]
#![allow(
    clippy::needless_range_loop,
    reason = "loops over lanes and frames read several arrays at the same index, and vectorize as they stand"
)]

extern crate alloc;

pub mod compose;
pub mod cpu;
pub mod dsp;
pub mod engine;
pub mod lanes;
pub mod mapping;
pub mod math;
pub mod mix;
pub mod movement;
pub mod music;
pub mod performance;
pub mod random;
pub mod score;
pub mod session;
pub mod settings;
pub mod time;
pub mod voice;

pub use engine::Engine;
pub use performance::Performance;
pub use score::{Event, Instrument, Note, Score, What};
pub use session::{Change, ChangeLog, Session};
pub use settings::{Layer, Patch, Preset, Quality, Settings};
pub use time::{Frame, SampleRate};

/// The version of the sound. It goes up whenever the same session gives other bits than before.
pub const SOUND_VERSION: u32 = 1;
