//! The engine's module: which of the two builds this browser takes, fetched and compiled while the page is being read.

use js_sys::{ArrayBuffer, Object, Reflect, Uint8Array, WebAssembly};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::Response;

/// The smallest module with a SIMD instruction in it: a function that makes a vector of zeros and drops it.
const SIMD: [u8; 30] =
    [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 9, 1, 7, 0, 65, 0, 253, 15, 26, 11, 0];

/// Where the files lie: beside the page, whatever folder that is in. The version keeps an old copy from being taken for a new one.
pub(crate) fn file(name: &str) -> String {
    format!("./{name}?v={}", env!("CARGO_PKG_VERSION"))
}

/// The address of worklet.js.
pub(super) fn script() -> String {
    file("worklet.js")
}

/// The address of probe.js.
pub(super) fn probe_script() -> String {
    file("probe.js")
}

/// Whether this browser's WebAssembly has SIMD.
#[must_use]
pub fn has_simd() -> bool {
    // The last byte only rounds the array up: a module ends with its last section.
    WebAssembly::validate(&Uint8Array::from(&SIMD[..29]).into()).unwrap_or(false)
}

/// Fetches the fitting build and compiles it: an object with `bytes`, and with `module` where compiling works.
///
/// # Errors
/// If it cannot be fetched.
pub async fn load() -> Result<JsValue, JsValue> {
    let name = if has_simd() { "auralis-simd.wasm" } else { "auralis-plain.wasm" };
    let window = web_sys::window().ok_or("no window")?;
    let response: Response = JsFuture::from(window.fetch_with_str(&file(name))).await?.dyn_into()?;
    if !response.ok() {
        return Err(format!("{name} is missing here ({})", response.status()).into());
    }
    // Not compileStreaming: it wants a media type that not every host gives.
    let bytes: ArrayBuffer = JsFuture::from(response.array_buffer()?).await?.dyn_into()?;
    let loaded = Object::new();
    Reflect::set(&loaded, &"bytes".into(), &bytes)?;
    if let Ok(module) = JsFuture::from(WebAssembly::compile(&bytes)).await {
        Reflect::set(&loaded, &"module".into(), &module)?;
    }
    Ok(loaded.into())
}
