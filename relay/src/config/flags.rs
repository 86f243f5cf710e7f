//! What was said on the command line.

use std::collections::HashMap;
use std::ffi::OsString;

use clap::builder::ValueParser;
use clap::{Arg, ArgAction, Command};

use super::table::{self, TABLE};
use super::variable::Variable;

const CHECK: &str = "check-config";
const EXAMPLE: &str = "example-env";

/// What the program is to do.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Task {
    /// Serve.
    #[default]
    Serve,
    /// Say what it was told, and end.
    CheckConfig,
    /// Print a `.env` file with all variables, and end.
    ExampleEnv,
}

/// What was said on the command line.
#[derive(Clone, Debug, Default)]
pub struct Flags {
    pub(super) values: HashMap<&'static str, OsString>,
    /// What the program is to do.
    pub task: Task,
}

impl Flags {
    /// Those of this process. Ends it where they are not understood, or help is asked for.
    pub fn parse() -> Self {
        Self::of(&command().get_matches())
    }

    /// Those of a command line, the program's name being first.
    ///
    /// # Errors
    /// If they are not understood.
    pub fn try_parse_from(
        arguments: impl IntoIterator<Item = impl Into<OsString> + Clone>,
    ) -> Result<Self, clap::Error> {
        Ok(Self::of(&command().try_get_matches_from(arguments)?))
    }

    fn of(matches: &clap::ArgMatches) -> Self {
        let said =
            |variable: &Variable| Some((variable.name, matches.get_one::<OsString>(variable.flag)?.clone()));
        let task = match () {
            () if matches.get_flag(EXAMPLE) => Task::ExampleEnv,
            () if matches.get_flag(CHECK) => Task::CheckConfig,
            () => Task::Serve,
        };
        Self { values: table::all().filter_map(said).collect(), task }
    }
}

fn command() -> Command {
    Command::new("auralis-relay")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Keeps sessions of Auralis, lets clients hear and steer them, and serves the page")
        .after_help(
            "Each option can also be given by its variable, in the environment or in a file .env of the working folder. A flag comes \
             before the environment, and that before the file.",
        )
        .args(TABLE.iter().flat_map(|group| group.variables.iter().map(|it| argument(group.title, it))))
        .arg(
            Arg::new(CHECK)
                .long(CHECK)
                .action(ArgAction::SetTrue)
                .help("Say what holds and where each value comes from, or what is wrong, and end"),
        )
        .arg(
            Arg::new(EXAMPLE)
                .long(EXAMPLE)
                .action(ArgAction::SetTrue)
                .help("Print a .env file with all variables and their defaults, and end"),
        )
}

fn argument(heading: &'static str, variable: &'static Variable) -> Arg {
    Arg::new(variable.flag)
        .long(variable.flag)
        .value_name(variable.value)
        .help_heading(heading)
        .allow_hyphen_values(true)
        .value_parser(ValueParser::os_string())
        .help(format!(
            "{}\n[allowed: {}] [default: {}] [env: {}]",
            variable.about, variable.allowed, variable.default, variable.name
        ))
}
