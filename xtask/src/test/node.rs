//! Node's test runner over the files of a folder, which find the browsers.
//!
//! Browsers side by side starve each other's audio: one file runs after another. But beside those whose tests keep time with what plays run, likewise
//! one after another, those that only wait for pages, with as much of the processors as the first leave them. Where several devices play as one,
//! or a program does a GPU's work, nothing runs beside.
//!
//! Browsers are not ours, and a machine may be late: a file or two of which a test failed are run once more, alone. That they pass then is told at the
//! end, with what they said the first time: there is a fault, in a test or in what it tests, that is seldom seen.

use std::ffi::OsStr;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Error, Result, bail};

use super::Ending;
use super::end_to_end::{Length, told};
use crate::process::Failed;
use crate::report::say;
use crate::tools::{from_npm, from_system};
use crate::{paths, process};

/// How the names of files with tests end.
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

/// So many files that fail are no chance, and not tried again.
const NO_CHANCE: usize = 3;

/// What is to be seen.
const SHOWN: [&str; 2] = ["--test-reporter=spec", "--test-reporter-destination=stdout"];

/// Runs all of them; at full length only those named `soak`, one file after another and once: they measure.
pub(super) fn run(folder: &str, length: Length) -> Result<Ending> {
    from_npm::packages()?;
    let files = files(folder)?;
    if length == Length::Full {
        let mut all = node(&["node", "--test-name-pattern=soak"], &files, length)?;
        process::run(&mut all)?;
        return Ok(Ending::Passed);
    }
    let (alone, others): (Vec<_>, Vec<_>) = files.into_iter().partition(|file| is_of(&ALONE, file));
    let (timed, patient): (Vec<_>, Vec<_>) = others.into_iter().partition(|file| is_of(&TIMED, file));
    let second: &[&str] = if cfg!(unix) { &["nice", "-n", "10", "node"] } else { &["node"] };
    let reports = [Report::new("timed")?, Report::new("patient")?, Report::new("alone")?];
    let mut timed = node(&reports[0].beginning(&["node"]), &timed, length)?;
    let mut patient = node(&reports[1].beginning(second), &patient, length)?;
    let (of_timed, of_patient) = process::run_both(&mut timed, &mut patient);
    let mut failures = Failures::default();
    failures.add(&reports[0], of_timed);
    failures.add(&reports[1], of_patient);
    if !alone.is_empty() {
        let of_alone = process::run(&mut node(&reports[2].beginning(&["node"]), &alone, length)?);
        failures.add(&reports[2], of_alone);
    }
    failures.try_again(|files| process::run(&mut node(&["node"], files, length)?))
}

/// Where Node's test runner writes down the files in which a test fails.
struct Report(PathBuf);

impl Report {
    fn new(name: &str) -> Result<Self> {
        let file = paths::target()?.join(format!("failed-{name}.txt"));
        // An earlier run's says nothing of this one.
        match fs::remove_file(&file) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(error).with_context(|| format!("cannot remove {}", file.display()))
            }
            _ => Ok(Self(file)),
        }
    }

    /// A command's beginning that has it written.
    fn beginning(&self, command: &[&str]) -> Vec<String> {
        let reporter = "--test-reporter=./tests/browser/lib/failed.mjs".to_owned();
        let here = format!("--test-reporter-destination={}", self.0.display());
        command.iter().map(ToString::to_string).chain([reporter, here]).collect()
    }
}

/// What failed at the first try.
#[derive(Default)]
struct Failures {
    files: Vec<PathBuf>,
    errors: Vec<Error>,
    /// Whether it was not only tests that failed.
    broke_off: bool,
}

impl Failures {
    fn add(&mut self, report: &Report, outcome: Result<()>) {
        let Err(error) = outcome else { return };
        let failed = fs::read_to_string(&report.0).unwrap_or_default();
        // A runner that was ended in the middle has not seen the rest.
        let judged = error.downcast_ref::<Failed>().is_some_and(Failed::is_a_verdict);
        self.broke_off |= !judged || failed.is_empty();
        self.files.extend(failed.lines().map(PathBuf::from));
        self.errors.push(error);
    }

    fn try_again(mut self, run: impl FnOnce(&[PathBuf]) -> Result<()>) -> Result<Ending> {
        if self.errors.is_empty() {
            return Ok(Ending::Passed);
        }
        if self.broke_off || self.files.len() >= NO_CHANCE {
            return Err(self.errors.swap_remove(0));
        }
        let files: Vec<_> = self.files.iter().map(|file| name(file)).collect();
        say(format_args!("\n── a second try: {}", files.join(", ")));
        run(&self.files)?;
        let last_lines = self.errors.iter().map(super::last_lines).collect::<Vec<_>>().join("\n");
        Ok(Ending::SecondTry { files, last_lines })
    }
}

/// As in the lists above.
fn name(file: &Path) -> String {
    let folder = file.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy();
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    format!("{folder}/{}", name.trim_end_matches(ENDING))
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
    names.contains(&name(file).as_str())
}

fn node(beginning: &[impl AsRef<OsStr>], files: &[PathBuf], length: Length) -> Result<Command> {
    let (program, arguments) = beginning.split_first().context("there is nothing to start Node by")?;
    let mut command = process::program(program);
    command.args(arguments).args(["--test", "--test-concurrency=1"]).args(SHOWN);
    command.env("AURALIS_CHROMIUM", from_system::chromium()?).env("AURALIS_FIREFOX", from_system::firefox()?);
    if let Some(driver) = from_system::webkit()? {
        command.env("AURALIS_WEBKIT_DRIVER", driver);
    }
    command.args(files);
    told(&mut command, length)?;
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

    /// What became of a run of these files with Node's own runner, and which it was tried again with.
    fn outcome(files: &[(&str, &str)]) -> (Result<Ending>, Vec<PathBuf>) {
        let folder = tempfile::tempdir().unwrap();
        let files: Vec<_> = files
            .iter()
            .map(|(name, text)| {
                let file = folder.path().join(format!("{name}{ENDING}"));
                fs::write(&file, text).unwrap();
                file
            })
            .collect();
        let report = Report(folder.path().join("failed.txt"));
        let mut command = process::program("node");
        command.args(report.beginning(&[])).args(["--test", "--test-concurrency=1"]).args(SHOWN).args(files);
        let mut failures = Failures::default();
        failures.add(&report, process::run(&mut command));
        let mut again = Vec::new();
        let ending = failures.try_again(|files| {
            again.extend_from_slice(files);
            Ok(())
        });
        (ending, again)
    }

    const GOOD: &str = "import { test } from 'node:test'; test('good', () => {});";
    const BAD: &str =
        "import { test } from 'node:test'; test('bad', () => { throw new Error('it rains'); });";

    #[test]
    fn what_passes_is_run_once() {
        let (ending, again) = outcome(&[("a", GOOD), ("b", GOOD)]);
        assert_eq!(ending.unwrap(), Ending::Passed);
        assert!(again.is_empty());
    }

    #[test]
    fn what_fails_is_run_again_alone_and_told() {
        let (ending, again) = outcome(&[("a", GOOD), ("b", BAD), ("c", "process.exit(3);")]);
        let names: Vec<_> = again.iter().map(|file| file.file_name().unwrap().to_str().unwrap()).collect();
        assert_eq!(names, ["b.test.mjs", "c.test.mjs"]);
        let Ending::SecondTry { files, .. } = ending.unwrap() else { panic!() };
        assert_eq!(files.len(), 2);
        assert!(files[0].ends_with("/b"));
    }

    #[test]
    #[cfg(unix)]
    fn a_runner_that_is_ended_in_the_middle_has_failed() {
        let ended = "import { test } from 'node:test'; test('ends all', () => { process.kill(process.ppid, 'SIGKILL'); });";
        let (ending, again) = outcome(&[("a", BAD), ("b", ended), ("c", GOOD)]);
        assert!(ending.unwrap_err().to_string().contains("failed"));
        assert!(again.is_empty());
    }

    #[test]
    fn what_fails_in_many_files_fails() {
        let (ending, again) = outcome(&[("a", BAD), ("b", BAD), ("c", BAD)]);
        assert!(ending.unwrap_err().to_string().contains("failed"));
        assert!(again.is_empty());
    }
}
