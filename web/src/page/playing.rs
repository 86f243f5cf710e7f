//! Playing: the player from a press of the button to its repair, and what it tells the page.

use super::{App, Phase, TELL_AGAIN, library, now, volume};
use crate::player::{self, Event, Opening, Player};
use crate::steering::Steering;
use auralis_engine::Frame;
use js_sys::Promise;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::{Closure, JsValue};
use wasm_bindgen_futures::{JsFuture, future_to_promise, spawn_local};

/// How often in a row a broken worklet is started again by itself.
const MOST_REPAIRS: u32 = 2;

impl App {
    pub(super) fn toggle(self: &Rc<Self>) {
        if self.phase.get() == Phase::Resting {
            self.play();
        } else {
            self.pause();
        }
    }

    pub(super) fn pause(self: &Rc<Self>) {
        self.phase.set(Phase::Resting);
        if let Some(player) = &*self.player.borrow() {
            player.pause();
        }
        self.look();
        self.status.announce("Paused");
    }

    /// Begins or goes on. What browsers allow only in a click happens here at once, the rest when the engine is there.
    pub(super) fn play(self: &Rc<Self>) {
        self.phase.set(Phase::Starting);
        self.status.trouble("");
        let player = match self.player_at_rate() {
            Ok(player) => player,
            Err(error) => return self.fail("This browser cannot play here", &error),
        };
        let fresh = !self.steering.borrow().begun();
        if fresh {
            self.open(&player, self.start.get());
        }
        player.play();
        self.look();
        let app = self.clone();
        spawn_local(async move {
            let engine = app.engine.borrow_mut().get_or_insert_with(fetch_engine).clone();
            let prepared = match JsFuture::from(engine).await {
                Ok(engine) => player.prepare(engine).await,
                Err(error) => Err(error),
            };
            if let Err(error) = prepared {
                // Next time it is fetched anew.
                *app.engine.borrow_mut() = None;
                app.fail("The engine could not be loaded", &error);
            } else {
                app.tell();
            }
        });
    }

    /// The player, or a new one where the session has another rate than the last.
    pub(super) fn player_at_rate(self: &Rc<Self>) -> Result<Rc<Player>, JsValue> {
        let rate = self.steering.borrow().session().rate;
        if let Some(player) = self.player.borrow().as_ref().filter(|player| player.rate() == rate) {
            return Ok(player.clone());
        }
        if let Some(old) = self.player.borrow_mut().take() {
            old.close();
        }
        let app = Rc::downgrade(self);
        let player = Player::new(rate, volume(), move |event| {
            if let Some(app) = app.upgrade() {
                app.heard(event);
            }
        })?;
        *self.player.borrow_mut() = Some(player.clone());
        Ok(player)
    }

    pub(super) fn open(&self, player: &Player, from: Frame) {
        let mut steering = self.steering.borrow_mut();
        steering.begin();
        player.open(Opening::new(steering.session(), steering.log(), from));
        *self.score.borrow_mut() = now::Page::default();
    }

    pub(super) fn fail(self: &Rc<Self>, what: &str, error: &JsValue) {
        self.phase.set(Phase::Resting);
        if let Some(player) = &*self.player.borrow() {
            player.pause();
        }
        self.status.trouble(&format!("{what}: {}", said(error)));
        self.look();
    }

    /// Takes another session in place of this one, and plays it if this one was playing.
    pub(super) fn take(self: &Rc<Self>, steering: Steering) {
        self.take_from(steering, Frame::ZERO);
        self.keep();
    }

    /// As [`App::take`], from a moment on, without remembering it for the next visit.
    pub(super) fn take_from(self: &Rc<Self>, steering: Steering, from: Frame) {
        library::leave(self);
        self.start.set(from);
        self.timeline.begin(from);
        let playing = self.phase.get() != Phase::Resting;
        *self.steering.borrow_mut() = steering;
        *self.score.borrow_mut() = now::Page::default();
        self.show_settings();
        if playing {
            self.play();
        } else {
            self.look();
        }
    }

    pub(super) fn heard(self: &Rc<Self>, event: Event) {
        match event {
            Event::State => {
                if self.phase.get() == Phase::Starting && self.sounds() {
                    self.phase.set(Phase::Playing);
                    self.repairs.set(0);
                    self.status.announce("Playing");
                }
                self.look();
            }
            Event::Changed { id, frame } => {
                self.steering.borrow_mut().taken(id, frame);
                *self.score.borrow_mut() = now::Page::default();
                self.status.trouble("");
                self.look();
                self.announce_what_comes();
            }
            Event::Refused { id } => {
                self.steering.borrow_mut().refused(id);
                self.status.trouble(
                    "There were many changes within the last minutes: this one comes a little later.",
                );
                self.tell_in(TELL_AGAIN);
            }
            Event::Broken(what) => self.repair(&what),
        }
    }

    /// The worklet broke: a new one goes on where it was.
    pub(super) fn repair(self: &Rc<Self>, what: &str) {
        let position = self.position();
        let Some(player) = self.player.borrow_mut().take() else { return };
        player.close();
        if self.repairs.get() >= MOST_REPAIRS {
            return self.fail("The engine stopped", &what.into());
        }
        self.repairs.set(self.repairs.get() + 1);
        let playing = self.phase.get() != Phase::Resting;
        match self.player_at_rate() {
            Ok(player) => {
                self.open(&player, position);
                if playing {
                    self.play();
                    self.status.trouble("The engine stopped; a new one goes on from where it was.");
                }
            }
            Err(error) => self.fail("The engine stopped", &error),
        }
    }

    pub(super) fn sounds(&self) -> bool {
        self.player.borrow().as_ref().is_some_and(|player| player.sounds() && !player.seeking())
    }

    pub(super) fn position(&self) -> Frame {
        let begun = self.steering.borrow().begun();
        self.player.borrow().as_ref().filter(|_| begun).map_or(self.start.get(), |player| player.position())
    }
}

/// Fetches the engine ahead of the first click. A failure is told when somebody presses play, and is nobody's before.
pub(super) fn fetch_engine() -> Promise {
    let engine = future_to_promise(player::load());
    let ignored = Closure::<dyn FnMut(JsValue)>::new(|_| {});
    let _ = engine.catch(&ignored);
    ignored.forget();
    engine
}

/// What an error says.
fn said(error: &JsValue) -> String {
    match error.dyn_ref::<js_sys::Error>() {
        Some(error) => String::from(error.message()),
        None => error.as_string().unwrap_or_else(|| format!("{error:?}")),
    }
}
