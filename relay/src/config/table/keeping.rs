//! What is served and kept.

use super::super::parse::{number, or_none, path};
use super::super::variable::Variable;
use super::MOST;

const MIB: u64 = 1024 * 1024;

pub(super) static VARIABLES: &[Variable] = &[
    Variable {
        name: "AURALIS_SITE",
        flag: "site",
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
        value: "N",
        about: "How many sessions are kept at most",
        default: "64",
        allowed: "a whole number from 1 to 1000000",
        read: |config, value| {
            config.most_sessions = number(value, 1..=MOST)?;
            Ok(())
        },
    },
];
