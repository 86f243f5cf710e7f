//! Why the relay can't start with what it was told.

use std::fmt;
use std::path::PathBuf;

/// Why the relay can't start with what it was told.
#[derive(Debug)]
pub enum ConfigError {
    /// A variable has a value that it can't have.
    Value {
        /// Which one.
        variable: &'static str,
        /// The same as a flag.
        flag: &'static str,
        /// What it was set to.
        value: String,
        /// What is in the way, where the value means something.
        because: Option<&'static str>,
        /// What it could be set to.
        allowed: String,
    },
    /// Two variables don't go together, in a sentence.
    Together(String),
    /// The `.env` file is there but can't be read.
    File {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        error: dotenvy::Error,
    },
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value { variable, flag, value, because, allowed } => {
                write!(f, "{variable} (or --{flag}) is {value:?}")?;
                if let Some(because) = because {
                    write!(f, ", but {because}")?;
                }
                write!(f, "; allowed: {allowed}")
            }
            Self::Together(sentence) => f.write_str(sentence),
            Self::File { path, error: dotenvy::Error::LineParse(line, _) } => {
                write!(f, "{} has a line that isn't NAME=value: {line:?}", path.display())
            }
            Self::File { path, error } => write!(f, "{} can't be read: {error}", path.display()),
        }
    }
}

impl std::error::Error for ConfigError {}
