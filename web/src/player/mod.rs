//! The player: an AudioContext with the worklet in it.
//!
//! It plays what it is told and says what happens; it keeps no settings. The listener's own volume is a gain after the engine, and
//! never reaches the session. Paused, the context is suspended: an idle one would drain the battery.

mod message;
mod module;

pub(crate) use message::to_js;
pub use message::{Opening, Told, Words};
pub(crate) use module::file;
pub use module::{has_simd, load};

use auralis_engine::{Frame, SOUND_VERSION, SampleRate, Settings};
use js_sys::{Array, Object, Reflect};
use message::{FromWorklet, ToWorklet};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::{Closure, JsValue};
use wasm_bindgen::{JsCast, JsError};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    AudioContext, AudioContextLatencyCategory, AudioContextOptions, AudioContextState, AudioWorkletNode,
    AudioWorkletNodeOptions, GainNode, MessageEvent,
};

/// Seconds in which a change of the volume is heard: no jump, no click.
const VOLUME_SECONDS: f64 = 0.05;

/// What happens.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// Something began, ended, or went on for a while.
    State,
    /// Settings were taken at a frame.
    Changed {
        /// The number that they were sent with.
        id: u32,
        /// From when they hold.
        frame: Frame,
    },
    /// Settings were not taken: there are too many changes within the last minutes.
    Refused {
        /// The number that they were sent with.
        id: u32,
    },
    /// The worklet broke, and is silent.
    Broken(String),
}

/// What the worklet last said of itself.
#[derive(Clone, Copy, Debug, Default)]
struct State {
    position: u64,
    /// The context's time then.
    at: f64,
    load: Option<f64>,
    playing: bool,
    seeking: bool,
}

/// What the browser calls when the worklet says something, or ends.
struct Ears {
    _listener: Closure<dyn FnMut(MessageEvent)>,
    _failed: Closure<dyn FnMut()>,
}

/// Plays sessions of one sample rate.
pub struct Player {
    context: AudioContext,
    volume: GainNode,
    rate: SampleRate,
    node: RefCell<Option<AudioWorkletNode>>,
    ears: RefCell<Option<Ears>>,
    loaded: RefCell<JsValue>,
    opening: RefCell<Option<Opening>>,
    state: Cell<State>,
    wanted: Cell<bool>,
    /// Whether the worklet has said that it works, and whether it was given bytes because a module did not get through.
    ready: Cell<bool>,
    by_bytes: Cell<bool>,
    tell: Box<dyn Fn(Event)>,
}

impl Player {
    /// A player at a rate. To be called from a click or a key, since browsers let nothing else begin a sound.
    ///
    /// # Errors
    /// If this browser has no AudioContext at that rate, or no worklet here.
    pub fn new(rate: SampleRate, volume: f32, tell: impl Fn(Event) + 'static) -> Result<Rc<Self>, JsValue> {
        let options = AudioContextOptions::new();
        options.set_sample_rate(rate.hz_f32());
        options.set_latency_hint(&AudioContextLatencyCategory::Playback.into());
        let context = AudioContext::new_with_context_options(&options)?;
        if Reflect::get(&context, &"audioWorklet".into())?.is_undefined() {
            return Err(JsError::new("AudioWorklet needs https, or a page on this machine").into());
        }
        let gain = context.create_gain()?;
        gain.gain().set_value(volume);
        gain.connect_with_audio_node(&context.destination())?;
        say_that_it_is_music();
        Ok(Rc::new(Self {
            context,
            volume: gain,
            rate,
            node: RefCell::default(),
            ears: RefCell::default(),
            loaded: RefCell::new(JsValue::UNDEFINED),
            opening: RefCell::default(),
            state: Cell::default(),
            wanted: Cell::new(false),
            ready: Cell::new(false),
            by_bytes: Cell::new(false),
            tell: Box::new(tell),
        }))
    }

    /// The rate of the sessions that it plays.
    #[must_use]
    pub const fn rate(&self) -> SampleRate {
        self.rate
    }

    /// Puts the worklet in place, with what [`load`] gave.
    ///
    /// # Errors
    /// If the browser refuses it.
    pub async fn prepare(self: &Rc<Self>, loaded: JsValue) -> Result<(), JsValue> {
        if self.node.borrow().is_some() {
            return Ok(());
        }
        *self.loaded.borrow_mut() = loaded;
        JsFuture::from(self.context.audio_worklet()?.add_module(&module::script())?).await?;
        if self.node.borrow().is_some() {
            // Somebody pressed play twice, and the other was faster.
            return Ok(());
        }
        let has_module = !Reflect::get(&self.loaded.borrow(), &"module".into())?.is_undefined();
        if !has_module || self.place("module").is_err() {
            self.by_bytes.set(true);
            self.place("bytes")?;
        }
        Ok(())
    }

    /// Plays a session from where it says, in place of the one before.
    pub fn open(&self, opening: Opening) {
        self.state.set(State {
            position: opening.frame,
            at: self.context.current_time(),
            ..State::default()
        });
        self.post(&ToWorklet::Open(&opening));
        *self.opening.borrow_mut() = Some(opening);
    }

    /// Goes on. To be called from a click or a key at first.
    pub fn play(&self) {
        self.wanted.set(true);
        // Refused until the listener has touched the page; then the state says so.
        let _ = self.context.resume();
        if self.ready.get() {
            self.post(&ToWorklet::Play);
        }
    }

    /// Fades out and rests.
    pub fn pause(&self) {
        self.wanted.set(false);
        self.post(&ToWorklet::Pause);
    }

    /// These settings hold from now on; the answer is an [`Event`] with the same number.
    pub fn change(&self, id: u32, settings: &Settings) {
        self.post(&ToWorklet::Change { id, words: settings.to_words() });
    }

    /// The listener's own volume, 0 to 1: it never touches the session.
    pub fn set_volume(&self, volume: f32) {
        let gain = self.volume.gain();
        let now = self.context.current_time();
        let _ = gain.cancel_scheduled_values(now);
        let _ = gain.set_value_at_time(gain.value(), now);
        let _ = gain.linear_ramp_to_value_at_time(volume, now + VOLUME_SECONDS);
    }

    /// Where the session is, as it is heard.
    #[must_use]
    pub fn position(&self) -> Frame {
        let state = self.state.get();
        if !state.playing || state.seeking {
            return Frame(state.position);
        }
        let latency = Reflect::get(&self.context, &"outputLatency".into()).ok().and_then(|x| x.as_f64());
        let since = self.context.current_time() - state.at - latency.unwrap_or(0.0);
        Frame((state.position as f64 + since * f64::from(self.rate.hz())).max(0.0) as u64)
    }

    /// Whether it sounds.
    #[must_use]
    pub fn sounds(&self) -> bool {
        self.state.get().playing && self.context.state() == AudioContextState::Running
    }

    /// Whether it is on its way to where it shall play.
    #[must_use]
    pub fn seeking(&self) -> bool {
        self.state.get().seeking
    }

    /// Whether the browser still withholds the sound.
    #[must_use]
    pub fn withheld(&self) -> bool {
        self.wanted.get() && self.ready.get() && self.context.state() != AudioContextState::Running
    }

    /// The share of the audio thread's time that the engine takes, where it is known.
    #[must_use]
    pub fn load(&self) -> Option<f64> {
        self.state.get().load
    }

    /// The end: gives everything back.
    pub fn close(&self) {
        self.wanted.set(false);
        self.remove();
        let _ = self.context.close();
    }

    fn post(&self, message: &ToWorklet<'_>) {
        if let (Some(node), Ok(message)) = (&*self.node.borrow(), message.to_js())
            && let Ok(port) = node.port()
        {
            // Only plain data is posted, which is always taken.
            let _ = port.post_message(&message);
        }
    }

    fn remove(&self) {
        self.post(&ToWorklet::Close);
        if let Some(node) = self.node.borrow_mut().take() {
            if let Ok(port) = node.port() {
                port.set_onmessage(None);
            }
            node.set_onprocessorerror(None);
            let _ = node.disconnect();
        }
    }

    /// Makes the node, given the engine as a compiled `module` or as `bytes`.
    fn place(self: &Rc<Self>, form: &str) -> Result<(), JsValue> {
        self.remove();
        self.ready.set(false);
        let given = Object::new();
        Reflect::set(&given, &form.into(), &Reflect::get(&self.loaded.borrow(), &form.into())?)?;
        if let Some(opening) = &*self.opening.borrow() {
            Reflect::set(&given, &"session".into(), &to_js(opening)?)?;
        }
        let options = AudioWorkletNodeOptions::new();
        options.set_number_of_inputs(0);
        options.set_output_channel_count(&Array::of1(&2.into()));
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
                this.broke("the audio processor ended".into());
            }
        });
        node.port()?.set_onmessage(Some(listener.as_ref().unchecked_ref()));
        node.set_onprocessorerror(Some(failed.as_ref().unchecked_ref()));
        node.connect_with_audio_node(&self.volume)?;
        *self.ears.borrow_mut() = Some(Ears { _listener: listener, _failed: failed });
        *self.node.borrow_mut() = Some(node);
        Ok(())
    }

    fn heard(self: &Rc<Self>, data: &JsValue) {
        match serde_wasm_bindgen::from_value(data.clone()) {
            Ok(FromWorklet::Ready { sound }) if sound == SOUND_VERSION => {
                self.ready.set(true);
                // Not before: by now the node is connected, and not a sample of the beginning is lost.
                if self.wanted.get() {
                    self.post(&ToWorklet::Play);
                }
            }
            Ok(FromWorklet::Ready { .. }) => {
                self.broke("the page and its engine are of different versions: reload the page".into());
            }
            Ok(FromWorklet::State { position, at, load, playing, seeking }) => {
                self.state.set(State { position, at, load, playing, seeking });
                if !playing && !self.wanted.get() {
                    let _ = self.context.suspend();
                }
                (self.tell)(Event::State);
            }
            Ok(FromWorklet::Changed { id, frame }) => (self.tell)(Event::Changed { id, frame: Frame(frame) }),
            Ok(FromWorklet::Refused { id }) => (self.tell)(Event::Refused { id }),
            Ok(FromWorklet::Error { message }) => self.broke(message),
            Err(error) => self.broke(format!("the worklet said something unknown: {error}")),
        }
    }

    /// A module that did not get through is sent once more as bytes; anything else is the listener's to know.
    fn broke(self: &Rc<Self>, what: String) {
        if !self.ready.get() && !self.by_bytes.replace(true) {
            let this = self.clone();
            spawn_local(async move {
                if this.place("bytes").is_err() {
                    (this.tell)(Event::Broken(what));
                }
            });
        } else {
            self.remove();
            self.state.set(State { playing: false, ..self.state.get() });
            (self.tell)(Event::Broken(what));
        }
    }
}

/// What an error says.
pub(crate) fn said(error: &JsValue) -> String {
    match error.dyn_ref::<js_sys::Error>() {
        Some(error) => String::from(error.message()),
        None => error.as_string().unwrap_or_else(|| format!("{error:?}")),
    }
}

/// Tells a phone that this is music, which its silent switch leaves alone.
fn say_that_it_is_music() {
    let session =
        web_sys::window().map(|w| w.navigator()).and_then(|n| Reflect::get(&n, &"audioSession".into()).ok());
    if let Some(session) = session.filter(JsValue::is_object) {
        let _ = Reflect::set(&session, &"type".into(), &"playback".into());
    }
}
