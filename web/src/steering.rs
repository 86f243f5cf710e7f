//! A session being steered: what it began with, what was changed since, and what the listener wants now.
//!
//! Until it is played, a session is what the controls say. From then on every change is an entry in its log, at the frame where the
//! engine took it, so that the log is the truth: saved and opened again it gives the same samples.

use auralis_engine::settings::{PARAMETERS, Quality};
use auralis_engine::{Change, ChangeLog, Frame, Patch, Session, Settings};

/// What the engine was told.
#[derive(Clone, Copy, Debug)]
struct Sent {
    id: u32,
    /// All the settings that hold then.
    settings: Settings,
    /// Whether it is a step of quality alone, which leaves what is still to come.
    step: bool,
}

/// A session and the listener's wishes.
#[derive(Clone, Debug)]
pub struct Steering {
    session: Session,
    log: ChangeLog,
    wanted: Settings,
    /// What the engine was last known to play.
    current: Settings,
    /// What it was told and has not answered yet.
    sent: Vec<Sent>,
    next_id: u32,
    begun: bool,
    /// The frame of the last change that the engine took, a little ahead of what is heard.
    taken: Frame,
    /// In a session that is shared: what was asked for last, and not answered yet.
    asked: Option<Settings>,
}

impl Steering {
    /// A session with its log, not played yet.
    #[must_use]
    pub fn new(session: Session, log: ChangeLog) -> Self {
        let wanted = session.settings;
        Self {
            session,
            log,
            wanted,
            current: wanted,
            sent: Vec::new(),
            next_id: 1,
            begun: false,
            taken: Frame::ZERO,
            asked: None,
        }
    }

    /// What it began with.
    #[must_use]
    pub const fn session(&self) -> &Session {
        &self.session
    }

    /// What was changed since, and, in a session that was opened, what is still to come.
    #[must_use]
    pub const fn log(&self) -> &ChangeLog {
        &self.log
    }

    /// What the controls show.
    #[must_use]
    pub const fn wanted(&self) -> &Settings {
        &self.wanted
    }

    /// Whether it has been played.
    #[must_use]
    pub const fn begun(&self) -> bool {
        self.begun
    }

    /// It is being played from now on, or anew. What an engine before was told and did not answer is told again; a step of quality
    /// that it did not answer is forgotten.
    pub fn begin(&mut self) {
        self.begun = true;
        if self.sent.drain(..).any(|sent| sent.step) {
            self.wanted.quality = self.current.quality;
        }
    }

    /// It is played from another frame on, perhaps an earlier one: what was taken since lies ahead again, or behind.
    pub const fn went(&mut self) {
        self.taken = Frame::ZERO;
    }

    /// Lays a wish over what is wanted; true if that changes anything.
    pub fn wish(&mut self, patch: &Patch) -> bool {
        let wanted = self.wanted.with(patch);
        let news = wanted != self.wanted;
        self.wanted = wanted;
        if news && !self.begun {
            self.session.settings = wanted;
            self.current = wanted;
            // Whoever changes the beginning of a session that was opened makes another.
            self.log = ChangeLog::new();
        }
        news
    }

    /// What the engine has to be told, if anything: a number for its answer, and the settings.
    pub fn to_tell(&mut self) -> Option<(u32, Settings)> {
        let told = self.sent.last().map_or(&self.current, |sent| &sent.settings);
        if !self.begun || self.wanted == *told {
            return None;
        }
        Some((self.send(self.wanted, false), self.wanted))
    }

    /// Whether the engine has answered all that it was told, so that the log is complete up to what it plays.
    #[must_use]
    pub const fn is_settled(&self) -> bool {
        self.sent.is_empty()
    }

    /// Another quality from now on, in what is played and in all that is still to come. Unlike a wish it takes nothing back: a log that
    /// changes things by itself goes on to do so. Gives a number for the engine's answer, or nothing if nothing changes or nothing is played.
    pub fn step(&mut self, quality: Quality) -> Option<u32> {
        let told = self.sent.last().map_or(self.current, |sent| sent.settings);
        if !self.begun || told.quality == quality {
            return None;
        }
        self.wanted.quality = quality;
        for sent in &mut self.sent {
            sent.settings.quality = quality;
        }
        Some(self.send(Settings { quality, ..told }, true))
    }

    fn send(&mut self, settings: Settings, step: bool) -> u32 {
        let id = self.next_id;
        self.next_id += 1;
        self.sent.push(Sent { id, settings, step });
        id
    }

    /// The engine took settings at a frame: they go into the log, in place of what was to come after, unless it was a step of quality.
    pub fn taken(&mut self, id: u32, frame: Frame) {
        let Some(place) = self.sent.iter().position(|sent| sent.id == id) else { return };
        let Sent { settings, step, .. } = self.answered(place);
        let (kept, rest): (Vec<Change>, Vec<Change>) =
            self.log.changes().iter().partition(|c| c.frame <= frame);
        let base = kept.iter().fold(self.session.settings, |s, c| s.with(&c.patch));
        let settings = if step { Settings { quality: settings.quality, ..base } } else { settings };
        let news = Change { frame, patch: difference(&base, &settings) };
        let to_come = rest.into_iter().filter(|_| step).map(|c| in_quality(c, settings.quality));
        let mut log = ChangeLog::new();
        for change in kept.into_iter().chain((!news.patch.is_empty()).then_some(news)).chain(to_come) {
            // In the order of their frames by construction.
            let _ = log.push(change);
        }
        self.log = log;
        self.current = settings;
        self.taken = frame;
    }

    /// Takes what was answered off the list; a wish takes the place of all that was told before it, a step only stands beside it.
    fn answered(&mut self, place: usize) -> Sent {
        let answered = self.sent[place];
        let first = if answered.step { place } else { 0 };
        self.sent.drain(first..=place);
        answered
    }

    /// The engine has no room: the wish stays, to be told again later.
    pub fn refused(&mut self, id: u32) {
        if let Some(place) = self.sent.iter().position(|sent| sent.id == id)
            && self.answered(place).step
        {
            // Whoever watches over quality asks again.
            self.wanted.quality = self.current.quality;
        }
    }

    /// A wish in a session that is shared: shown at once, and in the log only when it comes back from there. True if it is news.
    pub fn hope(&mut self, patch: &Patch) -> bool {
        let wanted = self.wanted.with(patch);
        let news = wanted != self.wanted;
        self.wanted = wanted;
        news
    }

    /// What has to be asked for in a session that is shared, if anything.
    pub fn to_ask(&mut self) -> Option<Patch> {
        let patch = difference(&self.asked.unwrap_or(self.current), &self.wanted);
        if patch.is_empty() {
            return None;
        }
        self.asked = Some(self.wanted);
        Some(patch)
    }

    /// A session that is shared was changed, by whomever. Gives the settings that hold from there on; nothing if it is known already.
    pub fn told(&mut self, change: Change) -> Option<Settings> {
        self.log.push(change).ok()?;
        let settings = self.log.fold(&self.session.settings, Frame(u64::MAX));
        let wishing = self.asked.is_some_and(|asked| asked != self.wanted);
        self.current = settings;
        self.taken = change.frame;
        if !wishing {
            self.wanted = settings;
        }
        self.asked = None;
        Some(settings)
    }

    /// What was asked for is not to be had.
    pub const fn denied(&mut self) {
        self.asked = None;
        self.wanted = self.current;
    }

    /// Follows a log that changes things by itself; true if the controls must show something new.
    pub fn follow(&mut self, position: Frame) -> bool {
        if !self.sent.is_empty() || self.wanted != self.current {
            return false;
        }
        let playing = self.log.fold(&self.session.settings, position.max(self.taken) + 1);
        let news = playing != self.current;
        self.current = playing;
        self.wanted = playing;
        news
    }

    /// The same wishes with another seed, from the beginning.
    #[must_use]
    pub fn reseeded(&self, seed: u64) -> Self {
        Self::new(Session { seed, settings: self.wanted, ..self.session }, ChangeLog::new())
    }
}

/// A change that sets the quality sets this one instead.
fn in_quality(mut change: Change, quality: Quality) -> Change {
    if change.patch.preset.is_some() || change.patch.quality.is_some() {
        change.patch.quality = Some(quality);
    }
    change
}

/// The least patch that makes `to` of `from`.
#[must_use]
pub fn difference(from: &Settings, to: &Settings) -> Patch {
    let (old, new) = (Patch::from(from), Patch::from(to));
    let mut patch = Patch::default();
    for name in PARAMETERS.map(|p| p.name) {
        if let Some(value) = new.get(name).filter(|value| old.get(name).as_ref() != Some(value)) {
            // A value that was read from settings is one that settings take.
            let _ = patch.set(name, &value);
        }
    }
    if from.with(&patch) != *to {
        // A key brings its natural scale: here the scale stays.
        patch.scale = Some(to.scale);
    }
    patch
}

#[cfg(test)]
mod tests {
    use super::*;
    use auralis_engine::Preset;

    fn patch(fields: &[(&str, &str)]) -> Patch {
        let mut patch = Patch::default();
        for (name, value) in fields {
            patch.set(name, value).unwrap();
        }
        patch
    }

    #[test]
    fn before_it_is_played_a_wish_is_the_beginning() {
        let mut s = Steering::new(Session::new(1), ChangeLog::new());
        assert!(s.wish(&patch(&[("preset", "sleep")])));
        assert!(!s.wish(&patch(&[("preset", "sleep")])));
        assert_eq!(s.session().settings, Preset::Sleep.settings());
        assert_eq!(s.to_tell(), None);
    }

    #[test]
    fn afterwards_it_is_an_entry_in_the_log() {
        let mut s = Steering::new(Session::new(1), ChangeLog::new());
        s.begin();
        s.wish(&patch(&[("intensity", "0.9")]));
        let (first, _) = s.to_tell().unwrap();
        assert_eq!(s.to_tell(), None);
        s.wish(&patch(&[("intensity", "0.8")]));
        let (second, _) = s.to_tell().unwrap();
        s.taken(second, Frame(640));
        s.taken(first, Frame(640));
        assert_eq!(s.log().changes(), [Change { frame: Frame(640), patch: patch(&[("intensity", "0.8")]) }]);
        assert_eq!(s.session().settings, Settings::default());
        assert_eq!(s.to_tell(), None);
    }

    #[test]
    fn what_is_refused_is_told_again() {
        let mut s = Steering::new(Session::new(1), ChangeLog::new());
        s.begin();
        s.wish(&patch(&[("bpm", "90")]));
        let (id, settings) = s.to_tell().unwrap();
        assert!(!s.is_settled());
        s.refused(id);
        assert!(s.log().changes().is_empty() && s.is_settled());
        assert_eq!(s.to_tell().unwrap().1, settings);
    }

    #[test]
    fn a_log_is_followed_until_somebody_steers() {
        let mut log = ChangeLog::new();
        for (frame, bpm) in [(1000, "60"), (2000, "80"), (3000, "100")] {
            log.push(Change { frame: Frame(frame), patch: patch(&[("bpm", bpm)]) }).unwrap();
        }
        let mut s = Steering::new(Session::new(1), log);
        s.begin();
        assert!(!s.follow(Frame(999)));
        assert!(s.follow(Frame(1000)));
        assert_eq!(s.wanted().bpm.get(), 60.0);
        s.wish(&patch(&[("space", "1")]));
        assert!(!s.follow(Frame(2500)));
        let (id, _) = s.to_tell().unwrap();
        s.taken(id, Frame(2500));
        let frames: Vec<_> = s.log().changes().iter().map(|c| c.frame.0).collect();
        assert_eq!(frames, [1000, 2000, 2500]);
        assert!(!s.follow(Frame(2400)), "what was taken counts before it is heard");
        assert!(!s.follow(Frame(9000)));
        assert_eq!(s.reseeded(7).session().settings, *s.wanted());
    }

    #[test]
    fn whoever_goes_back_hears_the_log_again() {
        let mut s = Steering::new(Session::new(1), ChangeLog::new());
        s.begin();
        s.wish(&patch(&[("bpm", "90")]));
        let (id, _) = s.to_tell().unwrap();
        s.taken(id, Frame(5000));
        s.went();
        assert!(s.follow(Frame(1000)));
        assert_eq!(s.wanted().bpm.get(), 70.0);
        assert_eq!((s.to_tell(), s.log().changes().len()), (None, 1));
        assert!(s.follow(Frame(6000)));
        assert_eq!(s.wanted().bpm.get(), 90.0);
    }

    #[test]
    fn a_step_of_quality_leaves_what_is_to_come() {
        let mut log = ChangeLog::new();
        for (frame, field) in [(1000, ("bpm", "60")), (9000, ("preset", "sleep")), (9500, ("bpm", "50"))] {
            log.push(Change { frame: Frame(frame), patch: patch(&[field]) }).unwrap();
        }
        let mut s = Steering::new(Session::new(1), log);
        assert_eq!(s.step(Quality::Reduced), None, "nothing is played");
        let mut s = Steering::new(*s.session(), s.log().clone());
        s.begin();
        s.follow(Frame(1000));
        let id = s.step(Quality::Reduced).unwrap();
        assert_eq!(s.step(Quality::Reduced), None, "it is on its way");
        assert_eq!(s.to_tell(), None);
        s.taken(id, Frame(2048));
        let reduced = patch(&[("quality", "reduced")]);
        assert_eq!(s.log().changes()[1], Change { frame: Frame(2048), patch: reduced });
        assert_eq!(s.log().changes().len(), 4);
        assert_eq!(s.log().fold(&s.session().settings, Frame(9001)).quality, Quality::Reduced);
        assert_eq!(s.log().fold(&s.session().settings, Frame(9501)).bpm.get(), 50.0);
        assert!(s.follow(Frame(9000)), "the log is followed as before");
        let id = s.step(Quality::Full).unwrap();
        s.taken(id, Frame(9100));
        assert_eq!(s.log().fold(&s.session().settings, Frame(9101)), Preset::Sleep.settings());
    }

    #[test]
    fn a_step_between_wishes_is_in_all_of_them() {
        let mut s = Steering::new(Session::new(1), ChangeLog::new());
        s.begin();
        s.wish(&patch(&[("bpm", "90")]));
        let (wish, _) = s.to_tell().unwrap();
        let step = s.step(Quality::Reduced).unwrap();
        // The worklet lays the step before what waits, and over it.
        s.taken(step, Frame(704));
        s.taken(wish, Frame(704));
        assert_eq!(s.log().fold(&s.session().settings, Frame(705)), *s.wanted());
        assert_eq!(s.to_tell(), None);
    }

    #[test]
    fn in_a_shared_session_a_wish_comes_back_from_there() {
        let mut s = Steering::new(Session::new(1), ChangeLog::new());
        assert!(s.hope(&patch(&[("bpm", "90")])) && !s.hope(&patch(&[("bpm", "90")])));
        assert_eq!((s.wanted().bpm.get(), s.session().settings.bpm.get()), (90.0, 70.0));
        assert_eq!(s.to_ask(), Some(patch(&[("bpm", "90")])));
        assert_eq!(s.to_ask(), None);
        s.begin();
        let change = Change { frame: Frame(640), patch: patch(&[("bpm", "90")]) };
        assert_eq!(s.told(change).unwrap().bpm.get(), 90.0);
        assert_eq!((s.to_ask(), s.log().changes().len()), (None, 1));
        assert_eq!(s.told(Change { frame: Frame(639), ..change }), None, "it is known");
        // Somebody else changes something while a slider is being moved here.
        s.hope(&patch(&[("space", "1")]));
        s.to_ask();
        s.hope(&patch(&[("space", "0")]));
        s.told(Change { frame: Frame(700), patch: patch(&[("bpm", "50")]) });
        assert_eq!((s.wanted().space.get(), s.current.bpm.get()), (0.0, 50.0));
        s.denied();
        assert_eq!((s.to_ask(), s.wanted().bpm.get()), (None, 50.0));
        assert!(!s.follow(Frame(600)), "what was told counts before it is heard");
    }

    #[test]
    fn a_new_engine_is_told_what_the_old_one_did_not_answer() {
        let mut s = Steering::new(Session::new(1), ChangeLog::new());
        s.begin();
        s.wish(&patch(&[("bpm", "90")]));
        s.to_tell().unwrap();
        s.step(Quality::Reduced).unwrap();
        s.begin();
        assert_eq!(s.wanted().quality, Quality::Full);
        assert_eq!(s.to_tell().unwrap().1.bpm.get(), 90.0);
        let id = s.step(Quality::Reduced).unwrap();
        s.refused(id);
        assert_eq!(s.wanted().quality, Quality::Full);
    }

    #[test]
    fn differences_lead_from_one_to_the_other() {
        let all = Preset::ALL.map(Preset::settings);
        for from in &all {
            for to in &all {
                let patch = difference(from, to);
                assert_eq!(from.with(&patch), *to);
                assert_eq!(patch.is_empty(), from == to);
            }
        }
    }
}
