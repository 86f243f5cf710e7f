//! The drone: two saws a few cents apart and a pure fundamental, behind a low, slow low-pass.

use crate::dsp::envelope::Adsr;
use crate::dsp::filter::StateVariable;
use crate::dsp::lfo::sines;
use crate::dsp::oscillator::Phase;
use crate::lanes::{F32, U32x8};
use crate::mapping;
use crate::math::{exp2, exp2_scalar, midi_hz};
use crate::random::Stream;
use crate::score::Note;
use crate::time::{CONTROL, SampleRate};
use crate::voice::bank::{Gains, Group};
use crate::voice::{LaneFrame, Moment};

/// Eight drone voices.
#[derive(Clone, Debug, Default)]
pub struct Drone {
    /// Two saws, a few cents apart.
    pub saws: [Phase; 2],
    /// The fundamental.
    pub ground: Phase,
    /// Behind the saws.
    pub filter: StateVariable,
    /// By how much the phase of the cutoff's LFO moves each frame.
    pub lfo_step: U32x8,
    /// Where that was at frame 0.
    pub lfo_offset: U32x8,
}

impl Group for Drone {
    fn start(&mut self, lane: usize, note: &Note, rate: SampleRate) -> Adsr {
        let mut stream = Stream::new(note.dice, "drone", 0);
        let hz = midi_hz(f32::from(note.pitch));
        let detune = exp2_scalar(stream.range(2.5, 5.0) / 1200.0);
        self.saws[0].set_hz(lane, hz * detune, rate);
        self.saws[1].set_hz(lane, hz / detune, rate);
        self.ground.set_hz(lane, hz, rate);
        for phase in self.saws.iter_mut().chain([&mut self.ground]) {
            phase.position.0[lane] = stream.next_u32();
        }
        self.filter.reset(lane);
        self.lfo_step.0[lane] = rate.phase_step(stream.range(0.05, 0.11));
        self.lfo_offset.0[lane] = stream.next_u32();
        Adsr { attack: 4.5, decay: 3.0, sustain: 0.85, release: 8.0, curve: 2.5 }
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
        let base = moment.cutoff::<N>(mapping::drone_cutoff(moment.controls.intensity));
        let lfo = sines(moment.frame, self.lfo_step.part(part), self.lfo_offset.part(part));
        let mut filter = self.filter.part(part);
        filter.set(exp2(lfo * 0.6 + base).min(F32::splat(0.25)), F32::splat(0.9));
        let [mut a, mut b, mut ground] = [&self.saws[0], &self.saws[1], &self.ground].map(|p| p.part(part));
        let rich = F32::splat(moment.controls.richness);
        if N == CONTROL {
            // From 0.75 of one saw to 0.35 of each of two.
            let gain = F32::splat(0.75) - rich * 0.4;
            let pure = rich * 0.3;
            for frame in out.iter_mut() {
                let tone = (a.saw() + b.saw() * rich) * gain;
                gains.add(filter.low(tone) + ground.sine() * pure, frame);
            }
        } else {
            let mut saw = a.doubled();
            for frame in out.iter_mut() {
                let tone = saw.saw() * 0.75;
                gains.add(filter.low(tone), frame);
            }
            a.position = saw.position;
        }
        self.saws[0].position.set_part(part, a.position);
        self.saws[1].position.set_part(part, b.position);
        self.ground.position.set_part(part, ground.position);
        self.filter.set_part(part, &filter);
    }
}
