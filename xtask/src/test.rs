//! `cargo xtask test`: every test there is, in stages.
//!
//! A stage that fails does not stop the others, only those that need what it would have made. The last line counts
//! the stages.

pub(crate) mod end_to_end;
mod node;
mod stages;

use std::time::{Duration, Instant};

use anyhow::{Error, Result, bail};
use clap::Args;

use crate::process::Failed;
use crate::report::{Time, say};
use stages::{STAGES, Stage};

/// Which tests are run.
#[derive(Args)]
pub(crate) struct Options {
    /// Run only this stage and those it needs (may be given again)
    #[arg(long, value_name = "STAGE", value_parser = names())]
    only: Vec<String>,
    /// List the stages and end
    #[arg(long)]
    list: bool,
}

/// How a stage ended.
#[derive(Debug, PartialEq, Clone)]
pub(crate) enum Ending {
    Passed,
    /// Passed, but these files only at their second try; and what was said at the first.
    SecondTry {
        files: Vec<String>,
        last_lines: String,
    },
    /// Why it was not run.
    Skipped(String),
    Failed {
        why: String,
        last_lines: String,
    },
}

impl Ending {
    fn passed(&self) -> bool {
        matches!(self, Self::Passed | Self::SecondTry { .. })
    }
}

struct Row {
    name: &'static str,
    time: Duration,
    ending: Ending,
}

/// Runs the stages and prints the table.
pub(crate) fn run(options: &Options) -> Result<()> {
    if options.list {
        for stage in &STAGES {
            say(format_args!("{:<14}{}", stage.name, stage.about));
        }
        return Ok(());
    }
    let rows = run_stages(&STAGES, &chosen(&STAGES, &options.only));
    say(format_args!("{}\n{}", said(&rows), table(&rows)));
    let failed = rows.iter().filter(|row| matches!(row.ending, Ending::Failed { .. })).count();
    say(format_args!("{}", summary(&rows)));
    if failed > 0 {
        bail!("{failed} of {} stages failed", rows.len());
    }
    Ok(())
}

fn names() -> clap::builder::PossibleValuesParser {
    STAGES.iter().map(|stage| stage.name).collect::<Vec<_>>().into()
}

/// The stages asked for, and those they need, in the order of the list; all, when none is asked for.
fn chosen(stages: &'static [Stage], only: &[String]) -> Vec<&'static str> {
    let mut wanted: Vec<&str> = stages
        .iter()
        .map(|stage| stage.name)
        .filter(|name| only.is_empty() || only.iter().any(|asked| asked == name))
        .collect();
    // What a stage needs comes before it in the list: one pass from the end finds all.
    for stage in stages.iter().rev() {
        if wanted.contains(&stage.name) {
            wanted.extend(stage.needs);
        }
    }
    stages.iter().map(|stage| stage.name).filter(|name| wanted.contains(name)).collect()
}

fn run_stages(stages: &'static [Stage], chosen: &[&str]) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for stage in stages.iter().filter(|stage| chosen.contains(&stage.name)) {
        say(format_args!("\n── {}: {}", stage.name, stage.about));
        let start = Instant::now();
        let missing =
            stage.needs.iter().find(|&&need| rows.iter().any(|row| row.name == need && !row.ending.passed()));
        let ending = match missing {
            Some(need) => Ending::Skipped(format!("it needs the stage {need}")),
            None => (stage.run)().unwrap_or_else(|error| failed(&error)),
        };
        match &ending {
            Ending::Passed | Ending::SecondTry { .. } => {}
            Ending::Skipped(why) => say(format_args!("skipped: {why}")),
            Ending::Failed { why, .. } => say(format_args!("failed: {why}")),
        }
        rows.push(Row { name: stage.name, time: start.elapsed(), ending });
    }
    rows
}

fn failed(error: &Error) -> Ending {
    Ending::Failed { why: format!("{error:#}"), last_lines: last_lines(error).to_owned() }
}

/// Of the program that this error is about, if it is.
fn last_lines(error: &Error) -> &str {
    error.downcast_ref::<Failed>().map_or("", |program| &program.last_lines)
}

/// What programs that failed said at last: by now it may be thousands of lines up.
fn said(rows: &[Row]) -> String {
    let of = |row: &Row| match &row.ending {
        Ending::Failed { last_lines, .. } if !last_lines.is_empty() => {
            Some(format!("\n── {} failed, and said at last:\n{last_lines}\n", row.name))
        }
        Ending::SecondTry { last_lines, .. } if !last_lines.is_empty() => {
            Some(format!("\n── {} failed at the first try, and said at last:\n{last_lines}\n", row.name))
        }
        _ => None,
    };
    rows.iter().filter_map(of).collect()
}

fn table(rows: &[Row]) -> String {
    let total: Duration = rows.iter().map(|row| row.time).sum();
    let lines = rows.iter().map(|row| {
        let ending = match &row.ending {
            Ending::Passed => "passed".to_owned(),
            Ending::SecondTry { files, .. } => format!("passed, {} at the second try", files.join(" and ")),
            Ending::Skipped(why) => format!("skipped: {why}"),
            Ending::Failed { why, .. } => format!("FAILED: {}", why.lines().next().unwrap_or_default()),
        };
        format!("{:<14}{:>12}  {ending}\n", row.name, Time(row.time))
    });
    lines.collect::<String>() + &format!("{:<14}{:>12}\n", "together", Time(total))
}

/// The closing line, in a form that test runners' readers know.
fn summary(rows: &[Row]) -> String {
    let count = |wanted: fn(&Ending) -> bool| rows.iter().filter(|row| wanted(&row.ending)).count();
    let passed = count(Ending::passed);
    let failed = count(|ending| matches!(ending, Ending::Failed { .. }));
    match count(|ending| matches!(ending, Ending::Skipped(_))) {
        0 => format!("{passed} passed, {failed} failed"),
        skipped => format!("{passed} passed, {failed} failed, {skipped} skipped"),
    }
}

#[cfg(test)]
mod tests {
    #[cfg(unix)]
    use std::io::{self, IsTerminal};

    use super::*;
    #[cfg(unix)]
    use crate::process;

    static SAMPLE: [Stage; 4] = [
        Stage { name: "a", about: "passes", needs: &[], run: || Ok(Ending::Passed) },
        Stage { name: "b", about: "fails", needs: &["a"], run: || bail!("no luck") },
        Stage { name: "c", about: "needs what failed", needs: &["b"], run: || Ok(Ending::Passed) },
        Stage { name: "d", about: "stands alone", needs: &[], run: || Ok(Ending::Passed) },
    ];

    #[test]
    fn a_failure_skips_only_what_needs_it() {
        let rows = run_stages(&SAMPLE, &chosen(&SAMPLE, &[]));
        let endings: Vec<_> = rows.iter().map(|row| row.ending.clone()).collect();
        assert_eq!(endings[0], Ending::Passed);
        assert_eq!(endings[1], Ending::Failed { why: "no luck".into(), last_lines: String::new() });
        assert_eq!(endings[2], Ending::Skipped("it needs the stage b".into()));
        assert_eq!(endings[3], Ending::Passed);
        assert_eq!(summary(&rows), "2 passed, 1 failed, 1 skipped");
        assert!(table(&rows).contains("FAILED: no luck"));
    }

    #[test]
    #[cfg(unix)]
    fn what_a_program_said_before_it_failed_is_told_once_more_at_the_end() {
        static FAILING: [Stage; 1] = [Stage {
            name: "a",
            about: "says why",
            needs: &[],
            run: || {
                process::run(process::program("sh").args(["-c", "echo it rains; exit 1"]))
                    .map(|()| Ending::Passed)
            },
        }];
        let rows = run_stages(&FAILING, &["a"]);
        assert!(table(&rows).contains("FAILED: `sh -c"));
        // Where the tests are run by hand, in a terminal, it stays to be seen.
        if !io::stdout().is_terminal() {
            assert_eq!(said(&rows), "\n── a failed, and said at last:\nit rains\n");
        }
    }

    #[test]
    fn one_stage_brings_what_it_needs() {
        assert_eq!(chosen(&SAMPLE, &["c".into()]), ["a", "b", "c"]);
        assert_eq!(chosen(&SAMPLE, &["d".into()]), ["d"]);
    }

    #[test]
    fn needs_come_before_the_stages_that_need_them() {
        for (place, stage) in STAGES.iter().enumerate() {
            for need in stage.needs {
                assert!(
                    STAGES[..place].iter().any(|before| before.name == *need),
                    "{} needs {need}",
                    stage.name
                );
            }
        }
    }
}
