//! Whether a device renders what the processor does: a tiny plan of each kernel, compared.

use crate::batch::gpu::Order;
use crate::batch::{Batch, Sound};
use crate::chain::{Backend, Work};
use crate::device::GpuError;
use crate::plan::Plan;
use crate::span::Span;
use crate::tolerance::{TEXTURE, VOICE, apart, difference};
use crate::voice::Grid;
use auralis_engine::cpu::Simd;
use auralis_engine::random::Stream;
use auralis_engine::texture::{Bank, Cloud, Grain, Partial, TextureError};
use auralis_engine::{Frame, SampleRate};
use std::error::Error;
use std::fmt;
use std::num::NonZeroUsize;

/// Why a device is not used.
#[derive(Clone, Debug, PartialEq)]
pub enum ProbeError {
    /// It failed.
    Gpu(GpuError),
    /// What it renders is something else.
    Different {
        /// By which kernel.
        kernel: &'static str,
        /// How far it is off, of full scale.
        by: f32,
        /// How far it may be off.
        allowed: f32,
    },
    /// The plan itself is refused.
    Plan(TextureError),
}

impl fmt::Display for ProbeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gpu(error) => write!(f, "the probe failed: {error}"),
            Self::Different { kernel, by, allowed } => write!(
                f,
                "the probe of the {kernel} is off by {by} of full scale, where {allowed} is allowed; the driver computes something else"
            ),
            Self::Plan(error) => write!(f, "the probe's plan: {error}"),
        }
    }
}

impl Error for ProbeError {}

/// Renders a few hundredths of a second with each kernel, and compares.
///
/// # Errors
/// If the device fails, or lies outside of the tolerance.
pub async fn probe(backend: &mut impl Backend<Work = Plan>) -> Result<(), ProbeError> {
    // An hour in, between two control points.
    let span = Span { from: Frame(44_100 * 3_600 + 37), frames: 1_500 };
    let (bank, cloud) = parts(span.from).map_err(ProbeError::Plan)?;
    let plans = [
        ("bank of partials", Plan { bank, ..Plan::default() }),
        ("cloud of grains", Plan { cloud, ..Plan::default() }),
    ];
    for (kernel, plan) in plans {
        let sound = backend.render(&plan, span).await.map_err(ProbeError::Gpu)?;
        let by = difference(&sound, &plan.twin(Simd::detect(), span));
        within(kernel, by, TEXTURE)?;
    }
    Ok(())
}

/// Renders two seconds of twelve voices, and compares: what a phase is off adds up.
///
/// # Errors
/// If the device fails, or lies outside of the tolerance.
pub async fn probe_voices(backend: &mut impl Backend<Work = Order>) -> Result<(), ProbeError> {
    let Ok(grid) = Grid::new(2.0, SampleRate::Hz44100) else { return Ok(()) };
    let sounds = (0..12).map(|voice| Sound::random(0, voice)).collect();
    let order = Order { batch: Batch::new(&grid), sounds, threads: NonZeroUsize::MIN };
    let rows = backend.render(&order, order.all()).await.map_err(ProbeError::Gpu)?;
    within("voices", apart(&rows, &order.twin(order.all())), VOICE)
}

fn within(kernel: &'static str, by: f32, allowed: f32) -> Result<(), ProbeError> {
    if by > allowed { Err(ProbeError::Different { kernel, by, allowed }) } else { Ok(()) }
}

/// Forty of each, as loud as music together.
fn parts(from: Frame) -> Result<(Bank, Cloud), TextureError> {
    let mut s = Stream::new(0, "probe", 0);
    let partials: Vec<_> = (0..40)
        .map(|_| Partial {
            hz: f64::from(s.range(30.0, 15_000.0)),
            phase: s.next_u32(),
            level: s.range(0.01, 0.05),
            pan: s.range(-1.0, 1.0),
            begin: from.saturating_sub(u64::from(s.below(4_000))),
            rise: s.below(30),
            hold: s.below(30),
            fall: s.below(30),
            swell: s.below(1 << 27),
            swell_phase: s.next_u32(),
            depth: s.unit(),
        })
        .collect();
    let grains: Vec<_> = (0..40)
        .map(|_| Grain {
            begin: from.saturating_sub(u64::from(s.below(2_000))),
            length: 4 + s.below(60),
            hz: f64::from(s.range(30.0, 15_000.0)),
            phase: s.next_u32(),
            level: s.range(0.01, 0.05),
            pan: s.range(-1.0, 1.0),
            noise: s.unit(),
            narrow: s.below(5),
            seed: s.next_u32(),
        })
        .collect();
    let rate = SampleRate::Hz44100;
    Ok((Bank::new(&partials, rate)?, Cloud::new(&grains, rate)?))
}
