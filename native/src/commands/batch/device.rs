//! What renders the voices: a GPU where there is one and it is wanted, else the processor.

use crate::{say, warn};
use auralis_gpu::batch::{Batch, Sound};
#[cfg(feature = "gpu")]
use auralis_gpu::batch::{GpuBatch, gpu::Places};
#[cfg(feature = "gpu")]
use auralis_gpu::chain::Event;
use auralis_gpu::device::Wanted;
#[cfg(feature = "gpu")]
use auralis_gpu::device::{Adapters, Software};
use auralis_gpu::voice::Grid;
#[cfg(feature = "gpu")]
use pollster::block_on;
use std::num::NonZeroUsize;
use std::sync::atomic::AtomicBool;

/// How many bytes of samples the processor may have waiting to be written, unless there is a row on each thread.
const WAITING: usize = 64 << 20;
/// The same for a GPU, which is the faster the more it is given at once.
#[cfg(feature = "gpu")]
const WAITING_FOR_GPU: usize = 256 << 20;
/// How many sounds are drawn at a time.
const MOST_AT_ONCE: usize = 4096;

/// What renders voices of one length.
pub(super) enum Device {
    /// The processor.
    Processor(Batch),
    /// A GPU, and the processor after it.
    #[cfg(feature = "gpu")]
    Gpu(Box<GpuBatch>),
}

impl Device {
    /// Opens what is wanted, or the next best, and says which and why.
    #[cfg(feature = "gpu")]
    pub(super) fn open(grid: &Grid, wanted: Wanted) -> Self {
        let processor = || Self::Processor(Batch::new(grid));
        // The interfaces' own drivers need not be loaded to know this.
        let adapters = match wanted {
            Wanted::Cpu | Wanted::Reduced => Adapters::none(),
            _ => block_on(Adapters::find()),
        };
        let choice = adapters.choose(wanted, Software::from_environment());
        if choice.is_second_best {
            warn(format_args!("device: {choice}"));
            return processor();
        }
        let Some(at) = choice.adapter else {
            say(format_args!("device: {choice}"));
            return processor();
        };
        match block_on(GpuBatch::open_adapter(&adapters, at)) {
            Ok(voices) => {
                say(format_args!("device: {choice}"));
                Self::Gpu(Box::new(GpuBatch::on(voices, grid)))
            }
            Err(error) => {
                warn(format_args!("device: CPU, since {choice}, but {error}"));
                processor()
            }
        }
    }

    /// The processor, as this program was built for nothing else.
    #[cfg(not(feature = "gpu"))]
    pub(super) fn open(grid: &Grid, wanted: Wanted) -> Self {
        let why = "device: CPU: this program was built without GPUs";
        if wanted.is_gpu() {
            warn(why)
        } else {
            say(why)
        }
        Self::Processor(Batch::new(grid))
    }

    /// How many sounds to give it at once.
    pub(super) fn at_once(&self, grid: &Grid, threads: NonZeroUsize) -> usize {
        let waiting = match self {
            Self::Processor(_) => WAITING,
            #[cfg(feature = "gpu")]
            Self::Gpu(_) => WAITING_FOR_GPU,
        };
        (waiting / (4 * grid.frames())).clamp(threads.get(), MOST_AT_ONCE.max(threads.get()))
    }

    /// Renders sounds and hands each one's place and row to a function, on so many threads; see [`Batch::for_each`].
    pub(super) fn for_each<E: Send>(
        &mut self,
        sounds: &[Sound],
        threads: NonZeroUsize,
        stop: &AtomicBool,
        hand_out: impl Fn(usize, &[f32]) -> Result<(), E> + Sync,
    ) -> Result<usize, E> {
        match self {
            Self::Processor(batch) => batch.for_each(sounds, threads, stop, hand_out),
            #[cfg(feature = "gpu")]
            Self::Gpu(batch) => {
                let done = block_on(batch.for_each(sounds.to_vec(), threads, stop, hand_out));
                batch.events().iter().for_each(tell);
                done
            }
        }
    }

    /// All rows, one after the other, in place of what is there.
    pub(super) fn rows(&mut self, sounds: &[Sound], rows: &mut Vec<f32>, threads: NonZeroUsize) {
        match self {
            Self::Processor(batch) => {
                rows.resize(sounds.len() * batch.grid().frames(), 0.0);
                batch.fill(sounds, rows, threads);
            }
            #[cfg(feature = "gpu")]
            Self::Gpu(batch) => {
                *rows = block_on(batch.rows(sounds.to_vec(), threads));
                batch.events().iter().for_each(tell);
            }
        }
    }
}

#[cfg(feature = "gpu")]
fn tell(event: &Event<Places>) {
    warn(event);
}
