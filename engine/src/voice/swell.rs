//! The swell: band-passed noise, 500 to 2000 Hz, that rises for two to four seconds and is gone.

use crate::dsp::envelope::Adsr;
use crate::dsp::filter::StateVariable;
use crate::dsp::noise::White;
use crate::lanes::{F32, F32x8};
use crate::math::exp2;
use crate::random::Stream;
use crate::score::Note;
use crate::time::SampleRate;
use crate::voice::bank::{Gains, Group};
use crate::voice::{LaneFrame, Moment};

/// Eight swells.
#[derive(Clone, Debug)]
pub struct Swell {
    /// What is filtered.
    pub noise: White,
    /// A band of the noise.
    pub filter: StateVariable,
    /// Where each sweep begins, in octaves from 500 Hz, and how far it goes while it rises.
    pub from: F32x8,
    /// See [`Self::from`].
    pub by: F32x8,
}

impl Default for Swell {
    fn default() -> Self {
        Self {
            noise: White::new(&mut Stream::new(0, "swell noise", 0)),
            filter: StateVariable::default(),
            from: F32x8::ZERO,
            by: F32x8::ZERO,
        }
    }
}

impl Group for Swell {
    const DRIFT: f32 = 0.2;

    fn start(&mut self, lane: usize, note: &Note, rate: SampleRate) -> Adsr {
        let mut stream = Stream::new(note.dice, "swell", 0);
        self.from.0[lane] = stream.range(0.0, 0.6);
        self.by.0[lane] = stream.range(0.6, 1.4);
        self.noise.restart(lane, &mut stream);
        self.filter.reset(lane);
        let seconds = rate.seconds(note.duration) as f32;
        Adsr { attack: seconds * 0.95, decay: 0.1, sustain: 0.9, release: 0.9, curve: 3.0 }
    }

    #[inline(always)]
    fn render<const N: usize, const W: usize>(
        &mut self,
        moment: &Moment,
        part: usize,
        level: F32<W>,
        gains: &mut Gains<W>,
        out: &mut [LaneFrame; N],
    ) {
        let base = libm::log2f(500.0 / moment.rate.hz_f32());
        let (mut noise, mut filter) = (self.noise.part(part), self.filter.part(part));
        filter.set(exp2(self.from.part(part) + self.by.part(part) * level + base), F32::splat(1.8));
        for frame in out.iter_mut() {
            gains.add(filter.band(noise.sample()), frame);
        }
        self.noise.set_part(part, noise);
        self.filter.set_part(part, &filter);
    }
}
