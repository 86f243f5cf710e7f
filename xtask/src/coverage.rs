//! How much of each crate the tests reach.
//!
//! `cargo llvm-cov` counts the lines that the native tests run, in the test programs and in the programs they
//! start. Crates with a floor must not fall under it. The page (`web`) does its work in a browser, where these
//! counters do not reach: its share is shown, and the browser tests answer for it; so is xtask's, which the whole of
//! `cargo xtask test` exercises. `tests` and `benches` are measuring tools themselves: they run optimized, uncounted (CONTRIBUTING.md says more).
//!
//! Counting lines keeps the compiler from using vector instructions, and slows rendering many times. The engine is counted by its own tests, of
//! which those that render minutes are ignored under `cfg(coverage)`: the stage `unit` runs them. All other crates are counted in a run of their
//! own, in which the engine is [left uncounted](uncounted), and so as fast as it is. That run is the one that tests them.

pub(crate) mod uncounted;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::tools::{from_cargo, from_rustup};
use crate::{paths, process, report};

/// Crates by folder, the longer path before the shorter, with the least share of lines in per cent.
const CRATES: [(&str, Option<f64>); 10] = [
    ("relay/protocol", Some(85.0)),
    ("relay", Some(85.0)),
    ("engine/export", Some(85.0)),
    ("engine/gpu", Some(85.0)),
    ("engine", Some(85.0)),
    ("native", Some(85.0)),
    ("web/worklet", Some(85.0)),
    ("web/gpu", None),
    ("web", None),
    ("xtask", None),
];

#[derive(Default, Clone, Copy, PartialEq, Debug)]
struct Lines {
    all: u64,
    reached: u64,
}

impl Lines {
    fn percent(self) -> f64 {
        if self.all == 0 { 100.0 } else { 100.0 * self.reached as f64 / self.all as f64 }
    }
}

/// One run of tests under coverage.
struct Count {
    /// What its report is called.
    name: &'static str,
    /// Which crates' tests.
    tests: &'static [&'static str],
    /// The crate whose lines are not counted.
    uncounted: Option<&'static str>,
}

const COUNTS: [Count; 2] = [
    Count { name: "coverage-engine", tests: &["--package=auralis-engine"], uncounted: None },
    Count {
        name: "coverage",
        tests: &[
            "--workspace",
            "--exclude=auralis-engine",
            "--exclude=auralis-tests",
            "--exclude=auralis-benches",
        ],
        uncounted: Some("auralis_engine"),
    },
];

/// Runs the tests of every crate under coverage, shows each crate's share, and fails when one is under its floor.
pub(crate) fn run() -> Result<()> {
    for count in &COUNTS {
        count.run()?;
    }
    check()
}

impl Count {
    /// Runs the tests and writes the report for [`check`].
    fn run(&self) -> Result<()> {
        from_rustup::llvm_tools()?;
        let folder = from_cargo::llvm_cov().folder()?;
        let mut command = process::cargo("llvm-cov");
        command.args(["test", "--locked", "--profile", process::TESTS]).args(self.tests);
        command.args(["--json", "--summary-only", "--output-path"]);
        command.arg(self.report()?).env("PATH", process::path_with([folder.as_path()])?);
        // What is not counted is built like for the other tests, and need not be built again.
        command.env("CARGO_LLVM_COV_TARGET_DIR", paths::target()?).env("CARGO_INCREMENTAL", "0");
        uncounted::leave(&mut command, self.uncounted)?;
        process::run(&mut command)
    }

    fn report(&self) -> Result<PathBuf> {
        Ok(paths::target()?.join(self.name).with_extension("json"))
    }
}

/// Shows each crate's share and fails when one is under its floor.
fn check() -> Result<()> {
    let mut reports = Vec::new();
    for count in &COUNTS {
        let text = fs::read_to_string(count.report()?)
            .context("there is no coverage report: the tests must run first")?;
        reports.push(serde_json::from_str(&text).context("the coverage report is unreadable")?);
    }
    let crates = best(&reports, paths::root())?;
    let mut low = Vec::new();
    for (name, floor) in CRATES {
        let lines = crates.get(name).copied().unwrap_or_default();
        let asked = floor.map_or("not asked".into(), |floor| format!("at least {floor} %"));
        report::say(format_args!(
            "  {name:<16}{:>7.1} % of {:>6} lines  ({asked})",
            lines.percent(),
            lines.all
        ));
        // A crate of which there is no line is one that was not counted.
        if floor.is_some_and(|floor| lines.all == 0 || lines.percent() < floor) {
            low.push(name);
        }
    }
    if !low.is_empty() {
        bail!("too few lines are reached by tests in: {}", low.join(", "));
    }
    Ok(())
}

/// Each crate's lines. One that the tests of several counts reach is as well tested as the best of them do it.
fn best(reports: &[Value], root: &Path) -> Result<BTreeMap<&'static str, Lines>> {
    let mut crates = BTreeMap::<_, Lines>::new();
    for report in reports {
        for (name, lines) in by_crate(report, root)? {
            let best = crates.entry(name).or_default();
            if best.all == 0 || lines.percent() > best.percent() {
                *best = lines;
            }
        }
    }
    Ok(crates)
}

fn by_crate(report: &Value, root: &Path) -> Result<BTreeMap<&'static str, Lines>> {
    let files = report["data"][0]["files"].as_array().context("the coverage report lists no files")?;
    let mut crates = BTreeMap::<_, Lines>::new();
    for file in files {
        let path = Path::new(file["filename"].as_str().unwrap_or_default());
        let Ok(inside) = path.strip_prefix(root) else { continue };
        if let Some((name, _)) = CRATES.iter().find(|(name, _)| inside.starts_with(name)) {
            let lines = crates.entry(*name).or_default();
            lines.all += file["summary"]["lines"]["count"].as_u64().unwrap_or_default();
            lines.reached += file["summary"]["lines"]["covered"].as_u64().unwrap_or_default();
        }
    }
    if crates.is_empty() {
        bail!("the coverage report has no file of this repository");
    }
    Ok(crates)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::site::weight;

    #[test]
    fn files_are_added_up_by_crate() {
        let file = |name: &str, count: u64, covered: u64| json!({ "filename": name, "summary": { "lines": { "count": count, "covered": covered } } });
        let report = json!({ "data": [{ "files": [
            file("/r/relay/src/main.rs", 10, 5),
            file("/r/relay/protocol/src/lib.rs", 4, 4),
            file("/r/relay/protocol/src/a.rs", 6, 2),
            file("/elsewhere/lib.rs", 100, 0),
        ] }] });
        let crates = by_crate(&report, Path::new("/r")).unwrap();
        assert_eq!(crates["relay"], Lines { all: 10, reached: 5 });
        assert_eq!(crates["relay/protocol"], Lines { all: 10, reached: 6 });
        assert_eq!(crates.len(), 2);
        assert!((crates["relay"].percent() - 50.0).abs() < 1e-9);
    }

    #[test]
    fn of_several_counts_the_best_counts() {
        let count = |name: &str, covered: u64| json!({ "data": [{ "files": [{ "filename": name, "summary": { "lines": { "count": 10, "covered": covered } } }] }] });
        let protocol = "/r/relay/protocol/src/lib.rs";
        let reports = [count(protocol, 9), count("/r/relay/src/main.rs", 7), count(protocol, 3)];
        let crates = best(&reports, Path::new("/r")).unwrap();
        assert_eq!(crates["relay/protocol"], Lines { all: 10, reached: 9 });
        assert_eq!(crates["relay"], Lines { all: 10, reached: 7 });
    }

    /// The others' tests run nowhere else.
    #[test]
    fn only_the_engine_leaves_out_tests_when_it_is_counted() {
        let left_out = [concat!("cfg_attr(", "coverage"), concat!("cfg!(", "coverage)")];
        for folder in ["engine/export", "engine/gpu", "native", "relay", "web", "xtask"] {
            let folder = paths::root().join(folder);
            for file in weight::files(&folder).unwrap().iter().filter(|file| file.ends_with(".rs")) {
                let text = fs::read_to_string(folder.join(file)).unwrap();
                assert!(left_out.iter().all(|words| !text.contains(words)), "{file}");
            }
        }
    }

    #[test]
    fn a_report_without_files_is_an_error() {
        assert!(by_crate(&json!({}), Path::new("/r")).is_err());
        assert!(by_crate(&json!({ "data": [{ "files": [] }] }), Path::new("/r")).is_err());
    }
}
