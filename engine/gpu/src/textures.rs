//! Both kernels of textures on one device.

use crate::bank::{BankKernel, Each};
use crate::chain::Backend;
use crate::device::{Gpu, GpuError};
use crate::grains::GrainsKernel;
use crate::plan::Plan;
use crate::span::{Span, Stereo};
use std::sync::Arc;
use std::time::Duration;

/// A device that renders plans: what [`Plan::twin`] renders, within [`crate::tolerance::TEXTURE`].
#[derive(Debug)]
pub struct GpuTextures {
    gpu: Arc<Gpu>,
    bank: BankKernel,
    grains: GrainsKernel,
    patience: Duration,
}

impl GpuTextures {
    /// Compiles the kernels, each of which is waited for at most `patience` when it renders. Natively the future is ready at once.
    ///
    /// # Errors
    /// See [`GpuError`].
    pub async fn new(gpu: Arc<Gpu>, patience: Duration) -> Result<Self, GpuError> {
        let (bank, grains) = (BankKernel::new(&gpu, None).await?, GrainsKernel::new(&gpu).await?);
        Ok(Self { gpu, bank, grains, patience })
    }

    /// The same, an invocation of whose bank renders so much.
    ///
    /// # Errors
    /// See [`GpuError`].
    pub async fn with_bank(self, each: Each) -> Result<Self, GpuError> {
        Ok(Self { bank: BankKernel::new(&self.gpu, Some(each)).await?, ..self })
    }

    /// The device.
    #[must_use]
    pub const fn gpu(&self) -> &Arc<Gpu> {
        &self.gpu
    }
}

impl Backend for GpuTextures {
    type Work = Plan;

    fn name(&self) -> String {
        let found = self.gpu.found();
        format!("{} on {}", found.api.name(), found.name)
    }

    async fn render(&mut self, plan: &Plan, span: Span) -> Result<Stereo, GpuError> {
        let mut sum = self.bank.render(&self.gpu, &plan.bank, span, self.patience).await?;
        if !plan.cloud.is_empty() {
            sum.add(&self.grains.render(&self.gpu, &plan.cloud, span, self.patience).await?);
        }
        Ok(sum)
    }
}
