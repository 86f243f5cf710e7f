//! `cargo xtask package`: the npm package, ready to be published, and what it weighs.
//!
//! What is written by hand is in web/npm. The player is the crate `web` without the page, built by wasm-pack; the engine and its scripts are the
//! files that the page loads.

mod types;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::report::{self, Size};
use crate::site::{shrink, weight};
use crate::tools::{from_cargo, from_npm, from_rustup};
use crate::{paths, process, worklet};

/// A file, and what writes its text.
type Written = (&'static str, fn() -> String);
/// What is written from the engine's declarations, kept beside the other sources, so that an editor has it.
const WRITTEN: [Written; 2] =
    [("web/npm/src/settings.ts", types::text), ("web/npm/src/presets.ts", types::presets)];
/// The modules, by the features of the crate `web` that they are made of, and where each is built, for the package's own sources to find its types.
const MODULES: [(&str, &str); 2] = [("player", "package"), ("studio", "studio")];

/// What the whole package may weigh, every file as gzip makes it, and what of it is loaded before the first sound.
const MOST_GZIPPED: u64 = 350_000;
const MOST_TO_BEGIN: u64 = 160_000;
/// What no browser loads before the first sound of a session from its beginning: the other build, types, and what is loaded when it is asked for.
const LATER: [&str; 16] = [
    "-plain.wasm",
    ".d.ts",
    ".md",
    "LICENSE",
    "package.json",
    "seek.js",
    "stream.js",
    "studio.wasm",
    "studio.js",
    "element.js",
    "follow.js",
    "render.js",
    "relay.js",
    "sent.js",
    "presets.js",
    "engine.js",
];

/// Builds the package into target/npm/auralis, and packs it.
pub(crate) fn run() -> Result<()> {
    worklet::run()?;
    from_npm::packages()?;
    for (file, text) in WRITTEN {
        let (kept, text) = (paths::root().join(file), text());
        if fs::read_to_string(&kept).ok().as_ref() != Some(&text) {
            fs::write(&kept, text).with_context(|| format!("cannot write {file}"))?;
        }
    }
    for (name, feature) in MODULES {
        report::step(&format!("build the {name} (wasm-pack)"), || module(name, feature))?;
    }
    let package = folder()?;
    report::step("build the package", || assemble(&package))?;
    weigh(&package)?;
    report::step("pack it", || {
        let mut npm = process::program(if cfg!(windows) { "npm.cmd" } else { "npm" });
        npm.args(["pack", "--silent", "--pack-destination"]).arg(folder()?.with_file_name(""));
        npm.arg(&package).env("npm_config_ignore_scripts", "true");
        let file = process::output(&mut npm)?;
        report::say(format_args!("  {}", package.with_file_name(file.trim()).display()));
        Ok(())
    })
}

/// Where the package is put together.
fn folder() -> Result<PathBuf> {
    Ok(paths::target()?.join("npm").join("auralis"))
}

/// The crate `web` without the page.
fn module(name: &str, feature: &str) -> Result<()> {
    from_rustup::target(from_rustup::WASM)?;
    let wasm_pack = from_cargo::wasm_pack().folder()?;
    let wasm_bindgen = from_cargo::wasm_bindgen()?.folder()?;
    from_cargo::crates()?;
    let out = paths::root().join("web/npm/src").join(name);
    let mut command = process::program(wasm_pack.join(format!("wasm-pack{}", env::consts::EXE_SUFFIX)));
    command.args([
        "build",
        "--target",
        "web",
        "--mode",
        "no-install",
        "--no-pack",
        "--no-opt",
        "--profile",
        "web",
    ]);
    command.args(["--out-name", name, "--out-dir"]).arg(&out).arg("web");
    command.args(["--locked", "--no-default-features", "--features", feature]);
    command
        .env("PATH", process::path_with([wasm_bindgen.as_path()])?)
        .env("CARGO_TARGET_DIR", paths::target()?);
    command.env_remove("RUSTFLAGS").env("CARGO_ENCODED_RUSTFLAGS", worklet::rustc_flags(&[])?.join("\x1f"));
    process::run(&mut command)?;
    let module = out.join(format!("{name}_bg.wasm"));
    let mut wasm_opt = from_npm::wasm_opt()?;
    wasm_opt.args(worklet::FEATURES).args(["--one-caller-inline-max-function-size=20", "-Oz", "--converge"]);
    wasm_opt.args(["--strip-debug", "--strip-producers", "--strip-target-features"]);
    process::run(wasm_opt.arg(&module).arg("-o").arg(&module))
}

/// Lays all files of the package together.
fn assemble(package: &Path) -> Result<()> {
    if package.exists() {
        fs::remove_dir_all(package)?;
    }
    let dist = package.join("dist");
    for (name, _) in MODULES {
        fs::create_dir_all(dist.join(name))?;
    }
    // What is fetched when it runs lies in a folder of its own, to be copied where nothing copies it by itself.
    fs::create_dir_all(dist.join("files"))?;
    let mut tsc = from_npm::tsc()?;
    tsc.arg("--project").arg(paths::root().join("web/npm")).arg("--outDir").arg(&dist);
    process::run(&mut tsc)?;
    let root = paths::root();
    for (from, to) in [
        ("web/npm/package.json", "package.json"),
        ("web/npm/README.md", "README.md"),
        ("LICENSE", "LICENSE"),
        ("web/npm/src/player/player.js", "dist/player/player.js"),
        ("web/npm/src/studio/studio.js", "dist/studio/studio.js"),
        ("web/worklet/audio/engine.js", "dist/engine.js"),
        ("web/npm/src/player/player_bg.wasm", "dist/player/player_bg.wasm"),
        ("web/npm/src/studio/studio_bg.wasm", "dist/studio/studio_bg.wasm"),
        ("web/worklet/seek.js", "dist/files/seek.js"),
        ("web/worklet/stream.js", "dist/files/stream.js"),
        ("web/worklet/dist/worklet.js", "dist/files/worklet.js"),
        ("web/worklet/dist/auralis-simd.wasm", "dist/files/auralis-simd.wasm"),
        ("web/worklet/dist/auralis-plain.wasm", "dist/files/auralis-plain.wasm"),
    ] {
        fs::copy(root.join(from), package.join(to)).with_context(|| format!("cannot copy {from}"))?;
    }
    shrink::run(&dist)?;
    for (name, _) in MODULES {
        fs::rename(
            dist.join(format!("{name}/{name}_bg.wasm")),
            dist.join("files").join(name).with_extension("wasm"),
        )?;
    }
    Ok(())
}

/// Shows what each file weighs, and refuses a package that is too heavy.
fn weigh(package: &Path) -> Result<()> {
    let (mut all, mut first) = (0, 0);
    for path in weight::files(package)? {
        let bytes = fs::read(package.join(&path))?;
        let gzipped = weight::gzipped(&bytes)?;
        all += gzipped;
        if !LATER.iter().any(|ending| path.ends_with(ending)) {
            first += gzipped;
        }
        report::say(format_args!("  {path:<44}{:>12}{:>12}", Size(bytes.len() as u64), Size(gzipped)));
    }
    report::say(format_args!(
        "  together {} gzipped, {} of it before the first sound",
        Size(all),
        Size(first)
    ));
    for (what, weighs, most) in
        [("the package", all, MOST_GZIPPED), ("what is loaded before the first sound", first, MOST_TO_BEGIN)]
    {
        if weighs > most {
            bail!("{what} is {} gzipped, and {} is the most it may be", Size(weighs), Size(most));
        }
    }
    Ok(())
}
