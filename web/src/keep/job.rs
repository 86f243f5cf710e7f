//! The page's side: a worker that carries out an order. Dropped, it ends at once, and nothing is left of what it was making.

use super::Order;
use crate::player::place_of;
use js_sys::{Array, BigInt, Object, Reflect};
use wasm_bindgen::prelude::{Closure, wasm_bindgen};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, Event, MessageEvent, Worker, WorkerOptions, WorkerType};

#[wasm_bindgen]
extern "C" {
    /// The address of the script that wasm-bindgen has made around this module.
    #[wasm_bindgen(thread_local_v2, js_namespace = ["import", "meta"], js_name = url)]
    static GLUE: String;

    /// What keep.js posts.
    type Message;
    #[wasm_bindgen(method, getter, js_name = type)]
    fn kind(this: &Message) -> String;
    #[wasm_bindgen(method, getter)]
    fn done(this: &Message) -> f64;
    #[wasm_bindgen(method, getter)]
    fn speed(this: &Message) -> f64;
    #[wasm_bindgen(method, getter)]
    fn file(this: &Message) -> Blob;
    #[wasm_bindgen(method, getter)]
    fn message(this: &Message) -> Option<String>;
}

/// How the work goes on.
#[derive(Clone, Debug, PartialEq)]
pub enum Report {
    /// It goes on.
    Progress {
        /// How much is done, 0 to 1.
        done: f64,
        /// How many times as fast as it plays.
        speed: f64,
    },
    /// It is done.
    Done {
        /// How many times as fast as it plays it was, all in all.
        speed: f64,
        /// What was made.
        file: Blob,
    },
    /// It cannot be done; why, in a sentence.
    Error(String),
}

/// A worker that carries out an order.
pub struct Job {
    worker: Worker,
    _listener: Closure<dyn FnMut(MessageEvent)>,
    _failed: Closure<dyn FnMut(Event)>,
}

impl Job {
    /// Starts a worker. `engine` is what [`crate::player::load`] gave; `tell` hears every report, and gets the file with the last.
    ///
    /// # Errors
    /// If this browser has no workers here.
    pub fn start(
        order: &Order,
        engine: &JsValue,
        tell: impl Fn(Report) + Clone + 'static,
    ) -> Result<Self, JsValue> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker = Worker::new_with_options(&place_of(engine, "keep.js"), &options)?;
        let by_bytes = task(order, engine, "bytes")?;
        let (again, talk) = (worker.clone(), tell.clone());
        let listener = Closure::new(move |event: MessageEvent| {
            let message: Message = event.data().unchecked_into();
            match message.kind().as_str() {
                "progress" => talk(Report::Progress { done: message.done(), speed: message.speed() }),
                "done" => talk(Report::Done { speed: message.speed(), file: message.file() }),
                // Bytes get through where a compiled module does not.
                "resend" => drop(again.post_message(&by_bytes)),
                _ => talk(Report::Error(message.message().unwrap_or_default())),
            }
        });
        let failed = Closure::new(move |event: Event| {
            event.prevent_default();
            let message = event.unchecked_ref::<Message>().message().filter(|text| !text.is_empty());
            tell(Report::Error(message.unwrap_or_else(|| "its worker could not be loaded".into())));
        });
        worker.set_onmessage(Some(listener.as_ref().unchecked_ref()));
        worker.set_onerror(Some(failed.as_ref().unchecked_ref()));
        if worker.post_message(&task(order, engine, "module")?).is_err() {
            worker.post_message(&task(order, engine, "bytes")?)?;
        }
        Ok(Self { worker, _listener: listener, _failed: failed })
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
    }
}

/// What the worker needs: the order, the engine as a compiled `module` or as `bytes`, and where the scripts are. This very module goes
/// along compiled too; where modules do not get through, the worker fetches it from where the page did, which is from the browser's cache.
fn task(order: &Order, engine: &JsValue, form: &str) -> Result<JsValue, JsValue> {
    let task = Object::new();
    let set = |name: &str, value: &JsValue| Reflect::set(&task, &name.into(), value);
    let (what, format) = order.names();
    let parts: [JsValue; 7] = [
        order.session.as_str().into(),
        BigInt::from(order.span.from.0).into(),
        BigInt::from(order.span.frames).into(),
        what.into(),
        format.into(),
        order.stem.as_str().into(),
        order.date.into(),
    ];
    set("order", &parts.iter().collect::<Array>())?;
    set("glue", &GLUE.with(Clone::clone).into())?;
    set("script", &place_of(engine, "worklet.js").into())?;
    set("engine", &Reflect::get(engine, &form.into())?)?;
    let page = match form {
        "module" => wasm_bindgen::module(),
        _ => address_of_module().into(),
    };
    set("page", &page)?;
    Ok(task.into())
}

/// Where this module was fetched from, as Trunk tells boot.js.
fn address_of_module() -> Option<String> {
    let script = web_sys::window()?.document()?.query_selector("script[data-wasm]").ok()??;
    script.get_attribute("data-wasm")
}
