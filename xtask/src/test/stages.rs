//! The stages of `cargo xtask test`, quick ones first.

use anyhow::Result;

use super::Ending;
use super::end_to_end::{self, Length};
use crate::tools::{self, from_cargo, from_rustup, from_system};
use crate::{coverage as counted, process, site};

/// One stage: what it is called, what it shows, what must have passed before it, and how it is run.
pub(crate) struct Stage {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    pub(crate) needs: &'static [&'static str],
    pub(crate) run: fn() -> Result<Ending>,
}

/// Cleaning up for a count of lines takes away what was built of the crates in the profile of tests: the stages that use it come before `coverage`.
pub(crate) static STAGES: [Stage; 16] = [
    Stage {
        name: "tools",
        about: "what the other stages need is there, or is installed",
        needs: &[],
        run: || passed(tools::all()),
    },
    Stage { name: "format", about: "cargo fmt changes nothing", needs: &[], run: || passed(format()) },
    Stage { name: "lint", about: "clippy has no warning, natively", needs: &[], run: || passed(lint()) },
    Stage {
        name: "lint-wasm",
        about: "clippy has no warning, for the browser",
        needs: &[],
        run: || passed(lint_wasm()),
    },
    Stage {
        name: "deny",
        about: "licences, bans and sources of the dependencies",
        needs: &[],
        run: || passed(deny()),
    },
    Stage {
        name: "docs",
        about: "the documentation builds without a warning",
        needs: &[],
        run: || passed(docs()),
    },
    Stage {
        name: "site",
        about: "the worklet and the page build",
        needs: &[],
        run: || passed(site::build()),
    },
    Stage {
        name: "programs",
        about: "the programs build in release, the relay with the page in it",
        needs: &["site"],
        run: || passed(end_to_end::programs()),
    },
    Stage {
        name: "unit",
        about: "the engine's own tests, as fast as it is",
        needs: &[],
        run: || passed(unit()),
    },
    Stage {
        name: "examples",
        about: "the examples in the documentation run",
        needs: &[],
        run: || passed(examples()),
    },
    Stage {
        name: "benches",
        about: "the benchmarks build, and their own tests pass",
        needs: &[],
        run: || passed(benches()),
    },
    Stage {
        name: "end-to-end",
        about: "what crosses crates: bit-exactness, programs, the relay; long tests at a tenth",
        needs: &["site", "programs"],
        run: || passed(end_to_end::rust(Length::Tenth)),
    },
    Stage {
        name: "coverage",
        about: "the own tests of every crate; they reach 85 % of the lines of each that runs natively",
        needs: &[],
        run: || passed(coverage()),
    },
    Stage {
        name: "arm",
        about: "the golden hashes on 64-bit ARM, emulated",
        needs: &[],
        run: end_to_end::arm,
    },
    Stage {
        name: "package",
        about: "the npm package builds, and plays in fresh apps of each kind",
        needs: &["programs"],
        run: end_to_end::package,
    },
    Stage {
        name: "browsers",
        about: "the page and the worklet in real browsers; long tests at a tenth",
        needs: &["site", "programs"],
        run: || end_to_end::browsers(Length::Tenth),
    },
];

fn passed(outcome: Result<()>) -> Result<Ending> {
    outcome.map(|()| Ending::Passed)
}

fn format() -> Result<()> {
    from_rustup::style()?;
    process::run(process::cargo("fmt").args(["--all", "--check"]))
}

fn lint() -> Result<()> {
    from_rustup::style()?;
    from_system::sound_headers()?;
    let mut command = process::cargo_build("clippy");
    process::run(command.args(["--workspace", "--all-targets", "--all-features", "--", "-D", "warnings"]))
}

fn lint_wasm() -> Result<()> {
    from_rustup::style()?;
    from_rustup::target(from_rustup::WASM)?;
    // The page and the worklet, what the npm package is built of, and what runs on the GPU.
    let builds: [&[&str]; 5] = [
        &["--package", "auralis-web", "--package", "auralis-worklet"],
        &["--package", "auralis-web", "--no-default-features", "--features", "package"],
        &["--package", "auralis-web", "--no-default-features", "--features", "studio"],
        &["--package", "auralis-gpu"],
        &["--package", "auralis-web-gpu"],
    ];
    for build in builds {
        let mut command = process::cargo_build("clippy");
        command.args(build).arg("--lib").args(["--target", from_rustup::WASM, "--", "-D", "warnings"]);
        process::run(&mut command)?;
    }
    Ok(())
}

fn deny() -> Result<()> {
    let folder = from_cargo::deny().folder()?;
    // For all platforms, so that the check itself needs no network.
    from_cargo::crates()?;
    let mut command = process::cargo("deny");
    command.args(["--offline", "--locked", "check", "--hide-inclusion-graph", "licenses", "bans", "sources"]);
    process::run(command.env("PATH", process::path_with([folder.as_path()])?))
}

fn docs() -> Result<()> {
    from_system::sound_headers()?;
    let mut command = process::cargo_build("doc");
    process::run(command.args(["--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings"))
}

fn unit() -> Result<()> {
    // Those of the other crates run in the stage `coverage`, and once is enough: the engine alone is too slow there for all of its tests, and
    // is another one than what is played.
    process::run(process::cargo_test().args(["--package", "auralis-engine", "--lib", "--tests"]))
}

/// Apart from the other tests: cargo runs those of the documentation on their own.
fn examples() -> Result<()> {
    from_system::sound_headers()?;
    process::run(process::cargo_test().args(["--workspace", "--doc"]))
}

fn coverage() -> Result<()> {
    from_system::sound_headers()?;
    from_system::software_gpu()?;
    counted::run()
}

fn benches() -> Result<()> {
    process::run(process::cargo_test().args(["--package", "auralis-benches"]))
}
