//! `cargo xtask worklet`: the engine as WebAssembly for the AudioWorklet, once with SIMD and once without, and the script around it.

use std::collections::hash_map::DefaultHasher;
use std::env;
use std::fs;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::report::Size;
use crate::site::weight;
use crate::tools::{from_cargo, from_npm, from_rustup};
use crate::{paths, process, report};

/// Set for what a build starts, which then need not build the worklet again.
pub(crate) const READY: &str = "AURALIS_WORKLET_READY";

/// What each build may weigh at most on its way to a listener.
const MOST_GZIPPED: u64 = 100_000;

/// How wasm-opt is called: for speed. What the engine keeps in functions of its
/// own must stay there, even if it has but one caller: browsers' compilers run out of registers in very long functions.
pub(crate) const OPTIMIZE: &[&str] =
    &["-O3", "--one-caller-inline-max-function-size=20", "--strip-debug", "--strip-producers"];

/// Features that every browser has.
pub(crate) const FEATURES: &[&str] = &[
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
    "--enable-call-indirect-overlong",
];

struct Variant {
    name: &'static str,
    rustc: &'static [&'static str],
    wasm_opt: &'static [&'static str],
}

const VARIANTS: [Variant; 2] = [
    Variant { name: "simd", rustc: &["-C", "target-feature=+simd128"], wasm_opt: &["--enable-simd"] },
    Variant { name: "plain", rustc: &[], wasm_opt: &[] },
];

/// What is made of the script's parts.
const SCRIPT: &str = "worklet.js";

/// Builds both variants into web/worklet/dist/, and the script beside them.
pub(crate) fn run() -> Result<()> {
    if env::var_os(READY).is_some() {
        return Ok(());
    }
    from_rustup::target(from_rustup::WASM)?;
    from_npm::packages()?;
    from_cargo::crates()?;
    fs::create_dir_all(paths::worklet_dist()).context("cannot make web/worklet/dist")?;
    for variant in &VARIANTS {
        report::step(&format!("build the worklet ({})", variant.name), || build(variant))?;
    }
    report::step("build the worklet's script", script)
}

/// One file of the script's parts: all of what a page loads is of one version, and comes at once.
fn script() -> Result<()> {
    let mut esbuild = from_npm::esbuild()?;
    esbuild.arg(paths::root().join("web/worklet").join(SCRIPT));
    esbuild.args(["--bundle", "--format=esm", "--charset=utf8", "--log-level=error"]);
    esbuild.arg(format!("--outfile={}", paths::worklet_dist().join(SCRIPT).display()));
    process::run(&mut esbuild)
}

fn build(variant: &Variant) -> Result<()> {
    // A target folder each: cargo would otherwise build everything anew whenever the flags change.
    let folder = paths::target()?.join(format!("worklet-{}", variant.name));
    let mut cargo = process::cargo_build("build");
    cargo.args(["--package", "auralis-worklet", "--profile", "worklet", "--target", from_rustup::WASM]);
    cargo.env("CARGO_TARGET_DIR", &folder).env_remove("RUSTFLAGS");
    cargo.env("CARGO_ENCODED_RUSTFLAGS", rustc_flags(variant.rustc)?.join("\x1f"));
    process::run(&mut cargo)?;

    let built = folder.join(from_rustup::WASM).join("worklet/auralis_worklet.wasm");
    let done = paths::worklet_dist().join(format!("auralis-{}.wasm", variant.name));
    optimize(variant, &built, &done, &folder.join("optimized"))?;
    weigh(&done)
}

/// The same bytes from any machine: no path of this one gets into the module.
pub(crate) fn rustc_flags(flags: &[&str]) -> Result<Vec<String>> {
    let mut flags: Vec<String> = flags.iter().map(|&flag| flag.into()).collect();
    let home = env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| Some(env::home_dir()?.join(".cargo")));
    let registries = home.and_then(|home| fs::read_dir(home.join("registry/src")).ok());
    for registry in registries.into_iter().flatten() {
        flags.push(format!("--remap-path-prefix={}=crates", registry?.path().display()));
    }
    flags.push(format!("--remap-path-prefix={}=auralis", paths::root().display()));
    Ok(flags)
}

/// Runs wasm-opt, unless it has already run in the same way over the same bytes.
fn optimize(variant: &Variant, built: &Path, done: &Path, stamp: &Path) -> Result<()> {
    let input = fs::read(built).context("cargo built no module: is auralis-worklet a cdylib?")?;
    let mut hasher = DefaultHasher::new();
    (&input, OPTIMIZE, FEATURES, variant.wasm_opt, from_npm::binaryen_version()?).hash(&mut hasher);
    let key = hasher.finish();
    let stamped = |output: &[u8]| {
        let mut hasher = DefaultHasher::new();
        (key, output).hash(&mut hasher);
        format!("{:016x}", hasher.finish())
    };
    if let (Ok(old), Ok(output)) = (fs::read_to_string(stamp), fs::read(done))
        && old == stamped(&output)
    {
        return Ok(());
    }
    // Under another name first: what serves the folder never sees half a module.
    let half = done.with_extension("part");
    let mut wasm_opt = from_npm::wasm_opt()?;
    wasm_opt.args(OPTIMIZE).args(FEATURES).args(variant.wasm_opt).arg(built).arg("-o").arg(&half);
    process::run(&mut wasm_opt)?;
    fs::rename(&half, done).context("cannot write into web/worklet/dist")?;
    fs::write(stamp, stamped(&fs::read(done)?)).context("cannot write into cargo's target folder")
}

fn weigh(module: &Path) -> Result<()> {
    let bytes = fs::read(module)?;
    let gzipped = weight::gzipped(&bytes)?;
    let name = module.file_name().unwrap_or_default().to_string_lossy();
    report::say(format_args!("  {name}: {}, {} gzipped", Size(bytes.len() as u64), Size(gzipped)));
    if gzipped > MOST_GZIPPED {
        bail!("{name} is {} gzipped, and {} is the most it may be", Size(gzipped), Size(MOST_GZIPPED));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_carry_no_path_of_this_machine() {
        let flags = rustc_flags(VARIANTS[0].rustc).unwrap();
        assert_eq!(flags[..2], ["-C", "target-feature=+simd128"]);
        assert!(flags.iter().any(|flag| flag.ends_with("=auralis")));
    }

    #[test]
    fn a_heavy_module_is_refused() {
        let mut seed = 1u32;
        let mut noise = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 24) as u8
        };
        let file = env::temp_dir().join(format!("auralis-xtask-{}.wasm", std::process::id()));
        fs::write(&file, (0..120_000).map(|_| noise()).collect::<Vec<_>>()).unwrap();
        let outcome = weigh(&file);
        fs::remove_file(&file).unwrap();
        assert!(outcome.unwrap_err().to_string().contains("100.0 kB is the most"));
    }
}
