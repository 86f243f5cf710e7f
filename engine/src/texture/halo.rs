//! A halo: what surrounds a chord at rich quality. Some thousand partials that bloom one after the other and swell at their own rates, and a
//! cloud of grains that goes on for as long as the chord does.
//!
//! Each partial and each grain is a function of the halo and its own number, so that a halo can be heard from any moment, and be
//! rendered ahead by anyone who knows its [`Ground`].

use super::{Bank, Cloud, Grain, Partial, Texture};
use crate::cpu::Simd;
use crate::math::{exp2_scalar, midi_hz};
use crate::mix::StereoBlock;
use crate::random::Stream;
use crate::time::{CONTROL, Frame, SampleRate};

/// How many partials there are, and how many control intervals lie between the beginnings of two.
pub const PARTIALS: u64 = 1024;
const BLOOM: u64 = 2;
/// How long partials rise, in seconds, at least and at most.
const RISE: (f32, f32) = (1.0, 5.0);
/// How long they swell, in seconds: from one crest to the next.
const SWELL: (f32, f32) = (7.0, 31.0);
/// For how many control intervals they stay: longer than a movement.
const STAY: u32 = 1 << 18;
/// The lowest and the highest pitch of a fundamental, in MIDI notes, and how far they are spread, in notes.
const PITCHES: (f32, f32) = (45.0, 84.0);
const SPREAD: f32 = 0.09;
/// How often each harmonic is taken.
const HARMONICS: [f32; 6] = [1.0, 0.55, 0.35, 0.2, 0.12, 0.08];
/// What is above this frequency in hertz is taken an octave lower.
const HIGHEST: f32 = 7000.0;
/// How loud a partial of [`PITCHES`]'s lowest pitch is; each octave above is quieter by this factor.
const LEVEL: f32 = 0.011;
const OCTAVE: f32 = 0.62;

/// How many grains a page of the cloud has, and for how many control intervals it goes on.
const GRAINS: u64 = 512;
const PAGE: u64 = 1378;
/// How long grains are, in control intervals: less than half a page.
const GRAIN: (u32, u32) = (40, 280);
/// Their pitches, in MIDI notes.
const GRAIN_PITCHES: (f32, f32) = (69.0, 98.0);
const GRAIN_LEVEL: f32 = 0.06;
/// How many of them are bands of noise.
const AIRY: f32 = 0.2;

/// What a halo is a function of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ground {
    /// What is left to chance.
    pub dice: u64,
    /// When it begins, on the control grid.
    pub begin: Frame,
    /// The chord's pitch classes, as twelve bits (bit 0 = C).
    pub chord: u16,
}

impl Ground {
    /// A number that tells it from every other.
    #[must_use]
    pub fn print(&self) -> u64 {
        Stream::new(self.dice ^ self.begin.0, "print", u64::from(self.chord)).next_u64()
    }

    /// The chord's note at or above a pitch.
    fn note(&self, pitch: f32) -> f32 {
        let from = pitch as u32;
        (from..from + 12).find(|note| self.chord & (1 << (note % 12)) != 0).unwrap_or(from) as f32
    }

    #[cold]
    fn partial(&self, index: u64, rate: SampleRate) -> Partial {
        let mut stream = Stream::new(self.dice, "partial", index);
        let pitch = self.note(stream.range(PITCHES.0, PITCHES.1)) + stream.signed() * stream.unit() * SPREAD;
        let harmonic = stream.weighted(&HARMONICS) as f32 + 1.0;
        let mut hz = midi_hz(pitch) * harmonic;
        while hz > HIGHEST {
            hz *= 0.5;
        }
        let octaves = (pitch - PITCHES.0) / 12.0;
        let loud = exp2_scalar(octaves * libm::log2f(OCTAVE)) / harmonic * stream.range(0.5, 1.0);
        let intervals = |seconds: f32| seconds * rate.hz_f32() / CONTROL as f32;
        Partial {
            hz: f64::from(hz),
            phase: stream.next_u32(),
            level: LEVEL * loud,
            pan: stream.signed() * 0.95,
            begin: self.begin + index * BLOOM * CONTROL as u64,
            rise: intervals(stream.range(RISE.0, RISE.1)) as u32,
            hold: STAY,
            fall: 1,
            swell: (4_294_967_296.0 / intervals(stream.range(SWELL.0, SWELL.1))) as u32,
            swell_phase: stream.next_u32(),
            depth: stream.range(0.6, 1.0),
        }
    }

    #[cold]
    fn grain(&self, page: u64, index: u64) -> Grain {
        let mut stream = Stream::new(self.dice, "grain", page * GRAINS + index);
        let begin = page * PAGE + ((index as f32 + stream.unit()) * (PAGE as f32 / GRAINS as f32)) as u64;
        let pitch = self.note(stream.range(GRAIN_PITCHES.0, GRAIN_PITCHES.1)) + stream.signed() * 0.1;
        Grain {
            begin: self.begin + begin * CONTROL as u64,
            length: GRAIN.0 + stream.below(GRAIN.1 - GRAIN.0),
            hz: f64::from(midi_hz(pitch)),
            phase: stream.next_u32(),
            level: GRAIN_LEVEL * stream.range(0.2, 1.0) * exp2_scalar((GRAIN_PITCHES.0 - pitch) / 24.0),
            pan: stream.signed(),
            noise: if stream.chance(AIRY) { stream.range(0.2, 0.8) } else { 0.0 },
            narrow: 2 + stream.below(3),
            seed: stream.next_u32(),
        }
    }

    /// Its first control interval.
    const fn first(&self) -> u64 {
        self.begin.0 / CONTROL as u64
    }

    /// All of it that can sound in some control intervals, as textures of their own. Allocates.
    #[must_use]
    pub fn textures(&self, rate: SampleRate, control: u64, intervals: u64) -> (Bank, Cloud) {
        let since = |control: u64| control.saturating_sub(self.first());
        let mut bank = Bank::with_room(PARTIALS as usize);
        bank.clear(self.begin);
        for index in 0..PARTIALS.min(since(control + intervals).div_ceil(BLOOM)) {
            // What this makes is within the ranges; what were not would be silent.
            let _ = bank.push(&self.partial(index, rate), rate);
        }
        // Grains of the page before may ring on.
        let pages = (since(control) / PAGE).saturating_sub(1)..=since(control + intervals) / PAGE;
        let mut cloud = Cloud::default();
        cloud.clear(self.begin);
        for page in pages {
            for index in 0..GRAINS {
                let _ = cloud.push(&self.grain(page, index), rate);
            }
        }
        (bank, cloud)
    }
}

/// A page of the cloud, as far as it has been reached.
#[derive(Clone, Debug)]
struct Page {
    index: u64,
    cloud: Cloud,
}

/// A halo that sounds, from its beginning on.
#[derive(Clone, Debug)]
pub struct Halo {
    ground: Ground,
    rate: SampleRate,
    bank: Bank,
    /// The page that is reached, and the one before; page p lies at p modulo 2.
    pages: [Page; 2],
}

impl Halo {
    /// Room for a halo. Allocates all that it will ever use.
    #[must_use]
    pub fn new(rate: SampleRate) -> Self {
        let page = |index| Page { index, cloud: Cloud::with_room(GRAINS as usize) };
        let ground = Ground { dice: 0, begin: Frame::ZERO, chord: 0 };
        Self { ground, rate, bank: Bank::with_room(PARTIALS as usize), pages: [0, 1].map(page) }
    }

    /// Becomes the halo on this ground, of which nothing has sounded yet. Does not allocate.
    #[cold]
    pub fn begin(&mut self, ground: Ground) {
        self.ground = ground;
        self.bank.clear(ground.begin);
        for (index, page) in self.pages.iter_mut().enumerate() {
            page.index = index as u64;
            page.cloud.clear(ground.begin);
        }
    }

    /// What it is a function of.
    #[must_use]
    pub const fn ground(&self) -> &Ground {
        &self.ground
    }

    /// Makes the partials and grains that begin at or before a control interval, a few at a time where intervals come one by one. Does not allocate.
    pub fn reach(&mut self, control: u64) {
        let Some(since) = control.checked_sub(self.ground.first()) else { return };
        while (self.bank.len() as u64) < PARTIALS && self.bank.len() as u64 * BLOOM <= since {
            let partial = self.ground.partial(self.bank.len() as u64, self.rate);
            if self.bank.push(&partial, self.rate).is_err() {
                break;
            }
        }
        let index = since / PAGE;
        let page = &mut self.pages[(index % 2) as usize];
        if page.index != index {
            page.index = index;
            page.cloud.clear(self.ground.begin);
        }
        // A grain begins less than one place after its own.
        let due = (since % PAGE + 1) * GRAINS / PAGE + 1;
        while (page.cloud.len() as u64) < due.min(GRAINS) {
            let grain = self.ground.grain(index, page.cloud.len() as u64);
            if page.cloud.push(&grain, self.rate).is_err() {
                break;
            }
        }
    }
}

impl Texture for Halo {
    /// As far as it was [reached](Halo::reach).
    fn interval(&self, simd: Simd, control: u64, out: &mut StereoBlock) {
        self.bank.interval(simd, control, out);
        let mut pages = [&self.pages[0], &self.pages[1]];
        pages.sort_unstable_by_key(|page| page.index);
        for page in pages {
            page.cloud.interval(simd, control, out);
        }
    }
}

#[cfg(test)]
#[path = "halo_tests.rs"]
mod tests;
