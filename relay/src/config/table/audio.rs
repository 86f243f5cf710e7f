//! How audio is made and handed out.

use std::time::Duration;

use auralis_engine::Quality;
use auralis_gpu::device::Wanted;

use super::super::parse::{device, number, switch};
use super::super::variable::Variable;
use super::{MOST, SWITCH};

pub(super) static VARIABLES: &[Variable] = &[
    Variable {
        name: Wanted::VARIABLE,
        flag: "device",
        value: "NAME",
        about: "What renders. Sessions that clients make themselves, too, are always the processor's. A session that is streams only has its voices \
                on a GPU: auto takes one if there is one, gpu and the names of interfaces ask for one, cpu for none. With reduced new sessions are of \
                reduced quality, for everybody who hears them",
        default: "auto",
        allowed: "auto, gpu, metal (mps), vulkan, cuda, dx12, cpu or reduced",
        read: |config, value| {
            config.device = device(value)?;
            config.settings.quality =
                if config.device == Wanted::Reduced { Quality::Reduced } else { Quality::Full };
            Ok(())
        },
    },
    Variable {
        name: "AURALIS_THREADS",
        flag: "threads",
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
        value: "KBIT",
        about: "How many kilobits a second of Opus takes",
        default: "96",
        allowed: "a whole number from 64 to 160",
        read: |config, value| {
            config.opus_kilobits = number(value, 64..=160)?;
            Ok(())
        },
    },
];

fn cores_but_one() -> usize {
    std::thread::available_parallelism().map_or(1, |cores| cores.get() - 1).max(1)
}
