//! Quality: what the person prefers on this device, what the probe found before play was pressed, and the steps that keep the sound whole.
//!
//! Each step is an entry in the session's log, so that its link stays true.

use super::dom::{by_id, later, on, show};
use super::{App, Phase, store};
use crate::player::Probe;
use crate::player::governor::{Governor, Preference};
use crate::player::health::Report;
use crate::player::probe::decide;
use auralis_engine::settings::Quality;
use auralis_engine::{Patch, Settings};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Element, HtmlSelectElement};

/// What the page keeps of it.
pub(super) struct Care {
    governor: RefCell<Governor>,
    probe: RefCell<Option<Probe>>,
    /// Whether this device has still to be measured, which nothing else shall disturb.
    measuring: Cell<bool>,
    /// What the person chose while nothing was played.
    chosen: Cell<Option<Quality>>,
}

/// A wish in the quality that is played: a preset sets everything but that.
pub(super) fn kept(patch: &Patch, quality: Quality) -> Patch {
    let mut patch = *patch;
    if patch.preset.is_some() {
        patch.quality = Some(quality);
    }
    patch
}

/// Listens to the control, and measures this device.
pub(super) fn attend(app: &Rc<App>) {
    let select: HtmlSelectElement = by_id("quality");
    select.set_value(store::quality().name());
    let (this, field) = (app.clone(), select.clone());
    on(&select, "input", move |_| {
        if let Some(preference) = Preference::parse(&field.value()) {
            store::keep_quality(preference);
            this.prefer(preference);
        }
    });
    let this = app.clone();
    spawn_local(async move {
        if !this.probe().await {
            this.quality.stop_probing();
            this.go_ahead().await;
        }
    });
}

impl Care {
    pub(super) fn new() -> Self {
        Self {
            governor: RefCell::new(Governor::new(store::quality())),
            probe: RefCell::default(),
            measuring: Cell::new(true),
            chosen: Cell::default(),
        }
    }

    /// Nothing is measured while there is music: playing itself tells more.
    pub(super) fn stop_probing(&self) {
        self.probe.borrow_mut().take();
        self.measuring.set(false);
    }

    pub(super) fn is_measuring(&self) -> bool {
        self.measuring.get()
    }

    pub(super) fn another_clock(&self) {
        self.governor.borrow_mut().restart();
    }

    pub(super) fn another_session(&self) {
        self.chosen.set(None);
    }

    /// The quality that a session is remembered in: what this device reduces, it can reduce again.
    pub(super) fn to_keep(&self, quality: Quality) -> Quality {
        if self.governor.borrow().lowered() { Quality::Full } else { quality }
    }

    /// Whether a relay shall make the music, where there is one.
    pub(super) fn wants_relay(&self) -> bool {
        self.governor.borrow().wants_relay()
    }

    pub(super) fn relay_sentence(&self) -> String {
        self.governor.borrow().relay_sentence()
    }

    /// The quality and why, for people.
    pub(super) fn sentence(&self, quality: Quality) -> String {
        let chosen = self.chosen.get().unwrap_or(quality);
        let governor = self.governor.borrow();
        governor.sentence(governor.correct(chosen).unwrap_or(chosen))
    }

    /// `sent`: why a relay makes the sound, if one does.
    pub(super) fn show(&self, quality: Quality, sent: Option<String>) {
        show(&by_id::<Element>("quality-help"), &sent.unwrap_or_else(|| self.sentence(quality)));
    }
}

impl App {
    /// Brings what is played in line with what this device can.
    pub(super) fn steady(&self) {
        if self.shared.is_joined() {
            // Everybody's quality: this device's steps are its own.
            return;
        }
        let quality = self.steering.borrow().wanted().quality;
        let chosen = self.quality.chosen.take();
        let corrected = self.quality.governor.borrow().correct(chosen.unwrap_or(quality));
        if let Some(quality) = corrected.or(chosen) {
            self.step(quality);
        }
    }

    fn step(&self, quality: Quality) {
        if self.shared.is_joined() {
            return;
        }
        let id = self.steering.borrow_mut().step(quality);
        if let (Some(id), Some(player)) = (id, &*self.player.borrow()) {
            player.step(id, quality);
        }
        self.keep();
        self.show_settings();
    }

    fn prefer(&self, preference: Preference) {
        let quality = self.quality.governor.borrow_mut().prefer(preference);
        if self.shared.is_joined() {
            // Everybody's quality stays; who makes it follows by itself.
            return self.show_settings();
        }
        if self.player.borrow().as_ref().is_some_and(|player| player.is_open()) {
            self.step(quality);
        } else {
            self.quality.chosen.set(Some(quality));
            self.show_settings();
        }
    }

    /// Whether the battery is low: who makes a shared session's music follows by itself.
    pub(super) fn battery(&self, low: bool) {
        self.quality.governor.borrow_mut().battery(low);
    }

    /// How the worklet fares: quality may have to follow.
    pub(super) fn report(&self, report: Report) {
        if self.shared.is_joined() {
            // What is too much here the relay makes. What the relay sends says nothing of this device.
            let made_here = !self.shared.is_sent();
            if made_here && self.quality.governor.borrow_mut().report(report, Quality::Full).is_some() {
                self.say("This device is too slow for this session: the relay sends it.");
            }
            return;
        }
        let before = self.steering.borrow().wanted().quality;
        let step = self.quality.governor.borrow_mut().report(report, before);
        match step {
            Some(quality) => {
                self.step(quality);
                self.say(match quality {
                    Quality::Full | Quality::Rich if before == Quality::Rich => {
                        "Full quality instead of rich, so that the sound stays whole."
                    }
                    Quality::Full | Quality::Rich => "Full quality again.",
                    Quality::Reduced => "Quality is reduced, so that the sound stays whole.",
                });
            }
            None => self.steady(),
        }
    }

    /// Renders a little in a worker, to see what this device can; says whether it does.
    async fn probe(self: &Rc<Self>) -> bool {
        let Some(engine) = self.engine.borrow().clone() else { return false };
        let Ok(loaded) = JsFuture::from(engine).await else { return false };
        if self.phase.get() != Phase::Resting
            || matches!(self.quality.governor.borrow().preference(), Preference::Always(_))
        {
            return false;
        }
        let session = *self.steering.borrow().session();
        let settings = Settings { quality: Quality::Full, ..session.settings };
        let app = Rc::downgrade(self);
        let answered = move |load| {
            if let Some(app) = app.upgrade() {
                app.probed(load);
            }
        };
        // Without such a worker nothing is measured, and playing will tell.
        let probe = Probe::start(&loaded, &settings.to_words(), session.rate.hz(), answered).ok();
        let measures = probe.is_some();
        *self.quality.probe.borrow_mut() = probe;
        measures
    }

    fn probed(self: &Rc<Self>, load: Option<f64>) {
        // Not here: this is called by the worker's own listener.
        let app = self.clone();
        later(0, move || {
            app.quality.stop_probing();
            spawn_local(async move { app.go_ahead().await });
        });
        self.quality.governor.borrow_mut().probed(&decide(load, self.shared.is_connected()));
        if self.quality.governor.borrow().lowered() && !self.shared.is_connected() {
            self.say("This device plays at reduced quality; the settings can change that.");
        }
        self.show_settings();
    }
}
