//! Both kernels of textures on one device.

use crate::bank::BankKernel;
use crate::device::{Gpu, GpuError};
use crate::grains::GrainsKernel;
use crate::plan::Plan;
use crate::span::{Span, Stereo};
use std::sync::Arc;
use std::time::Duration;

/// A device that renders plans.
#[derive(Debug)]
pub struct GpuTextures {
    gpu: Arc<Gpu>,
    bank: BankKernel,
    grains: GrainsKernel,
}

impl GpuTextures {
    /// Compiles the kernels. Natively the future is ready at once.
    ///
    /// # Errors
    /// See [`GpuError`].
    pub async fn new(gpu: Arc<Gpu>) -> Result<Self, GpuError> {
        let (bank, grains) = (BankKernel::new(&gpu).await?, GrainsKernel::new(&gpu).await?);
        Ok(Self { gpu, bank, grains })
    }

    /// The device.
    #[must_use]
    pub fn gpu(&self) -> &Gpu {
        &self.gpu
    }

    /// Renders a span: what [`Plan::twin`] renders, within [`crate::tolerance::TEXTURE`]. Each kernel may be waited for `patience`.
    ///
    /// # Errors
    /// See [`GpuError`].
    pub async fn render(&mut self, plan: &Plan, span: Span, patience: Duration) -> Result<Stereo, GpuError> {
        let mut sum = self.bank.render(&self.gpu, &plan.bank, span, patience).await?;
        if !plan.cloud.is_empty() {
            sum.add(&self.grains.render(&self.gpu, &plan.cloud, span, patience).await?);
        }
        Ok(sum)
    }
}
