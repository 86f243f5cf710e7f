//! Output that nobody reads ends nothing before its time: `cargo xtask test --list | head -1`.

use std::io::pipe;
use std::process::{Command, Output, Stdio};

fn xtask(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.args(args).stdin(Stdio::null());
    command
}

fn unheard(mut command: Command, which: impl FnOnce(&mut Command, std::io::PipeWriter)) -> Output {
    let (reader, writer) = pipe().unwrap();
    drop(reader);
    which(&mut command, writer);
    command.output().unwrap()
}

#[test]
fn a_list_that_nobody_reads_is_no_failure() {
    let output = unheard(xtask(&["test", "--list"]), |command, closed| {
        command.stdout(closed);
    });
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && errors.is_empty(), "{errors}");
}

#[test]
fn the_list_names_every_stage_once() {
    let output = xtask(&["test", "--list"]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let mut names: Vec<_> = text.lines().filter_map(|line| line.split_whitespace().next()).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert!(names.len() == count && names.contains(&"unit") && names.contains(&"browsers"), "{text}");
}

#[test]
fn an_error_that_nobody_reads_keeps_its_code() {
    // No cargo on the path: nothing can be built.
    let mut command = xtask(&["test", "--only", "format"]);
    command.env("PATH", "");
    let output = unheard(command, |command, closed| {
        command.stderr(closed);
    });
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stdout));
}
