//! The instruments that have a kernel, and what a voice of each remembers: its words are in the order of `Voice` in the kernel.

use auralis_engine::Layer;
use auralis_engine::dsp::filter::StateVariable;
use auralis_engine::dsp::oscillator::Phase;
use auralis_engine::lanes::{F32x8, LANES};
use auralis_engine::voice::bell::Bell;
use auralis_engine::voice::drone::Drone;
use auralis_engine::voice::grain::Grain;
use auralis_engine::voice::hat::HiHat;
use auralis_engine::voice::lead::Lead;
use auralis_engine::voice::noise::Wind;
use auralis_engine::voice::pad::Pad;
use auralis_engine::voice::swell::Swell;

/// What is known of an instrument.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Instrument {
    /// The kernel.
    pub(crate) text: &'static str,
    /// Where it is heard.
    pub(crate) layer: Layer,
    /// How many words each remembers.
    pub(crate) words: usize,
}

macro_rules! instrument {
    ($name:literal, $layer:ident, $words:expr) => {
        Instrument {
            text: include_str!(concat!(env!("OUT_DIR"), "/voice_", $name, ".wgsl")),
            layer: Layer::$layer,
            words: $words,
        }
    };
}

/// How many instruments there are.
pub(crate) const INSTRUMENTS: usize = 9;
pub(crate) const DRONE: usize = 0;
pub(crate) const PAD: usize = 1;
pub(crate) const LEAD: usize = 2;
pub(crate) const BELL: usize = 3;
pub(crate) const GRAIN: usize = 4;
pub(crate) const WIND: usize = 5;
pub(crate) const KICK: usize = 6;
pub(crate) const SWELL: usize = 7;
pub(crate) const HAT: usize = 8;

/// All of them.
pub(crate) const ALL: [Instrument; INSTRUMENTS] = [
    instrument!("drone", Drone, 17),
    instrument!("pad", Pad, 18),
    instrument!("lead", Lead, 20),
    instrument!("bell", Bell, 48),
    instrument!("grain", Grains, 7),
    instrument!("noise", Noise, 15),
    instrument!("kick", Percussion, 1),
    instrument!("swell", Percussion, 9),
    instrument!("hat", Percussion, 7),
];

fn filter(filter: &StateVariable, lane: usize) -> [u32; 6] {
    let [band, low] = filter.memory(lane).map(f32::to_bits);
    // What the cutoff decides is decided anew in every interval.
    [band, low, 0, 0, 0, 0]
}

fn phase(phase: &Phase, lane: usize) -> [u32; 3] {
    [phase.position.0[lane], phase.step.0[lane], phase.half_period.0[lane].to_bits()]
}

fn joined<const N: usize>(parts: &[&[u32]]) -> [u32; N] {
    let mut words = [0; N];
    words.iter_mut().zip(parts.iter().copied().flatten()).for_each(|(word, part)| *word = *part);
    words
}

pub(crate) fn drone(drone: &Drone, lane: usize) -> [u32; 17] {
    let [a, b] = &drone.saws;
    let lfo = [drone.lfo_step.0[lane], drone.lfo_offset.0[lane]];
    joined(&[
        &phase(a, lane),
        &phase(b, lane),
        &phase(&drone.ground, lane),
        &filter(&drone.filter, lane),
        &lfo,
    ])
}

pub(crate) fn pad(pad: &Pad, lane: usize) -> [u32; 18] {
    let [a, b] = &pad.saws;
    let rest = [pad.tracking.0[lane].to_bits(), pad.lfo_step.0[lane], pad.lfo_offset.0[lane]];
    joined(&[&phase(a, lane), &phase(b, lane), &phase(&pad.sub, lane), &filter(&pad.filter, lane), &rest])
}

pub(crate) fn lead(lead: &Lead, lane: usize) -> [u32; 20] {
    let [carrier, modulator, triangle, vibrato] =
        [&lead.carrier, &lead.modulator, &lead.triangle, &lead.vibrato].map(|p| phase(p, lane));
    let rest = [lead.index.0[lane].to_bits(), lead.tracking.0[lane].to_bits()];
    joined(&[&carrier, &modulator, &triangle, &vibrato, &filter(&lead.filter, lane), &rest])
}

/// A bell with all its partials.
pub(crate) fn bell(bell: &Bell) -> [u32; 48] {
    let lanes = [bell.x, bell.y, bell.cos, bell.sin, bell.left, bell.right];
    let mut words = [0; 48];
    for half in 0..2 {
        for (field, F32x8 { 0: values }) in lanes.iter().enumerate() {
            for lane in 0..4 {
                words[half * 24 + field * 4 + lane] = values[half * 4 + lane].to_bits();
            }
        }
    }
    words
}

pub(crate) fn grain(grain: &Grain, lane: usize) -> [u32; 7] {
    joined(&[&phase(&grain.phase, lane), &phase(&grain.octave, lane), &[grain.colour.0[lane].to_bits()]])
}

/// A band of wind: the first four are on the left.
pub(crate) fn wind(wind: &Wind, lane: usize) -> [u32; 15] {
    let [centre, level] = [0, 1].map(|n| [wind.lfo_step[n].0[lane], wind.lfo_offset[n].0[lane]]);
    let sides = if lane < LANES / 2 { [1.0_f32, 0.0] } else { [0.0, 1.0] }.map(f32::to_bits);
    let (noise, place) = ([wind.noise.state.0[lane]], [wind.place.0[lane].to_bits()]);
    joined(&[
        &noise,
        &filter(&wind.filter, lane),
        &place,
        &centre,
        &level,
        &sides,
        &[wind.gain.0[lane].to_bits()],
    ])
}

pub(crate) fn swell(swell: &Swell, lane: usize) -> [u32; 9] {
    let sweep = [swell.from, swell.by].map(|x| x.0[lane].to_bits());
    joined(&[&[swell.noise.state.0[lane]], &filter(&swell.filter, lane), &sweep])
}

pub(crate) fn hat(hat: &HiHat, lane: usize) -> [u32; 7] {
    joined(&[&[hat.noise.state.0[lane]], &filter(&hat.filter, lane)])
}
