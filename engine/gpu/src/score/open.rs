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
use auralis_engine::settings::{LAYERS, Level};
use auralis_engine::{Frame, Preset, SampleRate, Settings};
use std::sync::Arc;
use std::time::Duration;

/// How long a span is waited for, of which nobody listens to a frame yet. A card takes milliseconds.
pub const PATIENCE: Duration = Duration::from_secs(60);
/// How much is played before a device is used.
const SECONDS: f64 = 5.0;

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

/// Plays the beginning of a movement in which every instrument is heard, and compares.
///
/// # Errors
/// If the device fails, or lies outside of the tolerance.
pub fn probe<B: Backend<Work = Recordings>>(orchestra: &mut B) -> Result<(), ProbeError> {
    let (part, simd) = (part(), Simd::detect());
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

/// In which every instrument is heard.
fn part() -> Part {
    let rate = SampleRate::Hz44100;
    let settings =
        Settings { intensity: Level::FULL, layers: [Level::FULL; LAYERS], ..Preset::Focus.settings() };
    let timeline = Box::new(Timeline::new(settings));
    Part { seed: 11, rate, index: 0, timeline, until: Frame(rate.frames(SECONDS)).control_floor() }
}

/// The greatest difference of blocks that were checked.
fn difference(one: &[StereoBlock], other: &[StereoBlock]) -> f32 {
    let sides = |blocks: &[StereoBlock]| -> Vec<f32> {
        blocks.iter().flat_map(|block| block.left.into_iter().chain(block.right)).collect()
    };
    sides(one).into_iter().zip(sides(other)).fold(0.0, |most, (x, y)| (x - y).abs().max(most))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::score::instrument::INSTRUMENTS;

    #[test]
    fn the_probe_plays_every_instrument() {
        let mut player = Player::new(part(), 0, Simd::detect());
        let mut voices = [0; INSTRUMENTS];
        while !player.is_over() {
            let recording = player.conduct().unwrap();
            for (count, track) in voices.iter_mut().zip(&recording.tracks) {
                *count += track.voices();
            }
            player.render(Keep::Sums);
        }
        assert!(voices.iter().all(|count| *count > 0), "{voices:?}");
    }
}
