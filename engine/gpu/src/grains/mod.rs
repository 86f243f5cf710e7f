//! The cloud of grains on a GPU. The kernel is `grains.wgsl`; its twin is `engine/src/texture/grains.rs`.

use crate::device::{Gpu, GpuError};
use crate::kernel::{Job, Kernel, Parts, WIDTH, middle};
use crate::span::{Span, Stereo};
use auralis_engine::texture::Cloud;
use auralis_engine::texture::grains::One;
use std::time::Duration;

/// The kernel on a device.
#[derive(Debug)]
pub struct GrainsKernel(Kernel);

impl GrainsKernel {
    /// Compiles it.
    ///
    /// # Errors
    /// See [`GpuError`].
    pub async fn new(gpu: &Gpu) -> Result<Self, GpuError> {
        Kernel::new(gpu, include_str!(concat!(env!("OUT_DIR"), "/grains.wgsl")), ("sum_chunk", 1))
            .await
            .map(Self)
    }

    /// Renders a span of a cloud, which may wait for `patience` at most.
    ///
    /// # Errors
    /// See [`GpuError`].
    pub async fn render(
        &mut self,
        gpu: &Gpu,
        cloud: &Cloud,
        span: Span,
        patience: Duration,
    ) -> Result<Stereo, GpuError> {
        let (silent, span) = span.after(cloud.origin());
        let mut sound = Stereo::silence(silent);
        let (control, intervals) = span.intervals();
        let Some(at) = cloud.place(control).filter(|_| intervals > 0) else {
            sound.append(Stereo::silence(span.frames));
            return Ok(sound);
        };
        let end = at.saturating_add(intervals as u32);
        let mut alive: Vec<One> = cloud.prepared().filter(|one| one.begin < end && one.end > at).collect();
        alive.sort_by_key(|one| one.begin);
        let ranges = ranges(&alive, at, intervals);
        let job = Job {
            control,
            at,
            intervals,
            parts: Parts::new(&alive.iter().map(words).collect::<Vec<_>>()),
            ranges,
        };
        sound.append(self.0.render(gpu, &job, span, patience).await?);
        Ok(sound)
    }
}

/// For each workgroup along the span, the fours of grains, in the order of their begins, between the first that may still sound there and
/// the first that begins after it.
fn ranges(alive: &[One], at: u32, intervals: usize) -> Vec<u32> {
    let longest = alive.iter().map(|one| one.end - one.begin).max().unwrap_or(0);
    let before = |at: u32| alive.partition_point(|one| one.begin < at);
    let starts = (0..intervals).step_by(WIDTH).map(|start| at + start as u32);
    let ranges = starts.map(|start| {
        let (first, end) = (before(start.saturating_sub(longest)), before(start + WIDTH as u32));
        [first / 4, end.div_ceil(4)].map(|quad| quad as u32)
    });
    ranges.flatten().collect()
}

/// A grain, its words in the order of `Grains` in grains.wgsl.
fn words(one: &One) -> [u32; 11] {
    let [gain, side] = middle(one.sides);
    [
        one.increment,
        one.phase,
        one.chord.to_bits(),
        gain.to_bits(),
        side.to_bits(),
        one.begin,
        one.end,
        one.window,
        one.noise.to_bits(),
        one.shift,
        one.seed,
    ]
}
