//! Presets: each sets everything.

use crate::music::{Key, Mode, Scale, Tonic};
use crate::settings::{Bpm, Level, Quality, Settings};

/// A named set of settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Preset {
    /// For work.
    Focus,
    /// For sitting still.
    Meditation,
    /// For the night.
    Sleep,
    /// For the morning.
    Bright,
    /// For the train window.
    Drift,
    /// For a slow start.
    Dawn,
    /// For a day indoors.
    Rain,
    /// For the depth.
    Abyss,
}

impl Preset {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Focus,
        Self::Meditation,
        Self::Sleep,
        Self::Bright,
        Self::Drift,
        Self::Dawn,
        Self::Rain,
        Self::Abyss,
    ];

    /// The name that settings and files use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Focus => "focus",
            Self::Meditation => "meditation",
            Self::Sleep => "sleep",
            Self::Bright => "bright",
            Self::Drift => "drift",
            Self::Dawn => "dawn",
            Self::Rain => "rain",
            Self::Abyss => "abyss",
        }
    }

    /// A line on it, for people.
    #[must_use]
    pub const fn description(self) -> &'static str {
        match self {
            Self::Focus => "Steady and clear, with a little motion. For work.",
            Self::Meditation => "Few notes, long breaths. For sitting still.",
            Self::Sleep => "Dark, slow and soft, almost nothing. For the night.",
            Self::Bright => "Open and light, bells and air. For the morning.",
            Self::Drift => "Five notes without a sharp edge, far away. For the train window.",
            Self::Dawn => "Warm major harmony that opens slowly. For a slow start.",
            Self::Rain => "Wind and grains over a quiet pad. For a day indoors.",
            Self::Abyss => "A deep ground and a vast room. For lying on the floor.",
        }
    }

    /// Reads a name, in any case.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.name().eq_ignore_ascii_case(text.trim()))
    }

    /// The settings that it stands for.
    #[must_use]
    pub const fn settings(self) -> Settings {
        use Mode::{Major, Minor};
        match self {
            Self::Focus => base(2, Minor, Scale::Dorian, 60.0, 0.5),
            Self::Meditation => base(0, Minor, Scale::Aeolian, 50.0, 0.3),
            Self::Sleep => base(4, Minor, Scale::Phrygian, 40.0, 0.15),
            Self::Bright => base(7, Major, Scale::Lydian, 70.0, 0.6),
            Self::Drift => timbre(base(9, Minor, Scale::MinorPentatonic, 56.0, 0.4), 0.45, 0.8),
            Self::Dawn => timbre(base(5, Major, Scale::Major, 54.0, 0.45), 0.6, 0.6),
            Self::Rain => {
                let mut s = timbre(base(10, Minor, Scale::Aeolian, 46.0, 0.3), 0.4, 0.55);
                s.layers[0] = Level::constant(0.7);
                s.layers[2] = Level::constant(0.5);
                s.layers[6] = Level::ZERO;
                s
            }
            Self::Abyss => {
                let mut s = timbre(base(1, Minor, Scale::HarmonicMinor, 42.0, 0.2), 0.2, 1.0);
                s.layers[2] = Level::constant(0.6);
                s
            }
        }
    }
}

const fn base(tonic: u8, mode: Mode, scale: Scale, bpm: f32, intensity: f32) -> Settings {
    Settings {
        key: Key { tonic: Tonic::new(tonic), mode },
        scale,
        bpm: Bpm::constant(bpm),
        intensity: Level::constant(intensity),
        brightness: Level::HALF,
        space: Level::HALF,
        layers: [Level::FULL; 7],
        effects: true,
        quality: Quality::Full,
    }
}

const fn timbre(mut s: Settings, brightness: f32, space: f32) -> Settings {
    s.brightness = Level::constant(brightness);
    s.space = Level::constant(space);
    s
}
