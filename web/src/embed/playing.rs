//! A session that is played: what is wished for goes to the player, what the engine took comes back into the log, and what breaks is mended.

use crate::player::governor::{Governor, Preference};
use crate::player::health::Report;
use crate::player::report::{self, Glitches};
use crate::player::watchdog::Repairs;
use crate::player::{Event, Opening, Output, Player, after, said};
use crate::relay::now;
use crate::shared::Shared;
use crate::steering::Steering;
use auralis_engine::settings::Quality;
use auralis_engine::{Frame, Layer, Patch};
use js_sys::{Function, Promise};
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use wasm_bindgen::prelude::JsValue;
use wasm_bindgen_futures::future_to_promise;
use web_sys::AudioContext;

/// Milliseconds between two looks at the player, between two tellings while a value moves, and before one that was refused.
const WATCH: i32 = 250;
const TELL: i32 = 300;
const TELL_AGAIN: i32 = 2000;
/// Seconds within which a clock that stands still again is beyond shaking.
const SHAKEN: f64 = 30.0;

/// How many stems there are: each layer, and delay and reverb.
const STEMS: usize = Layer::ALL.len() + 1;

/// A session that is played, or can be.
pub(super) struct Performance {
    pub(super) steering: RefCell<Steering>,
    pub(super) player: RefCell<Option<Rc<Player>>>,
    ready: RefCell<Option<Promise>>,
    pub(super) context: Option<AudioContext>,
    stems: bool,
    loaded: JsValue,
    tell: Function,
    pub(super) governor: RefCell<Governor>,
    repairs: RefCell<Repairs>,
    glitches: Cell<Glitches>,
    shaken: Cell<Option<f64>>,
    pub(super) start: Cell<Frame>,
    wanted: Cell<bool>,
    volume: Cell<f32>,
    telling: Cell<bool>,
    watching: Cell<bool>,
    pub(super) shared: Rc<Shared>,
}

impl Performance {
    pub(super) fn new(
        steering: Steering,
        start: Frame,
        context: Option<AudioContext>,
        stems: bool,
        loaded: JsValue,
        tell: Function,
    ) -> Rc<Self> {
        let preference = match steering.wanted().quality {
            Quality::Full => Preference::Automatic,
            // What a session says of itself stays.
            quality => Preference::Always(quality),
        };
        let this = Rc::new(Self {
            steering: RefCell::new(steering),
            player: RefCell::default(),
            ready: RefCell::default(),
            context,
            stems,
            loaded,
            tell,
            governor: RefCell::new(Governor::new(preference)),
            repairs: RefCell::default(),
            glitches: Cell::default(),
            shaken: Cell::default(),
            start: Cell::new(start),
            wanted: Cell::new(false),
            volume: Cell::new(1.0),
            telling: Cell::new(false),
            watching: Cell::new(false),
            shared: Shared::new(),
        });
        let host: Weak<Self> = Rc::downgrade(&this);
        this.shared.attend(host);
        this
    }

    pub(super) fn tell(&self, what: &str, value: &JsValue) {
        // A listener that throws is nobody's here.
        let _ = self.tell.call2(&JsValue::UNDEFINED, &what.into(), value);
    }

    pub(super) fn fail(&self, sentence: &str) {
        self.pause();
        self.tell("error", &sentence.into());
    }

    /// The player, made when it is first needed.
    pub(super) fn player(self: &Rc<Self>) -> Result<Rc<Player>, JsValue> {
        if let Some(player) = &*self.player.borrow() {
            return Ok(player.clone());
        }
        let rate = self.steering.borrow().session().rate;
        let output = self.context.clone().map_or(Output::Device, Output::Graph);
        let this = Rc::downgrade(self);
        let stems = if self.stems { STEMS } else { 0 };
        let player = Player::new(output, rate, self.volume.get(), stems, move |event| {
            if let Some(this) = this.upgrade() {
                this.heard(event);
            }
        })?;
        self.governor.borrow_mut().restart();
        let (this, prepared, loaded) = (Rc::downgrade(self), player.clone(), self.loaded.clone());
        let ready = future_to_promise(async move {
            let outcome = prepared.prepare(loaded).await;
            // A context remembers that a script was not to be had: the next attempt begins with another player.
            if let Some(this) = this.upgrade().filter(|_| outcome.is_err()) {
                this.wanted.set(false);
                this.leave_player();
            }
            outcome.map(|()| JsValue::UNDEFINED)
        });
        *self.ready.borrow_mut() = Some(ready);
        *self.player.borrow_mut() = Some(player.clone());
        Ok(player)
    }

    pub(super) fn prepare(self: &Rc<Self>) -> Result<Promise, JsValue> {
        self.player()?;
        Ok(self.ready.borrow().clone().unwrap_or_else(|| Promise::resolve(&JsValue::UNDEFINED)))
    }

    pub(super) fn play(self: &Rc<Self>) -> Result<(), JsValue> {
        let player = self.player()?;
        if self.shared.is_joined() {
            self.shared.open(&player);
        } else if !self.steering.borrow().begun() || !player.is_open() {
            self.open(&player, self.start.get());
        }
        self.wanted.set(true);
        player.play();
        self.watch();
        Ok(())
    }

    pub(super) fn pause(&self) {
        self.wanted.set(false);
        if let Some(player) = &*self.player.borrow() {
            player.pause();
        }
    }

    pub(super) fn open(&self, player: &Rc<Player>, from: Frame) {
        let mut steering = self.steering.borrow_mut();
        steering.begin();
        player.open(Opening::new(steering.session(), steering.log(), from));
    }

    pub(super) fn go_to(self: &Rc<Self>, frame: Frame) {
        self.shared.leave();
        self.start.set(frame);
        let player = self.player.borrow().clone();
        if let Some(player) = player.filter(|player| player.is_open() && self.steering.borrow().begun()) {
            self.steering.borrow_mut().went();
            self.open(&player, frame);
            self.tell_engine();
        }
    }

    /// Lays a wish over what is wanted. A preset sets everything but the quality.
    pub(super) fn set(self: &Rc<Self>, mut patch: Patch) {
        if self.shared.is_joined() {
            if patch.preset.is_some() && patch.quality.is_none() {
                patch.quality = Some(self.steering.borrow().wanted().quality);
            }
            if self.steering.borrow_mut().hope(&patch) {
                self.tell_soon(TELL);
            }
            return;
        }
        match patch.quality {
            Some(quality) => drop(self.governor.borrow_mut().prefer(Preference::Always(quality))),
            None if patch.preset.is_some() => patch.quality = Some(self.steering.borrow().wanted().quality),
            None => {}
        }
        if self.steering.borrow_mut().wish(&patch) {
            self.tell_soon(TELL);
        }
    }

    /// A value that moves is told a few times a second: a session has room for so many changes only.
    fn tell_soon(self: &Rc<Self>, milliseconds: i32) {
        if self.telling.replace(true) {
            return;
        }
        self.tell_engine();
        let this = Rc::downgrade(self);
        after(milliseconds, move || {
            if let Some(this) = this.upgrade() {
                this.telling.set(false);
                this.tell_engine();
            }
        });
    }

    fn tell_engine(&self) {
        if self.shared.is_joined() {
            return self.shared.ask();
        }
        let told = self.steering.borrow_mut().to_tell();
        if let (Some((id, settings)), Some(player)) = (told, &*self.player.borrow()) {
            player.change(id, &settings);
        }
    }

    fn step(&self, quality: Quality) {
        let id = self.steering.borrow_mut().step(quality);
        if let (Some(id), Some(player)) = (id, &*self.player.borrow()) {
            player.step(id, quality);
        }
    }

    pub(super) fn set_volume(&self, volume: f32) {
        self.volume.set(volume);
        self.look(|player| player.set_volume(volume));
    }

    fn heard(self: &Rc<Self>, event: Event) {
        match event {
            Event::State => {}
            Event::Changed { id, frame } if self.shared.took(id, Some(frame)) => {}
            Event::Refused { id } if self.shared.took(id, None) => {}
            Event::Changed { id, frame } => {
                self.steering.borrow_mut().taken(id, frame);
                self.tell("change", &(frame.0 as f64).into());
            }
            Event::Refused { id } => {
                self.steering.borrow_mut().refused(id);
                let this = self.clone();
                after(TELL_AGAIN, move || this.tell_engine());
            }
            Event::Report(report) => return self.report(report),
            Event::Broken { what, at } => return self.repair(&what, at),
            Event::Still => return self.stir(),
            Event::Context => self.wake(),
            Event::Swapped { .. } | Event::Leant => self.shared.went_over(&event),
            Event::Proof { frame, hash } => return self.shared.prove(frame, hash),
        }
        self.tell("state", &JsValue::UNDEFINED);
    }

    fn report(&self, report: Report) {
        let quality = self.steering.borrow().wanted().quality;
        if self.shared.is_joined() {
            // Everybody's quality stays: what is too much here the relay makes. What the relay sends says nothing of this device.
            if !self.shared.is_sent() {
                self.governor.borrow_mut().report(report, Quality::Full);
            }
        } else {
            let step = self.governor.borrow_mut().report(report, quality);
            if let Some(quality) = step.or_else(|| self.governor.borrow().correct(quality)) {
                self.step(quality);
            }
        }
        self.tell("load", &report.load.into());
        self.tell_glitches();
    }

    fn tell_glitches(&self) {
        let all = self.look(Player::glitches);
        let before = self.glitches.replace(all);
        let new = Glitches {
            gaps: all.gaps.saturating_sub(before.gaps),
            wrong: all.wrong.saturating_sub(before.wrong),
            repairs: all.repairs.saturating_sub(before.repairs),
        };
        if new != Glitches::default() {
            self.tell("glitch", &report::glitches(&new).into());
        }
    }

    /// The worklet broke: another goes on from the first frame that was not heard.
    fn repair(self: &Rc<Self>, what: &str, at: Frame) {
        let Some(player) = self.player.borrow().clone() else { return };
        self.start.set(at);
        if !self.repairs.borrow_mut().may(seconds()) {
            self.leave_player();
            return self.fail(what);
        }
        let opening = {
            let mut steering = self.steering.borrow_mut();
            steering.begin();
            Opening::new(steering.session(), steering.log(), at)
        };
        if player.restart(opening).is_err() {
            return self.rebuild(at);
        }
        self.governor.borrow_mut().restart();
        self.tell_engine();
        self.tell_glitches();
    }

    /// The context says that it runs, but its clock stands still.
    fn stir(self: &Rc<Self>) {
        let Some(player) = self.player.borrow().clone().filter(|_| self.context.is_none()) else { return };
        let now = seconds();
        if self.shaken.replace(Some(now)).is_some_and(|then| now - then < SHAKEN) {
            self.rebuild(player.position());
        } else {
            player.shake();
        }
    }

    fn wake(self: &Rc<Self>) {
        let Some(player) = self.player.borrow().clone().filter(|_| self.wanted.get()) else { return };
        if player.is_closed() {
            match self.context {
                Some(_) => self.fail("its AudioContext was closed"),
                None => self.rebuild(player.position()),
            }
        } else {
            player.wake();
        }
    }

    /// Another player, with another context, goes on from a frame.
    fn rebuild(self: &Rc<Self>, at: Frame) {
        self.leave_player();
        self.start.set(at);
        self.play_on();
    }

    /// Opens what is to be played anew, if it is to play.
    pub(super) fn play_on(self: &Rc<Self>) {
        if self.wanted.get()
            && let Err(error) = self.play()
        {
            self.fail(&said(&error));
        }
    }

    pub(super) fn leave_player(&self) {
        self.ready.take();
        if let Some(player) = self.player.borrow_mut().take() {
            player.close();
        }
    }

    /// Looks after the player for as long as it is to play.
    fn watch(self: &Rc<Self>) {
        if self.watching.replace(true) {
            return;
        }
        self.watch_again();
    }

    fn watch_again(self: &Rc<Self>) {
        let this = Rc::downgrade(self);
        after(WATCH, move || {
            let Some(this) = this.upgrade() else { return };
            if !this.wanted.get() {
                return this.watching.set(false);
            }
            let player = this.player.borrow().clone();
            if let Some(player) = player {
                player.watch(seconds());
                this.shared.keep_time();
                let position = player.position();
                this.steering.borrow_mut().follow(position);
            }
            this.watch_again();
        });
    }

    /// What the player says, where there is one.
    pub(super) fn look<T: Default>(&self, ask: impl FnOnce(&Player) -> T) -> T {
        self.player.borrow().as_ref().map(|player| ask(player)).unwrap_or_default()
    }

    pub(super) fn position(&self) -> Frame {
        let begun = self.steering.borrow().begun();
        self.player.borrow().as_ref().filter(|_| begun).map_or(self.start.get(), |player| player.position())
    }

    pub(super) fn sounds(&self) -> bool {
        self.look(|player| player.sounds() && !player.seeking())
    }

    pub(super) fn wanted(&self) -> bool {
        self.wanted.get()
    }

    pub(super) fn close(&self) {
        self.wanted.set(false);
        self.shared.leave();
        self.leave_player();
    }
}

/// Seconds by a clock that nobody sets.
fn seconds() -> f64 {
    now() / 1000.0
}
