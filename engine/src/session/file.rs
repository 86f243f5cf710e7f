//! Session files and change logs as text.
//!
//! A session file is one JSON object:
//!
//! ```json
//! {"auralis": 1, "sound_version": 3, "seed": "42", "sample_rate": 44100, "settings": {"preset": "focus"},
//!  "changes": [{"frame": 441000, "intensity": 0.8}]}
//! ```
//!
//! Seeds are decimal strings, since JavaScript's numbers hold only 53 bits. A change log on its own is JSON lines, one change each: it can
//! be appended to, and read up to where it is damaged.

use crate::SOUND_VERSION;
use crate::session::{Change, ChangeLog, Session};
use crate::settings::{Patch, Settings};
use crate::time::{Frame, SampleRate};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

/// The version of the format; goes up when an old reader could misread a new file.
pub const FORMAT_VERSION: u64 = 1;

/// A session as it is kept in a file.
#[derive(Clone, Debug, PartialEq)]
pub struct SessionFile {
    /// The version of the sound that it was made with.
    pub sound_version: u32,
    /// Seed, rate and first settings.
    pub session: Session,
    /// What was changed since.
    pub log: ChangeLog,
}

/// A file that cannot be taken as a session or a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileError {
    /// It is not JSON, or ends too early.
    Syntax(String),
    /// A field is missing, unknown, or has a value that it does not take.
    Field(String),
    /// It was made by a program with another sound, which would play something else.
    SoundVersion {
        /// The version in the file.
        found: u32,
    },
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax(what) => write!(f, "this is not a whole session file: {what}"),
            Self::Field(what) => f.write_str(what),
            Self::SoundVersion { found } => write!(
                f,
                "sound_version cannot be {found}; allowed: {SOUND_VERSION}, the sound of this program; \
                 use a program of that version, or allow the difference explicitly"
            ),
        }
    }
}

impl core::error::Error for FileError {}

/// Where a change log stops being readable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogDamage {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong there.
    pub what: String,
}

impl fmt::Display for LogDamage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.what)
    }
}

impl core::error::Error for LogDamage {}

fn wrong(field: &str, value: impl fmt::Display, allowed: &str) -> FileError {
    FileError::Field(alloc::format!("{field} cannot be {value}; allowed: {allowed}"))
}

fn whole(object: &Map<String, Value>, field: &str) -> Result<u64, FileError> {
    let value = object.get(field).ok_or_else(|| wrong(field, "missing", "a whole number"))?;
    value.as_u64().ok_or_else(|| wrong(field, value, "a whole number, 0 or more"))
}

fn seed(value: &Value) -> Result<u64, FileError> {
    let parsed = match value {
        Value::String(s) if s.bytes().all(|b| b.is_ascii_digit()) => s.parse().ok(),
        _ => None,
    };
    parsed.ok_or_else(|| {
        wrong("seed", value, "a decimal string such as \"42\", up to \"18446744073709551615\"")
    })
}

fn change(value: &Value) -> Result<Change, FileError> {
    let Value::Object(object) = value else {
        return Err(wrong("change", value, "an object such as {\"frame\": 44100, \"bpm\": 60}"));
    };
    let mut patch = Patch::default();
    for (name, value) in object.iter().filter(|(name, _)| *name != "frame") {
        patch.set_json(name, value).map_err(|e| FileError::Field(e.to_string()))?;
    }
    let frame = Frame(whole(object, "frame")?);
    if frame > Frame::LAST {
        let allowed = alloc::format!("0 to {}", Frame::LAST.0);
        return Err(wrong("frame", frame.0, &allowed));
    }
    Ok(Change { frame, patch })
}

impl SessionFile {
    /// The file of a session as it sounds in this version.
    #[must_use]
    pub const fn new(session: Session, log: ChangeLog) -> Self {
        Self { sound_version: SOUND_VERSION, session, log }
    }

    /// Reads a session file.
    ///
    /// # Errors
    /// If it is damaged, has a wrong or unknown field, or another `SOUND_VERSION`. Nothing is guessed.
    pub fn parse(text: &str) -> Result<Self, FileError> {
        let file = Self::parse_any_sound(text)?;
        if file.sound_version == SOUND_VERSION {
            Ok(file)
        } else {
            Err(FileError::SoundVersion { found: file.sound_version })
        }
    }

    /// Reads a session file of any `SOUND_VERSION`, for those who accept that it sounds different.
    ///
    /// # Errors
    /// As [`SessionFile::parse`], but for the version.
    pub fn parse_any_sound(text: &str) -> Result<Self, FileError> {
        let value: Value = serde_json::from_str(text).map_err(|e| FileError::Syntax(e.to_string()))?;
        let Value::Object(object) = value else {
            return Err(FileError::Syntax("it is no JSON object".into()));
        };
        const FIELDS: [&str; 6] = ["auralis", "sound_version", "seed", "sample_rate", "settings", "changes"];
        if let Some(unknown) = object.keys().find(|k| !FIELDS.contains(&k.as_str())) {
            return Err(wrong("field", unknown, &FIELDS.join(", ")));
        }
        let version = whole(&object, "auralis")?;
        if version != FORMAT_VERSION {
            return Err(wrong("auralis", version, "1, the version of the file format"));
        }
        let sound_version = whole(&object, "sound_version")?;
        let sound_version = u32::try_from(sound_version)
            .map_err(|_| wrong("sound_version", sound_version, "a 32-bit number"))?;
        let seed = seed(object.get("seed").unwrap_or(&Value::Null))?;
        let hz = whole(&object, "sample_rate")?;
        let rate = u32::try_from(hz)
            .ok()
            .and_then(SampleRate::from_hz)
            .ok_or_else(|| wrong("sample_rate", hz, "44100 or 48000"))?;
        let settings: Settings = match object.get("settings") {
            None => Settings::default(),
            Some(Value::Object(fields)) => {
                let mut patch = Patch::default();
                for (name, value) in fields {
                    patch.set_json(name, value).map_err(|e| FileError::Field(e.to_string()))?;
                }
                Settings::default().with(&patch)
            }
            Some(other) => return Err(wrong("settings", other, "an object")),
        };
        let mut log = ChangeLog::new();
        match object.get("changes") {
            None => {}
            Some(Value::Array(entries)) => {
                for entry in entries {
                    log.push(change(entry)?).map_err(|e| FileError::Field(e.to_string()))?;
                }
            }
            Some(other) => return Err(wrong("changes", other, "a list of changes")),
        }
        Ok(Self { sound_version, session: Session { seed, rate, settings }, log })
    }

    /// The file's text.
    #[must_use]
    pub fn to_text(&self) -> String {
        // Serializing into a string from plain data cannot fail: keys are strings, and there is no writer.
        serde_json::to_string_pretty(self).unwrap_or_default()
    }
}

impl Serialize for SessionFile {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        struct Changes<'a>(&'a [Change]);
        impl Serialize for Changes<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut list = serializer.serialize_seq(Some(self.0.len()))?;
                for change in self.0 {
                    list.serialize_element(change)?;
                }
                list.end()
            }
        }
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("auralis", &FORMAT_VERSION)?;
        map.serialize_entry("sound_version", &self.sound_version)?;
        map.serialize_entry("seed", &self.session.seed.to_string())?;
        map.serialize_entry("sample_rate", &self.session.rate.hz())?;
        map.serialize_entry("settings", &self.session.settings)?;
        map.serialize_entry("changes", &Changes(self.log.changes()))?;
        map.end()
    }
}

impl Serialize for Change {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("frame", &self.frame.0)?;
        crate::settings::write_fields(&self.patch, &mut map)?;
        map.end()
    }
}

impl ChangeLog {
    /// Reads JSON lines, one change each; empty lines are skipped. A first line `{"sound_version": n}` is checked.
    ///
    /// What is damaged ends the log: everything before it is returned, with where and what the damage is.
    ///
    /// # Errors
    /// If the log says that it was made for another `SOUND_VERSION`.
    pub fn parse_lines(text: &str) -> Result<(Self, Option<LogDamage>), FileError> {
        let mut log = Self::new();
        let lines: Vec<&str> = text.lines().collect();
        for (i, line) in lines.iter().enumerate().filter(|(_, l)| !l.trim().is_empty()) {
            let damage = |what: String| Some(LogDamage { line: i + 1, what });
            let value: Value = match serde_json::from_str(line) {
                Ok(value) => value,
                Err(e) => return Ok((log, damage(e.to_string()))),
            };
            if let (true, Some(version)) = (log.changes().is_empty(), value.get("sound_version")) {
                match version.as_u64() {
                    Some(v) if v == u64::from(SOUND_VERSION) => continue,
                    v => {
                        let found = v.and_then(|v| u32::try_from(v).ok()).unwrap_or(u32::MAX);
                        return Err(FileError::SoundVersion { found });
                    }
                }
            }
            match change(&value).map(|c| log.push(c)) {
                Ok(Ok(())) => {}
                Ok(Err(e)) => return Ok((log, damage(e.to_string()))),
                Err(e) => return Ok((log, damage(e.to_string()))),
            }
        }
        Ok((log, None))
    }
}
