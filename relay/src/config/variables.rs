//! The variables of the environment and of the `.env` file.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::Path;

use super::{ConfigError, Source};

/// The file in the working folder that is read for variables.
const DOT_ENV: &str = ".env";

/// The variables of the environment, and those of the `.env` file that the environment doesn't have.
#[derive(Clone, Debug, Default)]
pub struct Variables(BTreeMap<OsString, (OsString, Source)>);

impl Variables {
    /// Those of this process, and of the `.env` file in its working folder if there is one.
    ///
    /// # Errors
    /// If there is such a file that can't be read.
    pub fn load() -> Result<Self, ConfigError> {
        Self::with_file(Path::new(DOT_ENV), std::env::vars_os())
    }

    /// Those of a file, which may be missing, and of an environment, which comes first.
    ///
    /// # Errors
    /// If the file is there and can't be read.
    pub fn with_file(
        file: &Path,
        environment: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Result<Self, ConfigError> {
        let unreadable = |error: dotenvy::Error| ConfigError::File { path: file.to_owned(), error };
        let mut variables = BTreeMap::new();
        match dotenvy::from_path_iter(file) {
            Ok(lines) => {
                for line in lines {
                    let (name, value) = line.map_err(unreadable)?;
                    variables.insert(name.into(), (value.into(), Source::File));
                }
            }
            Err(error) if error.not_found() => {}
            Err(error) => return Err(unreadable(error)),
        }
        let environment = environment.into_iter();
        variables.extend(environment.map(|(name, value)| (name, (value, Source::Environment))));
        Ok(Self(variables))
    }

    pub(super) fn get(&self, name: &str) -> Option<(&OsStr, Source)> {
        self.0.get(OsStr::new(name)).map(|(value, source)| (value.as_os_str(), *source))
    }

    /// Names of the file that begin as the relay's do. Those of the environment may be for other programs.
    pub(super) fn of_the_file(&self) -> impl Iterator<Item = &str> {
        let names = self.0.iter().filter(|(_, (_, source))| *source == Source::File);
        names.filter_map(|(name, _)| name.to_str()).filter(|name| name.starts_with("AURALIS_"))
    }
}

#[cfg(test)]
impl<const N: usize> From<[(&str, &str); N]> for Variables {
    fn from(pairs: [(&str, &str); N]) -> Self {
        pairs.as_slice().into()
    }
}

#[cfg(test)]
impl From<&[(&str, &str)]> for Variables {
    fn from(pairs: &[(&str, &str)]) -> Self {
        let given = |&(name, value): &(&str, &str)| (name.into(), (value.into(), Source::Environment));
        Self(pairs.iter().map(given).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, Flags};

    #[test]
    fn the_environment_comes_before_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(".env");
        let environment = || [("AURALIS_PORT".into(), "9000".into())];
        let port_and_data = || {
            let config = Config::new(&Flags::default(), &Variables::with_file(&file, environment()).unwrap());
            config.map(|config| (config.port, config.data)).unwrap()
        };
        assert_eq!(port_and_data(), (9000, "data".into()));
        std::fs::write(&file, "# where it is\nAURALIS_DATA_DIR=\"a b\"\nAURALIS_PORT=1\n").unwrap();
        assert_eq!(port_and_data(), (9000, "a b".into()));
    }

    #[test]
    fn a_file_that_cannot_be_read_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let error = Variables::with_file(folder.path(), []).unwrap_err();
        assert!(error.to_string().contains("can't be read"), "{error}");
        let file = folder.path().join(".env");
        std::fs::write(&file, "AURALIS_PORT 8000\n").unwrap();
        let error = Variables::with_file(&file, []).unwrap_err();
        assert!(
            error.to_string().contains(".env has a line that isn't NAME=value: \"AURALIS_PORT 8000\""),
            "{error}"
        );
    }
}
