//! Settings and patches as JSON objects: `{"key": "A minor", "bpm": 70, "layers": {"drone": 0.5}}`.
//!
//! Every value goes through [`Patch::set`], so that a file, an option and a slider are refused in the same words.

use crate::settings::{LAYERS, Layer, PARAMETERS, Patch, SettingError, Settings};
use alloc::string::{String, ToString};
use serde::de::{Error as _, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

/// A JSON value as the text that [`Patch::set`] reads.
fn text(value: &Value) -> String {
    match value {
        Value::String(s) => s.clone(),
        other => other.to_string(),
    }
}

impl Patch {
    /// Sets a field from a JSON value: `layers` takes an object, everything else a plain value.
    ///
    /// # Errors
    /// As [`Patch::set`].
    pub fn set_json(&mut self, name: &str, value: &Value) -> Result<(), SettingError> {
        if name != "layers" {
            return self.set(name, &text(value));
        }
        let Value::Object(levels) = value else {
            return Err(SettingError {
                field: name.into(),
                value: value.to_string(),
                allowed: "an object such as {\"drone\": 0.5}".into(),
            });
        };
        for (layer, level) in levels {
            self.set(&alloc::format!("layers.{layer}"), &text(level))?;
        }
        Ok(())
    }
}

/// Writes the fields of a patch into a map that is being written.
pub(crate) fn write_fields<M: SerializeMap>(patch: &Patch, map: &mut M) -> Result<(), M::Error> {
    for p in PARAMETERS.iter().filter(|p| !p.name.starts_with("layers.")) {
        match p.name {
            // Numbers are written as the shortest decimal that reads back as the same f32.
            "bpm" | "intensity" | "brightness" | "space" => {
                let value = match p.name {
                    "bpm" => patch.bpm.map(|b| b.get()),
                    "intensity" => patch.intensity.map(|l| l.get()),
                    "brightness" => patch.brightness.map(|l| l.get()),
                    _ => patch.space.map(|l| l.get()),
                };
                if let Some(value) = value {
                    map.serialize_entry(p.name, &value)?;
                }
            }
            "effects" => {
                if let Some(on) = patch.effects {
                    map.serialize_entry(p.name, &on)?;
                }
            }
            name => {
                if let Some(value) = patch.get(name) {
                    map.serialize_entry(name, &value)?;
                }
            }
        }
    }
    if patch.layers.iter().any(Option::is_some) {
        struct Levels<'a>(&'a [Option<crate::settings::Level>; LAYERS]);
        impl Serialize for Levels<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut map = serializer.serialize_map(None)?;
                for (layer, level) in Layer::ALL.iter().zip(self.0) {
                    if let Some(level) = level {
                        map.serialize_entry(layer.name(), &level.get())?;
                    }
                }
                map.end()
            }
        }
        map.serialize_entry("layers", &Levels(&patch.layers))?;
    }
    Ok(())
}

impl Serialize for Patch {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        write_fields(self, &mut map)?;
        map.end()
    }
}

impl<'de> Deserialize<'de> for Patch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = Patch;
            fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str("an object of settings")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Patch, A::Error> {
                let mut patch = Patch::default();
                while let Some(name) = map.next_key::<String>()? {
                    let value = map.next_value::<Value>()?;
                    patch.set_json(&name, &value).map_err(A::Error::custom)?;
                }
                Ok(patch)
            }
        }
        deserializer.deserialize_map(Fields)
    }
}

impl Serialize for Settings {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Patch::from(self).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Settings {
    /// What is not named has its default.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::default().with(&Patch::deserialize(deserializer)?))
    }
}
