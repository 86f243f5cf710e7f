//! The hi-hat: a short burst of high-passed noise.

use crate::dsp::envelope::Adsr;
use crate::dsp::filter::StateVariable;
use crate::dsp::noise::White;
use crate::lanes::F32x8;
use crate::random::Stream;
use crate::score::Note;
use crate::time::SampleRate;
use crate::voice::bank::{Gains, Group};
use crate::voice::{LaneFrame, Moment};

/// Eight hi-hats.
#[derive(Clone, Debug)]
pub struct HiHat {
    noise: White,
    filter: StateVariable,
}

impl Default for HiHat {
    fn default() -> Self {
        Self { noise: White::new(&mut Stream::new(0, "hat noise", 0)), filter: StateVariable::default() }
    }
}

impl Group for HiHat {
    /// All that it has lies above a quarter of the rate.
    const HALVES: bool = false;

    fn start(&mut self, lane: usize, note: &Note, _: SampleRate) -> Adsr {
        let mut stream = Stream::new(note.dice, "hat", 0);
        self.filter.reset(lane);
        let decay = stream.range(0.05, 0.12);
        Adsr { attack: 0.003, decay, sustain: 0.0, release: 0.02, curve: 4.0 }
    }

    #[inline(always)]
    fn render<const N: usize>(
        &mut self,
        moment: &Moment,
        _: (F32x8, F32x8),
        gains: &mut Gains,
        out: &mut [LaneFrame; N],
    ) {
        self.filter.set(F32x8::splat(6500.0 / moment.rate.hz_f32()), F32x8::splat(0.8));
        let Self { mut noise, mut filter } = self.clone();
        for frame in out.iter_mut() {
            gains.add(filter.high(noise.sample()) * 0.5, frame);
        }
        self.noise = noise;
        self.filter = filter;
    }
}
