//! From what is wanted to kernels that were probed.

use crate::device::{Adapters, Choice, Gpu, GpuError, Software, Wanted};
use crate::probe::{ProbeError, probe};
use crate::textures::GpuTextures;
use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Why there is no device to render on.
#[derive(Clone, Debug, PartialEq)]
pub enum Unavailable {
    /// The processor was chosen.
    Chosen(Choice),
    /// The device failed.
    Gpu(GpuError),
    /// It renders something else.
    Probe(ProbeError),
}

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Chosen(choice) => choice.fmt(f),
            Self::Gpu(error) => error.fmt(f),
            Self::Probe(error) => error.fmt(f),
        }
    }
}

impl Error for Unavailable {}

/// Opens the adapter that is chosen, compiles the kernels and probes them. Natively the future is ready at once.
///
/// # Errors
/// If the processor is chosen, or the device fails or renders something else.
pub async fn open(
    wanted: Wanted,
    software: Software,
    patience: Duration,
) -> Result<GpuTextures, Unavailable> {
    let adapters = Adapters::find().await;
    let choice = adapters.choose(wanted, software);
    let Some(at) = choice.adapter else { return Err(Unavailable::Chosen(choice)) };
    open_adapter(&adapters, at, patience).await
}

/// As [`open`], with one adapter out of the list.
///
/// # Errors
/// If the device fails or renders something else.
#[cfg_attr(
    target_arch = "wasm32",
    allow(clippy::arc_with_non_send_sync, reason = "natively it is both, and a browser has one thread")
)]
pub async fn open_adapter(
    adapters: &Adapters,
    at: usize,
    patience: Duration,
) -> Result<GpuTextures, Unavailable> {
    let gpu = Arc::new(Gpu::open(adapters, at).await.map_err(Unavailable::Gpu)?);
    let mut textures = GpuTextures::new(gpu, patience).await.map_err(Unavailable::Gpu)?;
    probe(&mut textures).await.map_err(Unavailable::Probe)?;
    Ok(textures)
}
