//! Running other programs, and saying in one sentence what went wrong with them.

mod followed;

use std::env;
use std::error::Error;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::thread;

use anyhow::{Context, Result, anyhow, bail};

use crate::paths;

/// A program to be run in the root of the repository.
///
/// What `cargo run` has told this process about its own crate is taken out again: build scripts that look at
/// those variables would otherwise be run anew each time somebody changes between cargo and xtask.
pub(crate) fn program(name: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(name);
    command.current_dir(paths::root());
    for (key, _) in env::vars_os() {
        let text = key.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") || text == "CARGO_BIN_NAME" {
            command.env_remove(&key);
        }
    }
    command
}

/// `cargo SUBCOMMAND`.
pub(crate) fn cargo(subcommand: &str) -> Command {
    let mut command = program("cargo");
    command.arg(subcommand);
    command
}

/// `cargo SUBCOMMAND --locked`, without its list of crates when nobody watches it.
pub(crate) fn cargo_build(subcommand: &str) -> Command {
    let mut command = cargo(subcommand);
    command.arg("--locked");
    if !io::stderr().is_terminal() {
        command.arg("--quiet");
    }
    command
}

/// Cargo's profile for tests.
pub(crate) const TESTS: &str = "tests";

/// `cargo test --locked`, in the profile that is made for tests.
pub(crate) fn cargo_test() -> Command {
    let mut command = cargo("test");
    command.args(["--locked", "--profile", TESTS]);
    command
}

/// A program that ended badly.
#[derive(Debug)]
pub(crate) struct Failed {
    command: String,
    status: ExitStatus,
    /// The last of what it printed; nothing where it printed to a terminal.
    pub(crate) last_lines: String,
}

impl Failed {
    /// Whether it ended by itself and said so, which is what test runners do when a test has failed.
    pub(crate) fn is_a_verdict(&self) -> bool {
        self.status.code() == Some(1)
    }
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` failed ({})", self.command, self.status)
    }
}

impl Error for Failed {}

/// Runs a program to its end, its output shown as it comes.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let (status, last_lines) = if io::stdout().is_terminal() {
        (command.status().with_context(|| format!("cannot start {}", name(command)))?, String::new())
    } else {
        followed::run(command, |line| _ = io::stdout().write_all(line))?
    };
    ended(command, status, last_lines)
}

/// Runs two programs side by side to the ends of both, and gives each one's. What the second prints is shown when both have ended.
pub(crate) fn run_both(first: &mut Command, second: &mut Command) -> (Result<()>, Result<()>) {
    let mut printed = Vec::new();
    let (first, beside) = thread::scope(|scope| {
        let beside = scope.spawn(|| followed::run(second, |line| printed.extend_from_slice(line)));
        (run(first), beside.join())
    });
    _ = io::stdout().write_all(&printed);
    let beside = beside
        .unwrap_or_else(|_| Err(anyhow!("`{}` broke off", shown(second))))
        .and_then(|(status, last_lines)| ended(second, status, last_lines));
    (first, beside)
}

fn ended(command: &Command, status: ExitStatus, last_lines: String) -> Result<()> {
    if status.success() {
        return Ok(());
    }
    Err(Failed { command: shown(command), status, last_lines }.into())
}

/// Runs a program to its end and gives what it printed.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("cannot start {}", name(command)))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("`{}` failed ({}): {}", shown(command), output.status, said.trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Whether a program runs and succeeds. Its output is not shown.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

/// A program on the PATH.
pub(crate) fn which(name: &str) -> Option<PathBuf> {
    let endings: &[&str] = if cfg!(windows) { &[".exe", ".cmd", ".bat"] } else { &[""] };
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .flat_map(|folder| endings.iter().map(move |ending| folder.join(format!("{name}{ending}"))))
        .find(|file| file.is_file())
}

/// The PATH with these folders before all others.
pub(crate) fn path_with<'a>(first: impl IntoIterator<Item = &'a Path>) -> Result<OsString> {
    let old = env::var_os("PATH").unwrap_or_default();
    let folders = first.into_iter().map(Path::to_path_buf).chain(env::split_paths(&old));
    env::join_paths(folders).context("a folder of the PATH has a character that a PATH cannot hold")
}

fn name(command: &Command) -> String {
    Path::new(command.get_program()).file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

fn shown(command: &Command) -> String {
    let arguments = command.get_args().map(|argument| argument.to_string_lossy().into_owned());
    std::iter::once(name(command)).chain(arguments).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_names_the_command() {
        let error = run(program("cargo").arg("--no-such-flag")).unwrap_err();
        assert!(error.to_string().starts_with("`cargo --no-such-flag` failed"), "{error}");
    }

    #[test]
    fn a_missing_program_is_named() {
        let error = run(&mut program("no-such-program-anywhere")).unwrap_err();
        assert_eq!(error.to_string(), "cannot start no-such-program-anywhere");
    }

    #[test]
    fn cargo_is_on_the_path() {
        assert!(which("cargo").is_some());
        assert!(which("no-such-program-anywhere").is_none());
    }
}
