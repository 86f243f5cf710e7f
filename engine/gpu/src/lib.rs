//! Work that is a pure function of the frame, on the GPU where there is one, and on the CPU by twins that read line for line like the kernels.
//!
//! - [`voice`]: the voice of torchsynth, module for module.
//! - [`batch`]: many of its sounds at once.
#![allow(
    clippy::needless_range_loop,
    reason = "loops over lanes read several arrays at the same index, and vectorize as they stand"
)]

pub mod batch;
pub mod voice;
