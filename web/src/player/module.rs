//! The engine's module: which of the two builds this browser takes, fetched and compiled while the page is being read.

use js_sys::{ArrayBuffer, Object, Reflect, Uint8Array, WebAssembly};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::Response;

/// The smallest module with a SIMD instruction in it: a function that makes a vector of zeros and drops it.
const SIMD: [u8; 30] =
    [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 9, 1, 7, 0, 65, 0, 253, 15, 26, 11, 0];

/// The version of the site, as `cargo xtask build` writes it into the page; none where the page is served by `trunk serve`.
#[must_use]
pub fn site_version() -> Option<String> {
    web_sys::window()?.document()?.document_element()?.get_attribute("data-version")
}

/// Where a file of the site lies: beside the page, whatever folder that is in. The version keeps an old copy from being taken for a new one.
#[must_use]
pub fn file(name: &str) -> String {
    site_version().map_or_else(|| format!("./{name}"), |version| format!("./{name}?v={version}"))
}

/// The two builds of the engine.
const SIMD_BUILD: &str = "auralis-simd.wasm";
const PLAIN_BUILD: &str = "auralis-plain.wasm";

/// The name of the worklet's script.
pub(super) const SCRIPT: &str = "worklet.js";

/// Where a file of the player lies: what `loaded` says of it in its `files`, or beside the page.
#[must_use]
pub fn place_of(loaded: &JsValue, name: &str) -> String {
    let files = Reflect::get(loaded, &"files".into()).unwrap_or_default();
    Reflect::get(&files, &name.into()).ok().and_then(|place| place.as_string()).unwrap_or_else(|| file(name))
}

/// Whether this browser's WebAssembly has SIMD.
#[must_use]
pub fn has_simd() -> bool {
    // The last byte only rounds the array up: a module ends with its last section.
    WebAssembly::validate(&Uint8Array::from(&SIMD[..29]).into()).unwrap_or(false)
}

/// Fetches the fitting build and compiles it: an object with `bytes`, and with `module` where compiling works. If the build with SIMD cannot
/// be had, the plain one plays the same samples.
///
/// # Errors
/// If neither can be fetched, or what came is no module.
pub async fn load() -> Result<JsValue, JsValue> {
    if has_simd()
        && let Ok(loaded) = load_build(SIMD_BUILD).await
    {
        return Ok(loaded);
    }
    load_build(PLAIN_BUILD).await
}

async fn load_build(name: &str) -> Result<JsValue, JsValue> {
    let window = web_sys::window().ok_or("no window")?;
    let response: Response = JsFuture::from(window.fetch_with_str(&file(name))).await?.dyn_into()?;
    if !response.ok() {
        return Err(format!("{name} is missing here ({})", response.status()).into());
    }
    // Not compileStreaming: it wants a media type that not every host gives.
    let bytes: ArrayBuffer = JsFuture::from(response.array_buffer()?).await?.dyn_into()?;
    if !WebAssembly::validate(&bytes).unwrap_or(false) {
        return Err(format!("{name} is damaged").into());
    }
    let loaded = Object::new();
    Reflect::set(&loaded, &"bytes".into(), &bytes)?;
    if let Ok(module) = JsFuture::from(WebAssembly::compile(&bytes)).await {
        Reflect::set(&loaded, &"module".into(), &module)?;
    }
    Ok(loaded.into())
}
