//! Hearing a session as a relay sends it: a worker (web/worklet/stream.js) is connected to the relay, and feeds the worklet.

use super::message::{Opening, ToWorklet};
use super::module::place_of;
use super::time::NEVER;
use super::{Player, to_js};
use js_sys::{Array, Object, Reflect};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::{Closure, JsValue, wasm_bindgen};
use web_sys::{MessageChannel, MessageEvent, MessagePort, Worker, WorkerOptions, WorkerType};

/// What the worker says.
#[derive(Clone, Debug, PartialEq)]
pub enum Heard {
    /// A chunk has come; once a second.
    Chunk {
        /// The frame with which it begins.
        frame: f64,
        /// When it came, in milliseconds since 1970 by this device's clock.
        time: f64,
        /// How irregularly chunks come, in milliseconds.
        jitter: f64,
    },
    /// The connection broke, and is being made again.
    Lost,
    /// The relay has no place for it, and what it says.
    Refused(String),
}

type Tell = Rc<dyn Fn(Heard)>;
type Listener = Closure<dyn FnMut(MessageEvent)>;

/// From where a session is heard, and by whom. Dropped, the worker ends.
pub(super) struct Stream {
    address: String,
    tell: Tell,
    worker: Option<(Worker, Listener)>,
}

#[wasm_bindgen]
extern "C" {
    type Said;

    #[wasm_bindgen(method, getter)]
    fn frame(this: &Said) -> f64;
    #[wasm_bindgen(method, getter)]
    fn time(this: &Said) -> f64;
    #[wasm_bindgen(method, getter)]
    fn jitter(this: &Said) -> Option<f64>;
    #[wasm_bindgen(method, getter)]
    fn refused(this: &Said) -> Option<String>;
}

impl Stream {
    /// Begins to hear it anew; gives the port at which it comes.
    fn start(&mut self, loaded: &JsValue, rate: u32) -> Result<MessagePort, JsValue> {
        self.stop();
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker = Worker::new_with_options(&place_of(loaded, "stream.js"), &options)?;
        let tell = self.tell.clone();
        let listener = Listener::new(move |event: MessageEvent| {
            let data = event.data();
            let said = data.unchecked_ref::<Said>();
            tell(match (said.jitter(), said.refused()) {
                (Some(jitter), _) => Heard::Chunk { frame: said.frame(), time: said.time(), jitter },
                (_, Some(sentence)) => Heard::Refused(sentence),
                _ => Heard::Lost,
            });
        });
        worker.set_onmessage(Some(listener.as_ref().unchecked_ref()));
        let channel = MessageChannel::new()?;
        let told = Object::new();
        Reflect::set(&told, &"address".into(), &(&self.address).into())?;
        Reflect::set(&told, &"rate".into(), &rate.into())?;
        Reflect::set(&told, &"port".into(), &channel.port1())?;
        worker.post_message_with_transfer(&told, &Array::of1(&channel.port1()))?;
        self.worker = Some((worker, listener));
        Ok(channel.port2())
    }

    fn stop(&mut self) {
        if let Some((worker, _listener)) = self.worker.take() {
            worker.set_onmessage(None);
            worker.terminate();
        }
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Player {
    /// As [`Player::open`], of what a relay sends, until something made here takes its place ([`Player::correct`]); silent until [`Player::begin_at`]
    /// says when it begins.
    pub fn open_streamed(self: &Rc<Self>, mut opening: Opening) {
        opening.due = Some(NEVER);
        opening.streamed = true;
        self.open(opening);
    }

    /// Hears a session from a relay, at the address that [`crate::relay::endpoint`] gave. `tell` hears how that goes.
    pub fn attach(&self, address: &str, tell: impl Fn(Heard) + 'static) {
        *self.stream.borrow_mut() =
            Some(Stream { address: address.to_owned(), tell: Rc::new(tell), worker: None });
        self.feed();
    }

    /// No longer hears what a relay sends.
    pub fn detach(&self) {
        if self.stream.take().is_some()
            && let Ok(message) = ToWorklet::Stream.to_js()
        {
            self.post_js(&message, &Array::new());
        }
    }

    /// The music goes over into what the relay sends, as soon as that lies ready.
    pub fn lean(&self) {
        self.post(&ToWorklet::Lean);
    }

    /// Lets the worklet hear what comes, where there is a worklet and something comes.
    pub(super) fn feed(&self) {
        let mut stream = self.stream.borrow_mut();
        let Some(stream) = stream.as_mut().filter(|_| self.node.borrow().is_some()) else { return };
        // Without such workers nothing comes, and the music is made here.
        if let (Ok(port), Ok(message)) =
            (stream.start(&self.loaded.borrow(), self.rate.hz()), to_js(&ToWorklet::Stream))
        {
            let _ = Reflect::set(&message, &"port".into(), &port);
            self.post_js(&message, &Array::of1(&port));
        }
    }
}
