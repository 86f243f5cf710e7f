//! What the page says that it is doing.

use super::Phase;
use super::dom::{by_id, document, show};
use super::now::{self, Now};
use auralis_engine::{Frame, SampleRate, Settings};
use web_sys::Element;

/// The elements that say it.
pub(super) struct Status {
    play: Element,
    doing: Element,
    name: Element,
    mode: Element,
    tempo: Element,
    words: Element,
    coming: [Element; 2],
    live: Element,
    trouble: Element,
}

/// What there is to say.
pub(super) struct View<'a> {
    pub(super) name: String,
    pub(super) phase: Phase,
    pub(super) begun: bool,
    pub(super) withheld: bool,
    pub(super) seeking: bool,
    pub(super) words: &'a str,
    pub(super) position: Frame,
    pub(super) rate: SampleRate,
    pub(super) settings: &'a Settings,
    pub(super) now: &'a Now,
}

impl Status {
    pub(super) fn new() -> Self {
        Self {
            play: by_id("play"),
            doing: by_id("doing"),
            name: by_id("name"),
            mode: by_id("mode"),
            tempo: by_id("tempo"),
            words: by_id("words"),
            coming: [by_id("coming"), by_id("settings-coming")],
            live: by_id("live"),
            trouble: by_id("trouble"),
        }
    }

    /// Says something to a screen reader, once.
    pub(super) fn announce(&self, text: &str) {
        show(&self.live, text);
    }

    /// Says what went wrong, to everybody; nothing when all is well again.
    pub(super) fn trouble(&self, text: &str) {
        show(&self.trouble, text);
    }

    pub(super) fn show(&self, view: &View<'_>) {
        let resting = view.phase == Phase::Resting;
        show(&self.doing, &view.doing());
        let (mode, tempo) = view.sounding();
        show(&self.name, &view.name);
        show(&self.mode, &mode);
        show(&self.tempo, &tempo);
        show(&self.words, if view.begun { view.words } else { "" });
        let coming =
            now::coming(view.now, view.position, view.rate).filter(|_| view.begun).unwrap_or_default();
        for place in &self.coming {
            show(place, &coming);
        }
        let label = if resting { "Play" } else { "Pause" };
        if self.play.get_attribute("aria-label").as_deref() != Some(label) {
            let _ = self.play.set_attribute("aria-label", label);
            let _ = self.play.set_attribute("data-playing", if resting { "false" } else { "true" });
            document().set_title(if resting { "Auralis" } else { "▶ Auralis" });
        }
    }
}

impl View<'_> {
    fn doing(&self) -> String {
        let time = now::clock(self.rate.seconds(self.position.0));
        match self.phase {
            Phase::Resting if self.begun => format!("Paused at {time}"),
            Phase::Resting if self.position.0 > 0 => format!("Ready at {time}"),
            Phase::Resting => "Ready".into(),
            Phase::Starting if self.withheld => "Waiting for the browser to allow sound".into(),
            Phase::Starting if self.seeking && self.position.0 > 0 => format!("Going to {time}"),
            Phase::Starting => "Starting".into(),
            Phase::Playing => format!("Playing · {time}"),
        }
    }

    /// "E phrygian" and "40 bpm": what sounds, not what was asked for.
    fn sounding(&self) -> (String, String) {
        let (mode, bpm) = match self.now.phrase.filter(|_| self.begun) {
            Some(phrase) => (now::mode_name(phrase.key, phrase.scale), phrase.bpm),
            None => (now::mode_name(self.settings.key, self.settings.scale), self.settings.bpm.get()),
        };
        (mode, now::tempo(bpm))
    }
}
