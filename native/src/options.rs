//! Which session, and how much of it: the options that are the same everywhere.

use crate::error::{Error, Result};
use crate::files::write_whole;
use crate::settings_options::SettingsOptions;
use crate::values;
use crate::warn;
use auralis_engine::session::{FileError, SessionFile};
use auralis_engine::{ChangeLog, Frame, SOUND_VERSION, SampleRate, Session};
use clap::Args;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// The seed where none is given, except in `play`.
pub const DEFAULT_SEED: u64 = 0;

const HEADING: &str = "The session";

/// The options that say which session is meant, and how much of it.
#[derive(Args, Clone, Debug, Default)]
pub struct SessionOptions {
    /// What all chance comes from: 0 to 18446744073709551615 [default: 0; `play`: by chance, and printed]
    #[arg(long, value_name = "NUMBER", value_parser = values::seed, help_heading = HEADING, allow_hyphen_values = true)]
    pub seed: Option<u64>,
    /// How much, in seconds [default: render and score 60, hash 10, play endless]
    #[arg(long, value_name = "S", value_parser = values::length, help_heading = HEADING, allow_hyphen_values = true)]
    pub seconds: Option<f64>,
    /// From where in the session, in seconds [default: 0]
    #[arg(long, value_name = "S", value_parser = values::position, help_heading = HEADING, allow_hyphen_values = true)]
    pub from: Option<f64>,
    /// Frames per second: 44100 or 48000 [default: 44100]
    #[arg(long, value_name = "HZ", value_parser = sample_rate, help_heading = HEADING, allow_hyphen_values = true)]
    pub sample_rate: Option<SampleRate>,
    /// Take seed, rate, settings and changes from a session file; options given with it override it
    #[arg(long, value_name = "FILE", help_heading = HEADING)]
    pub session: Option<PathBuf>,
    /// Take changes of settings from a log: JSON lines such as {"frame": 441000, "intensity": 0.8}
    #[arg(long, value_name = "FILE", help_heading = HEADING)]
    pub changes: Option<PathBuf>,
    /// Save the session to a file, with its changes (in `play`, those made while listening too)
    #[arg(long, value_name = "FILE", help_heading = HEADING)]
    pub save_session: Option<PathBuf>,
    /// Take files made with another version of the sound, although they will sound different
    #[arg(long, help_heading = HEADING)]
    pub any_sound: bool,
    #[allow(
        missing_docs,
        reason = "a doc comment would become the help text of the command it is flattened into"
    )]
    #[command(flatten)]
    pub settings: SettingsOptions,
}

/// A session, and which part of it is wanted.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// Seed, rate and first settings.
    pub session: Session,
    /// The changes.
    pub log: ChangeLog,
    /// The first frame wanted.
    pub from: Frame,
    /// How many frames; `None`: without end.
    pub frames: Option<u64>,
}

impl Plan {
    /// How many frames, where that is asked for: those of `seconds` if nothing was said.
    #[must_use]
    pub fn frames_or(&self, seconds: f64) -> u64 {
        self.frames.unwrap_or_else(|| self.session.rate.frames(seconds))
    }
}

impl SessionOptions {
    /// Reads the files, lays the options over them and, if asked to, saves the result.
    ///
    /// # Errors
    /// If a file cannot be read, or a value is refused.
    pub fn plan(&self, default_seed: u64) -> Result<Plan> {
        let patch = self.settings.patch()?;
        let (mut session, mut log) = match &self.session {
            Some(path) => self.read_session(path)?,
            None => (Session::new(default_seed), ChangeLog::new()),
        };
        session.seed = self.seed.unwrap_or(session.seed);
        session.settings = session.settings.with(&patch);
        if let Some(rate) = self.sample_rate {
            if rate != session.rate && !log.changes().is_empty() {
                return Err(Error::refused(
                    "sample-rate",
                    rate.hz(),
                    format_args!(
                        "{}, in whose frames the changes of the session file are counted",
                        session.rate.hz()
                    ),
                ));
            }
            session.rate = rate;
        }
        if let Some(path) = &self.changes {
            for change in self.read_log(path)?.changes() {
                log.push(*change)
                    .map_err(|e| Error::Refused(format!("{}: {e} (the session file's)", path.display())))?;
            }
        }
        let from = Frame(session.rate.frames(self.from.unwrap_or(0.0)));
        let frames = self.seconds.map(|s| session.rate.frames(s).max(1));
        Ok(Plan { session, log, from, frames })
    }

    /// Saves a session, if that was asked for.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn save(&self, session: &Session, log: &ChangeLog) -> Result<()> {
        match &self.save_session {
            Some(path) => {
                let text = SessionFile::new(*session, log.clone()).to_text();
                write_whole(path, |out| out.write_all(text.as_bytes()).and_then(|()| out.write_all(b"\n")))
            }
            None => Ok(()),
        }
    }

    fn read_session(&self, path: &Path) -> Result<(Session, ChangeLog)> {
        let text = read(path)?;
        let file =
            if self.any_sound { SessionFile::parse_any_sound(&text) } else { SessionFile::parse(&text) }
                .map_err(|e| refused(path, &e))?;
        if file.sound_version != SOUND_VERSION {
            warn(format_args!(
                "{} was made with version {} of the sound and goes on with version {SOUND_VERSION}: it will sound different",
                path.display(),
                file.sound_version
            ));
        }
        Ok((file.session, file.log))
    }

    fn read_log(&self, path: &Path) -> Result<ChangeLog> {
        let mut text = read(path)?;
        if self.any_sound {
            text = without_version(&text, path);
        }
        let (log, damage) = ChangeLog::parse_lines(&text).map_err(|e| refused(path, &e))?;
        if let Some(damage) = damage {
            let count = log.changes().len();
            warn(format_args!("{}, {damage}; only the {count} changes before it are used", path.display()));
        }
        Ok(log)
    }
}

fn read(path: &Path) -> Result<String> {
    let bytes = std::fs::read(path).map_err(|e| Error::reading(path, &e))?;
    // What is not text is damage, which the reader of the format finds at its line.
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn refused(path: &Path, error: &FileError) -> Error {
    let advice = match error {
        FileError::SoundVersion { .. } => " (--any-sound)",
        FileError::Syntax(_) | FileError::Field(_) => "",
    };
    Error::Refused(format!("{}: {error}{advice}", path.display()))
}

/// A log's text without its first line, where that names another version of the sound; lines keep their numbers.
fn without_version(text: &str, path: &Path) -> String {
    let first = text.lines().find(|l| !l.trim().is_empty()).unwrap_or_default();
    let version = serde_json::from_str::<Value>(first).ok().and_then(|v| v.get("sound_version").cloned());
    match version {
        Some(v) if v != SOUND_VERSION => {
            warn(format_args!(
                "{} was made with version {v} of the sound and goes on with version {SOUND_VERSION}: it will sound different",
                path.display()
            ));
            text.replacen(first, "", 1)
        }
        _ => text.to_owned(),
    }
}

pub(crate) fn sample_rate(text: &str) -> Result<SampleRate, String> {
    text.trim().parse().ok().and_then(SampleRate::from_hz).ok_or_else(|| {
        let rates = SampleRate::ALL.map(|r| r.hz().to_string());
        rates.join(" or ")
    })
}
