//! The voices' kernel on one device.

use super::kernel::Kernel;
use super::order::{Order, Places};
use super::ready::Ready;
use crate::chain::Backend;
use crate::device::{Gpu, GpuError};
use crate::voice::Grid;
use std::sync::Arc;
use std::time::Duration;

/// A device that renders voices: what [`Batch`](crate::batch::Batch) renders, within [`crate::tolerance::VOICE`].
#[derive(Debug)]
pub struct GpuVoices {
    gpu: Arc<Gpu>,
    kernel: Kernel,
    patience: Duration,
}

impl GpuVoices {
    /// Compiles the kernels, which are waited for at most `patience` when they render. Natively the future is ready at once.
    ///
    /// # Errors
    /// See [`GpuError`].
    pub async fn new(gpu: Arc<Gpu>, patience: Duration) -> Result<Self, GpuError> {
        let kernel = Kernel::new(&gpu).await?;
        Ok(Self { gpu, kernel, patience })
    }

    /// The device.
    #[must_use]
    pub const fn gpu(&self) -> &Arc<Gpu> {
        &self.gpu
    }

    /// How many voices the device's limits allow at once; 0 where a row is too long for it. It may have less memory.
    #[must_use]
    pub fn most(&self, grid: &Grid) -> usize {
        let found = self.gpu.found();
        let room = found.largest_buffer.min(found.largest_binding);
        let row = 4 * grid.frames() as u64;
        // 1 at least, so that what is too large is told as such.
        ((room / row).min(u64::from(found.workgroups)) as usize).max(1)
    }

    /// Renders rows and leaves them on the device, where the next take their place: what the device does without bringing them here. Natively the
    /// future is ready at once.
    ///
    /// # Errors
    /// See [`GpuError`].
    pub async fn render_there(&mut self, ready: &Ready) -> Result<(), GpuError> {
        let commands = self.kernel.commands(&self.gpu, ready).await?;
        self.gpu.run(commands.finish(), self.patience).await
    }
}

impl Backend for GpuVoices {
    type Work = Order;

    fn name(&self) -> String {
        let found = self.gpu.found();
        format!("{} on {}", found.api.name(), found.name)
    }

    async fn render(&mut self, order: &Order, places: Places) -> Result<Vec<f32>, GpuError> {
        let (grid, sounds) = (order.batch.grid(), order.at(places));
        if sounds.is_empty() {
            return Ok(Vec::new());
        }
        let ready = Ready::new(grid, sounds, order.threads);
        let commands = self.kernel.commands(&self.gpu, &ready).await?;
        self.kernel.read(&self.gpu, commands, sounds.len() * grid.frames(), self.patience).await
    }
}
