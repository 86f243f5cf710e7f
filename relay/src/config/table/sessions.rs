//! What new sessions are like.

use auralis_engine::SampleRate;

use super::super::parse::{music, switch, text};
use super::super::variable::{Refused, Variable};
use super::SWITCH;

pub(super) static VARIABLES: &[Variable] = &[
    Variable {
        name: "AURALIS_SAMPLE_RATE",
        flag: "sample-rate",
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
        value: "KEY",
        about: "The key of new sessions",
        default: "A minor",
        allowed: "a tonic and minor or major, like A minor, F# major or Bb minor",
        read: |config, value| music(config, "key", value),
    },
    Variable {
        name: "AURALIS_DEFAULT_BPM",
        flag: "default-bpm",
        value: "BPM",
        about: "The tempo of new sessions, in quarter notes a minute",
        default: "70",
        allowed: "40 to 200",
        read: |config, value| music(config, "bpm", value),
    },
    Variable {
        name: "AURALIS_DEFAULT_INTENSITY",
        flag: "default-intensity",
        value: "X",
        about: "The intensity of new sessions",
        default: "0.5",
        allowed: "0 to 1",
        read: |config, value| music(config, "intensity", value),
    },
    Variable {
        name: "AURALIS_ENABLE_EFFECTS",
        flag: "enable-effects",
        value: "BOOL",
        about: "Whether new sessions have delay and reverb",
        default: "true",
        allowed: SWITCH,
        read: |config, value| music(config, "effects", value),
    },
    Variable {
        name: "AURALIS_ENABLE_TRANSFORMER",
        flag: "enable-transformer",
        value: "BOOL",
        about: "Whether melodies come from a learned model. There is none yet",
        default: "false",
        allowed: "false",
        read: |_, value| match switch(value)? {
            true => Err(Refused::Because("there is no learned melody model yet")),
            false => Ok(()),
        },
    },
];
