//! All the voices that play a movement.

use crate::score::{Instrument, Note};
use crate::time::SampleRate;
use crate::voice::bank::Bank;
use crate::voice::bell::Bells;
use crate::voice::drone::Drone;
use crate::voice::grain::Grain;
use crate::voice::hat::HiHat;
use crate::voice::kick::Kick;
use crate::voice::lead::Lead;
use crate::voice::noise::Wind;
use crate::voice::pad::Pad;
use crate::voice::swell::Swell;

/// All the voices of a movement.
#[derive(Clone)]
pub struct Voices {
    /// Drones.
    pub drone: Bank<Drone, 1>,
    /// Pads.
    pub pad: Bank<Pad, 2>,
    /// Leads.
    pub lead: Bank<Lead, 1>,
    /// Bells.
    pub bell: Bells,
    /// Grains.
    pub grain: Bank<Grain, 2>,
    /// Kicks.
    pub kick: Bank<Kick, 1>,
    /// Swells.
    pub swell: Bank<Swell, 1>,
    /// Hi-hats.
    pub hat: Bank<HiHat, 1>,
    /// Wind.
    pub wind: Wind,
}

impl Voices {
    /// The voices of movement `index`, at rest; only its wind blows.
    #[must_use]
    pub fn new(seed: u64, index: u64, rate: SampleRate) -> Self {
        Self {
            drone: Bank::default(),
            pad: Bank::default(),
            lead: Bank::default(),
            bell: Bells::default(),
            grain: Bank::default(),
            kick: Bank::default(),
            swell: Bank::default(),
            hat: Bank::default(),
            wind: Wind::new(seed, index, rate),
        }
    }

    /// How many voices sound, wind not counted.
    #[must_use]
    pub fn active(&self) -> u32 {
        self.drone.active()
            + self.pad.active()
            + self.lead.active()
            + self.bell.active()
            + self.grain.active()
            + self.kick.active()
            + self.swell.active()
            + self.hat.active()
    }

    /// Plays a note, at full quality or with fewer voices.
    pub fn play(&mut self, note: &Note, full: bool, rate: SampleRate) {
        match note.instrument {
            Instrument::Drone => self.drone.play(note, 1, rate),
            Instrument::Pad => self.pad.play(note, if full { 2 } else { 1 }, rate),
            Instrument::Lead => self.lead.play(note, 1, rate),
            Instrument::Bell => self.bell.play(note, if full { 10 } else { 4 }, rate),
            Instrument::Grain => self.grain.play(note, if full { 2 } else { 1 }, rate),
            Instrument::Kick => self.kick.play(note, 1, rate),
            Instrument::Swell => self.swell.play(note, 1, rate),
            Instrument::HiHat => self.hat.play(note, 1, rate),
        }
    }

    /// Lets the held notes of an instrument go.
    pub fn release(&mut self, instrument: Instrument, rate: SampleRate) {
        match instrument {
            Instrument::Drone => self.drone.release(rate),
            Instrument::Pad => self.pad.release(rate),
            Instrument::Lead => self.lead.release(rate),
            // Struck and scattered sounds end by themselves.
            Instrument::Bell
            | Instrument::Grain
            | Instrument::Kick
            | Instrument::Swell
            | Instrument::HiHat => {}
        }
    }
}
