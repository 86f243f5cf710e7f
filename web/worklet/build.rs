//! Bounds the worklet's memory: the module itself declares that it never grows beyond 8 MB.

use std::env;

/// 128 pages of 64 KiB.
const MOST_BYTES: u32 = 8 << 20;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if env::var("CARGO_CFG_TARGET_FAMILY").is_ok_and(|family| family == "wasm") {
        println!("cargo::rustc-link-arg-cdylib=--max-memory={MOST_BYTES}");
    }
}
