//! From what is wanted to an orchestra that was probed.

use crate::chain::{Backend, Work};
use crate::device::{Adapters, Gpu, GpuError, Software, Wanted};
use crate::open::Unavailable;
use crate::probe::ProbeError;
use crate::score::orchestra::GpuOrchestra;
use crate::score::player::{Keep, Part, Player};
use crate::score::recordings::Recordings;
use crate::tolerance::SCORE;
use auralis_engine::cpu::Simd;
use auralis_engine::mix::StereoBlock;
use auralis_engine::session::Timeline;
use auralis_engine::{Frame, Preset, SampleRate};
use std::sync::Arc;
use std::time::Duration;

/// How long a span is waited for, of which nobody listens to a frame yet. A card takes milliseconds.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Opens the adapter that is chosen, compiles the kernels of all instruments and probes them.
///
/// # Errors
/// If the processor is chosen, or the device fails or plays something else.
pub fn open(wanted: Wanted, software: Software, patience: Duration) -> Result<GpuOrchestra, Unavailable> {
    let adapters = pollster::block_on(Adapters::find());
    let choice = adapters.choose(wanted, software);
    let Some(at) = choice.adapter else { return Err(Unavailable::Chosen(choice)) };
    open_adapter(&adapters, at, patience)
}

/// As [`open`], with one adapter out of the list.
///
/// # Errors
/// If the device fails or plays something else.
pub fn open_adapter(adapters: &Adapters, at: usize, patience: Duration) -> Result<GpuOrchestra, Unavailable> {
    let gpu = Arc::new(pollster::block_on(Gpu::open(adapters, at)).map_err(Unavailable::Gpu)?);
    let mut orchestra = pollster::block_on(GpuOrchestra::new(gpu, patience)).map_err(Unavailable::Gpu)?;
    probe(&mut orchestra).map_err(Unavailable::Probe)?;
    Ok(orchestra)
}

/// Plays three seconds of the busiest preset's first movement, and compares.
///
/// # Errors
/// If the device fails, or lies outside of the tolerance.
pub fn probe<B: Backend<Work = Recordings>>(orchestra: &mut B) -> Result<(), ProbeError> {
    let rate = SampleRate::Hz44100;
    let timeline = Box::new(Timeline::new(Preset::Focus.settings()));
    let part = Part { seed: 1, rate, index: 0, timeline, until: Frame(rate.frames(3.0)).control_floor() };
    let simd = Simd::detect();
    let (mut there, mut here) = (Player::new(part.clone(), 0, simd), Player::new(part, 0, simd));
    while let Some(recording) = (!there.is_over()).then(|| there.conduct()).flatten() {
        let work = Recordings(vec![recording]);
        let played = pollster::block_on(orchestra.render(&work, work.all()));
        let played = played.and_then(|played| work.checked(played, work.all())).map_err(ProbeError::Gpu)?;
        let passage = match &played[..] {
            [Some(played)] => there.mix(played, Keep::Sums),
            _ => return Err(ProbeError::Gpu(GpuError::Failed { why: "nothing was played".into() })),
        };
        let by = difference(&passage.sums, &here.render(Keep::Sums).sums);
        if by > SCORE {
            return Err(ProbeError::Different { kernel: "voices", by, allowed: SCORE });
        }
    }
    Ok(())
}

/// The greatest difference of blocks that were checked.
fn difference(one: &[StereoBlock], other: &[StereoBlock]) -> f32 {
    let sides = |blocks: &[StereoBlock]| -> Vec<f32> {
        blocks.iter().flat_map(|block| block.left.into_iter().chain(block.right)).collect()
    };
    sides(one).into_iter().zip(sides(other)).fold(0.0, |most, (x, y)| (x - y).abs().max(most))
}
