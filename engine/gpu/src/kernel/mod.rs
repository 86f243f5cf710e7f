//! What the kernels of textures share: parts and a span go in, stereo comes out.

pub(crate) mod store;

use crate::device::{Gpu, GpuError};
use crate::span::{Span, Stereo};
use auralis_engine::time::CONTROL;
use std::time::Duration;
pub(crate) use store::Store;

/// Invocations in a workgroup.
pub(crate) const WIDTH: usize = 64;

/// Control intervals, each of a chunk, that keep a great card busy, at the hundred or two of registers that each takes. Their sums take 512 bytes
/// each, 64 MiB together.
const BUSY: usize = 1 << 17;
/// Fewer times four parts in a chunk would leave `mix_chunks` more to do than they spare.
const CHUNK: usize = 128;

/// What a dispatch is to render.
pub(crate) struct Job {
    /// The first control point, from frame 0.
    pub(crate) control: u64,
    /// The first control point, from the texture's origin.
    pub(crate) at: u32,
    /// How many control intervals.
    pub(crate) intervals: usize,
    /// The parts, as the kernel reads them.
    pub(crate) parts: Parts,
    /// What else the kernel reads; empty where it reads nothing else.
    pub(crate) ranges: Vec<u32>,
}

/// A table of parts, four side by side: each of their words is a `vec4`.
pub(crate) struct Parts {
    words: Vec<u32>,
    quads: usize,
}

impl Parts {
    /// The last four are filled up with parts of zeros, which are silent: their gains are.
    pub(crate) fn new<const N: usize>(parts: &[[u32; N]]) -> Self {
        let quads = parts.len().div_ceil(4);
        let mut words = vec![0; quads * 4 * N];
        for (part, of) in parts.iter().enumerate() {
            for (at, word) in of.iter().enumerate() {
                words[(part / 4 * N + at) * 4 + part % 4] = *word;
            }
        }
        Self { words, quads }
    }
}

/// Two gains as a kernel takes them: their mean, and half their difference as a part of it, -1 to 1. In a frame that is a product less.
pub(crate) fn middle([left, right]: [f32; 2]) -> [f32; 2] {
    let sum = left + right;
    [0.5 * sum, if sum > 0.0 { (left - right) / sum } else { 0.0 }]
}

/// Compiles the entry points of a kernel that build.rs has put together. Memory of workgroups is not cleared for them.
pub(crate) async fn pipelines<const N: usize>(
    gpu: &Gpu,
    text: &str,
    entries: [&str; N],
) -> Result<[wgpu::ComputePipeline; N], GpuError> {
    gpu.attempt(|device, _| {
        let source = wgpu::ShaderSource::Wgsl(text.into());
        let module = device.create_shader_module(wgpu::ShaderModuleDescriptor { label: None, source });
        entries.map(|entry| {
            device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
                label: None,
                layout: None,
                module: &module,
                entry_point: Some(entry),
                compilation_options: wgpu::PipelineCompilationOptions {
                    zero_initialize_workgroup_memory: false,
                    ..Default::default()
                },
                cache: None,
            })
        })
    })
    .await
}

/// What a pipeline is given: buffers by their numbers.
pub(crate) fn bound(
    device: &wgpu::Device,
    pipeline: &wgpu::ComputePipeline,
    given: &[(u32, &wgpu::Buffer)],
) -> wgpu::BindGroup {
    let entries: Vec<_> = given
        .iter()
        .map(|&(binding, buffer)| wgpu::BindGroupEntry { binding, resource: buffer.as_entire_binding() })
        .collect();
    device.create_bind_group(&wgpu::BindGroupDescriptor {
        label: None,
        layout: &pipeline.get_bind_group_layout(0),
        entries: &entries,
    })
}

/// A kernel on a device, with the buffers of its last job.
#[derive(Debug)]
pub(crate) struct Kernel {
    sum: wgpu::ComputePipeline,
    mix: wgpu::ComputePipeline,
    /// How many control intervals an invocation of the first renders.
    each: usize,
    span: Store,
    parts: Store,
    ranges: Store,
    sums: Store,
    mixed: Store,
    result: Store,
}

impl Kernel {
    /// Compiles a kernel that build.rs has put together. What sums is the entry point of this name, an invocation of which renders `each` control intervals.
    pub(crate) async fn new(gpu: &Gpu, text: &str, (sum, each): (&str, usize)) -> Result<Self, GpuError> {
        let [sum, mix] = pipelines(gpu, text, [sum, "mix_chunks"]).await?;
        let storage = wgpu::BufferUsages::STORAGE;
        let copied = wgpu::BufferUsages::COPY_DST;
        Ok(Self {
            sum,
            mix,
            each,
            span: Store::new("span", wgpu::BufferUsages::UNIFORM | copied),
            parts: Store::new("table of parts", storage | copied),
            ranges: Store::new("table of ranges", storage | copied),
            sums: Store::new("sums of chunks", storage),
            mixed: Store::new("sound", storage | wgpu::BufferUsages::COPY_SRC),
            result: Store::new("sound to be read", wgpu::BufferUsages::MAP_READ | copied),
        })
    }

    /// Renders a job, and cuts the span out of its control intervals.
    pub(crate) async fn render(
        &mut self,
        gpu: &Gpu,
        job: &Job,
        span: Span,
        patience: Duration,
    ) -> Result<Stereo, GpuError> {
        if job.parts.quads == 0 {
            return Ok(Stereo::silence(span.frames));
        }
        Ok(cut(span, &self.run(gpu, job, patience).await?))
    }

    /// Interleaved stereo of whole control intervals.
    async fn run(&mut self, gpu: &Gpu, job: &Job, patience: Duration) -> Result<Vec<f32>, GpuError> {
        let along = job.intervals.div_ceil(WIDTH * self.each);
        let most = job.parts.quads.div_ceil(CHUNK).max(1);
        let chunks = BUSY.div_ceil(along * WIDTH * self.each).min(most);
        let frames = job.intervals * CONTROL;
        let (mixers, allowed) = (frames.div_ceil(WIDTH), gpu.found().workgroups as usize);
        if mixers > allowed {
            let (bytes, most) = (frames as u64 * 8, (allowed * WIDTH) as u64 * 8);
            return Err(GpuError::TooLarge { what: "span", bytes, most });
        }
        let bytes = (frames * 8) as u64;
        let span = [
            job.control as u32,
            (job.control >> 32) as u32,
            job.at,
            job.intervals as u32,
            job.parts.quads as u32,
            chunks as u32,
            0,
            0,
        ];
        let (mixed, result) =
            (self.mixed.hold(gpu, bytes).await?.clone(), self.result.hold(gpu, bytes).await?.clone());
        let mut given = vec![
            (0, self.span.fill(gpu, &span).await?.clone()),
            (1, self.parts.fill(gpu, &job.parts.words).await?.clone()),
        ];
        if !job.ranges.is_empty() {
            given.push((2, self.ranges.fill(gpu, &job.ranges).await?.clone()));
        }
        given.push((3, self.sums.hold(gpu, bytes * chunks as u64).await?.clone()));
        let commands = gpu.attempt(|device, _| {
            let all: Vec<_> = given.iter().map(|(at, buffer)| (*at, buffer)).collect();
            let summed = bound(device, &self.sum, &all);
            let mixing = bound(device, &self.mix, &[all[0], all[all.len() - 1], (4, &mixed)]);
            let mut encoder = device.create_command_encoder(&Default::default());
            {
                let mut pass = encoder.begin_compute_pass(&Default::default());
                pass.set_pipeline(&self.sum);
                pass.set_bind_group(0, &summed, &[]);
                pass.dispatch_workgroups(along as u32, chunks as u32, 1);
                pass.set_pipeline(&self.mix);
                pass.set_bind_group(0, &mixing, &[]);
                pass.dispatch_workgroups(mixers as u32, 1, 1);
            }
            encoder.copy_buffer_to_buffer(&mixed, 0, &result, 0, bytes);
            encoder.finish()
        });
        let commands = commands.await?;
        let read = gpu.read(commands, &result, bytes, patience).await;
        if read.is_err() {
            // It may still be asked for: the next job takes another.
            self.result.forget();
        }
        read
    }
}

/// The frames of a span out of its whole control intervals.
fn cut(span: Span, interleaved: &[f32]) -> Stereo {
    let inside = (span.from.0 % CONTROL as u64) as usize;
    let (frames, _) = interleaved.as_chunks::<2>();
    let frames = frames.iter().skip(inside).take(span.frames);
    let (left, right) = frames.map(|[left, right]| (*left, *right)).unzip();
    Stereo { left, right }
}
