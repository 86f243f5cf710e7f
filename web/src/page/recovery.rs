//! Going on by itself: after a call, a night's sleep of the machine, another output device, a page that was frozen, a worklet that died.
//!
//! While the page is hidden nothing here needs to happen on time: the audio thread plays on without the page.

use super::dom::{document, on, window};
use super::{App, Phase, media};
use crate::player::watchdog::Repairs;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::VisibilityState;

/// Milliseconds between two looks at the player.
const WATCH: i32 = 500;
/// Seconds that a context may rest against our will before the person is told: most interruptions end by themselves.
const PATIENCE: f64 = 1.5;
/// Seconds within which a clock that stands still again is beyond shaking.
const SHAKEN: f64 = 30.0;

/// What the page keeps of it.
#[derive(Default)]
pub(super) struct Recovery {
    repairs: RefCell<Repairs>,
    /// Since when the context has not run although it should, in seconds, and whether the person was told.
    resting: Cell<Option<f64>>,
    told: Cell<bool>,
    /// When the context was last shaken.
    shaken: Cell<Option<f64>>,
}

/// Listens to everything that may interrupt, and to everything after which it may go on.
pub(super) fn attend(app: &Rc<App>) {
    let this = app.clone();
    let watch = Closure::<dyn FnMut()>::new(move || this.watch());
    let _ = window()
        .set_interval_with_callback_and_timeout_and_arguments_0(watch.as_ref().unchecked_ref(), WATCH);
    watch.forget();
    let wake = |app: &Rc<App>| {
        let app = app.clone();
        move |_| app.wake()
    };
    // A page that comes back: shown, thawed, taken from the browser's cache, given the focus.
    for event in ["visibilitychange", "resume"] {
        on(&document(), event, wake(app));
    }
    for event in ["pageshow", "focus"] {
        on(&window(), event, wake(app));
    }
    // A person: now browsers allow what they refused before.
    for event in ["pointerdown", "pointerup", "keydown"] {
        on(&document(), event, wake(app));
    }
    // Headphones that come or go. There is no such list without https.
    if let Ok(devices) = window().navigator().media_devices()
        && devices.is_object()
    {
        on(&devices, "devicechange", wake(app));
    }
}

impl Recovery {
    pub(super) fn may_repair(&self) -> bool {
        self.repairs.borrow_mut().may(seconds())
    }

    pub(super) fn rest(&self) {
        self.resting.set(None);
        self.told.set(false);
    }

    /// All is well again.
    pub(super) fn recovered(&self, app: &App) {
        if self.told.get() {
            app.trouble("");
        }
        self.rest();
    }
}

impl App {
    fn watch(self: &Rc<Self>) {
        media::show(self);
        self.timer.watch(self);
        if self.phase.get() == Phase::Resting {
            return;
        }
        let Some(player) = self.player.borrow().clone() else { return };
        player.watch(seconds());
        if player.withheld() {
            self.bear_interruption();
        } else if player.runs() {
            self.recovery.recovered(self);
        }
    }

    /// The context does not run although it should. Until the first sound the page says so anyway.
    fn bear_interruption(&self) {
        let now = seconds();
        let since = self.recovery.resting.get().unwrap_or(now);
        self.recovery.resting.set(Some(since));
        let visible = document().visibility_state() == VisibilityState::Visible;
        if now - since > PATIENCE
            && visible
            && self.phase.get() == Phase::Playing
            && !self.recovery.told.replace(true)
        {
            self.trouble("The sound was interrupted. Touch the page or press a key, and it goes on.");
        }
    }

    /// Goes on, if the browser lets it.
    fn wake(self: &Rc<Self>) {
        if self.phase.get() == Phase::Resting {
            return;
        }
        let Some(player) = self.player.borrow().clone() else { return };
        if player.is_closed() {
            self.rebuild(player.position());
        } else if !player.runs() {
            player.wake();
            self.media.play();
        }
    }

    /// The context was stopped, goes on, or plays on another device.
    pub(super) fn attend_to_context(self: &Rc<Self>) {
        self.wake();
        self.look();
    }

    /// The context says that it runs, but its clock stands still: after a machine's sleep, for example, or without its device.
    pub(super) fn stir(self: &Rc<Self>) {
        let Some(player) = self.player.borrow().clone() else { return };
        let now = seconds();
        if self.recovery.shaken.replace(Some(now)).is_some_and(|t| now - t < SHAKEN) {
            self.rebuild(player.position());
        } else {
            player.shake();
        }
    }
}

/// Seconds by a clock that goes on while the machine sleeps, or stands: nobody sets it.
fn seconds() -> f64 {
    window().performance().map_or(0.0, |performance| performance.now() / 1000.0)
}
