//! Many voices on a GPU: the rows of [`Batch`] within [`crate::tolerance::VOICE`].
//!
//! The kernels are `renderer.wgsl` and what it is made of, each beside its twin. The device makes rows until it fails, then the processor
//! does; each change is an [`Event`] with its reason.

mod kernel;
mod order;
mod ready;
mod voices;

pub use order::{Order, Places};
pub use ready::Ready;
pub use voices::GpuVoices;

use super::{Batch, Sound, each_place};
use crate::chain::{Chain, Event};
use crate::device::{Adapters, Choice, Gpu, Software, Wanted};
use crate::open::Unavailable;
use crate::probe::probe_voices;
use crate::voice::Grid;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// How long rows are waited for: a software adapter takes seconds for what a card does in one of their thousandths.
const PATIENCE: Duration = Duration::from_mins(2);

/// The most bytes of rows in a dispatch: a card has long been busy by then, and screens must not wait for it.
const AT_ONCE: usize = 1 << 30;

/// Renders sounds of one length on a GPU, and on the processor when that fails.
///
/// ```
/// use auralis_engine::SampleRate;
/// use auralis_gpu::batch::{GpuBatch, Sound};
/// use auralis_gpu::device::{Software, Wanted};
/// use auralis_gpu::voice::Grid;
/// use std::num::NonZeroUsize;
///
/// let grid = Grid::new(0.25, SampleRate::Hz44100)?;
/// // The error says why there is none: then it is `Batch` that makes rows.
/// if let Ok(mut batch) = pollster::block_on(GpuBatch::open(&grid, Wanted::Auto, Software::Ignored)) {
///     let sounds: Vec<_> = (0..8).map(|voice| Sound::random(42, voice)).collect();
///     let rows = pollster::block_on(batch.rows(sounds, NonZeroUsize::MIN));
///     assert_eq!(rows.len(), 8 * grid.frames());
/// }
/// # Ok::<(), auralis_gpu::voice::BadLength>(())
/// ```
pub struct GpuBatch {
    chain: Chain<GpuVoices>,
    batch: Batch,
    choice: Option<Choice>,
}

impl GpuBatch {
    /// Opens the adapter that is chosen, compiles the kernels and probes them. Natively the future is ready at once.
    ///
    /// # Errors
    /// If the processor is chosen, or the device fails or renders something else.
    pub async fn open(grid: &Grid, wanted: Wanted, software: Software) -> Result<Self, Unavailable> {
        let adapters = Adapters::find().await;
        let choice = adapters.choose(wanted, software);
        let Some(at) = choice.adapter else { return Err(Unavailable::Chosen(choice)) };
        let voices = Self::open_adapter(&adapters, at).await?;
        Ok(Self { choice: Some(choice), ..Self::on(voices, grid) })
    }

    /// One adapter out of the list, with its kernels, which have been probed.
    ///
    /// # Errors
    /// If the device fails or renders something else.
    #[cfg_attr(
        target_arch = "wasm32",
        allow(clippy::arc_with_non_send_sync, reason = "natively it is both, and a browser has one thread")
    )]
    pub async fn open_adapter(adapters: &Adapters, at: usize) -> Result<GpuVoices, Unavailable> {
        let gpu = Arc::new(Gpu::open(adapters, at).await.map_err(Unavailable::Gpu)?);
        let mut voices = GpuVoices::new(gpu, PATIENCE).await.map_err(Unavailable::Gpu)?;
        probe_voices(&mut voices).await.map_err(Unavailable::Probe)?;
        Ok(voices)
    }

    /// On a device that is open.
    #[must_use]
    pub fn on(voices: GpuVoices, grid: &Grid) -> Self {
        let longest = voices.most(grid).min(AT_ONCE / (4 * grid.frames())).max(1);
        Self { chain: Chain::on(voices, longest), batch: Batch::new(grid), choice: None }
    }

    /// Which adapter was chosen and why, where it was.
    #[must_use]
    pub const fn choice(&self) -> Option<&Choice> {
        self.choice.as_ref()
    }

    /// What happened since it was asked last, in order.
    pub fn events(&mut self) -> Vec<Event<Places>> {
        self.chain.events()
    }

    /// All rows, one after the other; those that the device does not make on so many threads. Natively the future is ready at once.
    pub async fn rows(&mut self, sounds: Vec<Sound>, threads: NonZeroUsize) -> Vec<f32> {
        let order = Order { batch: self.batch.clone(), sounds, threads };
        self.chain.render(&order, order.all()).await
    }

    /// Renders all sounds, then hands each one's place and row to a function, on so many threads, until all are handed out, one fails, or it is to
    /// stop. How many were handed out. Natively the future is ready at once.
    ///
    /// # Errors
    /// The first that the function returned; no further row is handed out then.
    pub async fn for_each<E: Send>(
        &mut self,
        sounds: Vec<Sound>,
        threads: NonZeroUsize,
        stop: &AtomicBool,
        hand_out: impl Fn(usize, &[f32]) -> Result<(), E> + Sync,
    ) -> Result<usize, E> {
        let (count, frames) = (sounds.len(), self.batch.grid().frames());
        let rows = self.rows(sounds, threads).await;
        each_place(count, threads, stop, || |place: usize| hand_out(place, &rows[place * frames..][..frames]))
    }
}
