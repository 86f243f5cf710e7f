//! All variables, each defined once: the flags, the help, `.env.example` and `--check-config` are made of this table.

use std::time::Duration;

use auralis_engine::SampleRate;
use tracing::level_filters::LevelFilter;

use super::parse::{device, host, music, networks, number, one_of, or_none, origins, path, switch, text};
use super::variable::{Group, Refused, Variable};
use super::{Environment, LogFormat, LogRotation};

const SWITCH: &str = "true or false";
const FILE: &str = "none, or the path of a file";
const MIB: u64 = 1024 * 1024;

/// What there can be of anything that is counted.
const MOST: usize = 1_000_000;

/// Every variable, in the order in which they are shown.
pub(super) static TABLE: &[Variable] = &[
    Variable {
        name: "AURALIS_ENV",
        flag: "env",
        group: Group::Network,
        value: "NAME",
        about: "Whether others depend on it. In production the log is JSON unless it is said otherwise, and where others reach it, it \
                starts only with TLS, its own or that of a proxy that is named",
        default: "development",
        allowed: "development or production",
        read: |config, value| {
            let words = [("development", Environment::Development), ("production", Environment::Production)];
            config.environment = one_of(value, &words)?;
            Ok(())
        },
    },
    Variable {
        name: "AURALIS_HOST",
        flag: "host",
        group: Group::Network,
        value: "ADDRESS",
        about: "The address to listen at: 127.0.0.1 for this machine only, 0.0.0.0 for all networks",
        default: "0.0.0.0",
        allowed: "an IP address, like 127.0.0.1, 0.0.0.0 or ::, or localhost",
        read: |config, value| {
            config.host = host(value)?;
            Ok(())
        },
    },
    Variable {
        name: "AURALIS_PORT",
        flag: "port",
        group: Group::Network,
        value: "PORT",
        about: "The port to listen at; 0 takes a free one",
        default: "8000",
        allowed: "a whole number from 0 to 65535",
        read: |config, value| {
            config.port = number(value, 0..=u16::MAX)?;
            Ok(())
        },
    },
    Variable {
        name: "AURALIS_METRICS_PORT",
        flag: "metrics-port",
        group: Group::Network,
        value: "PORT",
        about: "A port of its own for those who watch over the relay, which answers there how it is; 0 takes a free one",
        default: "none",
        allowed: "none, or a whole number from 0 to 65535 that is not the other port",
        read: |config, value| {
            config.metrics_port = or_none(value, |value| number(value, 0..=u16::MAX))?;
            Ok(())
        },
    },
    Variable {
        name: "AURALIS_ENABLE_SSL",
        flag: "enable-ssl",
        group: Group::Network,
        value: "BOOL",
        about: "Whether it speaks TLS, at both ports",
        default: "false",
        allowed: SWITCH,
        read: |config, value| {
            config.enable_ssl = switch(value)?;
            Ok(())
        },
    },
    Variable {
        name: "AURALIS_SSL_CERT_PATH",
        flag: "ssl-cert-path",
        group: Group::Network,
        value: "FILE",
        about: "The certificate for TLS, with those that lead to its issuer, as PEM",
        default: "none",
        allowed: FILE,
        read: |config, value| {
            config.ssl_cert = or_none(value, path)?;
            Ok(())
        },
    },
    Variable {
        name: "AURALIS_SSL_KEY_PATH",
        flag: "ssl-key-path",
        group: Group::Network,
        value: "FILE",
        about: "The certificate's private key, as PEM",
        default: "none",
        allowed: FILE,
        read: |config, value| {
            config.ssl_key = or_none(value, path)?;
            Ok(())
        },
    },
    Variable {
        name: "AURALIS_CORS_ORIGINS",
        flag: "cors-origins",
        group: Group::Network,
        value: "ORIGINS",
        about: "Pages of which other origins may use the interface from a browser, with commas between them. Hearing and steering over \
                WebSockets is open to all pages",
        default: "none",
        allowed: "none, *, or origins like https://music.example",
        read: |config, value| {
            config.origins = origins(value)?;
            Ok(())
        },
    },
    Variable {
        name: "AURALIS_TRUSTED_PROXIES",
        flag: "trusted-proxies",
        group: Group::Network,
        value: "NETWORKS",
        about: "Who is believed when he says for whom he asks (X-Forwarded-For): addresses and networks, with commas between them",
        default: "loopback",
        allowed: "none, loopback, or addresses and networks like 10.0.0.5 or 172.16.0.0/12",
        read: |config, value| {
            config.trusted_proxies = networks(value)?;
            Ok(())
        },
    },
    Variable {
        name: "AURALIS_MAX_CONNECTIONS",
        flag: "max-connections",
        group: Group::Network,
        value: "N",
        about: "How many connections may be open at once. Each is an open file, for which the relay asks the system",
        default: "12000",
        allowed: "a whole number from 1 to 1000000",
        read: |config, value| {
            config.most_connections = number(value, 1..=MOST)?;
            Ok(())
        },
    },
    Variable {
        name: "AURALIS_MAX_CLIENTS_PER_ADDRESS",
        flag: "max-clients-per-address",
        group: Group::Network,
        value: "N",
        about: "How many connections an address may have at once; for IPv6, a network of 64 bits. Browsers open up to seven each",
        default: "64",
        allowed: "none, or a whole number from 1 to 1000000",
        read: |config, value| {
            config.most_per_address = or_none(value, |value| number(value, 1..=MOST))?;
            Ok(())
        },
    },
    Variable {
        name: "AURALIS_SITE",
        flag: "site",
        group: Group::Keeping,
        value: "DIR",
        about: "The folder of the built page, in place of the page that is in the program",
        default: "built-in",
        allowed: "built-in, or the path of a folder",
        read: |config, value| {
            config.site = if value == "built-in" { None } else { Some(path(value)?) };
            Ok(())
        },
    },
    Variable {
        name: "AURALIS_DATA_DIR",
        flag: "data-dir",
        group: Group::Keeping,
        value: "DIR",
        about: "The folder in which sessions are kept",
        default: "data",
        allowed: "the path of a folder",
        read: |config, value| {
            config.data = path(value)?;
            Ok(())
        },
    },
    Variable {
        name: "AURALIS_MAX_DISK_MB",
        flag: "max-disk-mb",
        group: Group::Keeping,
        value: "MIB",
        about: "How much of the disk the sessions' database may take, in mebibytes: beyond that nothing begins and nothing is changed",
        default: "1024",
        allowed: "none, or a whole number from 1 to 1000000",
        read: |config, value| {
            let most = or_none(value, |value| number(value, 1..=1_000_000))?;
            config.most_disk = most.map(|mib: u64| mib * MIB);
            Ok(())
        },
    },
    Variable {
        name: "AURALIS_MAX_SESSIONS",
        flag: "max-sessions",
        group: Group::Keeping,
        value: "N",
        about: "How many sessions are kept at most",
        default: "64",
        allowed: "a whole number from 1 to 1000000",
        read: |config, value| {
            config.most_sessions = number(value, 1..=MOST)?;
            Ok(())
        },
    },
    Variable {
        name: "AURALIS_SAMPLE_RATE",
        flag: "sample-rate",
        group: Group::Sessions,
        value: "HZ",
        about: "The sample rate of new sessions, in hertz",
        default: "44100",
        allowed: "44100 or 48000",
        read: |config, value| {
            let hz = text(value)?.parse().map_err(|_| Refused::Value)?;
            config.rate = SampleRate::from_hz(hz).ok_or(Refused::Value)?;
            Ok(())
        },
    },
    Variable {
        name: "AURALIS_DEFAULT_KEY",
        flag: "default-key",
        group: Group::Sessions,
        value: "KEY",
        about: "The key of new sessions",
        default: "A minor",
        allowed: "a tonic and minor or major, like A minor, F# major or Bb minor",
        read: |config, value| music(config, "key", value),
    },
    Variable {
        name: "AURALIS_DEFAULT_BPM",
        flag: "default-bpm",
        group: Group::Sessions,
        value: "BPM",
        about: "The tempo of new sessions, in quarter notes a minute",
        default: "70",
        allowed: "40 to 200",
        read: |config, value| music(config, "bpm", value),
    },
    Variable {
        name: "AURALIS_DEFAULT_INTENSITY",
        flag: "default-intensity",
        group: Group::Sessions,
        value: "X",
        about: "The intensity of new sessions",
        default: "0.5",
        allowed: "0 to 1",
        read: |config, value| music(config, "intensity", value),
    },
    Variable {
        name: "AURALIS_ENABLE_EFFECTS",
        flag: "enable-effects",
        group: Group::Sessions,
        value: "BOOL",
        about: "Whether new sessions have delay and reverb",
        default: "true",
        allowed: SWITCH,
        read: |config, value| music(config, "effects", value),
    },
    Variable {
        name: "AURALIS_ENABLE_TRANSFORMER",
        flag: "enable-transformer",
        group: Group::Sessions,
        value: "BOOL",
        about: "Whether melodies come from a learned model. There is none yet",
        default: "false",
        allowed: "false",
        read: |_, value| match switch(value)? {
            true => Err(Refused::Because("there is no learned melody model yet")),
            false => Ok(()),
        },
    },
    Variable {
        name: "AURALIS_DEVICE",
        flag: "device",
        group: Group::Audio,
        value: "NAME",
        about: "What renders: the processor, which is all that this build has, or the processor with fewer voices and layers (new sessions \
                then are of reduced quality, for everybody who hears them)",
        default: "auto",
        allowed: "auto, cpu or reduced",
        read: |config, value| {
            config.settings.quality = device(value)?;
            Ok(())
        },
    },
    Variable {
        name: "AURALIS_THREADS",
        flag: "threads",
        group: Group::Audio,
        value: "N",
        about: "How many sessions are rendered at once; auto is one for each core but one, and one at least",
        default: "auto",
        allowed: "auto, or a whole number from 1 to 1024",
        read: |config, value| {
            config.threads = if value == "auto" { cores_but_one() } else { number(value, 1..=1024)? };
            Ok(())
        },
    },
    Variable {
        name: "AURALIS_CHUNK_DURATION_MS",
        flag: "chunk-duration-ms",
        group: Group::Audio,
        value: "MS",
        about: "How much audio goes out at once, in milliseconds",
        default: "100",
        allowed: "a whole number from 20 to 1000",
        read: |config, value| {
            config.chunk = Duration::from_millis(number(value, 20..=1000)?);
            Ok(())
        },
    },
    Variable {
        name: "AURALIS_BUFFER_CAPACITY_SEC",
        flag: "buffer-capacity-sec",
        group: Group::Audio,
        value: "SECONDS",
        about: "How much audio is kept for slow listeners, in seconds",
        default: "2.0",
        allowed: "a number from 1 to 60",
        read: |config, value| {
            config.ring = Duration::from_secs_f64(number(value, 1.0..=60.0)?);
            Ok(())
        },
    },
    Variable {
        name: "AURALIS_MAX_CLIENTS",
        flag: "max-clients",
        group: Group::Audio,
        value: "N",
        about: "How many may listen to audio at once",
        default: "10",
        allowed: "a whole number from 1 to 1000000",
        read: |config, value| {
            config.most_clients = number(value, 1..=MOST)?;
            Ok(())
        },
    },
    Variable {
        name: "AURALIS_ENABLE_OPUS",
        flag: "enable-opus",
        group: Group::Audio,
        value: "BOOL",
        about: "Whether sessions are streamed as Opus, too",
        default: "true",
        allowed: SWITCH,
        read: |config, value| {
            config.enable_opus = switch(value)?;
            Ok(())
        },
    },
    Variable {
        name: "AURALIS_OPUS_BITRATE",
        flag: "opus-bitrate",
        group: Group::Audio,
        value: "KBIT",
        about: "How many kilobits a second of Opus takes",
        default: "96",
        allowed: "a whole number from 64 to 160",
        read: |config, value| {
            config.opus_kilobits = number(value, 64..=160)?;
            Ok(())
        },
    },
    Variable {
        name: "AURALIS_LOG_LEVEL",
        flag: "log-level",
        group: Group::Log,
        value: "LEVEL",
        about: "How much is logged",
        default: "info",
        allowed: "off, error, warn, info, debug or trace",
        read: |config, value| {
            let words = [
                ("off", LevelFilter::OFF),
                ("error", LevelFilter::ERROR),
                ("warn", LevelFilter::WARN),
                ("info", LevelFilter::INFO),
                ("debug", LevelFilter::DEBUG),
                ("trace", LevelFilter::TRACE),
            ];
            config.log_level = one_of(value, &words)?;
            Ok(())
        },
    },
    Variable {
        name: "AURALIS_LOG_FORMAT",
        flag: "log-format",
        group: Group::Log,
        value: "FORMAT",
        about: "How lines of the log look; auto is json in production, human otherwise",
        default: "auto",
        allowed: "auto, human or json",
        read: |config, value| {
            let words = [("auto", None), ("human", Some(LogFormat::Human)), ("json", Some(LogFormat::Json))];
            config.log_format = one_of(value, &words)?;
            Ok(())
        },
    },
    Variable {
        name: "AURALIS_LOG_FILE",
        flag: "log-file",
        group: Group::Log,
        value: "FILE",
        about: "A file that the log is written to as well. Its name gets the day or the hour, in UTC, at its end",
        default: "none",
        allowed: FILE,
        read: |config, value| {
            config.log_file = or_none(value, path)?;
            Ok(())
        },
    },
    Variable {
        name: "AURALIS_LOG_ROTATION",
        flag: "log-rotation",
        group: Group::Log,
        value: "PERIOD",
        about: "How often a new file of the log begins",
        default: "daily",
        allowed: "daily, hourly, minutely or never",
        read: |config, value| {
            let words = [
                ("daily", LogRotation::Daily),
                ("hourly", LogRotation::Hourly),
                ("minutely", LogRotation::Minutely),
                ("never", LogRotation::Never),
            ];
            config.log_rotation = one_of(value, &words)?;
            Ok(())
        },
    },
    Variable {
        name: "AURALIS_LOG_FILES",
        flag: "log-files",
        group: Group::Log,
        value: "N",
        about: "How many files of the log are kept: the oldest are removed",
        default: "14",
        allowed: "a whole number from 2 to 10000",
        read: |config, value| {
            config.log_files = number(value, 2..=10_000)?;
            Ok(())
        },
    },
];

fn cores_but_one() -> usize {
    std::thread::available_parallelism().map_or(1, |cores| cores.get() - 1).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_flag_is_its_variable() {
        for variable in TABLE {
            let flag = variable.name.strip_prefix("AURALIS_").unwrap().to_lowercase().replace('_', "-");
            assert_eq!(variable.flag, flag);
            assert!(!variable.about.is_empty() && !variable.about.ends_with('.'), "{}", variable.name);
        }
    }

    #[test]
    fn groups_lie_together() {
        let mut seen = Vec::new();
        for variable in TABLE {
            if seen.last() != Some(&variable.group) {
                assert!(!seen.contains(&variable.group), "{}", variable.name);
                seen.push(variable.group);
            }
        }
    }
}
