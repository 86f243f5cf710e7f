//! Sessions and settings as JavaScript has them: settings an object, `layers` an object in it.

#[cfg(any(feature = "package", feature = "studio"))]
use crate::link::{self, Link};
use auralis_engine::Patch;
use auralis_engine::settings::SettingError;
#[cfg(feature = "package")]
use auralis_engine::settings::{Kind, PARAMETERS};
#[cfg(any(feature = "package", feature = "studio"))]
use auralis_engine::{SampleRate, Session, Settings};
#[cfg(any(feature = "package", feature = "studio"))]
use js_sys::Reflect;
use js_sys::{Array, Object};
#[cfg(any(feature = "package", feature = "studio"))]
use std::fmt::Display;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

/// What a layer's name begins with.
const LAYERS: &str = "layers";

/// Reads an object.
///
/// # Errors
/// If there is no such setting, or none of that value.
pub(crate) fn read(wanted: &Object) -> Result<Patch, SettingError> {
    let mut patch = Patch::default();
    for (name, value) in entries(wanted) {
        if name != LAYERS {
            patch.set(&name, &text(&value))?;
            continue;
        }
        let Some(levels) = value.dyn_ref::<Object>().filter(|_| value.is_object()) else {
            let allowed = "an object such as { drone: 0.5 }".into();
            return Err(SettingError { field: name, value: text(&value), allowed });
        };
        for (layer, level) in entries(levels) {
            patch.set(&format!("{LAYERS}.{layer}"), &text(&level))?;
        }
    }
    Ok(patch)
}

/// As [`read`].
///
/// # Errors
/// `{field, value, allowed}`.
#[cfg(any(feature = "package", feature = "studio"))]
pub(crate) fn patch(wanted: &Object) -> Result<Patch, JsValue> {
    read(wanted).map_err(|SettingError { field, value, allowed }| refusal(&field, value, &allowed))
}

/// A session that begins with these settings.
///
/// # Errors
/// `{field, value, allowed}`, if there is no such setting or rate.
#[cfg(any(feature = "package", feature = "studio"))]
pub(crate) fn session(seed: u64, hz: u32, wanted: &Object) -> Result<Session, JsValue> {
    let rate = SampleRate::from_hz(hz).ok_or_else(|| refusal("sampleRate", hz, "44100 or 48000"))?;
    let settings = Settings::default().with(&patch(wanted)?);
    Ok(Session { seed, rate, settings })
}

/// What a link says, be it an address or its fragment alone.
///
/// # Errors
/// A sentence, if it is no link to a session.
#[cfg(any(feature = "package", feature = "studio"))]
pub(crate) fn linked(text: &str) -> Result<Link, JsValue> {
    let fragment = text.split_once('#').map_or(text, |(_, fragment)| fragment);
    let chance = || (js_sys::Math::random() * 9_007_199_254_740_992.0) as u64;
    let reading = link::read(fragment, chance);
    let sentence = reading.as_ref().and_then(link::Reading::sentence);
    let link = reading.and_then(|reading| reading.link);
    link.ok_or_else(|| sentence.unwrap_or_else(|| "it is no link to a session".into()).into())
}

/// The fields that say something.
fn entries(object: &Object) -> impl Iterator<Item = (String, JsValue)> {
    Object::entries(object).iter().collect::<Vec<_>>().into_iter().filter_map(|entry| {
        let entry: Array = entry.unchecked_into();
        let value = entry.get(1);
        (!value.is_undefined()).then(|| (entry.get(0).as_string().unwrap_or_default(), value))
    })
}

#[wasm_bindgen]
extern "C" {
    /// Any value as text. An object can be such that there is none.
    #[wasm_bindgen(js_name = String, catch)]
    fn written(value: &JsValue) -> Result<String, JsValue>;
}

/// A value as [`Patch::set`] reads it, numbers and switches as JavaScript writes them.
fn text(value: &JsValue) -> String {
    written(value).unwrap_or_default()
}

/// Why a value is not taken: `{field, value, allowed}`.
#[cfg(any(feature = "package", feature = "studio"))]
pub(crate) fn refusal(field: &str, value: impl Display, allowed: &str) -> JsValue {
    let told = Object::new();
    for (name, text) in [("field", field), ("value", &value.to_string()), ("allowed", allowed)] {
        let _ = Reflect::set(&told, &name.into(), &text.into());
    }
    told.into()
}

/// All settings, as an object.
#[cfg(feature = "package")]
pub(crate) fn object(settings: &Settings) -> Object {
    let patch = Patch::from(settings);
    let (object, layers) = (Object::new(), Object::new());
    for parameter in &PARAMETERS {
        let Some(text) = patch.get(parameter.name) else { continue };
        let value: JsValue = match parameter.kind {
            Kind::Number { .. } => js_sys::parse_float(&text).into(),
            Kind::Switch => (text == "true").into(),
            Kind::Choice(_) | Kind::Key => text.into(),
        };
        let (into, name) = match parameter.name.split_once('.') {
            Some((LAYERS, layer)) => (&layers, layer),
            _ => (&object, parameter.name),
        };
        let _ = Reflect::set(into, &name.into(), &value);
    }
    let _ = Reflect::set(&object, &LAYERS.into(), &layers);
    object
}
