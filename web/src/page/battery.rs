//! The battery, where a browser tells of it (Chromium does): one that runs low is a reason to have a relay make a shared session's music.

use super::App;
use super::dom::{on, window};
use js_sys::{Function, Promise, Reflect};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::JsValue;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::EventTarget;

/// From what share on downwards it is low, while it is not being charged.
const LOW: f64 = 0.2;
/// What it says when that may have changed.
const EVENTS: [&str; 2] = ["levelchange", "chargingchange"];

/// Hears how the battery fares, from now on.
pub(super) fn attend(app: &Rc<App>) {
    let navigator: JsValue = window().navigator().into();
    let asked = Reflect::get(&navigator, &"getBattery".into())
        .and_then(JsCast::dyn_into::<Function>)
        .and_then(|ask| ask.call0(&navigator))
        .and_then(JsCast::dyn_into::<Promise>);
    let (Ok(promise), app) = (asked, app.clone()) else { return };
    spawn_local(async move {
        // Forbidden to some frames: then nothing is known.
        let Ok(battery) = JsFuture::from(promise).await else { return };
        app.battery(low(&battery));
        let Some(target) = battery.dyn_ref::<EventTarget>().cloned() else { return };
        for event in EVENTS {
            let (app, battery) = (app.clone(), battery.clone());
            on(&target, event, move |_| app.battery(low(&battery)));
        }
    });
}

fn low(battery: &JsValue) -> bool {
    let read = |name: &str| Reflect::get(battery, &name.into()).unwrap_or_default();
    read("charging") == false && read("level").as_f64().is_some_and(|level| level <= LOW)
}
