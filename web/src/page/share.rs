//! The panel that shares this moment: the link to copy, and the device's own share sheet where there is one.

use super::App;
use super::dom::{by_id, on, show, window};
use crate::link::Link;
use js_sys::{Function, Object, Promise, Reflect};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::JsValue;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Element, HtmlElement, HtmlInputElement};

/// From so many letters on, some programs cut an address.
const LONG: usize = 2000;

/// Listens to the two buttons.
pub(super) fn attend(app: &Rc<App>) {
    let this = app.clone();
    on(&by_id::<Element>("copy-link"), "click", move |_| copy(&this));
    let button: HtmlElement = by_id("share-link");
    button.set_hidden(method("share").is_none());
    let this = app.clone();
    on(&button, "click", move |_| share(&this));
    let field: HtmlInputElement = by_id("link");
    on(&field.clone(), "focus", move |_| field.select());
}

/// The panel was opened: it shows the link to this moment.
pub(super) fn opened(app: &App) {
    fill(&app.link());
}

/// Shows a link, and what there is to say about it.
fn fill(link: &Link) -> String {
    let address = App::address_of(link);
    by_id::<HtmlInputElement>("link").set_value(&address);
    let help = if address.len() > LONG {
        "It carries many changes and is long: where a program cuts it, save the session as a file instead."
    } else {
        "It holds the seed, the settings, what was changed, and this moment. Nothing else leaves this device."
    };
    show(&by_id("link-help"), help);
    address
}

fn copy(app: &Rc<App>) {
    let address = fill(&app.link());
    let app = app.clone();
    spawn_local(async move {
        // Called at once, within the press of the button: browsers allow it only there.
        if call("clipboard", "writeText", &address.into()).await.is_some() {
            app.say("Link copied");
        } else {
            let field: HtmlInputElement = by_id("link");
            let _ = field.focus();
            field.select();
            app.say("The link is selected: copy it from here");
        }
    });
}

fn share(app: &Rc<App>) {
    let address = fill(&app.link());
    let data = Object::new();
    for (name, text) in [("title", "Auralis"), ("url", &address)] {
        let _ = Reflect::set(&data, &name.into(), &text.into());
    }
    let navigator = window().navigator();
    let shared = method("share").and_then(|share| share.call1(&navigator, &data).ok());
    let app = app.clone();
    spawn_local(async move {
        let error = match shared.and_then(|promise| promise.dyn_into::<Promise>().ok()) {
            Some(promise) => JsFuture::from(promise).await.err(),
            None => Some(JsValue::NULL),
        };
        // Whoever closes the sheet again has changed their mind, and nothing failed.
        let name = error.map(|error| Reflect::get(&error, &"name".into()).unwrap_or_default());
        if name.is_some_and(|name| name.as_string().as_deref() != Some("AbortError")) {
            app.say("This device does not share it: copy the link instead");
        }
    });
}

/// A method of the navigator, where this browser has it.
fn method(name: &str) -> Option<Function> {
    Reflect::get(&window().navigator(), &name.into()).ok()?.dyn_into().ok()
}

/// Calls a method of one of the navigator's parts and waits; nothing if there is none, or it is refused.
async fn call(part: &str, name: &str, argument: &JsValue) -> Option<JsValue> {
    let part = Reflect::get(&window().navigator(), &part.into()).ok().filter(JsValue::is_object)?;
    let method: Function = Reflect::get(&part, &name.into()).ok()?.dyn_into().ok()?;
    let promise: Promise = method.call1(&part, argument).ok()?.dyn_into().ok()?;
    JsFuture::from(promise).await.ok()
}
