//! All instruments on one device: the voices of many movements in one submission for each span.

use crate::chain::Backend;
use crate::device::{Gpu, GpuError};
use crate::kernel::Store;
use crate::score::instrument::{ALL, INSTRUMENTS};
use crate::score::kernel::{VoiceKernel, Work};
use crate::score::memory::Memory;
use crate::score::recording::{MOMENT_WORDS, Recording};
use crate::score::recordings::{Movements, Played, Recordings};
use crate::score::track::Table;
use auralis_engine::mix::StereoBlock;
use auralis_engine::movement::conducted::Layers;
use auralis_engine::time::CONTROL;
use std::sync::Arc;
use std::time::Duration;

/// The kernels of all instruments on a device.
#[derive(Debug)]
pub struct GpuOrchestra {
    gpu: Arc<Gpu>,
    kernels: Vec<VoiceKernel>,
    moments: Store,
    result: Store,
    patience: Duration,
    /// The latest span came too late, and may still be on its way.
    is_late: bool,
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
            is_late: false,
        })
    }

    /// The same, which waits for each span so long at most from now on.
    #[must_use]
    pub fn patient(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// The device.
    #[must_use]
    pub const fn gpu(&self) -> &Arc<Gpu> {
        &self.gpu
    }

    /// Plays a span of several movements.
    async fn play(&mut self, recordings: &[Recording]) -> Result<Vec<Played>, GpuError> {
        let intervals = recordings.iter().map(Recording::intervals).max().unwrap_or(0);
        let mut played: Vec<_> = recordings.iter().map(Played::silent).collect();
        if intervals == 0 {
            return Ok(played);
        }
        let mut moments = Vec::with_capacity(recordings.len() * intervals * MOMENT_WORDS);
        for (at, recording) in recordings.iter().enumerate() {
            moments.extend(&recording.words);
            moments.resize((at + 1) * intervals * MOMENT_WORDS, 0);
        }
        let moments = self.moments.fill(&self.gpu, &moments).await?.clone();
        let (mut tables, mut work) = (Vec::new(), Vec::new());
        for (at, kernel) in self.kernels.iter_mut().enumerate() {
            let tracks = recordings.iter().map(|recording| &recording.tracks[at]);
            let table = Table::new(tracks, intervals, ALL[at].words);
            if !table.voices.is_empty() {
                work.push((at, kernel.prepare(&self.gpu, &table, &moments, intervals).await?));
                tables.push((at, table));
            }
        }
        let words = self.submit(&work).await?;
        let mut rest = words.as_slice();
        for (at, table) in &tables {
            for (movement, voice) in &table.voices {
                let (own, after) = rest.split_at(ALL[*at].words);
                played[*movement].memory.put(*at, *voice, own);
                rest = after;
            }
            for movement in &table.movements {
                let (own, after) = rest.split_at(intervals * CONTROL * 2);
                add(own, ALL[*at].layer.index(), &mut played[*movement].layers);
                rest = after;
            }
        }
        Ok(played)
    }

    /// Submits the work of all instruments that have any; what they leave comes one after the other.
    async fn submit(&mut self, work: &[(usize, Work)]) -> Result<Vec<u32>, GpuError> {
        let results: Vec<_> = work.iter().flat_map(|(_, work)| work.results()).collect();
        let bytes = results.iter().map(|(_, bytes)| bytes).sum();
        let result = self.result.hold(&self.gpu, bytes).await?.clone();
        let commands = self.gpu.attempt(|device, _| {
            let mut encoder = device.create_command_encoder(&Default::default());
            {
                let mut pass = encoder.begin_compute_pass(&Default::default());
                // All play before any is added up, so that none waits for another where a device does several things at a time. Metal does them one
                // after the other in a pass.
                work.iter().for_each(|(at, work)| self.kernels[*at].play(&mut pass, work));
                work.iter().for_each(|(at, work)| self.kernels[*at].mix(&mut pass, work));
            }
            let mut from = 0;
            for (buffer, bytes) in results {
                encoder.copy_buffer_to_buffer(buffer, 0, &result, from, bytes);
                from += bytes;
            }
            encoder.finish()
        });
        let read = self.gpu.read_as(commands.await?, &result, bytes, self.patience, u32::from_le_bytes).await;
        if read.is_err() {
            // It may still be asked for: the next span takes another.
            self.result.forget();
        }
        read
    }
}

impl Backend for GpuOrchestra {
    type Work = Recordings;

    fn name(&self) -> String {
        let found = self.gpu.found();
        format!("{} on {}", found.api.name(), found.name)
    }

    async fn render(&mut self, work: &Recordings, piece: Movements) -> Result<Vec<Option<Played>>, GpuError> {
        if self.is_late {
            // Behind it the next would be late too, and a device that was held up once would look like one that always is.
            self.gpu.settle(Gpu::PATIENCE).await?;
        }
        let played = self.play(work.at(piece)).await;
        self.is_late = matches!(played, Err(GpuError::Late { .. }));
        Ok(played?.into_iter().map(Some).collect())
    }
}

impl Played {
    /// Nothing, for as long as a recording is.
    fn silent(recording: &Recording) -> Self {
        let layers = vec![Layers::default(); recording.intervals()];
        Self { layers, memory: Memory::default() }
    }
}

/// Adds the words of interleaved frames to a layer.
fn add(words: &[u32], layer: usize, layers: &mut [Layers]) {
    for (words, layers) in words.chunks_exact(CONTROL * 2).zip(layers) {
        let StereoBlock { left, right } = &mut layers[layer];
        let (pairs, _) = words.as_chunks::<2>();
        for ((left, right), pair) in left.iter_mut().zip(right).zip(pairs) {
            *left += f32::from_bits(pair[0]);
            *right += f32::from_bits(pair[1]);
        }
    }
}
