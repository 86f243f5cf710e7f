//! An opened device, and work on it that fails with a value: never a panic, never for ever.

use super::adapter::Adapters;
use super::choice::Found;
use super::error::GpuError;
use super::wait::{Arrival, within};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// What the driver told by itself, outside any call.
#[derive(Debug, Default)]
struct Told {
    lost: Option<String>,
    error: Option<GpuError>,
}

type Ear = Arc<Mutex<Told>>;

fn told(ear: &Ear) -> std::sync::MutexGuard<'_, Told> {
    ear.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What the last word of a result is until its kernels have run: a NaN that no kernel gives.
const UNDONE: [u8; 4] = 0x7fc5_a5a5_u32.to_le_bytes();

/// A device with its queue. Kernels make their pipelines and buffers in [`Gpu::attempt`], and read results with [`Gpu::read`].
#[derive(Debug)]
pub struct Gpu {
    device: wgpu::Device,
    queue: wgpu::Queue,
    found: Found,
    ear: Ear,
}

impl Gpu {
    /// How long a result is waited for where nobody listens to it yet.
    pub const PATIENCE: Duration = Duration::from_secs(10);

    /// Opens the adapter at this place of the list, with all that it allows. Natively the future is ready at once.
    ///
    /// # Errors
    /// [`GpuError::Refused`] if there is none at this place or the driver gives no device.
    pub async fn open(adapters: &Adapters, at: usize) -> Result<Self, GpuError> {
        let Some((found, adapter)) = adapters.get(at) else {
            return Err(GpuError::Refused { why: format!("there is no adapter number {at}") });
        };
        let description = wgpu::DeviceDescriptor { required_limits: adapter.limits(), ..Default::default() };
        let opened = adapter.request_device(&description).await;
        let (device, queue) = opened.map_err(|error| GpuError::Refused { why: error.to_string() })?;
        let ear = Ear::default();
        let (lost, uncaptured) = (Arc::clone(&ear), Arc::clone(&ear));
        device.set_device_lost_callback(move |reason, why| {
            told(&lost).lost.get_or_insert(if why.is_empty() { format!("{reason:?}") } else { why });
        });
        // Without a handler wgpu panics.
        device.on_uncaptured_error(Arc::new(move |error| {
            told(&uncaptured).error.get_or_insert(named(&error));
        }));
        Ok(Self { device, queue, found: found.clone(), ear })
    }

    /// What the adapter is.
    #[must_use]
    pub const fn found(&self) -> &Found {
        &self.found
    }

    /// Whether the device still is there, as far as it has told.
    #[must_use]
    pub fn is_lost(&self) -> bool {
        told(&self.ear).lost.is_some()
    }

    /// Gives the device up: whatever runs on it fails with [`GpuError::Lost`] from now on.
    pub fn destroy(&self) {
        self.device.destroy();
    }

    /// Makes something on the device, or submits something to its queue. What wgpu or the driver says against it is the error.
    ///
    /// # Errors
    /// [`GpuError::OutOfMemory`], [`GpuError::Lost`] or [`GpuError::Failed`].
    pub async fn attempt<T>(
        &self,
        work: impl FnOnce(&wgpu::Device, &wgpu::Queue) -> T,
    ) -> Result<T, GpuError> {
        self.check()?;
        // Popping is at once, in reverse order; only the answers are waited for.
        let (made, answers) = {
            let memory = self.device.push_error_scope(wgpu::ErrorFilter::OutOfMemory);
            let inside = self.device.push_error_scope(wgpu::ErrorFilter::Internal);
            let valid = self.device.push_error_scope(wgpu::ErrorFilter::Validation);
            let made = work(&self.device, &self.queue);
            let valid = valid.pop();
            let inside = inside.pop();
            (made, (memory.pop(), inside, valid))
        };
        let (memory, inside, valid) = (answers.0.await, answers.1.await, answers.2.await);
        match memory.or(inside).or(valid) {
            None => Ok(made),
            Some(error) => {
                // Word of a lost device comes while it is polled, and says more than what follows from it.
                let _ = self.poll(wgpu::PollType::Poll);
                self.check()?;
                Err(named(&error))
            }
        }
    }

    /// Submits work whose result lies in `buffer` (with the usages `MAP_READ` and `COPY_DST`), and waits for the first `bytes` of it, as long as `patience` lasts.
    ///
    /// # Errors
    /// As [`Self::attempt`], and [`GpuError::Late`].
    pub async fn read(
        &self,
        commands: wgpu::CommandBuffer,
        buffer: &wgpu::Buffer,
        bytes: u64,
        patience: Duration,
    ) -> Result<Vec<f32>, GpuError> {
        self.read_as(commands, buffer, bytes, patience, f32::from_le_bytes).await
    }

    /// As [`Self::read`], of words that each become something.
    pub(crate) async fn read_as<T>(
        &self,
        commands: wgpu::CommandBuffer,
        buffer: &wgpu::Buffer,
        bytes: u64,
        patience: Duration,
        word: impl Fn([u8; 4]) -> T,
    ) -> Result<Vec<T>, GpuError> {
        let arrival = Arrival::new();
        let bring = arrival.clone();
        // On Metal a submission that was broken off looks like one that is done (wgpu issue 9545), and the result would be an earlier one's.
        let last = bytes.saturating_sub(4);
        self.attempt(|_, queue| {
            if bytes > 0 {
                queue.write_buffer(buffer, last, &UNDONE);
            }
            queue.submit([commands]);
            buffer.map_async(wgpu::MapMode::Read, ..bytes, move |result| bring.bring(result));
        })
        .await?;
        let mapped = within(arrival, patience, |left| self.poll_for(left)).await?;
        self.check()?;
        mapped.map_err(|error| GpuError::Failed { why: error.to_string() })?;
        let words = {
            let view = buffer.get_mapped_range(..bytes);
            let view = view.map_err(|error| GpuError::Failed { why: error.to_string() })?;
            let words = view.as_chunks::<4>().0;
            let is_done = words.last() != Some(&UNDONE);
            is_done.then(|| words.iter().map(|bytes| word(*bytes)).collect())
        };
        buffer.unmap();
        words.ok_or_else(|| GpuError::Failed { why: "the driver did not do what was submitted".into() })
    }

    /// Submits work and waits until it is done, as long as `patience` lasts.
    ///
    /// # Errors
    /// As [`Self::attempt`], and [`GpuError::Late`].
    pub async fn run(&self, commands: wgpu::CommandBuffer, patience: Duration) -> Result<(), GpuError> {
        let arrival = Arrival::new();
        let bring = arrival.clone();
        self.attempt(|_, queue| {
            queue.submit([commands]);
            queue.on_submitted_work_done(move || bring.bring(()));
        })
        .await?;
        within(arrival, patience, |left| self.poll_for(left)).await?;
        self.check()
    }

    /// Waits until all that was submitted is done, as long as `patience` lasts.
    ///
    /// # Errors
    /// As [`Self::attempt`], and [`GpuError::Late`].
    pub async fn settle(&self, patience: Duration) -> Result<(), GpuError> {
        let nothing = self.attempt(|device, _| device.create_command_encoder(&Default::default()).finish());
        self.run(nothing.await?, patience).await
    }

    /// Fails if something was told that nobody has heard yet.
    fn check(&self) -> Result<(), GpuError> {
        let mut told = told(&self.ear);
        if let Some(why) = &told.lost {
            return Err(GpuError::Lost { why: why.clone() });
        }
        told.error.take().map_or(Ok(()), Err)
    }

    fn poll_for(&self, left: Duration) -> Result<(), GpuError> {
        self.check()?;
        self.poll(wgpu::PollType::Wait { submission_index: None, timeout: Some(left) })
    }

    /// Natively wgpu panics where a device is lost while it is waited for; that is a loss like any other.
    #[cfg(not(target_arch = "wasm32"))]
    fn poll(&self, how: wgpu::PollType) -> Result<(), GpuError> {
        match std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| self.device.poll(how))) {
            // That time is over is the caller's to notice, who counts it.
            Ok(Ok(_) | Err(wgpu::PollError::Timeout)) => Ok(()),
            Ok(Err(error)) => Err(GpuError::Failed { why: error.to_string() }),
            Err(_) => {
                let why = "the driver failed while it was waited for";
                told(&self.ear).lost.get_or_insert(why.into());
                Err(GpuError::Lost { why: why.into() })
            }
        }
    }

    /// In a browser this only hands over what lies ready.
    #[cfg(target_arch = "wasm32")]
    fn poll(&self, how: wgpu::PollType) -> Result<(), GpuError> {
        self.device.poll(how).map(|_| ()).map_err(|error| GpuError::Failed { why: error.to_string() })
    }
}

fn named(error: &wgpu::Error) -> GpuError {
    match error {
        wgpu::Error::OutOfMemory { .. } => GpuError::OutOfMemory,
        wgpu::Error::Validation { description, .. } | wgpu::Error::Internal { description, .. } => {
            // wgpu draws shaders' errors over many lines.
            GpuError::Failed { why: description.split_whitespace().collect::<Vec<_>>().join(" ") }
        }
    }
}
