//! `FmVCO`: a cosine whose frequency is modulated in hertz. The default voice has none.

use super::{RANGES, TURN, accumulated, hz, turn};
use auralis_engine::SampleRate;

/// The pitch of an FM oscillator: the depth is the modulation index, a factor of the note's own frequency.
#[derive(Clone, Copy, Debug)]
pub struct Fm {
    /// The note's own frequency, in hertz.
    hz: f32,
    index: f32,
    rate: SampleRate,
    start: u32,
}

impl Fm {
    /// From an oscillator's parameters ([`RANGES`]) and the key.
    #[must_use]
    pub fn new(&[tuning, index, phase]: &[f32; RANGES.len()], midi_f0: f32, rate: SampleRate) -> Self {
        Self { hz: hz(f64::from(midi_f0) + f64::from(tuning)) as f32, index, rate, start: turn(phase) }
    }

    /// The phase at every sample under a modulation at the audio rate; as [`Pitch::phases`](super::Pitch::phases).
    #[must_use]
    pub fn phases(&self, modulation: &[f32]) -> Vec<u32> {
        let highest = self.rate.hz_f32() / 2.0;
        let step = (TURN / f64::from(self.rate.hz())) as f32;
        let hz = modulation.iter().map(|m| (self.hz + self.index * self.hz * m).clamp(0.0, highest));
        accumulated(self.start, hz.map(|hz| hz * step))
    }
}
