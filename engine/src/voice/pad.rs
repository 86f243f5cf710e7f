//! The pad: two detuned saws and a sine an octave below, behind a low-pass that breathes.

use crate::dsp::envelope::Adsr;
use crate::dsp::filter::StateVariable;
use crate::dsp::lfo::sines;
use crate::dsp::oscillator::Phase;
use crate::lanes::{F32, F32x8, U32x8};
use crate::mapping;
use crate::math::{exp2, exp2_scalar, midi_hz};
use crate::random::Stream;
use crate::score::Note;
use crate::time::{CONTROL, SampleRate};
use crate::voice::bank::{Gains, Group};
use crate::voice::{LaneFrame, Moment};

/// Eight pad voices.
#[derive(Clone, Debug, Default)]
pub struct Pad {
    /// Two saws, a few cents apart.
    pub saws: [Phase; 2],
    /// A sine an octave below.
    pub sub: Phase,
    /// Behind all three.
    pub filter: StateVariable,
    /// How far each lane's cutoff follows its pitch, in octaves.
    pub tracking: F32x8,
    /// By how much the phase of the cutoff's LFO moves each frame.
    pub lfo_step: U32x8,
    /// Where that was at frame 0.
    pub lfo_offset: U32x8,
}

impl Group for Pad {
    const DRIFT: f32 = 0.16;

    fn start(&mut self, lane: usize, note: &Note, rate: SampleRate) -> Adsr {
        let mut stream = Stream::new(note.dice, "pad", 0);
        let hz = midi_hz(f32::from(note.pitch));
        // 5 to 9 cents either way.
        let detune = exp2_scalar(stream.range(5.0, 9.0) / 1200.0);
        self.saws[0].set_hz(lane, hz * detune, rate);
        self.saws[1].set_hz(lane, hz / detune, rate);
        self.sub.set_hz(lane, hz * 0.5, rate);
        for phase in self.saws.iter_mut().chain([&mut self.sub]) {
            phase.position.0[lane] = stream.next_u32();
        }
        self.filter.reset(lane);
        self.tracking.0[lane] = (f32::from(note.pitch) - 69.0) * (0.4 / 12.0);
        self.lfo_step.0[lane] = rate.phase_step(stream.range(0.05, 0.15));
        self.lfo_offset.0[lane] = stream.next_u32();
        Adsr {
            attack: stream.range(1.8, 3.2),
            decay: 2.5,
            sustain: 0.7,
            release: stream.range(3.5, 5.5),
            curve: 3.0,
        }
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
        let base = moment.cutoff::<N>(mapping::pad_cutoff(moment.controls.intensity)) - 0.4;
        let lfo = sines(moment.frame, self.lfo_step.part(part), self.lfo_offset.part(part));
        let cutoff = exp2(self.tracking.part(part) + lfo * 0.45 + level * 0.8 + base);
        let mut filter = self.filter.part(part);
        // At half the rate, aliases lie from 6 kHz on: the filter stays below.
        let most = if N == CONTROL { 0.25 } else { 0.2 };
        filter.set(cutoff.min(F32::splat(most)), F32::splat(0.8));
        let [mut a, mut b, mut sub] = [&self.saws[0], &self.saws[1], &self.sub].map(|p| p.part(part));
        let rich = F32::splat(moment.controls.richness);
        if N == CONTROL {
            let gain = F32::splat(0.42) - rich * 0.12;
            let under = rich * 0.22;
            for frame in out.iter_mut() {
                let tone = (a.saw() + b.saw() * rich) * gain + sub.sine() * under;
                gains.add(filter.low(tone), frame);
            }
        } else {
            let mut saw = a.doubled();
            for frame in out.iter_mut() {
                let tone = saw.saw() * 0.42;
                gains.add(filter.low(tone), frame);
            }
            a.position = saw.position;
        }
        self.saws[0].position.set_part(part, a.position);
        self.saws[1].position.set_part(part, b.position);
        self.sub.position.set_part(part, sub.position);
        self.filter.set_part(part, &filter);
    }
}
