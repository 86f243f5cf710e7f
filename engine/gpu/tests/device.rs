//! An opened device: what it gives, and that whatever goes wrong is an error and no panic. On every adapter, software too.
#![cfg(feature = "wgpu")]

use auralis_gpu::device::{Adapters, Gpu, GpuError};
use pollster::block_on;
use std::time::Duration;

fn each(test: impl Fn(Gpu)) {
    let adapters = block_on(Adapters::find());
    if adapters.found().is_empty() {
        println!("skipped: no adapter");
    }
    for (at, found) in adapters.found().iter().enumerate() {
        println!("{} by {}", found.name, found.api.name());
        test(block_on(Gpu::open(&adapters, at)).unwrap());
    }
}

const DOUBLE: &str = "
@group(0) @binding(0) var<storage, read_write> data: array<f32>;
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    data[id.x] = data[id.x] * 2.0;
}";

/// Twice 0, 1, 2, …
fn double(gpu: &Gpu, patience: Duration) -> Result<Vec<f32>, GpuError> {
    const BYTES: u64 = 4 * 256;
    let made = gpu.attempt(|device, queue| {
        let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
            label: None,
            source: wgpu::ShaderSource::Wgsl(DOUBLE.into()),
        });
        let pipeline = device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: None,
            layout: None,
            module: &module,
            entry_point: None,
            compilation_options: Default::default(),
            cache: None,
        });
        let usages =
            [wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_SRC, wgpu::BufferUsages::MAP_READ];
        let [data, result] = usages.map(|usage| {
            let usage = usage | wgpu::BufferUsages::COPY_DST;
            device.create_buffer(&wgpu::BufferDescriptor {
                label: None,
                size: BYTES,
                usage,
                mapped_at_creation: false,
            })
        });
        let numbers: Vec<u8> = (0..256).flat_map(|n| (n as f32).to_le_bytes()).collect();
        queue.write_buffer(&data, 0, &numbers);
        let group = device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: None,
            layout: &pipeline.get_bind_group_layout(0),
            entries: &[wgpu::BindGroupEntry { binding: 0, resource: data.as_entire_binding() }],
        });
        let mut encoder = device.create_command_encoder(&Default::default());
        {
            let mut pass = encoder.begin_compute_pass(&Default::default());
            pass.set_pipeline(&pipeline);
            pass.set_bind_group(0, &group, &[]);
            pass.dispatch_workgroups(4, 1, 1);
        }
        encoder.copy_buffer_to_buffer(&data, 0, &result, 0, BYTES);
        (encoder.finish(), result)
    });
    let (commands, result) = block_on(made)?;
    block_on(gpu.read(commands, &result, BYTES, patience))
}

#[test]
fn it_computes() {
    each(|gpu| {
        let doubled = double(&gpu, Gpu::PATIENCE).unwrap();
        assert!(doubled.iter().enumerate().all(|(n, x)| *x == 2.0 * n as f32));
    });
}

#[test]
fn a_destroyed_device_says_so_from_then_on() {
    each(|gpu| {
        double(&gpu, Gpu::PATIENCE).unwrap();
        gpu.destroy();
        for _ in 0..3 {
            let error = double(&gpu, Gpu::PATIENCE).unwrap_err();
            assert!(matches!(error, GpuError::Lost { .. }), "{error}");
        }
        assert!(gpu.is_lost());
    });
}

#[test]
fn a_wrong_kernel_is_an_error_and_the_device_goes_on() {
    each(|gpu| {
        let made = gpu.attempt(|device, _| {
            let _ = device.create_shader_module(wgpu::ShaderModuleDescriptor {
                label: None,
                source: wgpu::ShaderSource::Wgsl("fn main() -> f32 { return 1u; }".into()),
            });
        });
        let error = block_on(made).unwrap_err();
        assert!(matches!(error, GpuError::Failed { .. }) && !error.to_string().contains('\n'), "{error}");
        double(&gpu, Gpu::PATIENCE).unwrap();
    });
}

#[test]
fn too_much_memory_is_an_error_and_the_device_goes_on() {
    each(|gpu| {
        let most = gpu.found().largest_buffer;
        let mut kept = Vec::new();
        // Software adapters have whatever the system lends: they end at the greatest buffer's bound.
        let size = most.saturating_add(4);
        let made = gpu.attempt(|device, _| {
            kept.push(device.create_buffer(&wgpu::BufferDescriptor {
                label: None,
                size,
                usage: wgpu::BufferUsages::STORAGE,
                mapped_at_creation: false,
            }));
        });
        let error = block_on(made).unwrap_err();
        assert!(matches!(error, GpuError::Failed { .. } | GpuError::OutOfMemory), "{error}");
        double(&gpu, Gpu::PATIENCE).unwrap();
    });
}

#[test]
fn what_was_not_done_is_no_result() {
    each(|gpu| {
        let made = gpu.attempt(|device, queue| {
            let result = device.create_buffer(&wgpu::BufferDescriptor {
                label: None,
                size: 64,
                usage: wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST,
                mapped_at_creation: false,
            });
            // As if it were an earlier one's.
            queue.write_buffer(&result, 0, &[0; 64]);
            (device.create_command_encoder(&Default::default()).finish(), result)
        });
        let (commands, result) = block_on(made).unwrap();
        let read = block_on(gpu.read(commands, &result, 64, Gpu::PATIENCE));
        assert!(matches!(read, Err(GpuError::Failed { .. })), "{read:?}");
        block_on(gpu.settle(Gpu::PATIENCE)).unwrap();
        assert_eq!(double(&gpu, Gpu::PATIENCE).unwrap()[3], 6.0);
    });
}

#[test]
fn it_waits_no_longer_than_it_is_told() {
    each(|gpu| match double(&gpu, Duration::ZERO) {
        // What was there at once is not late.
        Ok(doubled) => assert_eq!(doubled.len(), 256),
        Err(error) => assert_eq!(error, GpuError::Late { waited: Duration::ZERO }),
    });
}
