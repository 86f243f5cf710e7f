//! `cargo xtask build`: the static site in dist/, ready to upload to any host, into any folder of it.

mod finish;
mod kept;
pub(crate) mod shrink;
pub(crate) mod weight;

use std::env;
use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

use crate::tools::{from_cargo, from_npm, from_rustup};
use crate::{gpu, paths, process, report, worklet};

/// A site that is already built.
#[derive(Args)]
pub(crate) struct Folder {
    /// The folder with the site's index.html
    folder: PathBuf,
}

/// Builds the worklet and the page, and all that a site needs around them.
pub(crate) fn build() -> Result<()> {
    from_rustup::target(from_rustup::WASM)?;
    let trunk = from_cargo::trunk().folder()?;
    let wasm_bindgen = from_cargo::wasm_bindgen()?.folder()?;
    // Trunk builds without the network, so that it fetches no tools of its own.
    from_cargo::crates()?;
    worklet::run()?;
    gpu::run()?;
    let before = kept::Times::of(&paths::dist());
    report::step("build the page", || {
        let programs = from_npm::programs();
        let mut command = process::program(trunk.join(format!("trunk{}", env::consts::EXE_SUFFIX)));
        command.args(["build", "--release", "--offline"]).env(worklet::READY, "1");
        command.env("PATH", process::path_with([wasm_bindgen.as_path(), programs.as_path()])?);
        command
            .env_remove("RUSTFLAGS")
            .env("CARGO_ENCODED_RUSTFLAGS", worklet::rustc_flags(&[])?.join("\x1f"));
        if env::var_os("NO_COLOR").is_some() {
            // Trunk wants a word where the convention says that any value will do.
            command.env("NO_COLOR", "true");
        }
        process::run(&mut command)
    })?;
    shrink::run(&paths::dist())?;
    finish::run(&paths::dist())?;
    weight::check(&paths::dist())?;
    report::step("document the npm package", document)?;
    before.keep(&paths::dist())?;
    report::say(format_args!("the site is in {}", paths::dist().display()));
    Ok(())
}

/// Where the site has the documentation of the npm package. No device that plays fetches it, or keeps it for offline use.
const DOCUMENTS: &str = "developers/";

/// Writes that from the package's sources.
fn document() -> Result<()> {
    let package = paths::root().join("web/npm");
    let mut typedoc = from_npm::typedoc()?;
    typedoc.current_dir(&package).args(["--options", "typedoc.json", "--logLevel", "Warn", "--out"]);
    process::run(typedoc.arg(paths::dist().join(DOCUMENTS)))
}

/// Makes a site whole again of which a file was changed by hand: a new version for those who have it offline.
pub(crate) fn finish(options: &Folder) -> Result<()> {
    finish::run(&options.folder)
}
