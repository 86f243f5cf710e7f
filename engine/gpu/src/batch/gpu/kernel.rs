//! What fills the buffers of `renderer.wgsl`, and what is dispatched: the control rate, the sound, and making quieter what was too loud.

use super::ready::Ready;
use crate::device::{Gpu, GpuError};
use crate::kernel::store::Store;
use crate::kernel::{bound, pipelines};
use crate::voice::Grid;
use std::time::Duration;
use wgpu::BufferUsages as Usage;

/// Invocations in a workgroup.
const WIDTH: usize = 256;
/// How many samples of a segment an invocation renders.
const EACH: usize = 8;
/// How many samples of a row an invocation makes quieter.
const STRIDES: usize = 16;
/// Modulations and phases that the control rate leaves for the sound.
const TRACKS: usize = 7;

/// The kernel on a device, with the buffers of its last job.
#[derive(Debug)]
pub(super) struct Kernel {
    entries: [wgpu::ComputePipeline; 3],
    job: Store,
    voices: Store,
    segments: Store,
    tracks: Store,
    peaks: Store,
    rows: Store,
    result: Store,
    /// The grid that `segments` has.
    grid: Option<Grid>,
}

impl Kernel {
    pub(super) async fn new(gpu: &Gpu) -> Result<Self, GpuError> {
        let text = include_str!(concat!(env!("OUT_DIR"), "/voices.wgsl"));
        let storage = Usage::STORAGE;
        let given = storage | Usage::COPY_DST;
        Ok(Self {
            entries: pipelines(gpu, text, ["control", "sound", "quieten"]).await?,
            job: Store::new("job", Usage::UNIFORM | Usage::COPY_DST),
            voices: Store::new("table of voices", given),
            segments: Store::new("table of segments", given),
            tracks: Store::new("control signals", storage),
            peaks: Store::new("peaks", storage),
            rows: Store::new("rows", storage | Usage::COPY_SRC),
            result: Store::new("rows to be read", Usage::MAP_READ | Usage::COPY_DST),
            grid: None,
        })
    }

    /// What renders voices.
    pub(super) async fn commands(
        &mut self,
        gpu: &Gpu,
        Ready { grid, words, count }: &Ready,
    ) -> Result<wgpu::CommandEncoder, GpuError> {
        let count = *count;
        let rows = self.rows.hold(gpu, (count * grid.frames() * 4) as u64).await?.clone();
        let tracks = self.tracks.hold(gpu, (count * TRACKS * grid.controls() * 4) as u64).await?.clone();
        let peaks = self.peaks.hold(gpu, (count * 4) as u64).await?.clone();
        let voices = self.voices.fill(gpu, words).await?.clone();
        if self.grid.as_ref() != Some(grid) {
            self.grid = None;
            self.segments.fill(gpu, &segments(grid)).await?;
            self.grid = Some(grid.clone());
        }
        let segments = self.segments.hold(gpu, 0).await?.clone();
        let longest = grid.segments().iter().map(|segment| segment.count).max().unwrap_or_default();
        let across = longest.div_ceil(EACH);
        let together = WIDTH / across;
        let job = [
            grid.frames() as u32,
            grid.controls() as u32,
            across as u32,
            together as u32,
            grid.step().to_bits(),
            0,
            0,
            0,
        ];
        let job = self.job.fill(gpu, &job).await?.clone();
        let groups = [
            (count, 1),
            (grid.segments().len().div_ceil(together), count),
            (grid.frames().div_ceil(WIDTH * STRIDES), count),
        ];
        let most = gpu.found().workgroups as usize;
        if let Some((wide, high)) = groups.into_iter().find(|(wide, high)| *wide > most || *high > most) {
            let (bytes, most) = ((wide * high) as u64, most as u64);
            return Err(GpuError::TooLarge { what: "dispatch", bytes, most });
        }
        let all = [(0, &job), (1, &voices), (2, &segments), (3, &tracks), (4, &peaks), (5, &rows)];
        gpu.attempt(|device, _| {
            let given = [&all[..5], &all[..], &[all[0], all[4], all[5]]];
            let mut encoder = device.create_command_encoder(&Default::default());
            {
                let mut pass = encoder.begin_compute_pass(&Default::default());
                for ((pipeline, given), (wide, high)) in self.entries.iter().zip(given).zip(groups) {
                    pass.set_pipeline(pipeline);
                    pass.set_bind_group(0, &bound(device, pipeline, given), &[]);
                    pass.dispatch_workgroups(wide as u32, high as u32, 1);
                }
            }
            encoder
        })
        .await
    }

    /// Renders, and brings the rows here: so many samples.
    pub(super) async fn read(
        &mut self,
        gpu: &Gpu,
        mut commands: wgpu::CommandEncoder,
        samples: usize,
        patience: Duration,
    ) -> Result<Vec<f32>, GpuError> {
        let bytes = (samples * 4) as u64;
        let rows = self.rows.hold(gpu, bytes).await?.clone();
        let result = self.result.hold(gpu, bytes).await?.clone();
        commands.copy_buffer_to_buffer(&rows, 0, &result, 0, bytes);
        let read = gpu.read(commands.finish(), &result, bytes, patience).await;
        if read.is_err() {
            // It may still be asked for: the next job takes another.
            self.result.forget();
        }
        read
    }
}

/// Where each segment begins, and where that lies between its control samples; at last where the row ends.
fn segments(grid: &Grid) -> Vec<u32> {
    let segments = grid.segments().iter().map(|segment| [segment.start as u32, segment.offset.to_bits()]);
    segments.chain([[grid.frames() as u32, 0]]).flatten().collect()
}
