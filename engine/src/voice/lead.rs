//! The lead: a frequency-modulated sine with a soft triangle under it; it glides into its notes and sings with a little vibrato.

use crate::dsp::envelope::Adsr;
use crate::dsp::filter::StateVariable;
use crate::dsp::oscillator::{Phase, fm_index_limit};
use crate::lanes::{F32, F32x8, LANES};
use crate::mapping;
use crate::math::{exp2, exp2_scalar, midi_hz};
use crate::random::Stream;
use crate::score::Note;
use crate::time::{CONTROL, SampleRate};
use crate::voice::bank::{Gains, Group};
use crate::voice::{LaneFrame, Moment};
use core::ops::Range;

/// Eight lead voices.
#[derive(Clone, Debug, Default)]
pub struct Lead {
    /// The sine that is heard, which the modulator pushes, an octave above it.
    pub carrier: Phase,
    /// See [`Self::carrier`].
    pub modulator: Phase,
    /// What sounds under it.
    pub triangle: Phase,
    /// What pushes the carrier too, slowly.
    pub vibrato: Phase,
    /// Behind all of it, at full quality.
    pub filter: StateVariable,
    /// The modulation index at full level, in turns, and what half the rate bears of it.
    pub index: F32x8,
    index_halved: F32x8,
    /// How far each lane's cutoff follows its pitch, in octaves.
    pub tracking: F32x8,
    hz: [f32; LANES],
    /// How far below (or above) its pitch each lane still is, in octaves, and what remains of that after a control interval.
    off: [f32; LANES],
    keep: [f32; LANES],
    /// The pitch that was played last, from which the next note glides.
    last: f32,
}

impl Lead {
    fn pitch(&mut self, lane: usize, rate: SampleRate) {
        let hz = self.hz[lane] * exp2_scalar(self.off[lane]);
        self.carrier.set_hz(lane, hz, rate);
        self.modulator.set_hz(lane, hz * 2.0, rate);
        self.triangle.set_hz(lane, hz, rate);
    }
}

impl Group for Lead {
    const DRIFT: f32 = 0.1;

    fn start(&mut self, lane: usize, note: &Note, rate: SampleRate) -> Adsr {
        let mut stream = Stream::new(note.dice, "lead", 0);
        let pitch = f32::from(note.pitch);
        let hz = midi_hz(pitch);
        self.hz[lane] = hz;
        // A glide of 5 to 50 ms, from at most a fourth away; its time constant is a third of that.
        let interval = if self.last > 0.0 { (self.last - pitch).clamp(-5.0, 5.0) } else { 0.0 };
        self.off[lane] = interval / 12.0;
        let glide = stream.range(0.005, 0.05) / 3.0;
        self.keep[lane] =
            exp2_scalar(-(CONTROL as f32) * core::f32::consts::LOG2_E / (glide * rate.hz_f32()));
        self.last = pitch;
        self.pitch(lane, rate);
        self.vibrato.set_hz(lane, stream.range(4.3, 5.4), rate);
        for phase in [&mut self.carrier, &mut self.modulator, &mut self.triangle, &mut self.vibrato] {
            phase.position.0[lane] = stream.next_u32();
        }
        let index = stream.range(0.05, 0.14);
        let limit = |rate_hz: f32| fm_index_limit(hz, hz * 2.0, rate_hz) / core::f32::consts::TAU;
        self.index.0[lane] = index.min(limit(rate.hz_f32()));
        self.index_halved.0[lane] = index.min(limit(rate.hz_f32() * 0.5));
        self.tracking.0[lane] = (pitch - 69.0) * (0.5 / 12.0);
        self.filter.reset(lane);
        Adsr { attack: 0.05, decay: 0.1, sustain: 0.8, release: 0.2, curve: 3.0 }
    }

    #[inline(always)]
    fn tune(&mut self, moment: &Moment, lanes: Range<usize>) {
        for lane in lanes {
            if self.off[lane] != 0.0 {
                self.off[lane] *= self.keep[lane];
                if self.off[lane] * self.off[lane] < 1e-9 {
                    self.off[lane] = 0.0;
                }
                self.pitch(lane, moment.rate);
            }
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
        let base = moment.cutoff::<N>(mapping::lead_cutoff(moment.controls.intensity)) - 0.3;
        let cutoff = exp2(self.tracking.part(part) + level * 0.5 + base);
        let mut filter = self.filter.part(part);
        filter.set(cutoff.min(F32::splat(0.27)), F32::splat(0.75));
        let phases = [&self.carrier, &self.modulator, &self.triangle, &self.vibrato];
        let [mut carrier, mut modulator, mut triangle, mut vibrato] = phases.map(|p| p.part(part));
        let index = if N == CONTROL { self.index.part(part) } else { self.index_halved.part(part) } * level;
        if N == CONTROL {
            let rich = F32::splat(moment.controls.richness);
            let (under, vibration) = (rich * 0.3, rich * 0.06);
            // On the way to reduced quality, which has no filter, the filtered sound gives way to the plain one.
            let plain = (F32::splat(1.0) - rich) * 0.5;
            for frame in out.iter_mut() {
                let push = modulator.sine() * index + vibrato.sine() * vibration;
                let sine = carrier.sine_pushed(push);
                let tone = filter.low(sine * 0.5 + triangle.triangle() * under);
                gains.add(tone * rich + sine * plain, frame);
            }
        } else {
            let (mut fast, mut faster) = (carrier.doubled(), modulator.doubled());
            for frame in out.iter_mut() {
                let push = faster.sine() * index;
                gains.add(fast.sine_pushed(push) * 0.5, frame);
            }
            carrier.position = fast.position;
            modulator.position = faster.position;
        }
        self.carrier.position.set_part(part, carrier.position);
        self.modulator.position.set_part(part, modulator.position);
        self.triangle.position.set_part(part, triangle.position);
        self.vibrato.position.set_part(part, vibrato.position);
        self.filter.set_part(part, &filter);
    }
}
