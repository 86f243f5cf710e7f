//! Where things are: the repository, cargo's target folder, the cache of tools.

use std::env;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::process;

/// The root of the repository.
pub(crate) fn root() -> &'static Path {
    static ROOT: OnceLock<PathBuf> = OnceLock::new();
    ROOT.get_or_init(|| {
        let manifest =
            env::var_os("CARGO_MANIFEST_DIR").map_or(env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
        manifest.parent().map_or(manifest.clone(), Path::to_path_buf)
    })
}

/// Cargo's target folder, wherever the environment or a config file has put it.
pub(crate) fn target() -> Result<&'static Path> {
    static TARGET: OnceLock<PathBuf> = OnceLock::new();
    if let Some(found) = TARGET.get() {
        return Ok(found);
    }
    let text =
        process::output(process::cargo("metadata").args(["--no-deps", "--locked", "--format-version", "1"]))?;
    let metadata: Value =
        serde_json::from_str(&text).context("cargo metadata printed something unreadable")?;
    let folder = metadata["target_directory"].as_str().context("cargo metadata names no target folder")?;
    Ok(TARGET.get_or_init(|| folder.into()))
}

/// A program built in cargo's release profile.
pub(crate) fn release_program(name: &str) -> Result<PathBuf> {
    Ok(target()?.join("release").join(format!("{name}{}", env::consts::EXE_SUFFIX)))
}

/// The two builds of the worklet, as the page loads them.
pub(crate) fn worklet_dist() -> PathBuf {
    root().join("web/worklet/dist")
}

/// What the page loads where there is a GPU.
pub(crate) fn gpu_dist() -> PathBuf {
    root().join("web/gpu/dist")
}

/// The static site.
pub(crate) fn dist() -> PathBuf {
    root().join("dist")
}

/// The folder that installed tools are kept in: `AURALIS_CACHE`, or the platform's own cache folder.
pub(crate) fn cache() -> Result<PathBuf> {
    let folder = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let base = if let Some(chosen) = folder("AURALIS_CACHE") {
        chosen
    } else if cfg!(windows) {
        folder("LOCALAPPDATA")
            .context("LOCALAPPDATA is not set: set AURALIS_CACHE to a folder for tools")?
            .join("auralis")
    } else if let Some(home) = folder("HOME") {
        if cfg!(target_os = "macos") {
            home.join("Library/Caches/auralis")
        } else {
            folder("XDG_CACHE_HOME").unwrap_or_else(|| home.join(".cache")).join("auralis")
        }
    } else {
        bail!("HOME is not set: set AURALIS_CACHE to a folder for tools");
    };
    Ok(base.join("tools"))
}
