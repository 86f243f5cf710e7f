//! Parts of the Rust toolchain: targets and components.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::{process, report};

/// What the page and the worklet are compiled to.
pub(crate) const WASM: &str = "wasm32-unknown-unknown";
/// What shows that the samples are the same on another processor.
pub(crate) const ARM: &str = "aarch64-unknown-linux-gnu";

/// All that is asked for below.
pub(crate) fn all() -> Result<()> {
    style()?;
    llvm_tools()?;
    target(WASM)?;
    if cfg!(all(target_os = "linux", not(target_arch = "aarch64"))) { target(ARM) } else { Ok(()) }
}

/// Makes sure that the toolchain can compile for a target.
pub(crate) fn target(name: &str) -> Result<()> {
    let there =
        process::output(process::program("rustc").args(["--print", "target-libdir", "--target", name]))
            .is_ok_and(|folder| PathBuf::from(folder.trim()).is_dir());
    if there {
        return Ok(());
    }
    report::step(&format!("install the Rust target {name}"), || add("target", name))
}

/// Makes sure that `cargo fmt` and `cargo clippy` work.
pub(crate) fn style() -> Result<()> {
    for (subcommand, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        if !process::succeeds(process::cargo(subcommand).arg("--version")) {
            report::step(&format!("install {component}"), || add("component", component))?;
        }
    }
    Ok(())
}

/// Makes sure that LLVM's own tools, which read the counters of a coverage run, are there.
pub(crate) fn llvm_tools() -> Result<()> {
    let libraries = process::output(process::program("rustc").args(["--print", "target-libdir"]))?;
    let programs = PathBuf::from(libraries.trim()).with_file_name("bin");
    if programs.join(format!("llvm-profdata{}", std::env::consts::EXE_SUFFIX)).is_file() {
        return Ok(());
    }
    report::step("install llvm-tools", || add("component", "llvm-tools"))
}

fn add(kind: &str, name: &str) -> Result<()> {
    process::output(process::program("rustup").args([kind, "add", name])).map(|_| ()).with_context(|| {
        format!("the Rust {kind} {name} is missing: install it with `rustup {kind} add {name}`")
    })
}
