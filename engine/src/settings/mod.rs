//! What a person sets: declared once, validated once, on the way in.
//!
//! A [`Settings`] cannot hold a wrong value. [`Patch`] is a wish: some of the settings, to lay over others; a preset in it
//! applies first. [`parameter::PARAMETERS`] declares each name, range, unit and default; help texts, schemas, sliders and types
//! are made from it.

pub mod error;
#[cfg(feature = "json")]
pub(crate) mod json;
pub mod layer;
mod number;
pub mod parameter;
pub mod patch;
pub mod preset;
pub mod value;

pub use error::SettingError;
#[cfg(feature = "json")]
pub(crate) use json::write_fields;
pub use layer::{LAYERS, Layer};
pub use number::shortest;
pub use parameter::{Kind, PARAMETERS, Parameter, Words};
pub use patch::Patch;
pub use preset::Preset;
pub use value::{Bpm, Level, Quality};

use crate::music::{Key, Mode, Scale, Tonic};

/// Everything that a session's sound depends on, besides its seed and its rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// The tonic, and major or minor.
    pub key: Key,
    /// The notes that belong.
    pub scale: Scale,
    /// Quarter notes a minute.
    pub bpm: Bpm,
    /// How much happens: density, brightness, level.
    pub intensity: Level,
    /// Timbre, from dark to bright; ½ is neutral.
    pub brightness: Level,
    /// Room, from close to far; ½ is neutral.
    pub space: Level,
    /// A level for each layer, by [`Layer`].
    pub layers: [Level; LAYERS],
    /// Delay and reverb on or off.
    pub effects: bool,
    /// Full, or reduced for weak devices.
    pub quality: Quality,
}

impl Default for Settings {
    /// A minor, 70 bpm, intensity ½, everything on.
    fn default() -> Self {
        Self {
            key: Key { tonic: Tonic::new(9), mode: Mode::Minor },
            scale: Scale::Aeolian,
            bpm: Bpm::DEFAULT,
            intensity: Level::HALF,
            brightness: Level::HALF,
            space: Level::HALF,
            layers: [Level::FULL; LAYERS],
            effects: true,
            quality: Quality::Full,
        }
    }
}

/// How many numbers [`Settings::to_words`] makes.
pub const WORDS: usize = 9 + LAYERS;

impl Settings {
    /// These settings with a patch laid over them. A preset in it applies first; a key without a scale brings its natural scale.
    #[must_use]
    pub fn with(&self, patch: &Patch) -> Self {
        let mut s = patch.preset.map_or(*self, Preset::settings);
        if let Some(key) = patch.key {
            s.key = key;
            s.scale = key.natural_scale();
        }
        s.scale = patch.scale.unwrap_or(s.scale);
        s.bpm = patch.bpm.unwrap_or(s.bpm);
        s.intensity = patch.intensity.unwrap_or(s.intensity);
        s.brightness = patch.brightness.unwrap_or(s.brightness);
        s.space = patch.space.unwrap_or(s.space);
        for (level, new) in s.layers.iter_mut().zip(patch.layers) {
            *level = new.unwrap_or(*level);
        }
        s.effects = patch.effects.unwrap_or(s.effects);
        s.quality = patch.quality.unwrap_or(s.quality);
        s
    }

    /// The settings as plain numbers, for a boundary that no text crosses (the worklet's). Exact: [`Settings::from_words`] gives them back.
    #[must_use]
    pub fn to_words(&self) -> [f32; WORDS] {
        let mut w = [0.0; WORDS];
        w[0] = f32::from(self.key.tonic.pitch_class());
        w[1] = f32::from(u8::from(self.key.mode == Mode::Minor));
        w[2] = Scale::ALL.iter().position(|s| *s == self.scale).unwrap_or(0) as f32;
        w[3] = self.bpm.get();
        w[4] = self.intensity.get();
        w[5] = self.brightness.get();
        w[6] = self.space.get();
        w[7] = f32::from(u8::from(self.effects));
        w[8] = f32::from(self.quality as u8);
        for (word, level) in w[9..].iter_mut().zip(self.layers) {
            *word = level.get();
        }
        w
    }

    /// The settings that these numbers stand for; `None` if any is out of its range.
    #[must_use]
    pub fn from_words(w: &[f32; WORDS]) -> Option<Self> {
        let whole = |x: f32, count: usize| (0..count).find(|i| *i as f32 == x);
        let mut layers = [Level::FULL; LAYERS];
        for (level, word) in layers.iter_mut().zip(&w[9..]) {
            *level = Level::new(*word)?;
        }
        Some(Self {
            key: Key {
                tonic: Tonic::new(whole(w[0], 12)? as u8),
                mode: if whole(w[1], 2)? == 1 { Mode::Minor } else { Mode::Major },
            },
            scale: Scale::ALL[whole(w[2], Scale::ALL.len())?],
            bpm: Bpm::new(w[3])?,
            intensity: Level::new(w[4])?,
            brightness: Level::new(w[5])?,
            space: Level::new(w[6])?,
            layers,
            effects: whole(w[7], 2)? == 1,
            quality: Quality::ALL[whole(w[8], Quality::ALL.len())?],
        })
    }
}
