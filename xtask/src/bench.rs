//! `cargo xtask bench` and `cargo xtask listening`: the programs that measure, and write down what they measured.

use anyhow::Result;

use crate::{process, report};

/// Runs the benchmarks, then writes docs/benchmarks.md with the name of this machine in it.
pub(crate) fn run() -> Result<()> {
    report::step("benchmarks", || {
        process::run(process::cargo_build("bench").args(["--package", "auralis-benches"]))
    })?;
    report::step("write docs/benchmarks.md", || program("report", &["--write", "docs/benchmarks.md"]))
}

/// Renders every preset and writes docs/listening.md: levels, spectrograms, the figures of the music.
pub(crate) fn listening() -> Result<()> {
    report::step("write docs/listening.md", || program("listening", &[]))
}

fn program(name: &str, arguments: &[&str]) -> Result<()> {
    let mut command = process::cargo_build("run");
    command.args(["--release", "--package", "auralis-benches", "--bin", name, "--"]).args(arguments);
    process::run(&mut command)
}
