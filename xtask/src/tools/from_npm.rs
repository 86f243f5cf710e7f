//! Node, and the tools that package-lock.json pins: wasm-opt, esbuild and the drivers of the browsers.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::{paths, process, report};

const OLDEST_NODE: u32 = 20;

/// Makes sure that Node is there and that node_modules is what package-lock.json says.
pub(crate) fn packages() -> Result<()> {
    node()?;
    let lock = fs::read(paths::root().join("package-lock.json")).context("cannot read package-lock.json")?;
    let stamp = modules().join(".auralis-lock");
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    report::step("install the packages of package-lock.json", || {
        let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
        let mut command = process::program(npm);
        command.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]);
        process::output(&mut command).context("the npm packages cannot be had")?;
        fs::write(&stamp, &lock).context("cannot write into node_modules")
    })
}

/// The folder of npm's programs, wasm-opt among them.
pub(crate) fn programs() -> PathBuf {
    modules().join(".bin")
}

/// wasm-opt, run by Node itself, so that it starts in the same way on every platform.
pub(crate) fn wasm_opt() -> Result<Command> {
    packages()?;
    let mut command = process::program("node");
    command.arg(modules().join("binaryen/bin/wasm-opt"));
    Ok(command)
}

/// esbuild, likewise.
pub(crate) fn esbuild() -> Result<Command> {
    packages()?;
    let mut command = process::program("node");
    command.arg(modules().join("esbuild/bin/esbuild"));
    Ok(command)
}

/// TypeScript's compiler, likewise.
pub(crate) fn tsc() -> Result<Command> {
    packages()?;
    let mut command = process::program("node");
    command.arg(modules().join("typescript/bin/tsc"));
    Ok(command)
}

/// What makes documentation of TypeScript, likewise.
pub(crate) fn typedoc() -> Result<Command> {
    packages()?;
    let mut command = process::program("node");
    command.arg(modules().join("typedoc/bin/typedoc"));
    Ok(command)
}

/// The version of binaryen that package-lock.json pins.
pub(crate) fn binaryen_version() -> Result<String> {
    let text =
        fs::read_to_string(modules().join("binaryen/package.json")).context("binaryen is not installed")?;
    let package: serde_json::Value =
        serde_json::from_str(&text).context("binaryen's package.json is damaged")?;
    Ok(package["version"].as_str().unwrap_or_default().to_owned())
}

fn modules() -> PathBuf {
    paths::root().join("node_modules")
}

fn node() -> Result<()> {
    let version = process::output(process::program("node").arg("--version"))
        .with_context(|| format!("Node {OLDEST_NODE} or later is needed: install it from nodejs.org"))?;
    match major(&version) {
        Some(major) if major >= OLDEST_NODE => Ok(()),
        _ => bail!("Node {OLDEST_NODE} or later is needed, and this is {}", version.trim()),
    }
}

fn major(version: &str) -> Option<u32> {
    version.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn node_versions_are_read() {
        assert_eq!(major("v20.20.2\n"), Some(20));
        assert_eq!(major("20"), None);
    }
}
