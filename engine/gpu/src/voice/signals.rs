//! Every module's whole signal, one after the other.

use super::grid::Grid;
use super::upsample::upsample;
use super::vca::amplified;
use super::vco::sounded;
use super::voice::Voice;
use auralis_engine::lanes::{F32, U32};

/// Every signal of a voice, each under its name, in the order in which they are computed; names are those of torchsynth's modules and variables.
#[derive(Clone, Debug, Default)]
pub struct Signals {
    /// Signals at the control rate.
    pub control: Vec<(&'static str, Vec<f32>)>,
    /// Signals at the audio rate; the last, "mixer", is the voice's output.
    pub audio: Vec<(&'static str, Vec<f32>)>,
}

impl Signals {
    /// What is heard, -1 ..= 1.
    #[must_use]
    pub fn output(&self) -> &[f32] {
        self.audio.last().map_or(&[], |(_, signal)| signal)
    }

    /// The signal of a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&[f32]> {
        let mut all = self.control.iter().chain(&self.audio);
        all.find(|(n, _)| *n == name).map(|(_, signal)| signal.as_slice())
    }
}

/// The names of the signals at the control rate.
const CONTROL: [&str; 15] = [
    "lfo_1_rate_adsr",
    "lfo_2_rate_adsr",
    "lfo_1_amp_adsr",
    "lfo_2_amp_adsr",
    "lfo_1",
    "lfo_2",
    "lfo_1_vca",
    "lfo_2_vca",
    "adsr_1",
    "adsr_2",
    "vco_1_pitch",
    "vco_1_amp",
    "vco_2_pitch",
    "vco_2_amp",
    "noise_amp",
];

/// Their names once they are at the audio rate.
const UPSAMPLED: [&str; 5] = [
    "vco_1_pitch_upsampled",
    "vco_1_amp_upsampled",
    "vco_2_pitch_upsampled",
    "vco_2_amp_upsampled",
    "noise_amp_upsampled",
];

impl Voice {
    /// Every module's signal.
    #[must_use]
    pub fn signals(&self, grid: &Grid) -> Signals {
        let mut control = CONTROL.map(|name| (name, Vec::with_capacity(grid.controls())));
        let mut phases = self.lfo_starts();
        for k in 0..grid.controls() {
            let c = self.controls::<1>(k as f32, &mut phases);
            let pairs = [c.lfo_rates, c.lfo_levels, c.lfos, c.levelled_lfos, c.adsrs];
            let values = pairs.into_iter().flatten().chain(c.modulations);
            control.iter_mut().zip(values).for_each(|((_, signal), value)| signal.push(value.0[0]));
        }
        let upsampled: [_; 5] = std::array::from_fn(|i| upsample(&control[10 + i].1, grid));
        let [pitch_1, level_1, pitch_2, level_2, level_3] = &upsampled;
        let vco_1 = sounded(&self.vco_1, &self.pitches[0].phases(pitch_1));
        let vco_2 = sounded(&self.vco_2, &self.pitches[1].phases(pitch_2));
        let noise: Vec<f32> = (0..grid.frames() as u32).map(|n| self.noise.at(U32([n])).0[0]).collect();
        let vca = |signal: &[f32], level: &[f32]| -> Vec<f32> {
            signal.iter().zip(level).map(|(x, y)| amplified(F32([*x]), F32([*y])).0[0]).collect()
        };
        let vcas = [vca(&vco_1, level_1), vca(&vco_2, level_2), vca(&noise, level_3)];
        let mixer = self.mixer.mixed([&vcas[0], &vcas[1], &vcas[2]]);
        let mut audio: Vec<_> = UPSAMPLED.into_iter().zip(upsampled).collect();
        audio.extend([("vco_1", vco_1), ("vco_2", vco_2), ("noise", noise)]);
        audio.extend(["vco_1_vca", "vco_2_vca", "noise_vca"].into_iter().zip(vcas));
        audio.push(("mixer", mixer));
        Signals { control: control.into(), audio }
    }
}
