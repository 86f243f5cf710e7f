//! The default `Voice` of torchsynth 1.0.2, module for module.
//!
//! torchsynth (J. Turian and others, *One Billion Audio Sounds from GPU-enabled Modular Synthesis*, DAFx 2021) makes data sets of random
//! sounds. The same parameters give the same sound here, except for the noise, within what its floating-point phases allow; ARCHITECTURE.md has the
//! table of differences. A file for each module, of the same names.
//!
//! There are two readings. [`Voice::signals`] computes every module's whole signal, one after the other, as torchsynth does: to compare,
//! and to look into. [`crate::batch`] computes only the sum, a segment between two control samples at a time, and fast. They share all
//! that is computed at the control rate, the shapes of the waves and the noise.
//!
//! ```
//! use auralis_engine::SampleRate;
//! use auralis_gpu::voice::{Grid, Noise, Parameters, Voice};
//!
//! let grid = Grid::new(0.25, SampleRate::Hz44100)?;
//! let voice = Voice::new(&Parameters::random(42, 0), grid.rate(), Noise::new(42, 0));
//! assert_eq!(voice.signals(&grid).output().len(), 11_025);
//! # Ok::<(), auralis_gpu::voice::BadLength>(())
//! ```

pub mod adsr;
pub mod arithmetic;
pub mod audio_mixer;
mod grid;
pub mod keyboard;
pub mod lfo;
pub mod modulation_mixer;
mod noise;
pub mod parameter;
mod parameters;
mod signals;
pub mod upsample;
pub mod vca;
pub mod vco;
#[allow(clippy::module_inception, reason = "the module that wires the others is called the voice")]
mod voice;

pub use grid::{BadLength, CONTROL_RATE, Grid, SECONDS, Segment};
pub use noise::Noise;
pub use parameters::{COUNT, OutOfRange, PARAMETERS, Parameter, Parameters};
pub use signals::Signals;
#[cfg(feature = "wgpu")]
pub(crate) use voice::WORDS;
pub use voice::{Controls, Voice};
