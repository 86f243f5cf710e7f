//! The voices' kernel on one device.

use super::kernel::Kernel;
use super::order::{Order, Places};
use crate::batch::Sound;
use crate::chain::Backend;
use crate::device::{Gpu, GpuError};
use crate::voice::{Grid, WORDS};
use std::num::NonZeroUsize;
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

    /// Renders rows and leaves them on the device, the next taking their place: what the device does without bringing them here. The voices are made
    /// ready on so many threads. Natively the future is ready at once.
    ///
    /// # Errors
    /// See [`GpuError`].
    pub async fn render_there(
        &mut self,
        grid: &Grid,
        sounds: &[Sound],
        threads: NonZeroUsize,
    ) -> Result<(), GpuError> {
        let words = words(grid, sounds, threads);
        let commands = self.kernel.commands(&self.gpu, grid, &words, sounds.len()).await?;
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
        let words = words(grid, sounds, order.threads);
        let commands = self.kernel.commands(&self.gpu, grid, &words, sounds.len()).await?;
        self.kernel.read(&self.gpu, commands, sounds.len() * grid.frames(), self.patience).await
    }
}

/// What the kernel is given of each sound.
fn words(grid: &Grid, sounds: &[Sound], threads: NonZeroUsize) -> Vec<u32> {
    let mut words = vec![0; sounds.len() * WORDS];
    let each = sounds.len().div_ceil(threads.get()).max(1);
    let fill = |sounds: &[Sound], words: &mut [u32]| {
        for (sound, words) in sounds.iter().zip(words.as_chunks_mut::<WORDS>().0) {
            *words = sound.voice(grid.rate()).words();
        }
    };
    std::thread::scope(|scope| {
        let mut parts = sounds.chunks(each).zip(words.chunks_mut(each * WORDS));
        let own = parts.next();
        for (sounds, words) in parts {
            scope.spawn(move || fill(sounds, words));
        }
        if let Some((sounds, words)) = own {
            fill(sounds, words);
        }
    });
    words
}
