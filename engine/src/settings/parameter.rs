//! The one declaration of every setting: name, range, unit, default, and a line for people.

use crate::music::Scale;
use crate::settings::{Layer, Preset, Quality, shortest};
use alloc::string::String;
use alloc::vec::Vec;

/// Lowest and highest tempo, in quarter notes a minute.
pub const BPM: (f32, f32) = (40.0, 200.0);
/// Lowest and highest level.
pub const LEVEL: (f32, f32) = (0.0, 1.0);

/// What values a setting takes.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// A number from `min` to `max`; `step` is a sensible step of a slider.
    Number {
        /// The lowest value.
        min: f32,
        /// The highest value.
        max: f32,
        /// A slider's step.
        step: f32,
    },
    /// One of these words.
    Choice(fn() -> Vec<&'static str>),
    /// A key such as "A minor".
    Key,
    /// On or off.
    Switch,
}

impl Kind {
    /// What is allowed, where that is neither a range nor a list.
    #[must_use]
    pub const fn words(&self) -> Option<&'static str> {
        match self {
            Self::Key => Some("a tonic (C, C#, Db … B) and major or minor, such as \"F# minor\""),
            Self::Switch => Some("true or false"),
            Self::Number { .. } | Self::Choice(_) => None,
        }
    }
}

/// A setting, for help texts, schemas and sliders. Its words for people are apart, behind [`Parameter::words`]: who does not ask for them need not load them.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    /// Its name in files, links and options. A layer's is `layers.NAME`.
    pub name: &'static str,
    /// What values it takes.
    pub kind: Kind,
}

/// What a setting says of itself.
#[derive(Clone, Copy, Debug)]
pub struct Words {
    /// Its name for people.
    pub label: &'static str,
    /// Its unit, or nothing.
    pub unit: &'static str,
    /// Its default, as it is written.
    pub default: &'static str,
    /// What it does, in a line.
    pub help: &'static str,
}

impl Parameter {
    /// What is allowed, in words: "40 to 200", "one of full, reduced".
    #[must_use]
    pub fn allowed(&self) -> String {
        match self.kind {
            Kind::Number { min, max, .. } => {
                alloc::format!("{} to {}", shortest(min), shortest(max))
            }
            Kind::Choice(names) => alloc::format!("one of {}", names().join(", ")),
            Kind::Key | Kind::Switch => self.kind.words().unwrap_or_default().into(),
        }
    }

    /// What it says of itself.
    #[must_use]
    pub fn words(&self) -> &'static Words {
        // Every parameter is one of these; another would have no words.
        &DECLARED[PARAMETERS.iter().position(|p| p.name == self.name).unwrap_or(0)].1
    }

    /// The declaration of this name.
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Self> {
        PARAMETERS.iter().find(|p| p.name == name)
    }
}

const UNIT: Kind = Kind::Number { min: LEVEL.0, max: LEVEL.1, step: 0.01 };

const fn layer(name: &'static str, label: &'static str, help: &'static str) -> (Parameter, Words) {
    (Parameter { name, kind: UNIT }, Words { label, unit: "", default: "1", help })
}

/// Every setting there is.
pub const PARAMETERS: [Parameter; 16] = {
    let mut parameters = [DECLARED[0].0; 16];
    let mut i = 0;
    while i < parameters.len() {
        parameters[i] = DECLARED[i].0;
        i += 1;
    }
    parameters
};

/// The one declaration of them all.
const DECLARED: [(Parameter, Words); 16] = [
    (
        Parameter { name: "preset", kind: Kind::Choice(|| Preset::ALL.iter().map(|p| p.name()).collect()) },
        Words {
            label: "Preset",
            unit: "",
            default: "",
            help: "All settings at once; others given with it override it",
        },
    ),
    (
        Parameter { name: "key", kind: Kind::Key },
        Words { label: "Key", unit: "", default: "A minor", help: "Tonic, and major or minor" },
    ),
    (
        Parameter { name: "scale", kind: Kind::Choice(|| Scale::ALL.iter().map(|s| s.name()).collect()) },
        Words {
            label: "Scale",
            unit: "",
            default: "aeolian",
            help: "The notes that belong; the key's own if not given",
        },
    ),
    (
        Parameter { name: "bpm", kind: Kind::Number { min: BPM.0, max: BPM.1, step: 1.0 } },
        Words { label: "Tempo", unit: "bpm", default: "70", help: "Quarter notes a minute" },
    ),
    (
        Parameter { name: "intensity", kind: UNIT },
        Words {
            label: "Intensity",
            unit: "",
            default: "0.5",
            help: "How much happens: layers, density and brightness",
        },
    ),
    (
        Parameter { name: "brightness", kind: UNIT },
        Words { label: "Brightness", unit: "", default: "0.5", help: "Timbre, from dark to bright" },
    ),
    (
        Parameter { name: "space", kind: UNIT },
        Words { label: "Space", unit: "", default: "0.5", help: "Room, from close to far" },
    ),
    (
        Parameter { name: "effects", kind: Kind::Switch },
        Words { label: "Effects", unit: "", default: "true", help: "Delay and reverb" },
    ),
    (
        Parameter { name: "quality", kind: Kind::Choice(|| Quality::ALL.iter().map(|q| q.name()).collect()) },
        Words {
            label: "Quality",
            unit: "",
            default: "full",
            help: "Full, reduced for weak devices, or rich: with halos",
        },
    ),
    layer("layers.drone", "Drone", "The ground"),
    layer("layers.pad", "Pad", "The harmony"),
    layer("layers.lead", "Lead", "The melody"),
    layer("layers.bell", "Bells", "Struck tones"),
    layer("layers.grains", "Grains", "A cloud of short tones"),
    layer("layers.noise", "Wind", "Filtered noise"),
    layer("layers.percussion", "Percussion", "Kick, swell and hi-hat"),
];

const _: () = assert!(PARAMETERS.len() == 9 + Layer::ALL.len());
