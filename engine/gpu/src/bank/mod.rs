//! The bank of partials on a GPU. The kernel is `bank.wgsl`; its twin is `engine/src/texture/bank.rs`.

use crate::device::{Gpu, GpuError, Kind};
use crate::kernel::{Job, Kernel, Parts, middle};
use crate::span::{Span, Stereo};
use auralis_engine::texture::Bank;
use auralis_engine::texture::bank::One;
use std::time::Duration;

/// How many control intervals an invocation renders: a matter of speed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Each {
    /// What fits into a card's registers.
    One,
    /// What costs a processor less that does as if it were a card.
    Two,
}

impl Each {
    const fn of(kind: Kind) -> Self {
        match kind {
            Kind::Software => Self::Two,
            _ => Self::One,
        }
    }
}

/// The kernel on a device.
#[derive(Debug)]
pub struct BankKernel(Kernel);

impl BankKernel {
    /// Compiles it, as is best for the device unless it is told.
    ///
    /// # Errors
    /// See [`GpuError`].
    pub async fn new(gpu: &Gpu, each: Option<Each>) -> Result<Self, GpuError> {
        let sum = match each.unwrap_or_else(|| Each::of(gpu.found().kind)) {
            Each::One => ("sum_chunk", 1),
            Each::Two => ("sum_chunk_by_twos", 2),
        };
        Kernel::new(gpu, include_str!(concat!(env!("OUT_DIR"), "/bank.wgsl")), sum).await.map(Self)
    }

    /// Renders a span of a bank, which may wait for `patience` at most.
    ///
    /// # Errors
    /// See [`GpuError`].
    pub async fn render(
        &mut self,
        gpu: &Gpu,
        bank: &Bank,
        span: Span,
        patience: Duration,
    ) -> Result<Stereo, GpuError> {
        let (silent, span) = span.after(bank.origin());
        let mut sound = Stereo::silence(silent);
        let (control, intervals) = span.intervals();
        let Some(at) = bank.place(control).filter(|_| intervals > 0) else {
            sound.append(Stereo::silence(span.frames));
            return Ok(sound);
        };
        let end = at.saturating_add(intervals as u32);
        let alive: Vec<One> = bank.prepared().filter(|one| one.begin < end && one.end > at).collect();
        let job = Job {
            control,
            at,
            intervals,
            parts: Parts::new(&alive.iter().map(words).collect::<Vec<_>>()),
            ranges: Vec::new(),
        };
        sound.append(self.0.render(gpu, &job, span, patience).await?);
        Ok(sound)
    }
}

/// A partial, its words in the order of `Partials` in bank.wgsl.
fn words(one: &One) -> [u32; 13] {
    let [gain, side] = middle(one.sides);
    [
        one.increment as u32,
        (one.increment >> 32) as u32,
        (one.phase >> 32) as u32,
        one.chord.to_bits(),
        gain.to_bits(),
        side.to_bits(),
        one.begin,
        one.end,
        one.rise.to_bits(),
        one.fall.to_bits(),
        one.swell,
        one.swell_phase,
        one.depth.to_bits(),
    ]
}
