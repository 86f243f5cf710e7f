//! Reading a link: all of it that can be read, and what there is to say about the rest.

use super::{LAST_FRAME, Link, Notice, Sum};
use auralis_engine::session::MovementSpan;
use auralis_engine::session::timeline::CAPACITY;
use auralis_engine::settings::{PARAMETERS, Parameter};
use auralis_engine::{Change, ChangeLog, Frame, Patch, SOUND_VERSION, SampleRate, Session, Settings};
use std::collections::VecDeque;

/// What a fragment says.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// What can be played of it, if anything.
    pub link: Option<Link>,
    /// Whether it says which piece it is; else each reader gets another.
    pub seeded: bool,
    /// What there is to say about it, in the order in which it was found.
    pub notices: Vec<Notice>,
}

impl Reading {
    /// The sentence that a person most needs; nothing if all is well.
    #[must_use]
    pub fn sentence(&self) -> Option<String> {
        self.notices.iter().min_by_key(|notice| notice.rank()).map(ToString::to_string)
    }
}

/// Reads a fragment, with or without its `#`; nothing if it is no link to a session but the name of a place on the page. Never fails: what cannot be
/// read is left out, and in [`Reading::notices`]. `chance` gives the seed of a link that names none.
#[must_use]
pub fn read(fragment: &str, chance: fn() -> u64) -> Option<Reading> {
    let fragment = fragment.strip_prefix('#').unwrap_or(fragment);
    fragment.contains('=').then(|| {
        let mut reader = Reader::new();
        for (name, value) in form_urlencoded::parse(fragment.as_bytes()) {
            reader.field(&name, value.trim());
        }
        reader.finish(chance)
    })
}

/// To whom the settings that follow belong.
enum Section {
    Session,
    Change(Frame),
    /// A change whose frame could not be read: its settings cannot be used.
    Lost,
}

struct Reader {
    version: Option<u32>,
    rate: SampleRate,
    seed: Option<u64>,
    at: Frame,
    start: Patch,
    changes: Vec<Change>,
    section: Section,
    patch: Patch,
    /// The names that the section already has.
    names: Vec<String>,
    /// Whether anything of a session was read.
    any: bool,
    sum: Sum,
    /// Whether the checksum came, and was right.
    checked: Option<bool>,
    notices: Vec<Notice>,
}

impl Reader {
    fn new() -> Self {
        Self {
            version: None,
            rate: SampleRate::default(),
            seed: None,
            at: Frame::ZERO,
            start: Patch::default(),
            changes: Vec::new(),
            section: Section::Session,
            patch: Patch::default(),
            names: Vec::new(),
            any: false,
            sum: Sum::new(),
            checked: None,
            notices: Vec::new(),
        }
    }

    fn field(&mut self, name: &str, value: &str) {
        if self.checked.is_some() {
            // Nothing comes after the checksum.
            self.checked = Some(false);
        }
        match name {
            "sum" => {
                self.checked = Some(self.checked.is_none() && value == self.sum.text());
                return;
            }
            "change" => self.begin_change(value),
            _ if self.names.iter().any(|other| other == name) => {
                self.notices.push(Notice::Twice { name: name.into() })
            }
            "v" => self.version = self.number(name, value, 1, u64::from(u32::MAX)).map(|v| v as u32),
            "rate" => self.rate(value),
            "seed" => {
                self.seed = self.number(name, value, 0, u64::MAX);
                self.any |= self.seed.is_some();
            }
            "at" => {
                let at = self.number(name, value, 0, LAST_FRAME.0);
                self.any |= at.is_some();
                self.at = Frame(at.unwrap_or(0));
            }
            _ if Parameter::find(name).is_some() => match self.patch.set(name, value) {
                Ok(()) => self.any = true,
                Err(error) => self.notices.push(Notice::Value(error)),
            },
            _ => self.notices.push(Notice::Unknown { name: name.into() }),
        }
        self.names.push(name.into());
        self.sum.add(name, value);
    }

    fn number(&mut self, name: &str, value: &str, least: u64, most: u64) -> Option<u64> {
        let number = value.bytes().all(|b| b.is_ascii_digit()).then(|| value.parse().ok()).flatten();
        let number = number.filter(|n| (least..=most).contains(n));
        if number.is_none() {
            let allowed = format!("a whole number from {least} to {most}");
            self.notices.push(Notice::value(name, value, &allowed));
        }
        number
    }

    fn rate(&mut self, value: &str) {
        match value.parse().ok().and_then(SampleRate::from_hz) {
            Some(rate) => {
                self.rate = rate;
                self.any = true;
            }
            None => self.notices.push(Notice::value("rate", value, "44100 or 48000")),
        }
    }

    fn begin_change(&mut self, value: &str) {
        self.end_section();
        self.section = self
            .number("change", value, 0, LAST_FRAME.0)
            .map_or(Section::Lost, |f| Section::Change(Frame(f)));
    }

    fn end_section(&mut self) {
        let patch = std::mem::take(&mut self.patch);
        match self.section {
            Section::Session => self.start = patch,
            Section::Change(frame) => self.changes.push(Change { frame, patch }),
            Section::Lost => {}
        }
        // Those of the session itself are never said again; a change may set anything anew.
        self.names.retain(|name| PARAMETERS.iter().all(|p| p.name != name));
    }

    fn finish(mut self, chance: fn() -> u64) -> Reading {
        self.end_section();
        match self.version {
            Some(version) if version < SOUND_VERSION => self.notices.push(Notice::Older { version }),
            Some(version) if version > SOUND_VERSION => self.notices.push(Notice::Later { version }),
            _ => {}
        }
        match self.checked {
            Some(false) => self.notices.push(Notice::Damaged),
            None if self.version.is_some() => self.notices.push(Notice::Cut),
            _ => {}
        }
        let seeded = self.seed.is_some();
        let link = self.any.then(|| {
            if !seeded && self.version.is_some() {
                self.notices.push(Notice::NoSeed);
            }
            let seed = self.seed.unwrap_or_else(chance);
            let session = Session { seed, rate: self.rate, settings: Settings::default().with(&self.start) };
            let log = playable(&session, &self.changes, &mut self.notices);
            Link { session, log, at: self.at }
        });
        if link.is_none() {
            self.notices.push(Notice::Nothing);
        }
        Reading { link, seeded, notices: self.notices }
    }
}

/// The changes that an engine can be told: in order, and nowhere more than it has room for.
fn playable(session: &Session, changes: &[Change], notices: &mut Vec<Notice>) -> ChangeLog {
    let mut log = ChangeLog::new();
    // Those that an engine still knows when it comes to the last one: from where the movement before was planned.
    let mut known = VecDeque::new();
    for change in changes {
        let playing = MovementSpan::at(session.seed, session.rate, change.frame);
        let before = MovementSpan::of(session.seed, session.rate, playing.index.saturating_sub(1));
        let from = before.planning_frame(session.rate);
        while known.front().is_some_and(|frame| *frame < from) {
            known.pop_front();
        }
        if known.len() == CAPACITY {
            notices.push(Notice::Crowded { frame: change.frame.0 });
            break;
        }
        match log.push(*change) {
            Ok(()) => known.push_back(change.frame),
            Err(_) => notices.push(Notice::Order { frame: change.frame.0 }),
        }
    }
    log
}
