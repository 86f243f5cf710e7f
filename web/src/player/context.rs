//! The AudioContext: whether it runs, what the browser does to it, and what it tells of the device.

use super::browser::quietly;
use super::{Event, Player};
use js_sys::Reflect;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::AudioContextState;

/// What a context tells of itself.
const CONTEXT_EVENTS: [&str; 3] = ["statechange", "sinkchange", "error"];

impl Player {
    /// Hears when the browser stops the context, lets it go on, or moves it to another device.
    pub(super) fn attend_to_context(self: &Rc<Self>) {
        let this = Rc::downgrade(self);
        let changed = Closure::<dyn FnMut()>::new(move || {
            if let Some(this) = this.upgrade() {
                (this.tell)(Event::Context);
            }
        });
        for event in CONTEXT_EVENTS {
            let _ = self.context.add_event_listener_with_callback(event, changed.as_ref().unchecked_ref());
        }
        *self.context_ears.borrow_mut() = Some(changed);
    }

    /// Hears no more of it.
    pub(super) fn leave_context(&self) {
        if let Some(ears) = self.context_ears.borrow_mut().take() {
            for event in CONTEXT_EVENTS {
                let ears = ears.as_ref().unchecked_ref();
                let _ = self.context.remove_event_listener_with_callback(event, ears);
            }
        }
    }

    /// Whether the context runs.
    #[must_use]
    pub fn runs(&self) -> bool {
        self.context.state() == AudioContextState::Running
    }

    /// Whether the browser has closed the context: it never runs again.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.context.state() == AudioContextState::Closed
    }

    /// Asks the browser to let the context run. Refused until the listener has touched the page; then the state says so.
    pub fn wake(&self) {
        if self.own && self.wanted.get() && !self.runs() {
            quietly(self.context.resume());
        }
    }

    /// Stops the context's clock and starts it again, where it stands although the context says that it runs.
    pub fn shake(self: &Rc<Self>) {
        if !self.own {
            return;
        }
        let this = self.clone();
        if let Ok(stopped) = self.context.suspend() {
            spawn_local(async move {
                let _ = JsFuture::from(stopped).await;
                this.wake();
            });
        }
    }

    /// Stops the context, where that is the player's own: one that runs drains the battery, however silent it is.
    pub(super) fn idle(&self) {
        if self.own {
            quietly(self.context.suspend());
        }
    }

    /// The context's time in seconds: it stands still while nothing plays.
    #[must_use]
    pub fn clock(&self) -> f64 {
        self.context.current_time()
    }

    /// How long the browser and the device hold what was rendered before it is heard, in seconds.
    #[must_use]
    pub fn buffer(&self) -> f64 {
        // The one lies within the other where a browser tells both.
        self.output_latency().max(self.of_context("baseLatency").unwrap_or(0.0))
    }

    /// How long the device holds sound, as far as that can be asked. Not in Firefox: there the question goes to another process while the graph's
    /// lock is held, and when the sound server calls back at that moment, page and sound stand still for ever (seen with PulseAudio).
    pub(super) fn output_latency(&self) -> f64 {
        if self.asks_latency { self.of_context("outputLatency").unwrap_or(0.0) } else { 0.0 }
    }

    fn of_context(&self, name: &str) -> Option<f64> {
        Reflect::get(&self.context, &name.into()).ok().and_then(|x| x.as_f64()).filter(|x| x.is_finite())
    }
}
