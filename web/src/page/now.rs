//! What the session is doing, as the score says it: the page composes along, without sound.

use super::hearing::ringing;
use auralis_engine::music::{Chord, Key, Scale, Tonic};
use auralis_engine::session::MovementSpan;
use auralis_engine::settings::shortest;
use auralis_engine::{ChangeLog, Event, Frame, Instrument, Note, SampleRate, Score, Session, Settings, What};

/// How far ahead the score is known, in seconds, and when it is looked up again.
const AHEAD_SECONDS: f64 = 240.0;
const ENOUGH_SECONDS: f64 = 120.0;
/// The most events that are kept: far more than so many seconds have.
const MOST_EVENTS: usize = 50_000;

/// A part of the score around the position.
#[derive(Clone, Debug, Default)]
pub struct Page {
    events: Vec<Event>,
    from: u64,
    until: u64,
}

/// A phrase.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Phrase {
    /// Its number within its movement, from 0.
    pub index: u32,
    /// Where it begins.
    pub frame: Frame,
    /// Its key.
    pub key: Key,
    /// Its scale.
    pub scale: Scale,
    /// Its tempo.
    pub bpm: f32,
}

/// What is going on at a moment.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Now {
    /// The movement, from 0.
    pub movement: u64,
    /// The phrase.
    pub phrase: Option<Phrase>,
    /// The chord, and the scale that it is of.
    pub chord: Option<Chord>,
    /// When the next chord comes.
    pub next_chord: Option<Frame>,
    /// The first phrase to come that has the key, scale and tempo that are wanted, if the present one has not.
    pub coming: Option<Phrase>,
}

impl Page {
    /// The score around a position; nothing if the log has more changes there than there is room for.
    #[must_use]
    pub fn around(session: &Session, log: &ChangeLog, position: Frame) -> Self {
        let from = MovementSpan::at(session.seed, session.rate, position).start;
        let until = position + session.rate.frames(AHEAD_SECONDS);
        let Ok(score) = Score::new(session, log, from) else { return Self::default() };
        let events = score.take_while(|e| e.frame < until).take(MOST_EVENTS).collect();
        Self { events, from: from.0, until: until.0 }
    }

    /// Whether it still says enough of what comes after a position.
    #[must_use]
    pub fn covers(&self, position: Frame, rate: SampleRate) -> bool {
        self.from <= position.0 && position.0 + rate.frames(ENOUGH_SECONDS) <= self.until
    }

    /// What is going on at a position, where `wanted` is what the listener has set.
    #[must_use]
    pub fn at(&self, position: Frame, wanted: &Settings) -> Now {
        let mut now = Now::default();
        for event in &self.events {
            let past = event.frame <= position;
            match event.what {
                What::Movement { index } if past => now = Now { movement: index, ..now },
                What::Phrase { index, key, scale, bpm, .. } => {
                    let phrase = Phrase { index, frame: event.frame, key, scale, bpm };
                    let fits = key == wanted.key && scale == wanted.scale && bpm == wanted.bpm.get();
                    if past {
                        now.phrase = Some(phrase);
                        now.coming = None;
                    } else if fits && now.coming.is_none() {
                        now.coming = Some(phrase);
                    }
                }
                What::Chord { chord, .. } if past => now.chord = Some(chord),
                What::Chord { .. } if now.next_chord.is_none() => now.next_chord = Some(event.frame),
                _ => {}
            }
        }
        let current =
            |p: &Phrase| p.key == wanted.key && p.scale == wanted.scale && p.bpm == wanted.bpm.get();
        now.coming = now.coming.filter(|_| !now.phrase.as_ref().is_some_and(current));
        now
    }

    /// The notes that sound at a position, ringing on a little after their ends.
    pub fn held(&self, position: Frame, rate: SampleRate) -> impl Iterator<Item = Note> + '_ {
        let past = &self.events[..self.events.partition_point(|e| e.frame <= position)];
        let let_go = move |instrument: Instrument| {
            let is_its = |e: &&Event| e.what == What::Release(instrument);
            past.iter().rev().find(is_its).map_or(Frame::ZERO, |e| e.frame)
        };
        past.iter().filter_map(move |e| match e.what {
            What::Note(note) => {
                let ringing = rate.frames(ringing(note.instrument));
                let end = e.frame + (note.duration + ringing);
                let released = let_go(note.instrument);
                let gone = released > e.frame && released + ringing <= position;
                (end > position && !gone).then_some(note)
            }
            _ => None,
        })
    }

    /// The notes that begin in a span of time.
    pub fn notes(&self, from: Frame, until: Frame) -> impl Iterator<Item = (Frame, Note)> + '_ {
        let first = self.events.partition_point(|e| e.frame < from);
        self.events[first..].iter().take_while(move |e| e.frame < until).filter_map(|e| match e.what {
            What::Note(note) => Some((e.frame, note)),
            _ => None,
        })
    }
}

/// A name of a note as it is printed: with ♯ and ♭.
#[must_use]
pub fn note_name(pitch_class: u8) -> String {
    pretty(Tonic::new(pitch_class).name())
}

/// A key's or note's name with ♯ and ♭ for # and b.
#[must_use]
pub fn pretty(name: &str) -> String {
    let mut letters = name.chars();
    let Some(first) = letters.next() else { return String::new() };
    let rest = letters.as_str();
    match rest.chars().next() {
        Some('#') => format!("{first}♯{}", &rest[1..]),
        Some('b') => format!("{first}♭{}", &rest[1..]),
        _ => name.to_owned(),
    }
}

/// A tempo: "62.5 bpm".
#[must_use]
pub fn tempo(bpm: f32) -> String {
    format!("{} bpm", shortest(bpm))
}

/// A key with its scale: "E phrygian".
#[must_use]
pub fn mode_name(key: Key, scale: Scale) -> String {
    format!("{} {}", note_name(key.tonic.pitch_class()), scale.name())
}

/// A chord: its degree, and its notes from the root up.
#[must_use]
pub fn chord_name(chord: &Chord, scale: Scale) -> String {
    let notes: Vec<_> = chord.notes().iter().map(|n| note_name((chord.root + n) % 12)).collect();
    format!("{} · {}", chord.numeral(scale), notes.join(" "))
}

/// A time to wait, for people: "12 s", "2 min 5 s".
#[must_use]
pub fn wait(seconds: f64) -> String {
    let whole = seconds.max(0.0).ceil() as u64;
    if whole < 60 { format!("{whole} s") } else { format!("{} min {} s", whole / 60, whole % 60) }
}

/// A length of time as a clock shows it: "3:07", "1:02:03".
#[must_use]
pub fn clock(seconds: f64) -> String {
    let whole = seconds.max(0.0) as u64;
    let (hours, minutes, seconds) = (whole / 3600, whole / 60 % 60, whole % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

/// A length of time in words, as it is read out: "1 hour 2 minutes 5 seconds".
#[must_use]
pub fn spoken(seconds: f64) -> String {
    let whole = seconds.max(0.0) as u64;
    let parts = [(whole / 3600, "hour"), (whole / 60 % 60, "minute"), (whole % 60, "second")];
    let said = parts.iter().filter(|(count, unit)| *count > 0 || (whole == 0 && *unit == "second"));
    let said = said.map(|(count, unit)| format!("{count} {unit}{}", if *count == 1 { "" } else { "s" }));
    said.collect::<Vec<_>>().join(" ")
}

/// What is to come of key, scale and tempo, in a sentence; nothing if all is as it was set.
#[must_use]
pub fn coming(now: &Now, position: Frame, rate: SampleRate) -> Option<String> {
    let (phrase, next) = (now.phrase?, now.coming?);
    let mut what = Vec::new();
    if (phrase.key, phrase.scale) != (next.key, next.scale) {
        what.push(mode_name(next.key, next.scale));
    }
    if phrase.bpm != next.bpm {
        what.push(tempo(next.bpm));
    }
    let verb = if what.len() == 2 { "come" } else { "comes" };
    let when = wait(rate.seconds(next.frame.0.saturating_sub(position.0)));
    (!what.is_empty()).then(|| format!("{} {verb} with a new phrase in {when}", what.join(" and ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use auralis_engine::{Change, Patch};

    #[test]
    fn the_score_says_what_goes_on_and_what_comes() {
        let session = Session::new(42);
        let mut log = ChangeLog::new();
        let mut patch = Patch::default();
        patch.set("key", "F# minor").unwrap();
        patch.set("bpm", "90").unwrap();
        log.push(Change { frame: Frame(44_100), patch }).unwrap();
        let position = Frame(50_000);
        let page = Page::around(&session, &log, position);
        assert!(page.covers(position, session.rate));
        assert!(!page.covers(position + session.rate.frames(200.0), session.rate));
        let now = page.at(position, &log.fold(&session.settings, position));
        let phrase = now.phrase.unwrap();
        assert_eq!((now.movement, phrase.index, phrase.bpm), (0, 0, 70.0));
        assert!(now.chord.is_some());
        let sentence = coming(&now, position, session.rate).unwrap();
        assert!(sentence.starts_with("F♯ aeolian and 90 bpm come with a new phrase in "), "{sentence}");
        let later = now.coming.unwrap().frame;
        let then = page.at(later, &log.fold(&session.settings, later));
        assert_eq!(then.phrase.unwrap().bpm, 90.0);
        assert_eq!(coming(&then, later, session.rate), None);
    }

    #[test]
    fn words_for_people() {
        assert_eq!([wait(0.2), wait(59.0), wait(125.0)], ["1 s", "59 s", "2 min 5 s"]);
        assert_eq!([clock(0.0), clock(187.9), clock(3723.0)], ["0:00", "3:07", "1:02:03"]);
        assert_eq!([spoken(0.0), spoken(61.5)], ["0 seconds", "1 minute 1 second"]);
        assert_eq!(spoken(7200.0), "2 hours");
        assert_eq!(
            [pretty("Bb minor"), pretty("C# major"), pretty("A minor")],
            ["B♭ minor", "C♯ major", "A minor"]
        );
    }
}
