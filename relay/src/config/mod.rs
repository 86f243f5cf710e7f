//! What the relay is told: by flags, by `AURALIS_...` variables of the environment, by a `.env` file; the first
//! that says something counts. All of it is checked before anything else happens.
//!
//! Each variable is defined once, in a table: there are its names, its default, what is allowed and how it is read.

mod error;
mod flags;
mod parse;
mod report;
mod table;
mod variable;
mod variables;

use std::ffi::OsStr;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use auralis_engine::{SampleRate, Settings};
use auralis_gpu::device::Wanted;
use axum::http::HeaderValue;
use ipnet::IpNet;
use tracing::level_filters::LevelFilter;

pub use error::ConfigError;
pub use flags::{Flags, Task};
pub use report::{Told, example};
pub use variables::Variables;

/// Whether others depend on the relay.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Environment {
    /// Somebody tries it, or works on it.
    Development,
    /// Others depend on it.
    Production,
}

/// How lines of the log look.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum LogFormat {
    /// For people.
    Human,
    /// An object a line.
    Json,
}

/// How often a new file of the log begins.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum LogRotation {
    Minutely,
    Hourly,
    Daily,
    Never,
}

/// Pages of which other origins may use the interface.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Origins {
    /// All.
    Any,
    /// These; none if there are none.
    These(Vec<HeaderValue>),
}

/// Who said something.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Source {
    /// A flag on the command line.
    Flag,
    /// The environment.
    Environment,
    /// The `.env` file.
    File,
    /// Nobody.
    Default,
}

/// What the relay was told, checked. What each field is for, the variable of its name says: `auralis-relay --help`.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "each is described once, in the table")]
pub struct Config {
    pub environment: Environment,
    pub host: IpAddr,
    pub port: u16,
    pub metrics_port: Option<u16>,
    pub enable_ssl: bool,
    pub ssl_cert: Option<PathBuf>,
    pub ssl_key: Option<PathBuf>,
    pub origins: Origins,
    pub trusted_proxies: Vec<IpNet>,
    pub most_connections: usize,
    pub most_per_address: Option<usize>,
    /// The folder of the page; nothing for the one in the program.
    pub site: Option<PathBuf>,
    pub data: PathBuf,
    /// In bytes.
    pub most_disk: Option<u64>,
    pub most_sessions: usize,
    pub rate: SampleRate,
    /// The settings of new sessions.
    pub settings: Settings,
    pub device: Wanted,
    pub threads: usize,
    pub chunk: Duration,
    pub ring: Duration,
    pub most_clients: usize,
    pub enable_opus: bool,
    pub opus_kilobits: u32,
    pub log_level: LevelFilter,
    /// Nothing where the environment decides: see [`Config::log_format`].
    pub log_format: Option<LogFormat>,
    pub log_file: Option<PathBuf>,
    pub log_rotation: LogRotation,
    pub log_files: usize,
}

impl Config {
    /// Checks everything that was said, and fills in what wasn't.
    ///
    /// # Errors
    /// If there is a value that can't be had, or two that don't go together.
    pub fn new(flags: &Flags, variables: &Variables) -> Result<Self, ConfigError> {
        Self::explained(flags, variables).map(|(config, _)| config)
    }

    /// The same, and who said what.
    ///
    /// # Errors
    /// As [`Config::new`].
    pub fn explained(flags: &Flags, variables: &Variables) -> Result<(Self, Vec<Told>), ConfigError> {
        let mut config = Self::empty();
        let mut told = Vec::new();
        for variable in table::all() {
            let flag = flags.values.get(variable.name).map(|value| (value.as_os_str(), Source::Flag));
            let said = flag.or_else(|| variables.get(variable.name));
            let (value, source) = said.unwrap_or((OsStr::new(variable.default), Source::Default));
            variable.lay(&mut config, value)?;
            let value = value.to_string_lossy().into_owned();
            told.push(Told { variable: variable.name, value, source });
        }
        config.check()?;
        Ok((config, told))
    }

    /// Names in the `.env` file that look like the relay's and are not: most likely misspelt.
    pub fn unknown(variables: &Variables) -> Vec<String> {
        let known = |name: &&str| table::all().any(|variable| variable.name == *name);
        variables.of_the_file().filter(|name| !known(name)).map(str::to_owned).collect()
    }

    /// One that the table has not filled in yet.
    fn empty() -> Self {
        Self {
            environment: Environment::Development,
            host: Ipv4Addr::LOCALHOST.into(),
            port: 0,
            metrics_port: None,
            enable_ssl: false,
            ssl_cert: None,
            ssl_key: None,
            origins: Origins::These(Vec::new()),
            trusted_proxies: Vec::new(),
            most_connections: 0,
            most_per_address: None,
            site: None,
            data: PathBuf::new(),
            most_disk: None,
            most_sessions: 0,
            rate: SampleRate::default(),
            settings: Settings::default(),
            device: Wanted::Auto,
            threads: 0,
            chunk: Duration::ZERO,
            ring: Duration::ZERO,
            most_clients: 0,
            enable_opus: false,
            opus_kilobits: 0,
            log_level: LevelFilter::OFF,
            log_format: None,
            log_file: None,
            log_rotation: LogRotation::Never,
            log_files: 0,
        }
    }

    /// Whether what was said goes together.
    fn check(&self) -> Result<(), ConfigError> {
        let wrong = |sentence: String| Err(ConfigError::Together(sentence));
        if self.enable_ssl && self.tls().is_none() {
            return wrong(
                "AURALIS_ENABLE_SSL (or --enable-ssl) is true, but there is no certificate or no key: name both files with \
                 AURALIS_SSL_CERT_PATH and AURALIS_SSL_KEY_PATH"
                    .into(),
            );
        }
        if self.metrics_port == Some(self.port) && self.port != 0 {
            return wrong(format!(
                "AURALIS_METRICS_PORT and AURALIS_PORT are both {}: choose two, or none for the first",
                self.port
            ));
        }
        let proxies_elsewhere = self.trusted_proxies.iter().any(|network| !network.addr().is_loopback());
        if self.environment == Environment::Production
            && !self.host.is_loopback()
            && !self.enable_ssl
            && !proxies_elsewhere
        {
            return wrong(format!(
                "AURALIS_ENV (or --env) is production and AURALIS_HOST is {}: what listeners and hosts say, tokens too, could be read on \
                 its way; give it TLS (AURALIS_ENABLE_SSL), or name the proxy that adds it (AURALIS_TRUSTED_PROXIES), or listen at \
                 127.0.0.1",
                self.host
            ));
        }
        if let Some(file) = self.log_file.as_deref().filter(|file| file.file_name().is_none()) {
            return wrong(format!(
                "AURALIS_LOG_FILE (or --log-file) is {file:?}, which is a folder: name a file in it"
            ));
        }
        Ok(())
    }

    /// The address to bind.
    pub fn address(&self) -> SocketAddr {
        SocketAddr::new(self.host, self.port)
    }

    /// The address to bind for those who watch it, if it is another one.
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        self.metrics_port.map(|port| SocketAddr::new(self.host, port))
    }

    /// The files of the certificate and of its key, if it speaks TLS.
    pub fn tls(&self) -> Option<(&Path, &Path)> {
        let files = self.ssl_cert.as_deref().zip(self.ssl_key.as_deref());
        files.filter(|_| self.enable_ssl)
    }

    /// How many kilobits a second of Opus takes; nothing if there is no Opus.
    pub fn opus_bitrate(&self) -> Option<u32> {
        self.enable_opus.then_some(self.opus_kilobits)
    }

    /// How lines of the log look.
    pub fn log_format(&self) -> LogFormat {
        self.log_format.unwrap_or(match self.environment {
            Environment::Development => LogFormat::Human,
            Environment::Production => LogFormat::Json,
        })
    }
}

#[cfg(test)]
mod tests;
