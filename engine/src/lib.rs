//! Endless ambient music from a seed: composing and synthesis, the same to the bit everywhere.
//!
//! A [`Session`] is a seed, a rate and settings; together with a [`ChangeLog`] it determines every sample. [`Engine`] plays it, [`Performance`] plays it
//! from its whole log, [`Score`] gives its events without any sound.
//!
//! ```
//! use auralis_engine::{Engine, Preset, Session};
//!
//! let mut session = Session::new(42);
//! session.settings = Preset::Sleep.settings();
//! let mut engine = Engine::new(&session);
//! let mut second = vec![0.0; 2 * 44_100];
//! engine.render_interleaved(&mut second);
//! assert!(second.iter().all(|x| x.abs() <= 1.0));
//! ```
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
pub mod texture;
pub mod time;
pub mod voice;

pub use engine::Engine;
pub use performance::Performance;
pub use score::{Event, Instrument, Note, Score, What};
pub use session::{Change, ChangeLog, Session};
pub use settings::{Layer, Patch, Preset, Quality, Settings};
pub use time::{Frame, SampleRate};

/// The version of the sound. It goes up whenever the same session gives other bits than before.
pub const SOUND_VERSION: u32 = 3;
