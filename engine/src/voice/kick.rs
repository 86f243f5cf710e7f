//! The kick: a sine that falls from 150 to 50 Hz within 100 ms and dies away exponentially.

use crate::dsp::envelope::Adsr;
use crate::dsp::oscillator::Phase;
use crate::lanes::{F32, LANES};
use crate::math::exp2_scalar;
use crate::score::Note;
use crate::time::{CONTROL, SampleRate};
use crate::voice::bank::{Gains, Group};
use crate::voice::{LaneFrame, Moment};
use core::ops::Range;

/// Where the fall begins and ends, in Hz.
const FROM: f32 = 150.0;
const TO: f32 = 50.0;
/// How long the fall takes, in seconds.
const FALL: f32 = 0.1;

/// Eight kicks.
#[derive(Clone, Debug, Default)]
pub struct Kick {
    /// The sine.
    pub phase: Phase,
    /// Frames since each was struck.
    age: [u32; LANES],
}

/// The frequency `age` frames after the stroke: exponentially down to [`TO`], and there it stays.
fn frequency(age: u32, rate: SampleRate) -> f32 {
    let part = (age as f32 / (FALL * rate.hz_f32())).min(1.0);
    FROM * exp2_scalar(part * libm::log2f(TO / FROM))
}

impl Group for Kick {
    fn start(&mut self, lane: usize, _: &Note, rate: SampleRate) -> Adsr {
        self.phase.position.0[lane] = 0;
        self.age[lane] = 0;
        self.phase.set_hz(lane, frequency(0, rate), rate);
        Adsr { attack: 0.002, decay: 0.5, sustain: 0.0, release: 0.1, curve: 5.0 }
    }

    #[inline(always)]
    fn tune(&mut self, moment: &Moment, lanes: Range<usize>) {
        for lane in lanes {
            if self.age[lane] as f32 <= FALL * moment.rate.hz_f32() + CONTROL as f32 {
                let hz = frequency(self.age[lane], moment.rate);
                self.phase.set_hz(lane, hz, moment.rate);
                self.age[lane] += CONTROL as u32;
            }
        }
    }

    #[inline(always)]
    fn render<const N: usize, const W: usize>(
        &mut self,
        _: &Moment,
        part: usize,
        _: F32<W>,
        gains: &mut Gains<W>,
        out: &mut [LaneFrame; N],
    ) {
        let mut phase = self.phase.part(part);
        for frame in out.iter_mut() {
            gains.add(phase.sine(), frame);
        }
        self.phase.position.set_part(part, phase.position);
    }
}
