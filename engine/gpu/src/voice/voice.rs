//! `Voice`: which module goes where.

use super::adsr::Adsr;
use super::audio_mixer::AudioMixer;
use super::keyboard::Keyboard;
use super::lfo::Lfo;
use super::modulation_mixer::{ModulationMixer, OUTPUTS};
use super::noise::Noise;
use super::parameters::Parameters;
use super::vca::amplified;
use super::vco::{Pitch, Sine, SquareSaw};
use auralis_engine::SampleRate;
use auralis_engine::lanes::F32;

/// A voice that is ready to sound: its parameters as each module wants them.
#[derive(Clone, Debug)]
pub struct Voice {
    lfo_rates: [Adsr; 2],
    lfo_levels: [Adsr; 2],
    lfos: [Lfo; 2],
    adsrs: [Adsr; 2],
    matrix: ModulationMixer,
    /// The pitches of sine and square-saw.
    pub pitches: [Pitch; 2],
    /// The shape of the first oscillator.
    pub vco_1: Sine,
    /// The shape of the second oscillator.
    pub vco_2: SquareSaw,
    /// The third source.
    pub noise: Noise,
    /// How loud each source is.
    pub mixer: AudioMixer,
}

/// How many words a kernel takes of a voice: six envelopes, two LFOs, the matrix, two pitches, two waves, the noise, the levels.
#[cfg(feature = "wgpu")]
pub(crate) const WORDS: usize = 6 * 7 + 2 * 8 + 20 + 2 * 5 + 9 + 2 + 3;

/// What the modules at the control rate give, at some successive control samples.
#[derive(Clone, Copy, Debug)]
pub struct Controls<const L: usize> {
    /// The envelopes of the LFOs' frequencies.
    pub lfo_rates: [F32<L>; 2],
    /// The envelopes of the LFOs' levels.
    pub lfo_levels: [F32<L>; 2],
    /// The LFOs, before their levels.
    pub lfos: [F32<L>; 2],
    /// The LFOs at their levels.
    pub levelled_lfos: [F32<L>; 2],
    /// The envelopes of the sources.
    pub adsrs: [F32<L>; 2],
    /// What goes to the sources: `vco_1_pitch`, `vco_1_amp`, `vco_2_pitch`, `vco_2_amp`, `noise_amp`.
    pub modulations: [F32<L>; OUTPUTS],
}

impl Voice {
    /// A voice with these parameters and this noise.
    #[must_use]
    pub fn new(parameters: &Parameters, rate: SampleRate, noise: Noise) -> Self {
        let p = parameters;
        let Keyboard { midi_f0, duration } = Keyboard::new(p.keyboard());
        let adsr = |parameters| Adsr::new(parameters, duration);
        let [tuning, depth, phase, _] = *p.vco_2();
        Self {
            lfo_rates: [adsr(p.lfo_1_rate_adsr()), adsr(p.lfo_2_rate_adsr())],
            lfo_levels: [adsr(p.lfo_1_amp_adsr()), adsr(p.lfo_2_amp_adsr())],
            lfos: [Lfo::new(p.lfo_1()), Lfo::new(p.lfo_2())],
            adsrs: [adsr(p.adsr_1()), adsr(p.adsr_2())],
            matrix: ModulationMixer::new(p.mod_matrix()),
            pitches: [
                Pitch::new(p.vco_1(), midi_f0, rate),
                Pitch::new(&[tuning, depth, phase], midi_f0, rate),
            ],
            vco_1: Sine,
            vco_2: SquareSaw::new(p.vco_2(), midi_f0),
            noise,
            mixer: AudioMixer::new(p.mixer()),
        }
    }

    /// All that a kernel needs, in the order of `Voice` in voice.wgsl.
    #[cfg(feature = "wgpu")]
    pub(crate) fn words(&self) -> [u32; WORDS] {
        let ([sin, cos], square) = self.vco_2.figures();
        let adsrs = [self.lfo_rates, self.lfo_levels, self.adsrs].into_iter().flatten();
        let words = (adsrs.flat_map(|adsr| adsr.figures().map(f32::to_bits)))
            .chain(self.lfos.into_iter().flat_map(|lfo| lfo.figures()))
            .chain(self.matrix.figures().map(f32::to_bits))
            .chain(self.pitches.into_iter().flat_map(|pitch| pitch.figures()))
            .chain([sin, cos].into_iter().flatten().chain([square]).map(f32::to_bits))
            .chain(self.noise.keys())
            .chain(self.mixer.levels.map(f32::to_bits));
        let mut out = [0; WORDS];
        out.iter_mut().zip(words).for_each(|(out, word)| *out = word);
        out
    }

    /// Where the phases of the LFOs begin.
    #[must_use]
    pub fn lfo_starts(&self) -> [u32; 2] {
        self.lfos.map(|lfo| lfo.start)
    }

    /// The modules at the control rate, at successive control samples from `k` on; the LFOs' phases go on to the last of them.
    #[inline(always)]
    #[must_use]
    pub fn controls<const L: usize>(&self, k: f32, phases: &mut [u32; 2]) -> Controls<L> {
        let mut out = Controls {
            lfo_rates: [F32::ZERO; 2],
            lfo_levels: [F32::ZERO; 2],
            lfos: [F32::ZERO; 2],
            levelled_lfos: [F32::ZERO; 2],
            adsrs: [F32::ZERO; 2],
            modulations: [F32::ZERO; OUTPUTS],
        };
        for i in 0..2 {
            out.lfo_rates[i] = self.lfo_rates[i].at(k);
            out.lfo_levels[i] = self.lfo_levels[i].at(k);
            let phase = Lfo::phases(&mut phases[i], self.lfos[i].steps(out.lfo_rates[i]));
            out.lfos[i] = self.lfos[i].at(phase);
            out.levelled_lfos[i] = amplified(out.lfos[i], out.lfo_levels[i]);
            out.adsrs[i] = self.adsrs[i].at(k);
        }
        let [lfo_1, lfo_2] = out.levelled_lfos;
        out.modulations = self.matrix.mixed([out.adsrs[0], out.adsrs[1], lfo_1, lfo_2]);
        out
    }
}
