//! An instrument's kernel on a device.

use crate::device::{Gpu, GpuError};
use crate::kernel::{Store, bound, pipelines};
use crate::score::instrument::Instrument;
use crate::score::track::Table;
use auralis_engine::time::CONTROL;

/// Invocations in a workgroup: of voices, of which there are few, and of frames.
const VOICES: usize = 32;
const FRAMES: usize = 64;

/// A kernel with its buffers.
#[derive(Debug)]
pub(crate) struct VoiceKernel {
    instrument: Instrument,
    play: wgpu::ComputePipeline,
    mix: wgpu::ComputePipeline,
    span: Store,
    movements: Store,
    controls: Store,
    starts: Store,
    memories: Store,
    sounds: Store,
    ranges: Store,
    mixed: Store,
}

/// What a kernel is to do in a span.
pub(crate) struct Work {
    play: wgpu::BindGroup,
    mix: wgpu::BindGroup,
    /// Workgroups: of voices, and of frames in each movement.
    voices: u32,
    frames: u32,
    movements: u32,
    memories: wgpu::Buffer,
    mixed: wgpu::Buffer,
    /// How many bytes these two are.
    bytes: [u64; 2],
}

impl VoiceKernel {
    pub(crate) async fn new(gpu: &Gpu, instrument: Instrument) -> Result<Self, GpuError> {
        let [play, mix] = pipelines(gpu, instrument.text, ["play", "mix_voices"]).await?;
        let storage = wgpu::BufferUsages::STORAGE;
        let given = storage | wgpu::BufferUsages::COPY_DST;
        Ok(Self {
            instrument,
            play,
            mix,
            span: Store::new("span", wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST),
            movements: Store::new("table of voices", given),
            controls: Store::new("table of controls", given),
            starts: Store::new("table of notes", given),
            memories: Store::new("memory of voices", storage | wgpu::BufferUsages::COPY_SRC),
            sounds: Store::new("sound of voices", storage),
            ranges: Store::new("table of movements", given),
            mixed: Store::new("sound of movements", storage | wgpu::BufferUsages::COPY_SRC),
        })
    }

    /// Uploads what a span needs.
    pub(crate) async fn prepare(
        &mut self,
        gpu: &Gpu,
        table: &Table,
        moments: &wgpu::Buffer,
        intervals: usize,
    ) -> Result<Work, GpuError> {
        let (voices, frames) = (table.voices.len(), intervals * CONTROL);
        let movements = table.movements.len();
        let heard: Vec<u32> = table.voices.iter().map(|(movement, _)| *movement as u32).collect();
        let span = self.span.fill(gpu, &[intervals as u32, voices as u32, 0, 0]).await?.clone();
        let bytes = [voices * self.instrument.words * 4, movements * frames * 8].map(|bytes| bytes as u64);
        let given = [
            span.clone(),
            self.movements.fill(gpu, &heard).await?.clone(),
            self.controls.fill(gpu, &table.controls).await?.clone(),
            moments.clone(),
            self.starts.fill(gpu, &table.starts).await?.clone(),
            self.memories.hold(gpu, bytes[0]).await?.clone(),
            self.sounds.hold(gpu, (voices * frames * 8) as u64).await?.clone(),
        ];
        let (memories, sounds) = (given[5].clone(), given[6].clone());
        let ranges = self.ranges.fill(gpu, &table.ranges).await?.clone();
        let mixed = self.mixed.hold(gpu, bytes[1]).await?.clone();
        let bound = gpu.attempt(|device, _| {
            let all: Vec<_> = (0..).zip(&given).collect();
            let mixing = [(0, &span), (6, &sounds), (7, &ranges), (8, &mixed)];
            (bound(device, &self.play, &all), bound(device, &self.mix, &mixing))
        });
        let (play, mix) = bound.await?;
        let (frames, movements) = (frames.div_ceil(FRAMES) as u32, movements as u32);
        let voices = voices.div_ceil(VOICES) as u32;
        Ok(Work { play, mix, voices, frames, movements, memories, mixed, bytes })
    }

    /// Has the voices play.
    pub(crate) fn play(&self, pass: &mut wgpu::ComputePass<'_>, work: &Work) {
        pass.set_pipeline(&self.play);
        pass.set_bind_group(0, &work.play, &[]);
        pass.dispatch_workgroups(work.voices, 1, 1);
    }

    /// Adds them up.
    pub(crate) fn mix(&self, pass: &mut wgpu::ComputePass<'_>, work: &Work) {
        pass.set_pipeline(&self.mix);
        pass.set_bind_group(0, &work.mix, &[]);
        pass.dispatch_workgroups(work.frames, work.movements, 1);
    }
}

impl Work {
    /// What it leaves, and how many bytes of each: what voices remember, and the sound of the movements, one after the other.
    pub(crate) const fn results(&self) -> [(&wgpu::Buffer, u64); 2] {
        let [memories, mixed] = self.bytes;
        [(&self.memories, memories), (&self.mixed, mixed)]
    }
}
