//! Grains: sines of a tenth of a second or so, with a soft beginning and end.

use crate::dsp::envelope::Adsr;
use crate::dsp::oscillator::Phase;
use crate::lanes::{F32, F32x8};
use crate::math::midi_hz;
use crate::random::Stream;
use crate::score::Note;
use crate::time::{CONTROL, SampleRate};
use crate::voice::bank::{Gains, Group};
use crate::voice::{LaneFrame, Moment};

/// Eight grains.
#[derive(Clone, Debug, Default)]
pub struct Grain {
    /// The tone.
    pub phase: Phase,
    /// Its octave.
    pub octave: Phase,
    /// How much of the octave sounds along.
    pub colour: F32x8,
}

impl Group for Grain {
    fn start(&mut self, lane: usize, note: &Note, rate: SampleRate) -> Adsr {
        let mut stream = Stream::new(note.dice, "grain", 0);
        let hz = midi_hz(f32::from(note.pitch) + stream.signed() * 0.06);
        self.phase.set_hz(lane, hz, rate);
        self.octave.set_hz(lane, hz * 2.0, rate);
        self.phase.position.0[lane] = stream.next_u32();
        self.octave.position.0[lane] = stream.next_u32();
        self.colour.0[lane] = stream.range(0.0, 0.35);
        let seconds = rate.seconds(note.duration) as f32;
        Adsr { attack: seconds * 0.5, decay: seconds * 0.5, sustain: 0.6, release: seconds * 1.2, curve: 2.0 }
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
        let [mut phase, mut octave] = [&self.phase, &self.octave].map(|p| p.part(part));
        if N == CONTROL {
            let colour = self.colour.part(part) * moment.controls.richness;
            for frame in out.iter_mut() {
                gains.add(phase.sine() + octave.sine() * colour, frame);
            }
        } else {
            let mut fast = phase.doubled();
            for frame in out.iter_mut() {
                gains.add(fast.sine(), frame);
            }
            phase.position = fast.position;
        }
        self.phase.position.set_part(part, phase.position);
        self.octave.position.set_part(part, octave.position);
    }
}
