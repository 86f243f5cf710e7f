//! Many voices: rows of samples, on as many threads as wished, always the same; and on a GPU (`GpuBatch`), where they lie within
//! [`crate::tolerance::VOICE`] of these, and are not canonical.
//!
//! ```
//! use auralis_engine::SampleRate;
//! use auralis_gpu::batch::{Batch, Sound};
//! use auralis_gpu::voice::Grid;
//! use std::num::NonZeroUsize;
//!
//! let grid = Grid::new(0.25, SampleRate::Hz44100)?;
//! let sounds: Vec<_> = (0..8).map(|voice| Sound::random(42, voice)).collect();
//! let rows = Batch::new(&grid).rows(&sounds, NonZeroUsize::MIN);
//! assert_eq!(rows.len(), 8 * grid.frames());
//! # Ok::<(), auralis_gpu::voice::BadLength>(())
//! ```

#[cfg(feature = "wgpu")]
pub mod gpu;
mod phases;
mod renderer;
mod sources;
mod sweep;
pub mod table;

#[cfg(feature = "wgpu")]
pub use gpu::GpuBatch;
pub use renderer::Renderer;

use crate::voice::{Grid, Noise, Parameters, Voice};
use auralis_engine::SampleRate;
use auralis_engine::cpu::Simd;
use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// What determines a row: parameters, and which noise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sound {
    /// The seed of the noise.
    pub seed: u64,
    /// The number of the noise among those of its seed.
    pub voice: u64,
    /// The parameters.
    pub parameters: Parameters,
}

impl Sound {
    /// The voice of this number among those of a seed.
    #[must_use]
    pub fn random(seed: u64, voice: u64) -> Self {
        Self { seed, voice, parameters: Parameters::random(seed, voice) }
    }

    /// The voice that makes it.
    #[must_use]
    pub fn voice(&self, rate: SampleRate) -> Voice {
        Voice::new(&self.parameters, rate, Noise::new(self.seed, self.voice))
    }
}

/// Renders sounds of one length. A sound's row is the same on any number of threads and in any company.
#[derive(Clone, Debug)]
pub struct Batch {
    grid: Grid,
    simd: Simd,
}

impl Batch {
    /// For rows of this grid, with the best instructions that this processor has.
    #[must_use]
    pub fn new(grid: &Grid) -> Self {
        Self::with_simd(grid, Simd::widest())
    }

    /// For rows of this grid; the samples are the same with any instructions.
    #[must_use]
    pub fn with_simd(grid: &Grid, simd: Simd) -> Self {
        Self { grid: grid.clone(), simd }
    }

    /// The length of a row.
    #[must_use]
    pub const fn grid(&self) -> &Grid {
        &self.grid
    }

    /// All rows, one after the other.
    #[must_use]
    pub fn rows(&self, sounds: &[Sound], threads: NonZeroUsize) -> Vec<f32> {
        let mut rows = vec![0.0; sounds.len() * self.grid.frames()];
        self.fill(sounds, &mut rows, threads);
        rows
    }

    /// All rows, one after the other, into memory that is there.
    ///
    /// # Panics
    /// If `rows` does not have the length of as many rows as there are sounds.
    pub fn fill(&self, sounds: &[Sound], rows: &mut [f32], threads: NonZeroUsize) {
        assert_eq!(rows.len(), sounds.len() * self.grid.frames(), "a row for each sound");
        let work = Mutex::new(sounds.iter().zip(rows.chunks_exact_mut(self.grid.frames())));
        // A thread that panics while it holds the list has taken nothing from it.
        let next = || work.lock().unwrap_or_else(std::sync::PoisonError::into_inner).next();
        on_threads(threads, sounds.len(), || {
            let mut renderer = Renderer::with_simd(&self.grid, self.simd);
            while let Some((sound, row)) = next() {
                renderer.render(&sound.voice(self.grid.rate()), row);
            }
        });
    }

    /// Renders each sound and hands its place and its row to a function, on whichever thread made it, in any order, until all are done, one
    /// fails, or it is to stop. How many were handed out.
    ///
    /// # Errors
    /// The first that the function returned; no further sound is begun then.
    pub fn for_each<E: Send>(
        &self,
        sounds: &[Sound],
        threads: NonZeroUsize,
        stop: &AtomicBool,
        hand_out: impl Fn(usize, &[f32]) -> Result<(), E> + Sync,
    ) -> Result<usize, E> {
        let hand_out = &hand_out;
        each_place(sounds.len(), threads, stop, || {
            let mut renderer = Renderer::with_simd(&self.grid, self.simd);
            let mut row = vec![0.0; self.grid.frames()];
            move |place: usize| {
                renderer.render(&sounds[place].voice(self.grid.rate()), &mut row);
                hand_out(place, &row)
            }
        })
    }
}

/// Does the work of each place from 0 on, on so many threads, in any order, until all is done, one fails, or it is to stop. How many were done.
fn each_place<E: Send, W: FnMut(usize) -> Result<(), E>>(
    count: usize,
    threads: NonZeroUsize,
    stop: &AtomicBool,
    worker: impl Fn() -> W + Sync,
) -> Result<usize, E> {
    let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let failed = Mutex::new(None);
    let has_failed = AtomicBool::new(false);
    on_threads(threads, count, || {
        let mut work = worker();
        while !stop.load(Ordering::Relaxed) && !has_failed.load(Ordering::Relaxed) {
            let place = next.fetch_add(1, Ordering::Relaxed);
            if place >= count {
                break;
            }
            if let Err(error) = work(place) {
                has_failed.store(true, Ordering::Relaxed);
                failed.lock().unwrap_or_else(std::sync::PoisonError::into_inner).get_or_insert(error);
            } else {
                done.fetch_add(1, Ordering::Relaxed);
            }
        }
    });
    match failed.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner) {
        Some(error) => Err(error),
        None => Ok(done.into_inner()),
    }
}

/// Runs work on so many threads, one of them this one; no more than there are places.
fn on_threads(threads: NonZeroUsize, places: usize, work: impl Fn() + Sync) {
    std::thread::scope(|scope| {
        for _ in 1..threads.get().min(places) {
            scope.spawn(&work);
        }
        work();
    });
}
