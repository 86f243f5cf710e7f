//! Node's test runner over the files of a folder, which find the browsers.
//!
//! Browsers side by side starve each other's audio: one file runs after another. But beside those whose tests keep time with what plays run, likewise
//! one after another, those that only wait for pages, with as much of the processors as the first leave them. Where several devices play as one,
//! or a program does a GPU's work, nothing runs beside.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::end_to_end::{Length, told};
use crate::tools::{from_npm, from_system};
use crate::{paths, process};

/// How their names end.
const ENDING: &str = ".test.mjs";

/// Files whose tests keep time with what plays, or measure. In the others nothing can be late: what they hear is compared sample by sample, and what is
/// to come is waited for.
const TIMED: [&str; 8] = [
    "browser/cost",
    "browser/first-sound",
    "browser/life",
    "browser/long",
    "browser/timer",
    "package/apps",
    "package/player",
    "package/relay",
];

/// Files whose tests want the processors for themselves: browsers that play as one, and the relay that they play with; and programs that do a GPU's work.
const ALONE: [&str; 3] = ["browser/gpu", "browser/shared", "browser/streamed"];

/// Runs all of them; at full length only those named `soak`, one file after another: they measure.
pub(super) fn run(folder: &str, length: Length) -> Result<()> {
    from_npm::packages()?;
    let files = files(folder)?;
    if length == Length::Full {
        let mut all = node(&["node", "--test-name-pattern=soak"], &files)?;
        return process::run(told(&mut all, length)?);
    }
    let (alone, others): (Vec<_>, Vec<_>) = files.into_iter().partition(|file| is_of(&ALONE, file));
    let (timed, patient): (Vec<_>, Vec<_>) = others.into_iter().partition(|file| is_of(&TIMED, file));
    let mut timed = node(&["node"], &timed)?;
    let second: &[&str] = if cfg!(unix) { &["nice", "-n", "10", "node"] } else { &["node"] };
    let mut patient = node(second, &patient)?;
    let beside = process::run_both(told(&mut timed, length)?, told(&mut patient, length)?);
    if !alone.is_empty() {
        process::run(told(&mut node(&["node"], &alone)?, length)?)?;
    }
    beside
}

fn files(folder: &str) -> Result<Vec<PathBuf>> {
    let mut files: Vec<_> = fs::read_dir(paths::root().join(folder))
        .with_context(|| format!("there is no folder {folder}"))?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|file| file.to_string_lossy().ends_with(ENDING))
        .collect();
    files.sort();
    if files.is_empty() {
        bail!("{folder} has no file *{ENDING}");
    }
    Ok(files)
}

fn is_of(names: &[&str], file: &Path) -> bool {
    names.iter().any(|name| file.ends_with(format!("{name}{ENDING}")))
}

fn node(beginning: &[&str], files: &[PathBuf]) -> Result<Command> {
    let (program, arguments) = beginning.split_first().context("there is nothing to start Node by")?;
    let mut command = process::program(program);
    command.args(arguments).args(["--test", "--test-concurrency=1", "--test-reporter=spec"]);
    command.env("AURALIS_CHROMIUM", from_system::chromium()?).env("AURALIS_FIREFOX", from_system::firefox()?);
    if let Some(driver) = from_system::webkit()? {
        command.env("AURALIS_WEBKIT_DRIVER", driver);
    }
    command.args(files);
    Ok(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_that_is_named_is_there() {
        let all = [files("tests/browser").unwrap(), files("tests/package").unwrap()].concat();
        for names in [&TIMED[..], &ALONE] {
            assert_eq!(all.iter().filter(|file| is_of(names, file)).count(), names.len());
        }
        assert!(!is_of(&TIMED, Path::new("/r/tests/browser/lifelong.test.mjs")));
    }
}
