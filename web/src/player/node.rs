//! The worklet's node: put in place, talked to, listened to, taken away.

use super::health::Report;
use super::message::{FromWorklet, State, ToWorklet};
use super::report::Glitches;
use super::{Event, PARTING, Player, after, said, to_js};
use auralis_engine::{Frame, SOUND_VERSION};
use js_sys::{Array, Object, Reflect};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::{Closure, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{AudioWorkletNode, AudioWorkletNodeOptions, MessageEvent};

/// What the browser calls when the worklet says something, or ends.
pub(super) struct Ears {
    _listener: Closure<dyn FnMut(MessageEvent)>,
    _failed: Closure<dyn FnMut()>,
}

impl Player {
    pub(super) fn post(&self, message: &ToWorklet<'_>) {
        if let (Some(node), Ok(message)) = (&*self.node.borrow(), message.to_js())
            && let Ok(port) = node.port()
        {
            // Only plain data is posted, which is always taken.
            let _ = port.post_message(&message);
        }
    }

    /// As [`Player::post`], with what goes along.
    pub(super) fn post_js(&self, message: &JsValue, transfer: &Array) {
        if let Some(port) = self.node.borrow().as_ref().and_then(|node| node.port().ok()) {
            let _ = port.post_message_with_transferable(message, transfer);
        }
    }

    /// Hears nothing any more of the node.
    pub(super) fn deafen(&self) {
        if let Some(node) = &*self.node.borrow() {
            if let Ok(port) = node.port() {
                port.set_onmessage(None);
            }
            node.set_onprocessorerror(None);
        }
    }

    /// Takes the node away, once it has had the time to fall silent.
    pub(super) fn remove(&self) {
        self.deafen();
        self.post(&ToWorklet::Close);
        self.ready.set(false);
        if let Some(node) = self.node.borrow_mut().take() {
            after(PARTING, move || {
                let _ = node.disconnect();
            });
        }
    }

    /// Makes the node, given the engine as a compiled `module` or as `bytes`.
    pub(super) fn place(self: &Rc<Self>, form: &str) -> Result<(), JsValue> {
        self.remove();
        let given = Object::new();
        Reflect::set(&given, &form.into(), &Reflect::get(&self.loaded.borrow(), &form.into())?)?;
        Reflect::set(&given, &"rate".into(), &self.rate.hz().into())?;
        Reflect::set(&given, &"stems".into(), &(!self.stems.is_empty()).into())?;
        if let Some(opening) = &mut *self.opening.borrow_mut() {
            opening.ahead = self.go_ahead(opening);
            Reflect::set(&given, &"session".into(), &to_js(opening)?)?;
        }
        let options = AudioWorkletNodeOptions::new();
        options.set_number_of_inputs(0);
        // The music, and what it is made of.
        let outputs = 1 + self.stems.len() as u32;
        options.set_number_of_outputs(outputs);
        options.set_output_channel_count(&(0..outputs).map(|_| JsValue::from(2)).collect::<Array>());
        options.set_processor_options(Some(&given));
        let node = AudioWorkletNode::new_with_options(&self.context, "auralis", &options)?;

        let this = Rc::downgrade(self);
        let listener = Closure::new(move |event: MessageEvent| {
            if let Some(this) = this.upgrade() {
                this.heard(&event.data());
            }
        });
        let this = Rc::downgrade(self);
        let failed = Closure::new(move || {
            if let Some(this) = this.upgrade() {
                let state = this.state.get();
                let since = if state.playing && !state.seeking { this.clock() - state.at } else { 0.0 };
                let at = Frame(state.position + this.rate.frames(since.max(0.0)));
                this.broke("the audio processor ended".into(), at);
            }
        });
        node.port()?.set_onmessage(Some(listener.as_ref().unchecked_ref()));
        node.set_onprocessorerror(Some(failed.as_ref().unchecked_ref()));
        node.connect_with_audio_node(&self.rest)?;
        for (output, stem) in (1..).zip(&self.stems) {
            node.connect_with_audio_node_and_output(stem, output)?;
        }
        *self.ears.borrow_mut() = Some(Ears { _listener: listener, _failed: failed });
        *self.node.borrow_mut() = Some(node);
        self.feed();
        self.meet();
        #[cfg(feature = "page")]
        {
            self.feed_textures();
            if let Some(opening) = &*self.opening.borrow() {
                self.dress(opening);
            }
        }
        Ok(())
    }

    fn heard(self: &Rc<Self>, data: &JsValue) {
        match FromWorklet::from_js(data) {
            Ok(FromWorklet::Ready { sound }) if sound == SOUND_VERSION => {
                self.ready.set(true);
                // Not before: by now the node is connected, and not a sample of the beginning is lost.
                if self.wanted.get() {
                    self.post(&ToWorklet::Play);
                }
            }
            Ok(FromWorklet::Ready { .. }) => {
                let what = "the page and its engine are of different versions: reload the page";
                self.broke(what.into(), Frame(self.state.get().position));
            }
            Ok(FromWorklet::State(state)) => self.learned(state),
            Ok(FromWorklet::Changed { id, frame }) => (self.tell)(Event::Changed { id, frame: Frame(frame) }),
            Ok(FromWorklet::Refused { id }) => (self.tell)(Event::Refused { id }),
            Ok(FromWorklet::Swapped { turn, frame, there }) if turn == self.turn.get() => {
                (self.tell)(Event::Swapped { frame: Frame(frame), there });
            }
            Ok(FromWorklet::Leant { turn }) if turn == self.turn.get() => (self.tell)(Event::Leant),
            Ok(FromWorklet::Proof { turn, frame, hash }) if turn == self.turn.get() => {
                (self.tell)(Event::Proof { frame: Frame(frame), hash });
            }
            Ok(FromWorklet::Swapped { .. } | FromWorklet::Leant { .. } | FromWorklet::Proof { .. }) => {}
            Ok(FromWorklet::Error { message, position }) => {
                let at = if self.ready.get() { position } else { self.state.get().position };
                self.broke(message, Frame(at));
            }
            Err(error) => {
                let what = format!("the worklet said something unknown: {}", said(&error));
                self.broke(what, Frame(self.state.get().position));
            }
        }
    }

    fn learned(&self, state: State) {
        self.reports.set(self.reports.get() + 1);
        let before = self.glitches.get();
        let gaps = before.gaps + state.gaps.max(self.gaps_counted());
        self.glitches.set(Glitches { gaps, wrong: before.wrong + state.wrong, ..before });
        if state.turn != self.turn.get() {
            // Of what played before, and fades out.
            return;
        }
        self.state.set(state);
        if !state.playing && !self.wanted.get() {
            self.idle();
        }
        if let Some(load) = state.load.filter(|_| state.playing && !state.seeking) {
            (self.tell)(Event::Report(Report { at: state.at, load, gaps: gaps - before.gaps }));
        }
        (self.tell)(Event::State);
    }

    /// The gaps that the browser itself has counted since the last call, where it counts them.
    fn gaps_counted(&self) -> u32 {
        let stats = Reflect::get(&self.context, &"playbackStats".into()).ok().filter(JsValue::is_object);
        let events =
            stats.and_then(|s| Reflect::get(&s, &"underrunEvents".into()).ok()).and_then(|x| x.as_f64());
        let all = events.map_or(0, |events| events as u32);
        let new = all.saturating_sub(self.counted.replace(all));
        // What happens while a context starts is not heard.
        if self.state.get().playing { new } else { 0 }
    }

    /// A module that did not get through is sent once more as bytes; anything else is the listener's to know.
    pub(super) fn broke(self: &Rc<Self>, what: String, at: Frame) {
        if !self.ready.get() && !self.by_bytes.replace(true) {
            let this = self.clone();
            spawn_local(async move {
                if this.place("bytes").is_err() {
                    this.give_up(what, at);
                }
            });
        } else {
            self.give_up(what, at);
        }
    }

    pub(super) fn give_up(&self, what: String, at: Frame) {
        self.remove();
        self.state.set(State { playing: false, position: at.0, ..self.state.get() });
        (self.tell)(Event::Broken { what, at });
    }
}
