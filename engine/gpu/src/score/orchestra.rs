//! All instruments on one device: the voices of many movements in one submission for each span.

use crate::device::{Gpu, GpuError};
use crate::kernel::Store;
use crate::score::instrument::{ALL, INSTRUMENTS};
use crate::score::kernel::{VoiceKernel, Work};
use crate::score::recording::{MOMENT_WORDS, Recording};
use crate::score::track::Table;
use auralis_engine::mix::StereoBlock;
use auralis_engine::settings::LAYERS;
use auralis_engine::time::CONTROL;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

/// The layers of a control interval, as voices leave them.
pub type Layers = [StereoBlock; LAYERS];

/// Something that plays recordings and may fail.
pub trait Orchestra {
    /// What it is, for people.
    fn name(&self) -> String;

    /// Plays the same span of several of the `places` movements of a group: gives the layers of each interval of each recording. A movement's
    /// spans come in order; what its voices remember stays here between them.
    fn play(
        &mut self,
        places: usize,
        recordings: &[Recording],
    ) -> impl Future<Output = Result<Vec<Vec<Layers>>, GpuError>>;
}

/// The kernels of all instruments on a device.
#[derive(Debug)]
pub struct GpuOrchestra {
    gpu: Arc<Gpu>,
    kernels: Vec<VoiceKernel>,
    moments: Store,
    result: Store,
    patience: Duration,
}

impl GpuOrchestra {
    /// Compiles the kernels. Each span is waited for at most `patience`. Natively the future is ready at once.
    ///
    /// # Errors
    /// See [`GpuError`].
    pub async fn new(gpu: Arc<Gpu>, patience: Duration) -> Result<Self, GpuError> {
        let mut kernels = Vec::with_capacity(INSTRUMENTS);
        for instrument in ALL {
            kernels.push(VoiceKernel::new(&gpu, instrument).await?);
        }
        let copied = wgpu::BufferUsages::COPY_DST;
        Ok(Self {
            gpu,
            kernels,
            moments: Store::new("table of moments", wgpu::BufferUsages::STORAGE | copied),
            result: Store::new("sound to be read", wgpu::BufferUsages::MAP_READ | copied),
            patience,
        })
    }

    /// The device.
    #[must_use]
    pub const fn gpu(&self) -> &Arc<Gpu> {
        &self.gpu
    }

    /// Submits the work of all instruments that have any; their sound comes one after the other.
    async fn submit(&mut self, work: &[(usize, Work)], frames: usize) -> Result<Vec<f32>, GpuError> {
        let size = |work: &Work| work.mixed_bytes(frames);
        let bytes = work.iter().map(|(_, work)| size(work)).sum();
        let result = self.result.hold(&self.gpu, bytes).await?.clone();
        let commands = self.gpu.attempt(|device, _| {
            let mut encoder = device.create_command_encoder(&Default::default());
            {
                let mut pass = encoder.begin_compute_pass(&Default::default());
                // All play before any is added up, so that none waits for another.
                work.iter().for_each(|(at, work)| self.kernels[*at].play(&mut pass, work));
                work.iter().for_each(|(at, work)| self.kernels[*at].mix(&mut pass, work));
            }
            let mut from = 0;
            for (_, work) in work {
                encoder.copy_buffer_to_buffer(work.mixed(), 0, &result, from, size(work));
                from += size(work);
            }
            encoder.finish()
        });
        let read = self.gpu.read(commands.await?, &result, bytes, self.patience).await;
        if read.is_err() {
            // It may still be asked for: the next span takes another.
            self.result.forget();
        }
        read
    }
}

impl Orchestra for GpuOrchestra {
    fn name(&self) -> String {
        let found = self.gpu.found();
        format!("{} on {}", found.api.name(), found.name)
    }

    async fn play(&mut self, places: usize, recordings: &[Recording]) -> Result<Vec<Vec<Layers>>, GpuError> {
        let intervals = recordings.iter().map(Recording::intervals).max().unwrap_or(0);
        let mut layers: Vec<_> = recordings
            .iter()
            .map(|recording| vec![[StereoBlock::default(); LAYERS]; recording.intervals()])
            .collect();
        if intervals == 0 {
            return Ok(layers);
        }
        let mut moments = Vec::with_capacity(recordings.len() * intervals * MOMENT_WORDS);
        for (at, recording) in recordings.iter().enumerate() {
            moments.extend(&recording.words);
            moments.resize((at + 1) * intervals * MOMENT_WORDS, 0);
        }
        let moments = self.moments.fill(&self.gpu, &moments).await?.clone();
        let (mut tables, mut work) = (Vec::new(), Vec::new());
        for (at, kernel) in self.kernels.iter_mut().enumerate() {
            let tracks = recordings.iter().map(|recording| (recording.place, &recording.tracks[at]));
            let table = Table::new(tracks, intervals, ALL[at].voices, ALL[at].words);
            if table.voices() > 0 {
                work.push((at, kernel.prepare(&self.gpu, &table, &moments, intervals, places).await?));
                tables.push((at, table.movements));
            }
        }
        let sound = self.submit(&work, intervals * CONTROL).await?;
        let mut rest = sound.as_slice();
        for (at, movements) in &tables {
            let layer = ALL[*at].layer.index();
            for movement in movements {
                let (own, after) = rest.split_at(intervals * CONTROL * 2);
                let blocks = own.chunks_exact(CONTROL * 2).zip(&mut layers[*movement]);
                blocks.for_each(|(frames, layers)| add(frames, &mut layers[layer]));
                rest = after;
            }
        }
        Ok(layers)
    }
}

/// Adds interleaved frames to a block.
fn add(frames: &[f32], block: &mut StereoBlock) {
    let (pairs, _) = frames.as_chunks::<2>();
    for ((left, right), frame) in block.left.iter_mut().zip(&mut block.right).zip(pairs) {
        *left += frame[0];
        *right += frame[1];
    }
}
