//! # auralis-worklet
//!
//! The engine for an AudioWorklet: a WebAssembly module with **zero imports** and a raw ABI. Numbers and pointers cross, no strings:
//! an AudioWorkletGlobalScope has neither TextDecoder nor fetch nor a clock worth the name. [`abi`] is the boundary, [`Player`]
//! what stands behind it. `worklet.js` is its one caller, in browsers and in Node.
//!
//! All memory is taken when a session is opened. Rendering and seeking take none, and the module declares 8 MB as the most
//! that it can ever have (see `build.rs`).
// Clippy looks at this crate together with the page's, whose serde brings std and its panic handler along.
#![cfg_attr(all(target_family = "wasm", not(clippy)), no_std)]

pub mod abi;
mod player;
#[cfg(all(target_family = "wasm", not(clippy)))]
mod runtime;

pub use player::{MOST_FRAMES, PARTS, Player, Refusal};
