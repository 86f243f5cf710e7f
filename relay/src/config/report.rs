//! What is printed about the variables: what holds and from where, and a `.env` file with all of them.

use std::fmt;

use super::Source;
use super::table::TABLE;
use super::variable::Variable;

/// A variable, what it is set to, and who said so.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Told {
    /// Its name in the environment.
    pub variable: &'static str,
    /// Its value, as it was said.
    pub value: String,
    /// Who said so.
    pub source: Source,
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<32} {:<20} {}", self.variable, quoted(&self.value), self.source.name())
    }
}

impl Source {
    const fn name(self) -> &'static str {
        match self {
            Self::Flag => "flag",
            Self::Environment => "environment",
            Self::File => ".env",
            Self::Default => "default",
        }
    }
}

/// A `.env` file that sets every variable to its default.
pub fn example() -> String {
    let mut text = String::from(
        "# What the relay is told. Copy this file to `.env` in the folder where the relay is started; flags and the environment come before it.\n\
         # Each line shows the default. `auralis-relay --check-config` says what holds and why, `--example-env` prints this file.\n",
    );
    for group in &TABLE {
        text += &format!("\n# --- {} ---\n", group.title);
        for Variable { name, about, allowed, default, .. } in group.variables {
            let default = quoted(default);
            text += &format!("\n# {about}.\n# Allowed: {allowed}.\n{name}={default}\n");
        }
    }
    text
}

/// A value as a `.env` file has it.
fn quoted(value: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.,:/*[]".contains(c);
    if !value.is_empty() && value.chars().all(plain) { value.to_owned() } else { format!("{value:?}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::table;
    use crate::config::{Config, Flags, Variables};

    #[test]
    fn the_example_in_the_repository_is_this_one() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../.env.example");
        let text = std::fs::read_to_string(file).unwrap().replace("\r\n", "\n");
        assert_eq!(text, example(), "`auralis-relay --example-env > .env.example` puts it right");
    }

    #[test]
    fn the_table_in_the_documents_is_this_one() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/deployment.md");
        let text = std::fs::read_to_string(file).unwrap();
        let of = |line: &str| line.starts_with("| `AURALIS_");
        let lines: Vec<_> = text.lines().filter(|line| of(line)).collect();
        let row = |v: &Variable| format!("| `{}` | `{}` | {} | {} |", v.name, v.default, v.about, v.allowed);
        assert_eq!(lines, table::all().map(row).collect::<Vec<_>>());
    }

    #[test]
    fn the_example_says_what_holds_without_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("example");
        std::fs::write(&file, example()).unwrap();
        let with = Config::new(&Flags::default(), &Variables::with_file(&file, []).unwrap()).unwrap();
        assert_eq!(with, Config::new(&Flags::default(), &Variables::default()).unwrap());
    }
}
