//! Has the program built anew when the built page changes that is put into it. Without a page it is built all the same.

use std::fs;
use std::path::Path;

/// Where `cargo xtask build` leaves the page, as `site/built_in.rs` embeds it.
const PAGE: &str = "../dist";

fn main() {
    // `cargo xtask build` touches this file where there was no page before: a path that is missing would have it run each time.
    println!("cargo::rerun-if-changed=build.rs");
    watch(Path::new(PAGE));
}

/// Files one by one: a folder changes whenever the page is built, even to the same.
fn watch(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            watch(&path);
        } else {
            println!("cargo::rerun-if-changed={}", path.display());
        }
    }
}
