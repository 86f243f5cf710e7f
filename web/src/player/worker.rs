//! Workers that use the engine beside the audio thread: web/worklet/probe.js measures this device before play is pressed, and
//! web/worklet/seek.js goes to a moment at full speed.

use super::module::{SCRIPT, place_of};
use super::{Opening, Words, to_js};
use js_sys::{ArrayBuffer, Object, Reflect};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::{Closure, JsValue};
use web_sys::{Event, MessageEvent, Worker, WorkerOptions, WorkerType};

/// A worker with one task. Dropped, it ends.
struct Task {
    worker: Worker,
    _answer: Closure<dyn FnMut(Event)>,
}

impl Task {
    /// Begins a task with what [`super::load`] gave. `tell` gets the answer, or nothing where there will be none.
    fn start(
        name: &str,
        loaded: &JsValue,
        rate: u32,
        (key, value): (&str, JsValue),
        tell: impl Fn(Option<JsValue>) + 'static,
    ) -> Result<Self, JsValue> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker = Worker::new_with_options(&place_of(loaded, name), &options)?;
        let answer = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
            tell(event.dyn_ref::<MessageEvent>().map(MessageEvent::data).filter(|data| !data.is_null()));
        });
        let listener = Some(answer.as_ref().unchecked_ref());
        worker.set_onmessage(listener);
        worker.set_onerror(listener);
        let told = Object::new();
        // As the worklet: the module where there is one, else its bytes.
        for form in ["module", "bytes"] {
            let given = Reflect::get(loaded, &form.into())?;
            if !given.is_undefined() {
                Reflect::set(&told, &"engine".into(), &given)?;
                break;
            }
        }
        Reflect::set(&told, &"script".into(), &place_of(loaded, SCRIPT).into())?;
        Reflect::set(&told, &"rate".into(), &rate.into())?;
        Reflect::set(&told, &key.into(), &value)?;
        worker.post_message(&told)?;
        Ok(Self { worker, _answer: answer })
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
    }
}

/// A measurement under way. Dropped, it ends: nothing is measured while there is music.
pub struct Probe {
    _task: Task,
}

impl Probe {
    /// Begins to measure what a session of these settings costs, with what [`super::load`] gave. `tell` gets the seconds that a second of
    /// it takes, or nothing where it could not be measured.
    ///
    /// # Errors
    /// If this browser has no such workers.
    pub fn start(
        loaded: &JsValue,
        words: &Words,
        rate: u32,
        tell: impl Fn(Option<f64>) + 'static,
    ) -> Result<Self, JsValue> {
        let tell = move |answer: Option<JsValue>| tell(answer.and_then(|cost| cost.as_f64()));
        Task::start("probe.js", loaded, rate, ("words", to_js(words)?), tell).map(|task| Self { _task: task })
    }
}

/// A seek under way. Dropped, it ends.
pub(super) struct Seek {
    _task: Task,
}

impl Seek {
    /// Begins to go to where a session is to be opened, with what [`super::load`] gave. `tell` gets what the worklet's engine is to become,
    /// or nothing where it has to go there by itself.
    pub(super) fn start(
        loaded: &JsValue,
        opening: &Opening,
        rate: u32,
        tell: impl Fn(Option<ArrayBuffer>) + 'static,
    ) -> Result<Self, JsValue> {
        let tell = move |answer: Option<JsValue>| tell(answer.and_then(|image| image.dyn_into().ok()));
        Task::start("seek.js", loaded, rate, ("session", to_js(opening)?), tell)
            .map(|task| Self { _task: task })
    }
}
