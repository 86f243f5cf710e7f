//! Keeping a time that is not the device's own: beginning when a frame is due, playing a little faster or slower, and making a past anew where
//! word of a change came late.

use super::message::{Opening, ToWorklet};
use super::{Ahead, Event, Player, after, to_js};
use auralis_engine::{Frame, Settings};
use js_sys::{Function, Reflect};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::JsValue;

/// A time that never comes: what is to begin then waits for word of its own.
pub(super) const NEVER: f64 = f64::MAX;

impl Player {
    /// What was opened and waits begins at this time of the context's clock, or as soon as it can, with what is due then.
    pub fn begin_at(&self, at: f64) {
        self.post(&ToWorklet::Due { turn: self.turn.get(), at });
    }

    /// So many frames of the session for each that is heard: a little more or less than 1.
    pub fn set_pace(&self, ratio: f64) {
        self.post(&ToWorklet::Pace { ratio });
    }

    /// These settings hold from a frame on, after what was told before. The answer is as to [`Player::change`]; it says another frame where this
    /// one had passed.
    pub fn change_at(&self, id: u32, settings: &Settings, frame: Frame) {
        let words = settings.to_words();
        self.post(&ToWorklet::Change { id, words, frame: Some(frame.0), after: true });
    }

    /// The same moment by the context's clock, in seconds, and by the page's, in milliseconds: of what leaves the device, where that may be asked.
    #[must_use]
    pub fn moment(&self) -> Option<(f64, f64)> {
        if !self.runs() {
            return None;
        }
        if self.asks_latency {
            let ask: Function =
                Reflect::get(&self.context, &"getOutputTimestamp".into()).ok()?.dyn_into().ok()?;
            let stamp = ask.call0(&self.context).ok()?;
            let part = |name: &str| Reflect::get(&stamp, &name.into()).ok()?.as_f64();
            // Before the device has asked for anything both are 0.
            return part("contextTime").zip(part("performanceTime")).filter(|(context, _)| *context > 0.0);
        }
        Some((self.context.current_time(), crate::relay::now()))
    }

    /// The session's frame that belongs to a time of the context's clock, while it plays.
    #[must_use]
    pub fn frame_at(&self, context: f64) -> Option<f64> {
        let state = self.state.get();
        let known = state.playing && !state.seeking;
        known.then(|| state.position as f64 + (context - state.at) * f64::from(self.rate.hz()))
    }

    /// Makes what sounds anew, from a log in which something has changed that has passed already: a worker goes to where this opening begins, a few
    /// seconds ahead, and the music goes over into what it made. An [`super::Event::Swapped`] says how that went; none comes where this gives false,
    /// because there is no engine yet.
    pub fn correct(self: &Rc<Self>, mut opening: Opening) -> bool {
        // First away with the one before: the two would share the time.
        self.correction.take();
        let Some(ahead) = Ahead::start(&self.loaded.borrow(), opening.clone(), self.rate) else {
            return false;
        };
        let (this, turn) = (Rc::downgrade(self), self.turn.get());
        opening.turn = turn;
        ahead.then(move |image| {
            let Some(this) = this.upgrade().filter(|this| turn == this.turn.get()) else { return };
            if image.is_none_or(|image| this.post_swap(&opening, &image).is_err()) {
                // Not here: this may be called by the worker's own listener.
                let frame = Frame(opening.frame);
                after(0, move || (this.tell)(Event::Swapped { frame, there: false }));
            }
        });
        *self.correction.borrow_mut() = Some(ahead);
        true
    }

    fn post_swap(&self, opening: &Opening, image: &js_sys::ArrayBuffer) -> Result<(), JsValue> {
        let message = to_js(opening)?;
        Reflect::set(&message, &"type".into(), &"swap".into())?;
        Reflect::set(&message, &"memory".into(), image)?;
        self.post_image(&message, image)
    }
}
