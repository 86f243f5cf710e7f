//! The page's side: a worker that carries out an order. Dropped, it ends at once, and nothing is left of what it was making.

use super::{Order, Report};
use crate::player::{file, to_js};
use js_sys::{Object, Reflect};
use wasm_bindgen::prelude::{Closure, wasm_bindgen};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, Event, MessageEvent, Worker, WorkerOptions, WorkerType};

#[wasm_bindgen]
extern "C" {
    /// The address of the script that wasm-bindgen has made around this module.
    #[wasm_bindgen(thread_local_v2, js_namespace = ["import", "meta"], js_name = url)]
    static GLUE: String;
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
        tell: impl Fn(Report, Option<Blob>) + Clone + 'static,
    ) -> Result<Self, JsValue> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker = Worker::new_with_options(&file("keep.js"), &options)?;
        let by_bytes = task(order, engine, "bytes")?;
        let (again, talk) = (worker.clone(), tell.clone());
        let listener = Closure::new(move |event: MessageEvent| {
            let data = event.data();
            let report = Reflect::get(&data, &"report".into()).unwrap_or(data.clone());
            let kept = Reflect::get(&data, &"file".into()).ok().and_then(|file| file.dyn_into().ok());
            match serde_wasm_bindgen::from_value(report) {
                // Plain data, which is always taken.
                Ok(Report::Resend) => drop(again.post_message(&by_bytes)),
                Ok(report) => talk(report, kept),
                Err(error) => talk(Report::Error { message: error.to_string() }, None),
            }
        });
        let failed = Closure::new(move |event: Event| {
            event.prevent_default();
            let message = Reflect::get(&event, &"message".into()).ok().and_then(|text| text.as_string());
            let message = message.filter(|text| !text.is_empty());
            tell(
                Report::Error { message: message.unwrap_or_else(|| "its worker could not be loaded".into()) },
                None,
            );
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
    set("order", &to_js(order)?)?;
    set("glue", &GLUE.with(Clone::clone).into())?;
    set("script", &file("worklet.js").into())?;
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
