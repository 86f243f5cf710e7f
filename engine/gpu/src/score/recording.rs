//! What all voices of a movement are to do in a span.

use crate::score::instrument::{self, BELL, DRONE, GRAIN, HAT, INSTRUMENTS, KICK, LEAD, PAD, SWELL, WIND};
use crate::score::track::{CONTROL_WORDS, Track};
use auralis_engine::lanes::LANES;
use auralis_engine::mapping;
use auralis_engine::time::CONTROL;
use auralis_engine::voice::bank::Control;
use auralis_engine::voice::{Moment, Voices};

/// Words of a moment, as voice.wgsl reads them.
pub(crate) const MOMENT_WORDS: usize = 10;

/// What the voices of a movement are to do in a span, and what they remember at its beginning: all that whoever plays it needs.
#[derive(Clone, Debug, Default)]
pub struct Recording {
    intervals: usize,
    pub(crate) words: Vec<u32>,
    pub(crate) tracks: [Track; INSTRUMENTS],
}

impl Recording {
    /// Takes down what voices are to do in the control interval that comes next, and moves them on by it.
    pub fn note(&mut self, moment: &Moment, voices: &mut Voices) {
        self.words.extend(words(moment, voices));
        self.control(self.intervals, moment, voices);
        self.intervals += 1;
    }

    /// How many control intervals it has.
    #[must_use]
    pub const fn intervals(&self) -> usize {
        self.intervals
    }

    /// The voices of every instrument that sound somewhere in it, in sum.
    #[must_use]
    pub fn voices(&self) -> usize {
        self.tracks.iter().map(Track::voices).sum()
    }

    /// How many bytes go to a device for it, and how many come back, what voices remember not counted.
    #[must_use]
    pub fn bytes(&self) -> (usize, usize) {
        let (intervals, words) = (self.intervals(), size_of::<u32>());
        let instruments = self.tracks.iter().filter(|track| track.voices() > 0).count();
        let there = intervals * (self.voices() * CONTROL_WORDS + MOMENT_WORDS) * words;
        (there, intervals * CONTROL * instruments * 2 * size_of::<f32>())
    }

    fn control(&mut self, at: usize, moment: &Moment, v: &mut Voices) {
        let t = &mut self.tracks;
        let none = [0; 2];
        v.drone.control::<CONTROL>(moment, |voice, group, c| {
            t[DRONE].put(at, voice, &c, none, || instrument::drone(group, voice % LANES));
        });
        v.pad.control::<CONTROL>(moment, |voice, group, c| {
            t[PAD].put(at, voice, &c, none, || instrument::pad(group, voice % LANES));
        });
        v.lead.control::<CONTROL>(moment, |voice, group, c| {
            let lane = voice % LANES;
            let steps = [&group.carrier, &group.modulator].map(|phase| phase.step.0[lane]);
            t[LEAD].put(at, voice, &c, steps, || instrument::lead(group, lane));
        });
        v.bell.control::<CONTROL>(moment.rate, |voice, bell, c| {
            t[BELL].put(at, voice, &c, none, || instrument::bell(bell));
        });
        v.grain.control::<CONTROL>(moment, |voice, group, c| {
            t[GRAIN].put(at, voice, &c, none, || instrument::grain(group, voice % LANES));
        });
        // Wind blows from a movement's first frame on.
        let blows = Control { started: false, gains: [0.0; 2], steps: [0.0; 2], level: 1.0 };
        for voice in 0..LANES {
            t[WIND].put(at, voice, &blows, none, || instrument::wind(&v.wind, voice));
        }
        v.kick.control::<CONTROL>(moment, |voice, group, c| {
            let step = group.phase.step.0[voice % LANES];
            t[KICK].put(at, voice, &c, [step, 0], || [group.phase.position.0[voice % LANES]]);
        });
        v.swell.control::<CONTROL>(moment, |voice, group, c| {
            t[SWELL].put(at, voice, &c, none, || instrument::swell(group, voice % LANES));
        });
        v.hat.control::<CONTROL>(moment, |voice, group, c| {
            t[HAT].put(at, voice, &c, none, || instrument::hat(group, voice % LANES));
        });
    }
}

/// A moment, its words in the order of `Moment` in voice.wgsl.
fn words(moment: &Moment, voices: &Voices) -> [u32; MOMENT_WORDS] {
    let intensity = moment.controls.intensity;
    let cutoff = |hz: f32| moment.cutoff::<CONTROL>(hz);
    let [left, right] = voices.wind.sides(moment.frame);
    let hz = moment.rate.hz_f32();
    let floats = [
        moment.controls.richness,
        cutoff(mapping::drone_cutoff(intensity)),
        cutoff(mapping::pad_cutoff(intensity)),
        cutoff(mapping::lead_cutoff(intensity)),
        cutoff(mapping::noise_cutoff(intensity)),
        libm::log2f(500.0 / hz),
        6500.0 / hz,
        left,
        right,
    ];
    let mut words = [moment.frame.0 as u32; MOMENT_WORDS];
    words[1..].iter_mut().zip(floats).for_each(|(word, x)| *word = x.to_bits());
    words
}
