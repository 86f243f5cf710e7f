//! A moment of a session as the fragment of an address, and back: the link is the music.
//!
//! ```text
//! #v=2&rate=44100&seed=42&preset=focus&bpm=62&at=123456&change=100000&intensity=0.8&sum=0a1b2c3d
//! ```
//!
//! It is form-encoded: the session first (where a preset is near, that preset and what differs from it), then the position, then each change of
//! the log, its frame followed by what it sets. What `v` marks as made by Auralis ends in a checksum, so that a link that was cut on its way
//! is known as such. docs/links.md describes it for those who make links themselves. The settings' names and values are the
//! engine's own, so that a new setting is in the links as soon as it is declared.

mod notice;
mod read;

pub use notice::Notice;
pub use read::{Reading, read};

use crate::steering::difference;
use auralis_engine::settings::PARAMETERS;
use auralis_engine::{ChangeLog, Engine, Frame, Patch, Preset, SOUND_VERSION, Session, Settings};
use crc::{CRC_32_ISO_HDLC, Crc, Digest, NoTable};
use form_urlencoded::Serializer;

/// The latest position and the latest change that a link can name, in frames: what a float of 64 bits still counts exactly.
pub const LAST_FRAME: Frame = Frame((1 << 53) - 1);

/// A session, what of its log matters, and a moment in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    /// Seed, rate and the settings before the first of the changes.
    pub session: Session,
    /// The changes.
    pub log: ChangeLog,
    /// The moment, in frames from the session's start.
    pub at: Frame,
}

impl Link {
    /// A link to a moment, with all that is heard from there on, and no more: older changes are folded into the settings.
    #[must_use]
    pub fn to_moment(session: &Session, log: &ChangeLog, at: Frame) -> Self {
        let history = Engine::history_for(session.seed, session.rate, at);
        let mut rest = ChangeLog::new();
        for change in log.since(history) {
            // In order, since they were.
            let _ = rest.push(*change);
        }
        let settings = log.fold(&session.settings, history);
        Self { session: Session { settings, ..*session }, log: rest, at }
    }

    /// A link to a moment that keeps the whole log, so that every earlier moment is what it was, too.
    #[must_use]
    pub fn to_whole(session: &Session, log: &ChangeLog, at: Frame) -> Self {
        Self { session: *session, log: log.clone(), at }
    }

    /// Whether this is a moment of that session: then the other knows what this one has forgotten.
    #[must_use]
    pub fn is_moment_of(&self, whole: &Self) -> bool {
        Self::to_moment(&whole.session, &whole.log, self.at)
            == Self::to_moment(&self.session, &self.log, self.at)
    }

    /// The fragment, without the `#`.
    #[must_use]
    pub fn text(&self) -> String {
        self.text_of_sound(SOUND_VERSION)
    }

    /// As a version of the sound would write it.
    fn text_of_sound(&self, version: u32) -> String {
        let mut fields = Fields::new();
        fields.add("v", &version.to_string());
        fields.add("rate", &self.session.rate.hz().to_string());
        fields.add("seed", &self.session.seed.to_string());
        fields.add_patch(&short(&self.session.settings));
        fields.add("at", &self.at.0.to_string());
        for change in self.log.changes() {
            fields.add("change", &change.frame.0.to_string());
            fields.add_patch(&change.patch);
        }
        fields.finish()
    }
}

/// The shortest patch that makes these settings of the defaults: a preset and what differs from it, where that is less.
fn short(settings: &Settings) -> Patch {
    let plain = difference(&Settings::default(), settings);
    Preset::ALL
        .into_iter()
        .map(|preset| Patch { preset: Some(preset), ..difference(&preset.settings(), settings) })
        .chain([plain])
        .min_by_key(length)
        .unwrap_or(plain)
}

fn length(patch: &Patch) -> usize {
    PARAMETERS.iter().filter(|p| patch.get(p.name).is_some()).count()
}

/// A fragment being written, and the checksum of what it says.
struct Fields {
    text: Serializer<'static, String>,
    sum: Sum,
}

impl Fields {
    fn new() -> Self {
        Self { text: Serializer::new(String::new()), sum: Sum::new() }
    }

    fn add(&mut self, name: &str, value: &str) {
        self.sum.add(name, value);
        self.text.append_pair(name, value);
    }

    fn add_patch(&mut self, patch: &Patch) {
        for name in PARAMETERS.map(|p| p.name) {
            if let Some(value) = patch.get(name) {
                self.add(name, &value);
            }
        }
    }

    fn finish(mut self) -> String {
        let sum = self.sum.text();
        self.add("sum", &sum);
        self.text.finish()
    }
}

/// A CRC-32 of names and values as they are read, whichever of them were escaped on the way: `name=value&` each.
#[derive(Clone)]
struct Sum(Digest<'static, u32, NoTable>);

/// Without a table, which would be heavier than what it hashes here.
static CRC: Crc<u32, NoTable> = Crc::<u32, NoTable>::new(&CRC_32_ISO_HDLC);

impl Sum {
    fn new() -> Self {
        Self(CRC.digest())
    }

    fn add(&mut self, name: &str, value: &str) {
        for part in [name, "=", value, "&"] {
            self.0.update(part.as_bytes());
        }
    }

    fn text(&self) -> String {
        format!("{:08x}", self.0.clone().finalize())
    }
}

#[cfg(test)]
mod tests;
