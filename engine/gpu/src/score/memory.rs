//! What voices remember after a span, on its way back to where they remember it.

use crate::score::instrument::{BELL, DRONE, GRAIN, HAT, KICK, LEAD, PAD, SWELL, WIND};
use auralis_engine::dsp::filter::StateVariable;
use auralis_engine::dsp::oscillator::Phase;
use auralis_engine::lanes::LANES;
use auralis_engine::voice::Voices;

/// What the voices of a movement remember, each in the words of its kernel.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    /// The instrument, the voice's number, and where its words begin.
    voices: Vec<(usize, usize, usize)>,
    words: Vec<u32>,
}

impl Memory {
    pub(crate) fn put(&mut self, instrument: usize, voice: usize, words: &[u32]) {
        self.voices.push((instrument, voice, self.words.len()));
        self.words.extend(words);
    }

    /// Has the voices of the movement remember it. What is decided at control points (steps of phases, cutoffs) they know already.
    pub fn give_back(&self, voices: &mut Voices) {
        for &(instrument, voice, from) in &self.voices {
            // Tables have as many words as the instrument says.
            remember(instrument, voice, &self.words[from..], voices);
        }
    }
}

fn phase(phase: &mut Phase, lane: usize, words: &[u32]) {
    phase.position.0[lane] = words[0];
}

fn filter(filter: &mut StateVariable, lane: usize, words: &[u32]) {
    filter.remember(lane, [words[0], words[1]].map(f32::from_bits));
}

/// The words are in the order of instrument.rs.
fn remember(instrument: usize, voice: usize, words: &[u32], v: &mut Voices) {
    let lane = voice % LANES;
    match instrument {
        DRONE => {
            let Some(drone) = v.drone.group_of(voice) else { return };
            phase(&mut drone.saws[0], lane, words);
            phase(&mut drone.saws[1], lane, &words[3..]);
            phase(&mut drone.ground, lane, &words[6..]);
            filter(&mut drone.filter, lane, &words[9..]);
        }
        PAD => {
            let Some(pad) = v.pad.group_of(voice) else { return };
            phase(&mut pad.saws[0], lane, words);
            phase(&mut pad.saws[1], lane, &words[3..]);
            phase(&mut pad.sub, lane, &words[6..]);
            filter(&mut pad.filter, lane, &words[9..]);
        }
        LEAD => {
            let Some(lead) = v.lead.group_of(voice) else { return };
            phase(&mut lead.carrier, lane, words);
            phase(&mut lead.modulator, lane, &words[3..]);
            phase(&mut lead.triangle, lane, &words[6..]);
            phase(&mut lead.vibrato, lane, &words[9..]);
            filter(&mut lead.filter, lane, &words[12..]);
        }
        BELL => {
            let Some(bell) = v.bell.bell(voice) else { return };
            for lane in 0..LANES {
                let at = lane / 4 * 24 + lane % 4;
                bell.x.0[lane] = f32::from_bits(words[at]);
                bell.y.0[lane] = f32::from_bits(words[at + 4]);
            }
        }
        GRAIN => {
            let Some(grain) = v.grain.group_of(voice) else { return };
            phase(&mut grain.phase, lane, words);
            phase(&mut grain.octave, lane, &words[3..]);
        }
        WIND => {
            v.wind.noise.state.0[lane] = words[0];
            filter(&mut v.wind.filter, lane, &words[1..]);
            v.wind.gain.0[lane] = f32::from_bits(words[14]);
        }
        KICK => {
            if let Some(kick) = v.kick.group_of(voice) {
                phase(&mut kick.phase, lane, words);
            }
        }
        SWELL => {
            let Some(swell) = v.swell.group_of(voice) else { return };
            swell.noise.state.0[lane] = words[0];
            filter(&mut swell.filter, lane, &words[1..]);
        }
        HAT => {
            let Some(hat) = v.hat.group_of(voice) else { return };
            hat.noise.state.0[lane] = words[0];
            filter(&mut hat.filter, lane, &words[1..]);
        }
        _ => {}
    }
}
