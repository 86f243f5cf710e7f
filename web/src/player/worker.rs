//! The worker that measures this device before play is pressed; web/worklet/probe.js is what runs in it.

use super::module::{probe_script, script};
use super::{Words, to_js};
use js_sys::{Object, Reflect};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::{Closure, JsValue};
use web_sys::{MessageEvent, Worker, WorkerOptions, WorkerType};

/// A measurement under way. Dropped, it ends: nothing is measured while there is music.
pub struct Probe {
    worker: Worker,
    _answer: Closure<dyn FnMut(MessageEvent)>,
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
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker = Worker::new_with_options(&probe_script(), &options)?;
        let answer =
            Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| tell(event.data().as_f64()));
        worker.set_onmessage(Some(answer.as_ref().unchecked_ref()));
        let told = Object::new();
        // As the worklet: the module where there is one, else its bytes.
        for form in ["module", "bytes"] {
            let given = Reflect::get(loaded, &form.into())?;
            if !given.is_undefined() {
                Reflect::set(&told, &"engine".into(), &given)?;
                break;
            }
        }
        Reflect::set(&told, &"script".into(), &script().into())?;
        Reflect::set(&told, &"rate".into(), &rate.into())?;
        Reflect::set(&told, &"words".into(), &to_js(words)?)?;
        worker.post_message(&told)?;
        Ok(Self { worker, _answer: answer })
    }
}

impl Drop for Probe {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.terminate();
    }
}
