//! The hi-hat: a short burst of high-passed noise.

use crate::dsp::envelope::Adsr;
use crate::dsp::filter::StateVariable;
use crate::dsp::noise::White;
use crate::lanes::F32;
use crate::random::Stream;
use crate::score::Note;
use crate::time::SampleRate;
use crate::voice::bank::{Gains, Group};
use crate::voice::{LaneFrame, Moment};

/// Eight hi-hats.
#[derive(Clone, Debug)]
pub struct HiHat {
    /// What is filtered.
    pub noise: White,
    /// The top of the noise.
    pub filter: StateVariable,
}

impl Default for HiHat {
    fn default() -> Self {
        Self { noise: White::new(&mut Stream::new(0, "hat noise", 0)), filter: StateVariable::default() }
    }
}

impl Group for HiHat {
    fn start(&mut self, lane: usize, note: &Note, _: SampleRate) -> Adsr {
        let mut stream = Stream::new(note.dice, "hat", 0);
        self.noise.restart(lane, &mut stream);
        self.filter.reset(lane);
        let decay = stream.range(0.05, 0.12);
        Adsr { attack: 0.003, decay, sustain: 0.0, release: 0.02, curve: 4.0 }
    }

    #[inline(always)]
    fn render<const N: usize, const W: usize>(
        &mut self,
        moment: &Moment,
        part: usize,
        _: F32<W>,
        gains: &mut Gains<W>,
        out: &mut [LaneFrame; N],
    ) {
        let (mut noise, mut filter) = (self.noise.part(part), self.filter.part(part));
        filter.set(F32::splat(6500.0 / moment.rate.hz_f32()), F32::splat(0.8));
        for frame in out.iter_mut() {
            gains.add(filter.high(noise.sample()) * 0.5, frame);
        }
        self.noise.set_part(part, noise);
        self.filter.set_part(part, &filter);
    }
}
