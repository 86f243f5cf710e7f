//! Leaving one crate uncounted while the others are counted.
//!
//! `cargo llvm-cov` counts every crate of the workspace or none. It calls, though, whatever `RUSTC_WORKSPACE_WRAPPER` names in
//! place of the compiler, with the compiler's path and arguments behind it and its own counting options at the end.
//! So xtask names itself: called with [`UNCOUNTED`] set it is such a wrapper, and takes the counting back for the crate named there.
//! Of rustc's options that are given twice the last one holds.
//!
//! Where the engine is counted, it is by plain additions: atomic ones, by which rustc counts, take ten times as long, and threads wait for each other in
//! them. It has no atomics of its own that this could break, and what one thread overwrites of another's count is not zero afterwards.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};

use crate::paths;

/// The environment variable that makes this program a wrapper around the compiler: the name of the crate left
/// uncounted, with underscores, or nothing for none.
const UNCOUNTED: &str = "AURALIS_UNCOUNTED";

/// Has a command that runs cargo leave this crate uncounted.
///
/// With no crate the wrapper is there all the same. Cargo keeps what is built by one wrapper apart from what is built by another, or by none: a
/// crate that is counted in one run and not in the next is built for each, and dependencies, which no wrapper is called for, only once.
pub(super) fn leave(command: &mut Command, name: Option<&str>) -> Result<()> {
    command.env("RUSTC_WORKSPACE_WRAPPER", wrapper(name)?).env(UNCOUNTED, name.unwrap_or_default());
    Ok(())
}

/// A copy of this program: whoever works on xtask meanwhile builds it anew, and takes it away from under cargo.
fn wrapper(name: Option<&str>) -> Result<PathBuf> {
    let folder = paths::target()?.join("wrappers");
    let copy = folder.join(format!("{}{}", name.unwrap_or("none"), env::consts::EXE_SUFFIX));
    // Where Linux keeps a program that runs, also when another lies at its path by now.
    let kept = Path::new("/proc/self/exe");
    let own = if kept.exists() {
        kept.into()
    } else {
        env::current_exe().context("this program does not find itself")?
    };
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    fs::copy(own, &copy).with_context(|| format!("cannot copy this program to {}", copy.display()))?;
    Ok(copy)
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

/// What is counted by plain additions where the engine is: itself, and those of its tests that have much of it compiled into them, and no atomics either.
const PLAIN: [&str; 4] = ["auralis_engine", "conducted", "form", "voices"];

/// The compiler's arguments, with the counting taken back where they are for this crate.
fn compiled(mut arguments: Vec<OsString>, uncounted: &OsStr) -> Vec<OsString> {
    let mut pairs = arguments.windows(2);
    let name = pairs.find(|pair| pair[0] == "--crate-name").map(|pair| pair[1].clone());
    if name.as_deref() == Some(uncounted) {
        arguments.push("-Cinstrument-coverage=off".into());
    } else if uncounted.is_empty() && name.is_some_and(|name| PLAIN.iter().any(|plain| name == *plain)) {
        arguments.push("-Cpasses=lower-atomic".into());
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
        assert_eq!(last("auralis_engine", ""), "-Cpasses=lower-atomic");
        assert_eq!(last("alloc", ""), "-Cinstrument-coverage");
        assert_eq!(last("voices", ""), "-Cpasses=lower-atomic");
        assert_eq!(last("voices", "auralis_engine"), "-Cinstrument-coverage");
    }
}
