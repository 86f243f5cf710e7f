//! The tests that need the built programs and the built site, and how these are told to them.
//!
//! Environment that the tests read:
//!
//! | variable | what it is |
//! |---|---|
//! | `AURALIS_DIST` | the site, as `cargo xtask build` leaves it |
//! | `AURALIS_WORKLET` | the folder with `auralis-simd.wasm` and `auralis-plain.wasm` |
//! | `AURALIS_BIN`, `AURALIS_RELAY` | the programs `auralis` and `auralis-relay`, release builds, the relay with the site in it |
//! | `AURALIS_SOAK` | `1`: long tests at full length; `0`: at a tenth |
//! | `AURALIS_CHROMIUM`, `AURALIS_FIREFOX` | the browsers' programs |
//! | `AURALIS_WEBKIT_DRIVER` | WebKitWebDriver; not set where there is none (macOS, Windows) |

use std::env;
use std::process::Command;

use anyhow::Result;

use super::{Ending, node};
use crate::tools::{from_rustup, from_system};
use crate::{package, paths, process};

/// How long the long tests are.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Length {
    Tenth,
    Full,
}

/// Builds the programs that the tests run. The relay takes in the site, which has to be built before.
pub(crate) fn programs() -> Result<()> {
    from_system::sound_headers()?;
    process::run(process::cargo_build("build").args([
        "--release",
        "--package",
        "auralis",
        "--package",
        "auralis-relay",
    ]))
}

/// The Rust tests that cross crates. At full length, only those named `soak`.
pub(crate) fn rust(length: Length) -> Result<()> {
    from_system::sound_headers()?;
    let mut command = process::cargo_test();
    command.args(["--package", "auralis-tests", "--features", "auralis-tests/end-to-end"]);
    if length == Length::Full {
        // The relay's own runs with its other tests at a tenth.
        command.args(["--package", "auralis-relay", "--", "soak"]);
    }
    process::run(told(&mut command, length)?)
}

/// The tests in real browsers. At full length, only those named `soak`.
pub(crate) fn browsers(length: Length) -> Result<Ending> {
    node::run("tests/browser", length)
}

/// The npm package, built, packed, and installed into apps.
pub(crate) fn package() -> Result<Ending> {
    package::run()?;
    node::run("tests/package", Length::Tenth)
}

/// The golden hashes on another processor: the test `golden` of `tests/`, emulated.
pub(crate) fn arm() -> Result<Ending> {
    if !cfg!(target_os = "linux") {
        return Ok(Ending::Skipped("only Linux can emulate a single program".into()));
    }
    if env::consts::ARCH == "aarch64" {
        return Ok(Ending::Skipped("this machine is one: the other stages ran on it".into()));
    }
    from_system::arm()?;
    from_rustup::target(from_rustup::ARM)?;
    let mut command = process::cargo_test();
    command.args(["--package", "auralis-tests", "--test", "golden", "--target", from_rustup::ARM]);
    command.env("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER", "aarch64-linux-gnu-gcc");
    command.env("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER", "qemu-aarch64 -L /usr/aarch64-linux-gnu");
    process::run(told(&mut command, Length::Tenth)?)?;
    Ok(Ending::Passed)
}

/// The environment above.
pub(super) fn told(command: &mut Command, length: Length) -> Result<&mut Command> {
    Ok(command
        .env("AURALIS_DIST", paths::dist())
        .env("AURALIS_WORKLET", paths::worklet_dist())
        .env("AURALIS_BIN", paths::release_program("auralis")?)
        .env("AURALIS_RELAY", paths::release_program("auralis-relay")?)
        .env("AURALIS_SOAK", if length == Length::Full { "1" } else { "0" }))
}
