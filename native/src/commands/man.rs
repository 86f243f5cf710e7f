//! `auralis man`: manual pages.

use crate::cli::Cli;
use crate::error::{Error, Result};
use crate::files::write_whole;
use clap::{Args, CommandFactory};
use clap_mangen::Man;
use std::io::Write;
use std::path::PathBuf;

/// The options of `auralis man`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// Print the page of this command instead of the program's
    #[arg(value_name = "COMMAND", conflicts_with = "dir")]
    pub command: Option<String>,
    /// Write all pages (auralis.1, auralis-render.1 …) into this folder
    #[arg(long, value_name = "DIR")]
    pub dir: Option<PathBuf>,
}

/// Prints a page, or writes all.
///
/// # Errors
/// If there is no such command, or a page cannot be written.
pub fn run(options: &Options) -> Result<()> {
    let pages = pages().map_err(|e| Error::printing(&e))?;
    if let Some(dir) = &options.dir {
        std::fs::create_dir_all(dir).map_err(|e| Error::writing(dir, &e))?;
        return pages.iter().try_for_each(|(name, page)| {
            write_whole(&dir.join(format!("{name}.1")), |out| out.write_all(page))
        });
    }
    let wanted = options.command.as_ref().map_or("auralis".into(), |c| format!("auralis-{c}"));
    let page = pages.iter().find(|(name, _)| *name == wanted).ok_or_else(|| {
        let names: Vec<_> = pages.iter().filter_map(|(name, _)| name.strip_prefix("auralis-")).collect();
        let value = options.command.as_deref().unwrap_or_default();
        Error::refused("command", value, format_args!("one of {}", names.join(", ")))
    })?;
    std::io::stdout().write_all(&page.1).map_err(|e| Error::printing(&e))
}

/// Every page by its name.
fn pages() -> std::io::Result<Vec<(String, Vec<u8>)>> {
    let mut program = Cli::command().disable_help_subcommand(true);
    program.build();
    let commands = program.get_subcommands().map(|c| {
        let name = format!("auralis-{}", c.get_name());
        let page = c.clone().name(name.clone()).bin_name(format!("auralis {}", c.get_name()));
        (name, page)
    });
    let all = std::iter::once(("auralis".to_owned(), program.clone())).chain(commands);
    all.map(|(name, command)| {
        let mut page = Vec::new();
        Man::new(command).render(&mut page)?;
        Ok((name, page))
    })
    .collect()
}
