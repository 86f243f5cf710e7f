//! The adapters of this machine, or of this browser.

use super::choice::{Api, Choice, Found, Kind, Software};
use super::wanted::Wanted;

/// All adapters that Auralis can use, the best first.
#[derive(Debug)]
pub struct Adapters {
    found: Vec<Found>,
    adapters: Vec<wgpu::Adapter>,
}

impl Adapters {
    /// Asks every interface of this system. Natively the future is ready at once.
    pub async fn find() -> Self {
        let mut description = wgpu::InstanceDescriptor::new_without_display_handle();
        // Validation layers and debug labels are for whoever debugs wgpu itself.
        description.flags = wgpu::InstanceFlags::empty();
        let instance = wgpu::Instance::new(description);
        let mut all: Vec<_> = adapters_of(&instance)
            .await
            .into_iter()
            .filter_map(|adapter| describe(&adapter).map(|found| (found, adapter)))
            .collect();
        // Stable: equals stay in the system's order.
        all.sort_by_key(|(found, _)| found.rank());
        let (found, adapters) = all.into_iter().unzip();
        Self { found, adapters }
    }

    /// No adapter at all: as if there were none, without asking.
    #[must_use]
    pub const fn none() -> Self {
        Self { found: Vec::new(), adapters: Vec::new() }
    }

    /// What they are, the best first.
    #[must_use]
    pub fn found(&self) -> &[Found] {
        &self.found
    }

    /// Which of them is used, and why.
    #[must_use]
    pub fn choose(&self, wanted: Wanted, software: Software) -> Choice {
        Choice::of(&self.found, wanted, software)
    }

    /// One of them, by its place in [`Self::found`].
    #[must_use]
    pub(super) fn get(&self, at: usize) -> Option<(&Found, &wgpu::Adapter)> {
        self.found.get(at).zip(self.adapters.get(at))
    }
}

#[cfg(not(target_arch = "wasm32"))]
async fn adapters_of(instance: &wgpu::Instance) -> Vec<wgpu::Adapter> {
    instance.enumerate_adapters(wgpu::Backends::all()).await
}

/// A browser shows one: the one that it would give.
#[cfg(target_arch = "wasm32")]
async fn adapters_of(instance: &wgpu::Instance) -> Vec<wgpu::Adapter> {
    let options = wgpu::RequestAdapterOptions {
        power_preference: wgpu::PowerPreference::HighPerformance,
        ..Default::default()
    };
    instance.request_adapter(&options).await.into_iter().collect()
}

fn describe(adapter: &wgpu::Adapter) -> Option<Found> {
    let info = adapter.get_info();
    let limits = adapter.limits();
    let api = match info.backend {
        wgpu::Backend::Metal => Api::Metal,
        wgpu::Backend::Vulkan => Api::Vulkan,
        wgpu::Backend::Dx12 => Api::Dx12,
        wgpu::Backend::BrowserWebGpu => Api::WebGpu,
        // OpenGL's compute shaders are too few and too different; no-op computes nothing.
        wgpu::Backend::Gl | wgpu::Backend::Noop => return None,
    };
    let kind = match info.device_type {
        wgpu::DeviceType::DiscreteGpu => Kind::Discrete,
        wgpu::DeviceType::IntegratedGpu => Kind::Integrated,
        wgpu::DeviceType::VirtualGpu => Kind::Virtual,
        wgpu::DeviceType::Other => Kind::Unknown,
        wgpu::DeviceType::Cpu => Kind::Software,
    };
    Some(Found {
        name: if info.name.is_empty() { "a GPU without a name".into() } else { info.name },
        api,
        kind,
        driver: format!("{} {}", info.driver, info.driver_info).trim().into(),
        vendor: info.vendor,
        largest_buffer: limits.max_buffer_size,
        largest_binding: limits.max_storage_buffer_binding_size,
        invocations: limits.max_compute_invocations_per_workgroup,
        workgroups: limits.max_compute_workgroups_per_dimension,
    })
}
