//! Puts each kernel together from its parts and has naga, which compiles shaders for wgpu, check it: a wrong shader fails the build, not the device.

use std::path::{Path, PathBuf};
use std::{env, fs};

/// A kernel's name, and the files in `src/` that it is made of.
const KERNELS: &[(&str, &[&str])] = &[
    (
        "bank",
        &["kernel/chord.wgsl", "kernel/life.wgsl", "kernel/quad.wgsl", "kernel/span.wgsl", "bank/bank.wgsl"],
    ),
    (
        "voices",
        &[
            "batch/job.wgsl",
            "voice/exact.wgsl",
            "voice/arithmetic.wgsl",
            "voice/adsr.wgsl",
            "voice/lfo.wgsl",
            "voice/noise.wgsl",
            "voice/upsample.wgsl",
            "voice/vco/vco.wgsl",
            "voice/vco/square_saw.wgsl",
            "voice/voice.wgsl",
            "batch/sweep.wgsl",
            "batch/renderer.wgsl",
        ],
    ),
    ("grains", &["kernel/chord.wgsl", "kernel/quad.wgsl", "kernel/span.wgsl", "grains/grains.wgsl"]),
    ("voice_drone", &["score/oscillator.wgsl", "score/filter.wgsl", "score/voice.wgsl", "score/drone.wgsl"]),
    ("voice_pad", &["score/oscillator.wgsl", "score/filter.wgsl", "score/voice.wgsl", "score/pad.wgsl"]),
    ("voice_lead", &["score/oscillator.wgsl", "score/filter.wgsl", "score/voice.wgsl", "score/lead.wgsl"]),
    ("voice_bell", &["score/voice.wgsl", "score/bell.wgsl"]),
    ("voice_grain", &["score/oscillator.wgsl", "score/voice.wgsl", "score/grain.wgsl"]),
    ("voice_noise", &["score/oscillator.wgsl", "score/filter.wgsl", "score/voice.wgsl", "score/noise.wgsl"]),
    ("voice_kick", &["score/oscillator.wgsl", "score/voice.wgsl", "score/kick.wgsl"]),
    ("voice_swell", &["score/oscillator.wgsl", "score/filter.wgsl", "score/voice.wgsl", "score/swell.wgsl"]),
    ("voice_hat", &["score/oscillator.wgsl", "score/filter.wgsl", "score/voice.wgsl", "score/hat.wgsl"]),
];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo names a folder for what is built"));
    for (name, parts) in KERNELS {
        let mut text = String::new();
        for part in *parts {
            let path = Path::new("src").join(part);
            println!("cargo::rerun-if-changed={}", path.display());
            text += &fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        }
        check(name, &text);
        fs::write(out.join(name).with_extension("wgsl"), text).expect("the folder can be written to");
    }
}

#[cfg(feature = "wgpu")]
fn check(name: &str, text: &str) {
    use naga::valid::{Capabilities, ValidationFlags, Validator};
    let module = match naga::front::wgsl::parse_str(text) {
        Ok(module) => module,
        Err(error) => panic!("kernel {name}: {}", error.emit_to_string(text)),
    };
    // No capability beyond what every WebGPU has.
    if let Err(error) = Validator::new(ValidationFlags::all(), Capabilities::empty()).validate(&module) {
        panic!("kernel {name}: {}", error.emit_to_string(text));
    }
}

/// Without devices nothing runs a kernel.
#[cfg(not(feature = "wgpu"))]
fn check(_: &str, _: &str) {}
