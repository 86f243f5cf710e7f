//! What is logged, where and how.

use tracing::level_filters::LevelFilter;

use super::super::parse::{number, one_of, or_none, path};
use super::super::variable::Variable;
use super::super::{LogFormat, LogRotation};
use super::FILE;

pub(super) static VARIABLES: &[Variable] = &[
    Variable {
        name: "AURALIS_LOG_LEVEL",
        flag: "log-level",
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
