//! A buffer that grows when it is too small, and is kept otherwise.

use crate::device::{Gpu, GpuError};

/// A buffer on a device.
#[derive(Debug)]
pub(crate) struct Store {
    what: &'static str,
    usage: wgpu::BufferUsages,
    buffer: Option<wgpu::Buffer>,
}

impl Store {
    pub(crate) const fn new(what: &'static str, usage: wgpu::BufferUsages) -> Self {
        Self { what, usage, buffer: None }
    }

    /// The buffer, with room for as many bytes at least.
    pub(crate) async fn hold(&mut self, gpu: &Gpu, bytes: u64) -> Result<&wgpu::Buffer, GpuError> {
        let found = gpu.found();
        let most = found.largest_buffer.min(found.largest_binding);
        if bytes > most {
            return Err(GpuError::TooLarge { what: self.what, bytes, most });
        }
        if self.buffer.as_ref().is_some_and(|buffer| buffer.size() < bytes) {
            // The old one goes before the new one comes, so that both need not fit.
            self.buffer = None;
        }
        if self.buffer.is_none() {
            let description = wgpu::BufferDescriptor {
                label: None,
                size: bytes.next_multiple_of(256),
                usage: self.usage,
                mapped_at_creation: false,
            };
            self.buffer = Some(gpu.attempt(|device, _| device.create_buffer(&description)).await?);
        }
        self.buffer.as_ref().ok_or(GpuError::OutOfMemory)
    }

    /// The buffer with these words at its beginning.
    pub(crate) async fn fill(&mut self, gpu: &Gpu, words: &[u32]) -> Result<&wgpu::Buffer, GpuError> {
        let buffer = self.hold(gpu, (words.len() * 4) as u64).await?;
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        gpu.attempt(|_, queue| queue.write_buffer(buffer, 0, &bytes)).await?;
        Ok(buffer)
    }

    /// Makes a new one next time.
    pub(crate) fn forget(&mut self) {
        self.buffer = None;
    }
}
