//! What work runs on: what is wanted, what there is, what is chosen and why, and what happens when it fails.

#[cfg(feature = "wgpu")]
pub mod adapter;
pub mod choice;
pub mod error;
#[cfg(feature = "wgpu")]
pub mod gpu;
#[cfg(feature = "wgpu")]
mod wait;
pub mod wanted;

#[cfg(feature = "wgpu")]
pub use adapter::Adapters;
pub use choice::{Api, Choice, Found, Kind, Software};
pub use error::GpuError;
#[cfg(feature = "wgpu")]
pub use gpu::Gpu;
pub use wanted::Wanted;
