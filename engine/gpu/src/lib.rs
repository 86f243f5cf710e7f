//! Work that is a pure function of the frame, on the GPU where there is one, and on the CPU by twins that read line for line like the kernels.
//!
//! - [`voice`]: the voice of torchsynth, module for module.
//! - [`batch`]: many of its sounds at once, on the processor or on a GPU.
//! - `score`: the voices of whole movements, of any number of sessions at once.
//! - `supplier`: a session's textures, ahead of the music and beside it.
#![allow(
    clippy::needless_range_loop,
    reason = "loops over lanes read several arrays at the same index, and vectorize as they stand"
)]

#[cfg(feature = "wgpu")]
pub mod bank;
pub mod batch;
#[cfg(all(feature = "wgpu", not(target_arch = "wasm32")))]
pub mod beside;
#[cfg(feature = "wgpu")]
pub mod chain;
pub mod device;
#[cfg(feature = "wgpu")]
pub mod grains;
#[cfg(feature = "wgpu")]
pub(crate) mod kernel;
#[cfg(feature = "wgpu")]
pub mod open;
pub mod plan;
#[cfg(feature = "wgpu")]
pub mod probe;
#[cfg(feature = "wgpu")]
pub mod score;
pub mod span;
#[cfg(all(feature = "wgpu", not(target_arch = "wasm32")))]
pub mod supplier;
#[cfg(feature = "wgpu")]
pub mod textures;
pub mod tolerance;
pub mod voice;

#[cfg(feature = "wgpu")]
pub use chain::{Backend, Chain, Event};
#[cfg(feature = "wgpu")]
pub use open::{Unavailable, open};
pub use plan::Plan;
pub use span::{Span, Stereo};
#[cfg(feature = "wgpu")]
pub use textures::GpuTextures;
