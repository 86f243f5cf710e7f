//! Tools that cargo installs into the cache folder, each version in a folder of its own.

use std::env;
use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use anyhow::{Context, Result};

use crate::{paths, process, report};

/// A program published as a crate.
pub(crate) struct Tool {
    package: &'static str,
    program: &'static str,
    version: String,
    /// What to say before `--version`: cargo's subcommands want their own name first.
    ask: &'static [&'static str],
    features: &'static [&'static str],
}

/// The bundler of the page, without what it would fetch other tools by. 0.22 wants a newer compiler than this project does.
pub(crate) fn trunk() -> Tool {
    Tool {
        package: "trunk",
        program: "trunk",
        version: "0.21.14".into(),
        ask: &[],
        features: &["--no-default-features"],
    }
}

/// wasm-bindgen's program, in the very version that the crate has in Cargo.lock: they must be equal.
pub(crate) fn wasm_bindgen() -> Result<Tool> {
    let lock = fs::read_to_string(paths::root().join("Cargo.lock")).context("cannot read Cargo.lock")?;
    let version = locked_version(&lock, "wasm-bindgen").context("Cargo.lock has no wasm-bindgen")?;
    Ok(Tool {
        package: "wasm-bindgen-cli",
        program: "wasm-bindgen",
        version: version.into(),
        ask: &[],
        // Without its runner of tests in browsers.
        features: &["--no-default-features", "--bin", "wasm-bindgen"],
    })
}

/// What builds the npm package's modules.
pub(crate) fn wasm_pack() -> Tool {
    Tool { package: "wasm-pack", program: "wasm-pack", version: "0.15.1".into(), ask: &[], features: &[] }
}

/// Coverage of the tests.
pub(crate) fn llvm_cov() -> Tool {
    Tool {
        package: "cargo-llvm-cov",
        program: "cargo-llvm-cov",
        version: "0.9.1".into(),
        ask: &["llvm-cov"],
        features: &[],
    }
}

/// Licences, bans and sources of the dependencies.
pub(crate) fn deny() -> Tool {
    Tool { package: "cargo-deny", program: "cargo-deny", version: "0.20.2".into(), ask: &[], features: &[] }
}

/// All of them, and every crate of Cargo.lock.
pub(crate) fn all() -> Result<()> {
    crates()?;
    let tools = [trunk(), wasm_bindgen()?, wasm_pack(), llvm_cov(), deny()];
    let built = tools.iter().try_for_each(|tool| tool.find().map(|_| ()));
    clean()?;
    built
}

/// Makes sure that every crate of Cargo.lock is on this machine, so that what follows needs no network.
pub(crate) fn crates() -> Result<()> {
    static DONE: OnceLock<()> = OnceLock::new();
    if DONE.get().is_none() {
        process::run(&mut process::cargo_build("fetch")).context("the crates of Cargo.lock cannot be had")?;
        DONE.get_or_init(|| ());
    }
    Ok(())
}

impl Tool {
    /// The folder that holds the program, which is installed if it is not there yet.
    pub(crate) fn folder(&self) -> Result<PathBuf> {
        let folder = self.find()?;
        clean()?;
        Ok(folder)
    }

    fn find(&self) -> Result<PathBuf> {
        if let Some(found) = process::which(self.program)
            && let Some(folder) = found.parent()
            && self.is_right(&found)
        {
            return Ok(folder.to_path_buf());
        }
        let home = paths::cache()?.join(format!("{}-{}", self.package, self.version));
        let folder = home.join("bin");
        let program = folder.join(format!("{}{}", self.program, env::consts::EXE_SUFFIX));
        if !self.is_right(&program) {
            report::step(&format!("install {} {}", self.package, self.version), || {
                let _alone = alone()?;
                // Another command may just have done it.
                if self.is_right(&program) { Ok(()) } else { self.install(&home) }
            })?;
        }
        Ok(folder)
    }

    fn is_right(&self, program: &Path) -> bool {
        let said = process::output(process::program(program).args(self.ask).arg("--version"));
        said.is_ok_and(|text| text.split_whitespace().any(|word| word == self.version))
    }

    /// Built to be there soon rather than to be fast: optimizing trunk takes longer than it will ever run here.
    fn install(&self, home: &Path) -> Result<()> {
        let mut command = process::cargo_build("install");
        command.args([self.package, "--version", &self.version, "--force"]).args(self.features);
        command.arg("--root").arg(home);
        command.env("CARGO_TARGET_DIR", build()?);
        command.envs([
            ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0"),
            ("CARGO_PROFILE_RELEASE_LTO", "off"),
            ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "256"),
            ("CARGO_PROFILE_RELEASE_DEBUG", "0"),
        ]);
        for flags in ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_BUILD_TARGET", "RUSTC_WRAPPER"] {
            command.env_remove(flags);
        }
        process::run(&mut command).with_context(|| {
            format!(
                "{} {} cannot be had: put it on the PATH by another way, or see what cargo says above",
                self.package, self.version
            )
        })
    }
}

/// Where they are built: all in one folder, since they have many crates in common.
fn build() -> Result<PathBuf> {
    Ok(paths::target()?.join("tools"))
}

/// Commands that run at the same time install one after another, as long as this is held.
fn alone() -> Result<File> {
    let folder = paths::cache()?;
    let path = folder.join("lock");
    let open = || {
        fs::create_dir_all(&folder)?;
        let lock = File::create(&path)?;
        lock.lock()?;
        Ok::<_, std::io::Error>(lock)
    };
    open().with_context(|| format!("cannot lock {}", path.display()))
}

/// Takes away what was built on the way.
fn clean() -> Result<()> {
    let build = build()?;
    if !build.exists() {
        return Ok(());
    }
    let _alone = alone()?;
    match fs::remove_dir_all(&build) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", build.display()))
        }
        _ => Ok(()),
    }
}

/// The version of a package in the text of a Cargo.lock.
fn locked_version<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name);
    lines.nth(1)?.strip_prefix("version = \"")?.strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = "[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"0.1.0\"\n\n\
                        [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.129\"\nsource = \"x\"\n";

    #[test]
    fn versions_are_read_from_the_lock() {
        assert_eq!(locked_version(LOCK, "wasm-bindgen"), Some("0.2.129"));
        assert_eq!(locked_version(LOCK, "trunk"), None);
    }
}
