//! # auralis-web-gpu
//!
//! Textures on a browser's GPU, by WebGPU, for the worker `web/worklet/textures.js`, which loads this module only where there is an adapter. What it
//! renders ahead is handed to the engine on the audio thread, whose own rendering takes its place wherever it is missing.

mod ahead;
mod sheet;
mod textures;
mod trial;

pub use ahead::Ahead;
pub use sheet::Sheet;
pub use textures::Textures;

#[cfg(target_arch = "wasm32")]
#[global_allocator]
static MEMORY: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();
