//! What the relay is told: by flags, by `AURALIS_...` variables of the environment, by a `.env` file; the first
//! that says something counts. All of it is checked before anything else happens.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use auralis_engine::{Patch, SampleRate, Settings};
use clap::Parser;
use tracing::level_filters::LevelFilter;

/// The file in the working folder that is read for variables.
const DOT_ENV: &str = ".env";

/// Keeps sessions of Auralis, lets clients hear and steer them, and serves the page
#[derive(Parser, Clone, Debug, Default)]
#[command(
    name = "auralis-relay",
    version,
    after_help = "Each option can also be given by its variable, in the environment or in a .env file."
)]
pub struct Flags {
    /// The address to listen at: 127.0.0.1 for this machine only, 0.0.0.0 for all networks
    /// [env: AURALIS_HOST] [default: 0.0.0.0]
    #[arg(long, value_name = "ADDRESS", allow_hyphen_values = true, verbatim_doc_comment)]
    pub host: Option<OsString>,
    /// The port to listen at; 0 takes a free one
    /// [env: AURALIS_PORT] [default: 8000]
    #[arg(long, value_name = "PORT", allow_hyphen_values = true, verbatim_doc_comment)]
    pub port: Option<OsString>,
    /// The folder of the built page
    /// [env: AURALIS_SITE] [default: dist]
    #[arg(long, value_name = "DIR", verbatim_doc_comment)]
    pub site: Option<OsString>,
    /// The folder in which sessions are kept
    /// [env: AURALIS_DATA_DIR] [default: data]
    #[arg(long, value_name = "DIR", verbatim_doc_comment)]
    pub data_dir: Option<OsString>,
    /// The sample rate of new sessions, in hertz: 44100 or 48000
    /// [env: AURALIS_SAMPLE_RATE] [default: 44100]
    #[arg(long, value_name = "HZ", allow_hyphen_values = true, verbatim_doc_comment)]
    pub sample_rate: Option<OsString>,
    /// How much audio goes out at once, in milliseconds
    /// [env: AURALIS_CHUNK_DURATION_MS] [default: 100]
    #[arg(long, value_name = "MS", allow_hyphen_values = true, verbatim_doc_comment)]
    pub chunk_duration_ms: Option<OsString>,
    /// How much audio is kept for slow listeners, in seconds
    /// [env: AURALIS_BUFFER_CAPACITY_SEC] [default: 2.0]
    #[arg(long, value_name = "SECONDS", allow_hyphen_values = true, verbatim_doc_comment)]
    pub buffer_capacity_sec: Option<OsString>,
    /// The key of new sessions
    /// [env: AURALIS_DEFAULT_KEY] [default: "A minor"]
    #[arg(long, value_name = "KEY", verbatim_doc_comment)]
    pub default_key: Option<OsString>,
    /// The tempo of new sessions, in quarter notes a minute
    /// [env: AURALIS_DEFAULT_BPM] [default: 70]
    #[arg(long, value_name = "BPM", allow_hyphen_values = true, verbatim_doc_comment)]
    pub default_bpm: Option<OsString>,
    /// The intensity of new sessions, 0 to 1
    /// [env: AURALIS_DEFAULT_INTENSITY] [default: 0.5]
    #[arg(long, value_name = "0..1", allow_hyphen_values = true, verbatim_doc_comment)]
    pub default_intensity: Option<OsString>,
    /// Whether new sessions have delay and reverb
    /// [env: AURALIS_ENABLE_EFFECTS] [default: true]
    #[arg(long, value_name = "BOOL", verbatim_doc_comment)]
    pub enable_effects: Option<OsString>,
    /// How many may listen to audio at once
    /// [env: AURALIS_MAX_CLIENTS] [default: 10]
    #[arg(long, value_name = "N", allow_hyphen_values = true, verbatim_doc_comment)]
    pub max_clients: Option<OsString>,
    /// How many sessions are kept at most
    /// [env: AURALIS_MAX_SESSIONS] [default: 64]
    #[arg(long, value_name = "N", allow_hyphen_values = true, verbatim_doc_comment)]
    pub max_sessions: Option<OsString>,
    /// Whether sessions are streamed as Opus, too
    /// [env: AURALIS_ENABLE_OPUS] [default: true]
    #[arg(long, value_name = "BOOL", verbatim_doc_comment)]
    pub enable_opus: Option<OsString>,
    /// How many kilobits a second of Opus takes, 64 to 160
    /// [env: AURALIS_OPUS_BITRATE] [default: 96]
    #[arg(long, value_name = "KBIT", allow_hyphen_values = true, verbatim_doc_comment)]
    pub opus_bitrate: Option<OsString>,
    /// How much is logged: off, error, warn, info, debug or trace
    /// [env: AURALIS_LOG_LEVEL] [default: info]
    #[arg(long, value_name = "LEVEL", verbatim_doc_comment)]
    pub log_level: Option<OsString>,
}

/// The variables of the environment, and those of the `.env` file that the environment doesn't have.
#[derive(Clone, Debug, Default)]
pub struct Variables(HashMap<OsString, OsString>);

impl Variables {
    /// Those of this process, and of the `.env` file in its working folder if there is one.
    pub fn load() -> Result<Self, ConfigError> {
        Self::with_file(Path::new(DOT_ENV), std::env::vars_os())
    }

    /// Those of a file, which may be missing, and of an environment, which comes first.
    pub fn with_file(
        file: &Path,
        environment: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Result<Self, ConfigError> {
        let unreadable = |error: dotenvy::Error| ConfigError::File { path: file.to_owned(), error };
        let mut variables = HashMap::new();
        match dotenvy::from_path_iter(file) {
            Ok(lines) => {
                for line in lines {
                    let (name, value) = line.map_err(unreadable)?;
                    variables.insert(name.into(), value.into());
                }
            }
            Err(error) if error.not_found() => {}
            Err(error) => return Err(unreadable(error)),
        }
        variables.extend(environment);
        Ok(Self(variables))
    }
}

/// What the relay was told, checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// The address to listen at.
    pub host: IpAddr,
    /// The port to listen at; 0 for a free one.
    pub port: u16,
    /// The folder of the built page.
    pub site: PathBuf,
    /// The folder in which sessions are kept.
    pub data: PathBuf,
    /// The sample rate and the settings of new sessions.
    pub rate: SampleRate,
    /// See [`Config::rate`].
    pub settings: Settings,
    /// How much audio goes out at once.
    pub chunk: Duration,
    /// How much audio is kept for slow listeners.
    pub ring: Duration,
    /// How many kilobits a second of Opus takes; nothing if there is no Opus.
    pub opus_bitrate: Option<u32>,
    /// How many may listen to audio at once.
    pub most_clients: usize,
    /// How many sessions are kept at most.
    pub most_sessions: usize,
    /// How much is logged.
    pub log_level: LevelFilter,
}

impl Config {
    /// Checks everything that was said, and fills in what wasn't.
    pub fn new(flags: &Flags, variables: &Variables) -> Result<Self, ConfigError> {
        let setting = |flag, variable| {
            let value = flag_or_variable(flag, variables, variable);
            value.map(|value| Setting { variable, value })
        };
        let host = setting(&flags.host, "AURALIS_HOST");
        let port = setting(&flags.port, "AURALIS_PORT");
        let site = setting(&flags.site, "AURALIS_SITE");
        let log_level = setting(&flags.log_level, "AURALIS_LOG_LEVEL");
        let data = setting(&flags.data_dir, "AURALIS_DATA_DIR");
        let rate = setting(&flags.sample_rate, "AURALIS_SAMPLE_RATE");
        let chunk = setting(&flags.chunk_duration_ms, "AURALIS_CHUNK_DURATION_MS");
        let ring = setting(&flags.buffer_capacity_sec, "AURALIS_BUFFER_CAPACITY_SEC");
        let most_clients = setting(&flags.max_clients, "AURALIS_MAX_CLIENTS");
        let most_sessions = setting(&flags.max_sessions, "AURALIS_MAX_SESSIONS");
        let enable_opus = setting(&flags.enable_opus, "AURALIS_ENABLE_OPUS");
        let opus_bitrate = setting(&flags.opus_bitrate, "AURALIS_OPUS_BITRATE");
        let mut patch = Patch::default();
        for (flag, variable, name) in [
            (&flags.default_key, "AURALIS_DEFAULT_KEY", "key"),
            (&flags.default_bpm, "AURALIS_DEFAULT_BPM", "bpm"),
            (&flags.default_intensity, "AURALIS_DEFAULT_INTENSITY", "intensity"),
            (&flags.enable_effects, "AURALIS_ENABLE_EFFECTS", "effects"),
        ] {
            if let Some(setting) = setting(flag, variable) {
                setting.lay(name, &mut patch)?;
            }
        }
        let opus = enable_opus.map_or(Ok(true), |it| it.parse(parse_switch, "true or false"))?;
        let opus_bitrate = opus_bitrate.map_or(Ok(96), |it| {
            let kilobits = |text: &str| text.parse().ok().filter(|n| (64..=160).contains(n));
            it.parse(kilobits, "a whole number from 64 to 160")
        })?;
        let count = |text: &str| text.parse().ok().filter(|n| (1..=1_000_000).contains(n));
        Ok(Self {
            data: data.map_or(Ok("data".into()), Setting::folder)?,
            rate: rate.map_or(Ok(SampleRate::default()), |it| {
                it.parse(|text| text.parse().ok().and_then(SampleRate::from_hz), "44100 or 48000")
            })?,
            settings: Settings::default().with(&patch),
            chunk: chunk.map_or(Ok(Duration::from_millis(100)), |it| {
                let chunk = |text: &str| text.parse().ok().filter(|ms| (20..=1000).contains(ms));
                it.parse(|text| chunk(text).map(Duration::from_millis), "a whole number from 20 to 1000")
            })?,
            ring: ring.map_or(Ok(Duration::from_secs(2)), |it| {
                let ring = |text: &str| text.parse().ok().filter(|s| (1.0..=60.0).contains(s));
                it.parse(|text| ring(text).map(Duration::from_secs_f64), "a number from 1 to 60")
            })?,
            opus_bitrate: opus.then_some(opus_bitrate),
            most_clients: most_clients
                .map_or(Ok(10), |it| it.parse(count, "a whole number from 1 to 1000000"))?,
            most_sessions: most_sessions
                .map_or(Ok(64), |it| it.parse(count, "a whole number from 1 to 1000000"))?,
            host: host.map_or(Ok(Ipv4Addr::UNSPECIFIED.into()), |it| {
                it.parse(parse_host, "an IP address, like 127.0.0.1, 0.0.0.0 or ::, or localhost")
            })?,
            port: port.map_or(Ok(8000), |it| {
                it.parse(|text| text.parse().ok(), "a whole number from 0 to 65535")
            })?,
            site: site.map_or(Ok("dist".into()), Setting::folder)?,
            log_level: log_level.map_or(Ok(LevelFilter::INFO), |it| {
                it.parse(parse_level, "off, error, warn, info, debug or trace")
            })?,
        })
    }

    /// The address to bind.
    pub fn address(&self) -> SocketAddr {
        SocketAddr::new(self.host, self.port)
    }
}

fn flag_or_variable<'a>(
    flag: &'a Option<OsString>,
    variables: &'a Variables,
    variable: &str,
) -> Option<&'a OsStr> {
    flag.as_ref().or_else(|| variables.0.get(OsStr::new(variable))).map(OsString::as_os_str)
}

fn parse_host(text: &str) -> Option<IpAddr> {
    match text {
        "localhost" => Some(Ipv4Addr::LOCALHOST.into()),
        _ => text.parse().ok(),
    }
}

/// The words that settings of the music take, too.
fn parse_switch(text: &str) -> Option<bool> {
    let mut patch = Patch::default();
    patch.set("effects", text).ok()?;
    patch.effects
}

fn parse_level(text: &str) -> Option<LevelFilter> {
    // By name only: tracing itself would also take numbers.
    let names = ["off", "error", "warn", "info", "debug", "trace"];
    names.contains(&text).then(|| text.parse().ok()).flatten()
}

/// Something that was said, and what it is called.
struct Setting<'a> {
    variable: &'static str,
    value: &'a OsStr,
}

impl Setting<'_> {
    fn parse<T>(self, parse: impl Fn(&str) -> Option<T>, allowed: &'static str) -> Result<T, ConfigError> {
        self.value.to_str().and_then(parse).ok_or_else(|| self.wrong(allowed))
    }

    /// Lays a setting of the music over others.
    fn lay(self, name: &str, patch: &mut Patch) -> Result<(), ConfigError> {
        let text = self.value.to_string_lossy();
        patch.set(name, &text).map_err(|error| ConfigError::Music {
            variable: self.variable,
            value: text.into_owned(),
            allowed: error.allowed,
        })
    }

    fn folder(self) -> Result<PathBuf, ConfigError> {
        if self.value.is_empty() { Err(self.wrong("the path of a folder")) } else { Ok(self.value.into()) }
    }

    fn wrong(&self, allowed: &'static str) -> ConfigError {
        let value = self.value.to_string_lossy().into_owned();
        ConfigError::Value { variable: self.variable, value, allowed }
    }
}

/// Why the relay can't start with what it was told.
#[derive(Debug)]
pub enum ConfigError {
    /// A setting has a value that it can't have.
    Value {
        /// The setting, by its variable's name.
        variable: &'static str,
        /// What it was set to.
        value: String,
        /// What it could be set to.
        allowed: &'static str,
    },
    /// A setting of the music has a value that it can't have.
    Music {
        /// The setting, by its variable's name.
        variable: &'static str,
        /// What it was set to.
        value: String,
        /// What it could be set to.
        allowed: String,
    },
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
            Self::Value { variable, value, allowed } => wrong(f, variable, value, allowed),
            Self::Music { variable, value, allowed } => wrong(f, variable, value, allowed),
            Self::File { path, error: dotenvy::Error::LineParse(line, _) } => {
                write!(f, "{} has a line that isn't NAME=value: {line:?}", path.display())
            }
            Self::File { path, error } => write!(f, "{} can't be read: {error}", path.display()),
        }
    }
}

fn wrong(f: &mut fmt::Formatter<'_>, variable: &str, value: &str, allowed: &str) -> fmt::Result {
    let flag = variable.trim_start_matches("AURALIS_").to_lowercase().replace('_', "-");
    write!(f, "{variable} (or --{flag}) is {value:?}; allowed: {allowed}")
}

impl std::error::Error for ConfigError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(pairs: &[(&str, &str)]) -> Variables {
        Variables(pairs.iter().map(|&(name, value)| (name.into(), value.into())).collect())
    }

    fn flags(arguments: &[&str]) -> Flags {
        Flags::try_parse_from(["auralis-relay"].iter().chain(arguments)).unwrap()
    }

    fn with_variable(name: &str, value: &str) -> Result<Config, String> {
        Config::new(&Flags::default(), &variables(&[(name, value)])).map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_not_said_has_a_default() {
        let config = Config::new(&Flags::default(), &Variables::default()).unwrap();
        assert_eq!(config.address().to_string(), "0.0.0.0:8000");
        assert_eq!((config.site, config.log_level), ("dist".into(), LevelFilter::INFO));
    }

    #[test]
    fn opus_has_a_bitrate_unless_it_is_left_out() {
        let bitrate = |pairs: &[_]| Config::new(&Flags::default(), &variables(pairs)).unwrap().opus_bitrate;
        assert_eq!(bitrate(&[]), Some(96));
        assert_eq!(bitrate(&[("AURALIS_OPUS_BITRATE", "160"), ("AURALIS_ENABLE_OPUS", "yes")]), Some(160));
        assert_eq!(bitrate(&[("AURALIS_OPUS_BITRATE", "64"), ("AURALIS_ENABLE_OPUS", "false")]), None);
    }

    #[test]
    fn flags_come_before_variables() {
        let variables = variables(&[
            ("AURALIS_HOST", "::1"),
            ("AURALIS_PORT", "9000"),
            ("AURALIS_SITE", "there"),
            ("AURALIS_LOG_LEVEL", "debug"),
        ]);
        let config = Config::new(&Flags::default(), &variables).unwrap();
        assert_eq!(config.address().to_string(), "[::1]:9000");
        assert_eq!((config.site, config.log_level), ("there".into(), LevelFilter::DEBUG));
        let flags = flags(&["--host", "localhost", "--port", "0", "--site", "here", "--log-level", "off"]);
        let config = Config::new(&flags, &variables).unwrap();
        assert_eq!(config.address().to_string(), "127.0.0.1:0");
        assert_eq!((config.site, config.log_level), ("here".into(), LevelFilter::OFF));
    }

    #[test]
    fn a_wrong_value_is_named_with_what_is_allowed() {
        for (name, values, flag, allowed) in [
            (
                "AURALIS_HOST",
                &["", "auralis.example", "1.2.3", "127.0.0.1:80", " ::"][..],
                "--host",
                "127.0.0.1",
            ),
            ("AURALIS_PORT", &["", "-1", "65536", "8000.0", "http", "0x50"], "--port", "from 0 to 65535"),
            ("AURALIS_SITE", &[""], "--site", "path of a folder"),
            ("AURALIS_DATA_DIR", &[""], "--data-dir", "path of a folder"),
            ("AURALIS_SAMPLE_RATE", &["", "44.1", "96000"], "--sample-rate", "44100 or 48000"),
            (
                "AURALIS_CHUNK_DURATION_MS",
                &["", "19", "1001", "100.5"],
                "--chunk-duration-ms",
                "from 20 to 1000",
            ),
            (
                "AURALIS_BUFFER_CAPACITY_SEC",
                &["", "0.9", "NaN", "inf", "61"],
                "--buffer-capacity-sec",
                "from 1 to 60",
            ),
            ("AURALIS_DEFAULT_KEY", &["", "H minor"], "--default-key", "a tonic"),
            ("AURALIS_DEFAULT_BPM", &["", "39", "NaN"], "--default-bpm", "40 to"),
            ("AURALIS_DEFAULT_INTENSITY", &["", "1.1", "-0.1"], "--default-intensity", "0 to 1"),
            ("AURALIS_ENABLE_EFFECTS", &["", "maybe"], "--enable-effects", "true"),
            ("AURALIS_MAX_CLIENTS", &["", "0", "-1", "many"], "--max-clients", "from 1"),
            ("AURALIS_MAX_SESSIONS", &["", "0", "1000001"], "--max-sessions", "from 1"),
            ("AURALIS_ENABLE_OPUS", &["", "maybe", "2"], "--enable-opus", "true or false"),
            ("AURALIS_OPUS_BITRATE", &["", "63", "161", "96k", "96.5"], "--opus-bitrate", "from 64 to 160"),
            ("AURALIS_LOG_LEVEL", &["", "loud", "INFO", "3"], "--log-level", "off, error, warn"),
        ] {
            for value in values {
                let message = with_variable(name, value).unwrap_err();
                let parts = [name, &format!("{value:?}"), flag, allowed];
                assert!(parts.iter().all(|part| message.contains(part)), "{message}");
                assert!(!message.contains('\n'));
            }
        }
        let error = Config::new(&flags(&["--port", "-5"]), &Variables::default()).unwrap_err();
        assert!(error.to_string().contains("AURALIS_PORT (or --port) is \"-5\""), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn a_value_that_is_no_text_is_wrong_too() {
        use std::os::unix::ffi::OsStringExt;
        let bytes = OsString::from_vec(vec![0x38, 0xff]);
        let variables = Variables([("AURALIS_PORT".into(), bytes)].into());
        let error = Config::new(&Flags::default(), &variables).unwrap_err();
        assert!(error.to_string().contains("AURALIS_PORT"), "{error}");
    }

    #[test]
    fn the_environment_comes_before_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(".env");
        let environment = || [("AURALIS_PORT".into(), "9000".into())];
        let port_and_site = || {
            let config = Config::new(&Flags::default(), &Variables::with_file(&file, environment()).unwrap());
            config.map(|config| (config.port, config.site)).unwrap()
        };
        assert_eq!(port_and_site(), (9000, "dist".into()));
        std::fs::write(&file, "# where it is\nAURALIS_SITE=\"a b\"\nAURALIS_PORT=1\n").unwrap();
        assert_eq!(port_and_site(), (9000, "a b".into()));
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
