//! Some of the settings, to lay over others.

use crate::music::{Key, Scale};
use crate::settings::number;
use crate::settings::{
    Bpm, LAYERS, Layer, Level, PARAMETERS, Parameter, Preset, Quality, SettingError, Settings,
};
use alloc::string::String;

/// A wish to change some settings. What is `None` stays as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Patch {
    /// Sets everything, before the fields below.
    pub preset: Option<Preset>,
    /// See [`Settings::key`].
    pub key: Option<Key>,
    /// See [`Settings::scale`].
    pub scale: Option<Scale>,
    /// See [`Settings::bpm`].
    pub bpm: Option<Bpm>,
    /// See [`Settings::intensity`].
    pub intensity: Option<Level>,
    /// See [`Settings::brightness`].
    pub brightness: Option<Level>,
    /// See [`Settings::space`].
    pub space: Option<Level>,
    /// See [`Settings::layers`].
    pub layers: [Option<Level>; LAYERS],
    /// See [`Settings::effects`].
    pub effects: Option<bool>,
    /// See [`Settings::quality`].
    pub quality: Option<Quality>,
}

impl Patch {
    /// Sets one field from text, by the names of [`PARAMETERS`]. The one place where text becomes a setting.
    ///
    /// # Errors
    /// If there is no such setting, or it does not take this value.
    pub fn set(&mut self, name: &str, text: &str) -> Result<(), SettingError> {
        let Some(parameter) = Parameter::find(name) else {
            let names: alloc::vec::Vec<_> = PARAMETERS.iter().map(|p| p.name).collect();
            return Err(SettingError {
                field: "setting".into(),
                value: name.into(),
                allowed: alloc::format!("one of {}", names.join(", ")),
            });
        };
        let text = text.trim();
        let refused = || SettingError::new(parameter, text);
        let number = || number::read(text).ok_or_else(refused);
        let level = || number().and_then(|x| Level::new(x).ok_or_else(refused));
        match name {
            "preset" => self.preset = Some(Preset::parse(text).ok_or_else(refused)?),
            "key" => self.key = Some(Key::parse(text).ok_or_else(refused)?),
            "scale" => self.scale = Some(Scale::parse(text).ok_or_else(refused)?),
            "bpm" => self.bpm = Some(Bpm::new(number()?).ok_or_else(refused)?),
            "intensity" => self.intensity = Some(level()?),
            "brightness" => self.brightness = Some(level()?),
            "space" => self.space = Some(level()?),
            "quality" => self.quality = Some(Quality::parse(text).ok_or_else(refused)?),
            "effects" => {
                self.effects = Some(match text.to_ascii_lowercase().as_str() {
                    "true" | "on" | "yes" | "1" => true,
                    "false" | "off" | "no" | "0" => false,
                    _ => return Err(refused()),
                });
            }
            _ => {
                let layer = name.strip_prefix("layers.").and_then(Layer::parse).ok_or_else(refused)?;
                self.layers[layer.index()] = Some(level()?);
            }
        }
        Ok(())
    }

    /// One field as text, by the names of [`PARAMETERS`]; `None` where it is not set. [`Patch::set`] reads it back exactly.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<String> {
        use alloc::string::ToString;
        let level = |l: Level| number::shortest(l.get());
        match name {
            "preset" => self.preset.map(|p| p.name().into()),
            "key" => self.key.map(|k| k.to_string()),
            "scale" => self.scale.map(|s| s.name().into()),
            "bpm" => self.bpm.map(|b| number::shortest(b.get())),
            "intensity" => self.intensity.map(level),
            "brightness" => self.brightness.map(level),
            "space" => self.space.map(level),
            "effects" => self.effects.map(|e| e.to_string()),
            "quality" => self.quality.map(|q| q.name().into()),
            _ => {
                let layer = Layer::parse(name.strip_prefix("layers.")?)?;
                self.layers[layer.index()].map(level)
            }
        }
    }

    /// Whether nothing is set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl From<&Settings> for Patch {
    /// A patch that sets everything.
    fn from(s: &Settings) -> Self {
        Self {
            preset: None,
            key: Some(s.key),
            scale: Some(s.scale),
            bpm: Some(s.bpm),
            intensity: Some(s.intensity),
            brightness: Some(s.brightness),
            space: Some(s.space),
            layers: s.layers.map(Some),
            effects: Some(s.effects),
            quality: Some(s.quality),
        }
    }
}
