//! Playing: the player from a press of the button to its repair, and what it tells the page.

use super::{App, Phase, TELL_AGAIN, library, now, volume};
use crate::player::{self, Ahead, Event, Opening, Output, Player, said};
use crate::steering::Steering;
use auralis_engine::Frame;
use js_sys::Promise;
use std::rc::Rc;
use wasm_bindgen::prelude::{Closure, JsValue};
use wasm_bindgen_futures::{JsFuture, future_to_promise, spawn_local};

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
        self.media.rest();
        self.recovery.rest();
        self.look();
        self.status.announce("Paused");
    }

    /// Begins or goes on. What browsers allow only in a click happens here at once, the rest when the engine is there.
    pub(super) fn play(self: &Rc<Self>) {
        if self.phase.replace(Phase::Starting) == Phase::Resting {
            self.pressed.set(self.position());
        }
        self.status.trouble("");
        self.quality.stop_probing();
        let player = match self.player_at_rate() {
            Ok(player) => player,
            Err(error) => return self.fail("This browser cannot play here", &error),
        };
        let fresh = !self.steering.borrow().begun();
        let ahead = self.ahead.take();
        if self.shared.is_joined() {
            self.shared.open(&player);
        } else if fresh || !player.is_open() {
            if let Some(ahead) = ahead {
                player.expect(ahead);
            }
            self.open(&player, self.start.get());
        }
        self.timer.wake(&player);
        player.play();
        self.media.play();
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
                // A context remembers that a script was not to be had: the next press begins with another.
                app.leave_player();
            } else {
                app.tell();
                app.steady();
            }
        });
    }

    /// The player, or a new one where the session has another rate than the last.
    pub(super) fn player_at_rate(self: &Rc<Self>) -> Result<Rc<Player>, JsValue> {
        let rate = self.steering.borrow().session().rate;
        if let Some(player) = self.player.borrow().as_ref().filter(|player| player.rate() == rate) {
            return Ok(player.clone());
        }
        self.leave_player();
        let app = Rc::downgrade(self);
        let player = Player::new(Output::Device, rate, volume::level(), 0, move |event| {
            if let Some(app) = app.upgrade() {
                app.heard(event);
            }
        })?;
        *self.player.borrow_mut() = Some(player.clone());
        self.quality.another_clock();
        self.timer.another_clock(&player);
        Ok(player)
    }

    /// Goes to a frame of this session, and plays from there if it is playing: what sounds fades out, and comes back softly. Costs the
    /// rendering of a movement up to there, in silence: about a second.
    pub(super) fn go_to(self: &Rc<Self>, frame: Frame) {
        self.shared.leave();
        self.start.set(frame);
        self.pressed.set(frame);
        let player = self.player.borrow().clone();
        if let Some(player) = player.filter(|player| player.is_open() && self.steering.borrow().begun()) {
            self.steering.borrow_mut().went();
            self.open(&player, frame);
            self.tell();
            if self.phase.get() == Phase::Playing {
                self.phase.set(Phase::Starting);
            }
        }
        self.look();
    }

    pub(super) fn open(&self, player: &Rc<Player>, from: Frame) {
        let mut steering = self.steering.borrow_mut();
        steering.begin();
        player.open(Opening::new(steering.session(), steering.log(), from));
        *self.score.borrow_mut() = now::Page::default();
    }

    /// Goes ahead to where the session will begin, while nobody has pressed play yet: then it is heard at once.
    pub(super) async fn go_ahead(self: &Rc<Self>) {
        let Some(engine) = self.engine.borrow().clone() else { return };
        let Ok(loaded) = JsFuture::from(engine).await else { return };
        self.ahead.take();
        let steering = self.steering.borrow();
        if !self.quality.is_measuring() && self.phase.get() == Phase::Resting && !steering.begun() {
            let session = steering.session();
            let opening = Opening::new(session, steering.log(), self.start.get());
            *self.ahead.borrow_mut() = Ahead::start(&loaded, opening, session.rate);
        }
    }

    pub(super) fn fail(self: &Rc<Self>, what: &str, error: &JsValue) {
        self.phase.set(Phase::Resting);
        if let Some(player) = &*self.player.borrow() {
            player.pause();
        }
        self.media.rest();
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
        self.shared.leave();
        self.take_shared(steering, from);
    }

    /// As [`App::take_from`], of a session that others are in.
    pub(super) fn take_shared(self: &Rc<Self>, steering: Steering, from: Frame) {
        library::leave(self);
        self.timeline.begin(from);
        let playing = self.phase.get() != Phase::Resting;
        *self.steering.borrow_mut() = steering;
        self.pressed.set(from);
        self.start.set(from);
        self.quality.another_session();
        *self.score.borrow_mut() = now::Page::default();
        self.show_settings();
        if playing {
            self.play();
        } else {
            self.look();
            // A shared session does not wait anywhere.
            if self.shared.is_joined() {
                return;
            }
            let app = self.clone();
            spawn_local(async move { app.go_ahead().await });
        }
    }

    pub(super) fn heard(self: &Rc<Self>, event: Event) {
        match event {
            Event::State => {
                if self.phase.get() == Phase::Starting && self.sounds() {
                    self.phase.set(Phase::Playing);
                    self.recovery.recovered(self);
                    self.status.announce("Playing");
                }
                self.look();
            }
            Event::Changed { id, frame } if self.shared.took(id, Some(frame)) => {}
            Event::Refused { id } if self.shared.took(id, None) => {}
            Event::Swapped { .. } | Event::Leant => self.shared.went_over(&event),
            Event::Proof { frame, hash } => self.shared.prove(frame, hash),
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
            Event::Report(report) => self.report(report),
            Event::Broken { what, at } => self.repair(&what, at),
            Event::Still => self.stir(),
            Event::Context => self.attend_to_context(),
        }
    }

    /// The worklet broke: another goes on from the first frame that was not heard.
    fn repair(self: &Rc<Self>, what: &str, at: Frame) {
        let Some(player) = self.player.borrow().clone() else { return };
        self.start.set(at);
        if !self.recovery.may_repair() {
            self.leave_player();
            return self.fail("The engine stopped", &what.into());
        }
        let opening = {
            let mut steering = self.steering.borrow_mut();
            steering.begin();
            Opening::new(steering.session(), steering.log(), at)
        };
        if player.restart(opening).is_err() {
            return self.rebuild(at);
        }
        self.quality.another_clock();
        self.tell();
        self.steady();
        if self.phase.get() != Phase::Resting {
            self.phase.set(Phase::Starting);
            self.say("The engine stopped, and goes on from where it was.");
        }
        self.look();
    }

    fn leave_player(&self) {
        if let Some(player) = self.player.borrow_mut().take() {
            self.timer.keep(&player);
            player.close();
        }
    }

    /// Another player, with another context, goes on from a frame.
    pub(super) fn rebuild(self: &Rc<Self>, at: Frame) {
        self.leave_player();
        self.start.set(at);
        if self.phase.get() != Phase::Resting {
            self.play();
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
