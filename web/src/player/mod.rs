//! The player: an AudioContext with the worklet in it.
//!
//! It plays what it is told and says what happens; it keeps no settings. The listener's own volume is a gain after the engine, and
//! never reaches the session. Paused, the context is suspended: an idle one would drain the battery.

mod ahead;
mod browser;
mod context;
mod event;
pub mod governor;
pub mod health;
mod level;
mod message;
mod module;
mod node;
mod output;
pub mod probe;
pub mod report;
pub mod silence;
pub mod sleep;
mod stream;
#[cfg(feature = "page")]
mod textures;
mod time;
pub mod watchdog;
mod worker;

pub use ahead::Ahead;
pub(crate) use browser::{after, said};
pub use event::Event;
pub(crate) use message::to_js;
pub use message::{Opening, Told, Words};
pub use module::{file, has_simd, load, place_of, site_version};
pub use output::Output;
pub use stream::Heard;
pub use worker::Probe;

use auralis_engine::settings::Quality;
use auralis_engine::{Frame, SampleRate, Settings};
use browser::{is_firefox, quietly, say_that_it_is_music};
use js_sys::Reflect;
use message::{State, ToWorklet};
use node::Ears;
use report::Glitches;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::JsError;
use wasm_bindgen::prelude::{Closure, JsValue};
use wasm_bindgen_futures::JsFuture;
use watchdog::{Finding, Look, Watchdog};
use web_sys::{AudioContext, AudioWorkletNode, GainNode};

/// Milliseconds that a node and its context get to fall silent before they are taken away.
const PARTING: i32 = 200;
/// Seconds between two reports of a worklet, and seconds of sound at most that a dead one played after its last report.
const REPORT_SECONDS: f64 = 0.5;

/// Plays sessions of one sample rate.
pub struct Player {
    context: AudioContext,
    /// Whether the context is the player's own, to start, stop and close.
    own: bool,
    /// The sleep timer's fade, and after it the listener's volume.
    rest: GainNode,
    volume: GainNode,
    /// In somebody else's graph: to the device, and silent. Browsers run only what leads there, and time goes on also while nobody has connected the player.
    silence: Option<GainNode>,
    /// The layers and delay and reverb by themselves, where somebody wants them.
    stems: Vec<GainNode>,
    rate: SampleRate,
    node: RefCell<Option<AudioWorkletNode>>,
    ears: RefCell<Option<Ears>>,
    loaded: RefCell<JsValue>,
    opening: RefCell<Option<Opening>>,
    /// The worker that goes where the opening says, and the one that makes a past anew.
    ahead: RefCell<Option<Ahead>>,
    correction: RefCell<Option<Ahead>>,
    /// What is heard from a relay.
    stream: RefCell<Option<stream::Stream>>,
    /// What renders textures on a GPU.
    #[cfg(feature = "page")]
    textures: RefCell<textures::Textures>,
    state: Cell<State>,
    wanted: Cell<bool>,
    /// Whether the worklet has said that it works, and whether it was given bytes because a module did not get through.
    ready: Cell<bool>,
    by_bytes: Cell<bool>,
    turn: Cell<u32>,
    reports: Cell<u32>,
    glitches: Cell<Glitches>,
    /// Whether it is safe to ask how long the device holds sound.
    asks_latency: bool,
    /// The browser's own count of gaps, when it was last looked at.
    counted: Cell<u32>,
    watchdog: RefCell<Watchdog>,
    context_ears: RefCell<Option<Closure<dyn FnMut()>>>,
    tell: Box<dyn Fn(Event)>,
}

impl Player {
    /// A player at a rate, which is the session's: where the context's is another one, the worklet makes that of it. Where the context is to be
    /// its own, to be called from a click or a key, since browsers let nothing else begin a sound. `stems`: how many of [`Player::stem`] there are to be.
    ///
    /// # Errors
    /// If this browser has no AudioContext at that rate, or no worklet here.
    pub fn new(
        output: Output,
        rate: SampleRate,
        volume: f32,
        stems: usize,
        tell: impl Fn(Event) + 'static,
    ) -> Result<Rc<Self>, JsValue> {
        let own = matches!(output, Output::Device);
        let context = output.context(rate)?;
        if Reflect::get(&context, &"audioWorklet".into())?.is_undefined() {
            return Err(JsError::new("AudioWorklet needs https, or a page on this machine").into());
        }
        let gain = context.create_gain()?;
        gain.gain().set_value(volume);
        if own {
            gain.connect_with_audio_node(&context.destination())?;
            say_that_it_is_music();
        }
        let rest = context.create_gain()?;
        rest.connect_with_audio_node(&gain)?;
        let silence = (!own).then(|| context.create_gain()).transpose()?;
        if let Some(silence) = &silence {
            silence.gain().set_value(0.0);
            rest.connect_with_audio_node(silence)?.connect_with_audio_node(&context.destination())?;
        }
        let stems = (0..stems).map(|_| context.create_gain()).collect::<Result<_, _>>()?;
        let player = Rc::new(Self {
            context,
            own,
            rest,
            volume: gain,
            silence,
            stems,
            rate,
            node: RefCell::default(),
            ears: RefCell::default(),
            loaded: RefCell::new(JsValue::UNDEFINED),
            opening: RefCell::default(),
            ahead: RefCell::default(),
            correction: RefCell::default(),
            stream: RefCell::default(),
            #[cfg(feature = "page")]
            textures: RefCell::default(),
            state: Cell::default(),
            wanted: Cell::new(false),
            ready: Cell::new(false),
            by_bytes: Cell::new(false),
            turn: Cell::new(0),
            reports: Cell::new(0),
            glitches: Cell::default(),
            asks_latency: !is_firefox(),
            counted: Cell::new(0),
            watchdog: RefCell::default(),
            context_ears: RefCell::default(),
            tell: Box::new(tell),
        });
        player.attend_to_context();
        Ok(player)
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
        JsFuture::from(self.context.audio_worklet()?.add_module(&self.place_of(module::SCRIPT))?).await?;
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

    fn place_of(&self, name: &str) -> String {
        place_of(&self.loaded.borrow(), name)
    }

    /// What is heard, after the listener's volume: in somebody else's graph, theirs to connect.
    #[must_use]
    pub const fn output(&self) -> &GainNode {
        &self.volume
    }

    /// A layer by itself, or delay and reverb after the last of them, before the master: for somebody's graph to connect.
    #[must_use]
    pub fn stem(&self, index: usize) -> Option<&GainNode> {
        self.stems.get(index)
    }

    /// Plays a session from where it says, in place of the one before: that one fades out, the other comes in softly.
    pub fn open(self: &Rc<Self>, mut opening: Opening) {
        self.turn.set(self.turn.get() + 1);
        opening.turn = self.turn.get();
        self.correction.take();
        self.state.set(State {
            turn: opening.turn,
            position: opening.frame,
            at: self.context.current_time(),
            ..State::default()
        });
        if self.node.borrow().is_some() {
            opening.ahead = self.go_ahead(&opening);
            self.post(&ToWorklet::Open(&opening));
            self.meet();
            #[cfg(feature = "page")]
            self.dress(&opening);
        }
        *self.opening.borrow_mut() = Some(opening);
    }

    /// Whether it was given a session.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.opening.borrow().is_some()
    }

    /// Puts another worklet in place of a broken one, in the same context.
    ///
    /// # Errors
    /// If the browser refuses it.
    pub fn restart(self: &Rc<Self>, opening: Opening) -> Result<(), JsValue> {
        self.remove();
        self.open(opening);
        let glitches = self.glitches.get();
        self.glitches.set(Glitches { repairs: glitches.repairs + 1, ..glitches });
        self.place(if self.by_bytes.get() { "bytes" } else { "module" })
    }

    /// Goes on. To be called from a click or a key at first.
    pub fn play(&self) {
        self.wanted.set(true);
        self.wake();
        if self.ready.get() {
            self.post(&ToWorklet::Play);
        }
    }

    /// Fades out and rests.
    pub fn pause(&self) {
        self.wanted.set(false);
        self.watchdog.borrow_mut().rest();
        if self.ready.get() {
            self.post(&ToWorklet::Pause);
        } else {
            self.idle();
        }
    }

    /// These settings hold from now on; the answer is an [`Event`] with the same number.
    pub fn change(self: &Rc<Self>, id: u32, settings: &Settings) {
        let words = settings.to_words();
        self.post(&ToWorklet::Change { id, words, frame: None, after: false });
        #[cfg(feature = "page")]
        self.dress_for(&words);
    }

    /// This quality holds from now on, and in all that is still to come; the answer is as to [`Player::change`].
    pub fn step(&self, id: u32, quality: Quality) {
        let value = if quality == Quality::Reduced { 1.0 } else { 0.0 };
        self.post(&ToWorklet::Quality { id, value });
    }

    /// Where the session is, as it is heard.
    #[must_use]
    pub fn position(&self) -> Frame {
        let state = self.state.get();
        if !state.playing || state.seeking {
            return Frame(state.position);
        }
        let since = self.context.current_time() - state.at - self.output_latency();
        Frame((state.position as f64 + since * f64::from(self.rate.hz())).max(0.0) as u64)
    }

    /// Whether it sounds.
    #[must_use]
    pub fn sounds(&self) -> bool {
        self.state.get().playing && self.runs()
    }

    /// Whether it is on its way to where it shall play.
    #[must_use]
    pub fn seeking(&self) -> bool {
        self.state.get().seeking
    }

    /// Whether the browser still withholds the sound.
    #[must_use]
    pub fn withheld(&self) -> bool {
        self.wanted.get() && self.ready.get() && !self.runs()
    }

    /// The share of the audio thread's time that the engine takes, where it is known.
    #[must_use]
    pub fn load(&self) -> Option<f64> {
        self.state.get().load
    }

    /// What went wrong so far, and was put right.
    #[must_use]
    pub fn glitches(&self) -> Glitches {
        self.glitches.get()
    }

    /// What makes the sound, for people.
    #[must_use]
    pub fn backend() -> &'static str {
        if has_simd() {
            "CPU · WebAssembly SIMD · AudioWorklet"
        } else {
            "CPU · WebAssembly · AudioWorklet"
        }
    }

    /// Looks after the worklet and the clock; to be called about twice a second, at `now` in seconds by the page's clock.
    pub fn watch(&self, now: f64) {
        if !(self.wanted.get() && self.ready.get() && self.runs()) {
            return self.watchdog.borrow_mut().rest();
        }
        let look = Look { now, clock: self.context.current_time(), reports: self.reports.get() };
        let finding = self.watchdog.borrow_mut().look(look);
        match finding {
            Some(Finding::Dead) => {
                let state = self.state.get();
                // It may have gone on for a while after its last report: nothing is heard twice.
                let ahead = if state.seeking { 0 } else { self.rate.frames(REPORT_SECONDS) };
                self.give_up("it no longer answers".into(), Frame(state.position + ahead));
            }
            Some(Finding::Still) => (self.tell)(Event::Still),
            None => {}
        }
    }

    /// The end: falls silent, and gives everything back.
    pub fn close(self: &Rc<Self>) {
        self.wanted.set(false);
        self.deafen();
        self.leave_context();
        self.ahead.take();
        self.stream.take();
        self.set_volume(0.0);
        let this = self.clone();
        after(PARTING, move || {
            this.remove();
            for gain in this.stems.iter().chain(&this.silence).chain([&this.rest, &this.volume]) {
                let _ = gain.disconnect();
            }
            if this.own {
                quietly(this.context.close());
            }
        });
    }
}
