//! `auralis completions`: what a shell needs to complete commands, options and their values.

use crate::cli::Cli;
use crate::error::{Error, Result};
use clap::{Args, CommandFactory};
use clap_complete::Shell;
use std::io::Write;

/// The options of `auralis completions`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// Which shell
    #[arg(value_name = "SHELL")]
    pub shell: Shell,
}

/// Prints the completions.
///
/// # Errors
/// If they cannot be printed.
pub fn run(options: &Options) -> Result<()> {
    let mut text = Vec::new();
    clap_complete::generate(options.shell, &mut Cli::command(), "auralis", &mut text);
    std::io::stdout().write_all(&text).map_err(|e| Error::printing(&e))
}
