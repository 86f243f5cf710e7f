//! # auralis-web
//!
//! The page, and the player behind it. [`player`] puts the engine's worklet into an AudioContext and talks to it; it knows no page.
//! [`page`] is the page of `index.html`: its controls are made from the engine's declarations, its sentences from the score.
//! [`link`] is a moment of a session as text; [`library`] is what was played and liked, kept as links. [`keep`] makes files of moments, in a
//! worker in which this same module runs once more. [`relay`] is the way to a session that is shared. [`steering`] is what all stand on: the session as the listener steers it, plain data
//! without a browser.
//!
//! It is built twice: with the feature `page` by Trunk, for the site; and with the feature `package` alone by wasm-pack, for the npm package, whose
//! `embed` exports the player without a page, and with `studio`, for what of that package is loaded only when it is asked for.

#[cfg(feature = "package")]
pub mod embed;
#[cfg(feature = "page")]
pub mod keep;
#[cfg(feature = "page")]
pub mod library;
pub mod link;
pub mod number;
#[cfg(feature = "page")]
pub mod page;
pub mod player;
pub mod relay;
pub mod shared;
pub mod steering;
#[cfg(feature = "studio")]
pub mod studio;
mod values;

use wasm_bindgen::prelude::wasm_bindgen;

#[cfg(target_arch = "wasm32")]
#[global_allocator]
static MEMORY: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

/// Brings the page to life, where there is one. The browser calls it once the module is there; in a worker nothing is to be done.
#[wasm_bindgen(start)]
pub fn start() {
    std::panic::set_hook(Box::new(|info| web_sys::console::error_1(&info.to_string().into())));
    #[cfg(feature = "page")]
    if web_sys::window().is_some() {
        page::start();
    }
}
