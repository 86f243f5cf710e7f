//! The bandwidth of a device's memory, measured: a kernel that copies.

use auralis_gpu::device::{Gpu, GpuError};
use std::time::Instant;

const KERNEL: &str = "
@group(0) @binding(0) var<storage, read> here: array<vec4<u32>>;
@group(0) @binding(1) var<storage, read_write> there: array<vec4<u32>>;
@compute @workgroup_size(256) fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    for (var i = id.x; i < arrayLength(&here); i += groups.x * 256u) {
        there[i] = here[i];
    }
}";
/// The size of each of two buffers, if the device allows as much: far more than caches hold.
const BYTES: u64 = 512 << 20;
/// How often it is copied for one figure.
const TIMES: u32 = 8;
/// Workgroups, enough to fill any card.
const GROUPS: u32 = 8192;

/// The kernel with its buffers.
pub(crate) struct Copy {
    pipeline: wgpu::ComputePipeline,
    group: wgpu::BindGroup,
    bytes: u64,
    times: u32,
}

impl Copy {
    /// Compiles it.
    pub(crate) async fn new(gpu: &Gpu) -> Result<Self, GpuError> {
        let found = gpu.found();
        let is_software = found.kind == auralis_gpu::device::Kind::Software;
        // Software takes its time.
        let (wanted, times) = if is_software { (BYTES / 8, 2) } else { (BYTES, TIMES) };
        let bytes = wanted.min(found.largest_binding).min(found.largest_buffer) / 256 * 256;
        let made = gpu.attempt(|device, _| {
            let source = wgpu::ShaderSource::Wgsl(KERNEL.into());
            let module = device.create_shader_module(wgpu::ShaderModuleDescriptor { label: None, source });
            let pipeline = device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
                label: None,
                layout: None,
                module: &module,
                entry_point: None,
                compilation_options: Default::default(),
                cache: None,
            });
            let buffers = [(); 2].map(|()| {
                device.create_buffer(&wgpu::BufferDescriptor {
                    label: None,
                    size: bytes,
                    usage: wgpu::BufferUsages::STORAGE,
                    mapped_at_creation: false,
                })
            });
            let entry = |binding: u32| wgpu::BindGroupEntry {
                binding,
                resource: buffers[binding as usize].as_entire_binding(),
            };
            let group = device.create_bind_group(&wgpu::BindGroupDescriptor {
                label: None,
                layout: &pipeline.get_bind_group_layout(0),
                entries: &[entry(0), entry(1)],
            });
            (pipeline, group)
        });
        let (pipeline, group) = made.await?;
        Ok(Self { pipeline, group, bytes, times })
    }

    /// Bytes per second, read and written.
    pub(crate) async fn bytes_per_second(&self, gpu: &Gpu) -> Result<f64, GpuError> {
        let commands = gpu.attempt(|device, _| {
            let mut encoder = device.create_command_encoder(&Default::default());
            for _ in 0..self.times {
                let mut pass = encoder.begin_compute_pass(&Default::default());
                pass.set_pipeline(&self.pipeline);
                pass.set_bind_group(0, &self.group, &[]);
                pass.dispatch_workgroups(GROUPS, 1, 1);
            }
            encoder.finish()
        });
        let commands = commands.await?;
        let began = Instant::now();
        gpu.run(commands, Gpu::PATIENCE).await?;
        Ok(2.0 * self.bytes as f64 * f64::from(self.times) / began.elapsed().as_secs_f64())
    }
}
