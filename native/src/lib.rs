//! # auralis
//!
//! The command-line program: plays sessions through the sound card, renders them to files, writes their score, and hashes them.
//! What to play and how it sounds is the engine's; here is what touches files, terminals and devices.
//!
//! - [`cli`]: the one definition of the command line; [`commands`]: a file for each command.
//! - [`options`]: which session is meant, the same for every command.
//! - [`renderer`]: renders by movements on several threads; [`sink`]: where frames go. Their forms
//!   (WAV, MIDI, JSON, text) are `auralis_export`'s.
//! - [`live`]: playing, steering and showing what plays.

pub mod cli;
pub mod commands;
pub mod device;
pub mod error;
pub mod files;
pub mod interrupt;
pub mod live;
pub mod options;
pub mod output;
pub mod progress;
pub mod renderer;
pub mod settings_options;
pub mod sink;
pub mod values;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory, FromArgMatches};
use cli::{Cli, Command};
pub use error::{Error, Result};
use std::ffi::OsString;
use std::fmt;
use std::io::Write;
use std::process::ExitCode;

/// Runs the program: the one place where errors become sentences and exit codes.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    files::bear_size_limits();
    match parse(args).and_then(|cli| execute(&cli.command)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            if !matches!(error, Error::NobodyListens) {
                tell(format_args!("auralis: {error}"));
            }
            ExitCode::from(error.exit_code())
        }
    }
}

/// Reads the command line. Help and version are printed here, and end the program.
fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Cli> {
    let matches = Cli::command().try_get_matches_from(args);
    matches.and_then(|m| Cli::from_arg_matches(&m)).map_err(|error| match sentence(&error) {
        Some(sentence) => Error::Refused(sentence),
        None => error.exit(),
    })
}

fn execute(command: &Command) -> Result<()> {
    use commands::{batch, completions, devices, doctor, hash, man, play, render, score};
    match command {
        Command::Play(options) => play::run(options),
        Command::Render(options) => render::run(options),
        Command::Score(options) => score::run(options),
        Command::Hash(options) => hash::run(options),
        Command::Batch(options) => batch::run(options),
        Command::Devices(_) => devices::run(),
        Command::Doctor(options) => doctor::run(options),
        Command::Completions(options) => completions::run(options),
        Command::Man(options) => man::run(options),
    }
}

/// A wrong value in the same words as the engine's: field, value, what is allowed. Other errors of usage are clap's to tell.
fn sentence(error: &clap::Error) -> Option<String> {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        Some(ContextValue::Strings(texts)) => Some(texts.join(", ")),
        _ => None,
    };
    let argument = text(ContextKind::InvalidArg)?;
    let value = text(ContextKind::InvalidValue)?;
    let allowed = match error.kind() {
        ErrorKind::ValueValidation => std::error::Error::source(error)?.to_string(),
        ErrorKind::InvalidValue if value.is_empty() => return None,
        ErrorKind::InvalidValue => format!("one of {}", text(ContextKind::ValidValue)?),
        _ => return None,
    };
    let field =
        argument.split_whitespace().next().unwrap_or_default().trim_matches(['-', '<', '>', '[', ']']);
    Some(Error::refused(&field.to_ascii_lowercase(), value, allowed).to_string())
}

/// Tells the person something that is no error.
pub(crate) fn warn(what: impl fmt::Display) {
    tell(format_args!("auralis: warning: {what}"));
}

/// Tells the person how it went.
pub(crate) fn say(what: impl fmt::Display) {
    tell(format_args!("auralis: {what}"));
}

/// Writes a line to standard error. Who has closed that wants to hear nothing, and gets what was asked for all the same.
pub(crate) fn tell(line: impl fmt::Display) {
    let _ = writeln!(std::io::stderr(), "{line}");
}
