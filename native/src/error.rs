//! What can go wrong, and the exit code of each. A sentence is made where the error arises; it is printed once, by [`crate::run`].

use auralis_engine::session::ApplyError;
use auralis_engine::settings::SettingError;
use std::fmt;
use std::io;
use std::path::Path;

/// Why the program ends early.
#[derive(Debug)]
pub enum Error {
    /// An option or what a given file says was refused. Exit code 2.
    Refused(String),
    /// Something could not be done. Exit code 1.
    Failed(String),
    /// The person pressed Ctrl-C; the sentence says what is left. Exit code 130.
    Interrupted(String),
    /// Whoever read the output has heard enough. Not an error: exit code 0, and nothing to say.
    NobodyListens,
}

/// The result of most things here.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// A field has a value that it does not take, in the engine's words.
    #[must_use]
    pub fn refused(field: &str, value: impl fmt::Display, allowed: impl fmt::Display) -> Self {
        Self::Refused(format!("{field} cannot be \"{value}\"; allowed: {allowed}"))
    }

    /// A file could not be written.
    #[must_use]
    pub fn writing(path: &Path, error: &io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::NobodyListens;
        }
        Self::Failed(format!("cannot write {}: {}", path.display(), reason(error)))
    }

    /// Standard output could not be written.
    #[must_use]
    pub fn printing(error: &io::Error) -> Self {
        Self::writing(Path::new("to standard output"), error)
    }

    /// A file could not be read.
    #[must_use]
    pub fn reading(path: &Path, error: &io::Error) -> Self {
        Self::Failed(format!("cannot read {}: {}", path.display(), reason(error)))
    }

    /// What the process ends with.
    #[must_use]
    pub const fn exit_code(&self) -> u8 {
        match self {
            Self::NobodyListens => 0,
            Self::Failed(_) => 1,
            Self::Refused(_) => 2,
            Self::Interrupted(_) => 130,
        }
    }
}

/// What the system says, without its number.
fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    match text.find(" (os error") {
        Some(end) => text[..end].to_lowercase(),
        None => text,
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(what) | Self::Failed(what) | Self::Interrupted(what) => f.write_str(what),
            Self::NobodyListens => f.write_str("the reader of the output has gone"),
        }
    }
}

impl std::error::Error for Error {}

impl From<SettingError> for Error {
    fn from(error: SettingError) -> Self {
        Self::Refused(error.to_string())
    }
}

impl From<ApplyError> for Error {
    fn from(error: ApplyError) -> Self {
        Self::Refused(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_error_has_its_sentence_and_code() {
        let full = Error::writing(Path::new("a.wav"), &io::Error::from_raw_os_error(28));
        assert_eq!(full.exit_code(), 1);
        assert!(full.to_string().starts_with("cannot write a.wav: "));
        assert!(!full.to_string().contains("os error"));
        assert_eq!(
            Error::refused("threads", 0, "1 to 1024").to_string(),
            "threads cannot be \"0\"; allowed: 1 to 1024"
        );
        assert_eq!(Error::Interrupted(String::new()).exit_code(), 130);
        let gone = Error::printing(&io::ErrorKind::BrokenPipe.into());
        assert_eq!((gone.exit_code(), gone.to_string().is_empty()), (0, false));
        assert_eq!(Error::reading(Path::new("b"), &io::ErrorKind::NotFound.into()).exit_code(), 1);
        let past = ApplyError::Past { frame: auralis_engine::Frame(1), earliest: auralis_engine::Frame(2) };
        assert_eq!(Error::from(past).exit_code(), 2);
    }
}
