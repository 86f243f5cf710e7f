//! What the browser is asked, and told, beside the audio.

use js_sys::{JsString, Promise, Reflect};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::{Closure, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// Whether a promise is kept shows in what happens.
pub(super) fn quietly(promise: Result<Promise, JsValue>) {
    if let Ok(promise) = promise {
        spawn_local(async move {
            let _ = JsFuture::from(promise).await;
        });
    }
}

/// Does something once, later.
pub(crate) fn after(milliseconds: i32, action: impl FnOnce() + 'static) {
    let action: JsValue = Closure::once_into_js(action);
    if let Some(window) = web_sys::window() {
        let _ = window
            .set_timeout_with_callback_and_timeout_and_arguments_0(action.unchecked_ref(), milliseconds);
    }
}

/// What an error says.
pub(crate) fn said(error: &JsValue) -> String {
    match error.dyn_ref::<js_sys::Error>() {
        Some(error) => String::from(error.message()),
        None => error.as_string().unwrap_or_else(|| format!("{error:?}")),
    }
}

/// Whether this is a browser by Mozilla. What is worked around cannot be looked for in another way: it hangs.
pub(super) fn is_firefox() -> bool {
    let agent = web_sys::window().and_then(|window| window.navigator().user_agent().ok());
    // JavaScript's own search: Rust's weighs 2 kB.
    agent.is_some_and(|agent| JsString::from(agent).includes("Firefox/", 0))
}

/// Tells a phone that this is music, which its silent switch leaves alone.
pub(super) fn say_that_it_is_music() {
    let session =
        web_sys::window().map(|w| w.navigator()).and_then(|n| Reflect::get(&n, &"audioSession".into()).ok());
    if let Some(session) = session.filter(JsValue::is_object) {
        let _ = Reflect::set(&session, &"type".into(), &"playback".into());
    }
}
