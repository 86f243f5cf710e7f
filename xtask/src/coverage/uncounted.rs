//! Leaving one crate uncounted while the others are counted.
//!
//! `cargo llvm-cov` counts every crate of the workspace or none. It calls, though, whatever `RUSTC_WRAPPER` names in
//! place of the compiler, with the compiler's path and arguments behind it and its own counting options at the end.
//! So xtask names itself: called with [`UNCOUNTED`] set it is such a wrapper, and takes the counting back for the crate named there.
//! Of rustc's options that are given twice the last one holds.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::OnceLock;

use anyhow::{Context, Result};

use crate::paths;

/// The environment variable that makes this program a wrapper around the compiler: the name of the crate left
/// uncounted, with underscores, or nothing for none.
const UNCOUNTED: &str = "AURALIS_UNCOUNTED";

/// Has a command that runs cargo leave this crate uncounted.
///
/// With no crate the wrapper is there all the same: cargo builds dependencies anew for another wrapper.
pub(super) fn leave(command: &mut Command, name: Option<&str>) -> Result<()> {
    command.env("RUSTC_WRAPPER", wrapper()?).env(UNCOUNTED, name.unwrap_or_default());
    Ok(())
}

/// A copy of this program, made once: whoever works on xtask meanwhile builds it anew, and takes it away from under cargo.
fn wrapper() -> Result<&'static Path> {
    static COPY: OnceLock<PathBuf> = OnceLock::new();
    if let Some(copy) = COPY.get() {
        return Ok(copy);
    }
    let folder = paths::target()?;
    let copy = folder.join(format!("uncounted{}", env::consts::EXE_SUFFIX));
    // Where Linux keeps a program that runs, also when another lies at its path by now.
    let kept = Path::new("/proc/self/exe");
    let own = if kept.exists() {
        kept.into()
    } else {
        env::current_exe().context("this program does not find itself")?
    };
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    fs::copy(own, &copy).with_context(|| format!("cannot copy this program to {}", copy.display()))?;
    Ok(COPY.get_or_init(|| copy))
}

/// Calls the compiler, if this process was started in its place, and gives how it ended. The tests that are counted have the variable too, and one of
/// them may start this program for what it is.
pub(crate) fn in_place_of_the_compiler() -> Option<ExitCode> {
    let name = env::var_os(UNCOUNTED)?;
    let mut arguments = env::args_os().skip(1);
    let compiler =
        arguments.next().filter(|first| Path::new(first).file_stem() == Some(OsStr::new("rustc")))?;
    let status = Command::new(compiler).args(compiled(arguments.collect(), &name)).status();
    let code = status.ok().and_then(|status| status.code()).and_then(|code| u8::try_from(code).ok());
    Some(ExitCode::from(code.unwrap_or(1)))
}

/// The compiler's arguments, with the counting taken back where they are for this crate.
fn compiled(mut arguments: Vec<OsString>, uncounted: &OsStr) -> Vec<OsString> {
    if arguments.windows(2).any(|pair| pair[0] == "--crate-name" && pair[1] == uncounted) {
        arguments.push("-Cinstrument-coverage=off".into());
    }
    arguments
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_crate_named_is_left_uncounted() {
        let given = |name: &str| ["--crate-name", name, "-Cinstrument-coverage"].map(OsString::from).to_vec();
        let last = |name: &str, uncounted: &str| {
            compiled(given(name), OsStr::new(uncounted)).pop().unwrap().into_string().unwrap()
        };
        assert_eq!(last("auralis_engine", "auralis_engine"), "-Cinstrument-coverage=off");
        assert_eq!(last("auralis_relay", "auralis_engine"), "-Cinstrument-coverage");
        assert_eq!(last("auralis_engine", ""), "-Cinstrument-coverage");
    }
}
