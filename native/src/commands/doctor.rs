//! `auralis doctor`: what was found, what will be used, and why.

mod gpu;

use crate::commands::devices;
use crate::commands::render::cores;
use crate::device;
use crate::error::{Error, Result};
use crate::live::card::{self, Listed, choose};
use crate::options::{DEFAULT_SEED, Plan, SessionOptions};
use crate::values;
use auralis_engine::cpu::Simd;
use auralis_engine::session::file::FORMAT_VERSION;
use auralis_engine::{Performance, SOUND_VERSION, SampleRate};
use auralis_gpu::device::Wanted;
use clap::Args;
use std::io::Write;
use std::time::Instant;

/// The options of `auralis doctor`: the session whose speed is measured, and the device that is asked for.
#[derive(Args, Clone, Debug)]
pub struct Options {
    #[allow(
        missing_docs,
        reason = "a doc comment would become the help text of the command it is flattened into"
    )]
    #[command(flatten)]
    pub session: SessionOptions,
    /// What would render: auto, gpu, metal (or mps), vulkan, cuda, dx12, webgpu, cpu or reduced [default: AURALIS_DEVICE, else auto]
    #[arg(long, value_name = "NAME", value_parser = values::device)]
    pub device: Option<Wanted>,
}

/// Below this speed, what else the machine does will be heard.
const SAFE: f64 = 5.0;

/// Says what was found and what will be used.
///
/// # Errors
/// If an option is refused. A machine without a sound card is no error: that is what was found.
pub fn run(options: &Options) -> Result<()> {
    let plan = options.session.plan(DEFAULT_SEED)?;
    options.session.save(&plan.session, &plan.log)?;
    let wanted = device::wanted(options.device)?;
    let speed = speed(&plan)?;
    let text = [
        program(),
        processor(),
        gpu::text(wanted),
        sound(&card::list(), &card::host_name(), plan.session.rate),
        verdict(speed, plan.session.rate),
    ]
    .concat();
    std::io::stdout().write_all(text.as_bytes()).map_err(|e| Error::printing(&e))
}

fn program() -> String {
    let rates = SampleRate::ALL.map(|r| r.hz().to_string()).join(" and ");
    format!(
        "Program\n  version        {}\n  sound          version {SOUND_VERSION} (sessions of others are refused unless --any-sound)\n  \
         session files  version {FORMAT_VERSION}\n  rates          {rates} Hz\n",
        env!("CARGO_PKG_VERSION")
    )
}

fn processor() -> String {
    let simd = Simd::detect();
    let why = match simd {
        Simd::Avx512 | Simd::Avx2 => {
            "found on this processor; the baseline would give the same samples, slower"
        }
        Simd::Baseline if cfg!(target_arch = "x86_64") => "the baseline: this processor has no AVX2",
        Simd::Baseline => "the baseline of this kind of processor, and the only variant for it",
    };
    format!(
        "Processor\n  kind           {} on {}\n  found          {}\n  used           {} ({why})\n  cores          {}, all of which `auralis render` uses unless --threads\n",
        std::env::consts::ARCH,
        std::env::consts::OS,
        features().join(", "),
        simd.name(),
        cores()
    )
}

/// What the processor can do, as far as it concerns sound.
fn features() -> Vec<&'static str> {
    #[cfg(target_arch = "x86_64")]
    let found = {
        let has = [
            ("SSE2", true),
            ("SSE4.1", std::arch::is_x86_feature_detected!("sse4.1")),
            ("AVX", std::arch::is_x86_feature_detected!("avx")),
            ("AVX2", std::arch::is_x86_feature_detected!("avx2")),
            ("FMA (not used: it would change the samples)", std::arch::is_x86_feature_detected!("fma")),
            ("AVX-512 (not used)", std::arch::is_x86_feature_detected!("avx512f")),
        ];
        has.into_iter().filter(|(_, there)| *there).map(|(name, _)| name).collect()
    };
    #[cfg(target_arch = "aarch64")]
    let found = vec!["NEON"];
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    let found = vec!["nothing that concerns sound"];
    found
}

fn sound(devices: &Result<Vec<Listed>>, host: &str, rate: SampleRate) -> String {
    let mut text = format!("Sound\n  through        {host}, this system's own\n");
    let nothing = "none: `auralis play` will say so; `auralis render` and --device none work without";
    let devices = match devices {
        Ok(devices) if devices.iter().any(|d| !d.plays.is_empty()) => devices,
        Ok(_) => return text + &format!("  device         {nothing}\n"),
        Err(error) => return text + &format!("  device         {nothing} ({error})\n"),
    };
    for line in devices::describe(devices).lines() {
        text += &format!("  found        {line}\n");
    }
    text + &match devices.iter().find(|d| d.default) {
        None => "  used           none by default: choose one with --device\n".into(),
        Some(device) => match choose(&device.plays, rate.hz()) {
            None => {
                format!("  used           {}, the system's default, but it does not play now\n", device.id)
            }
            Some(config) if config.sample_rate() == rate.hz() => format!(
                "  used           {}, the system's default, at {} Hz, the session's own rate\n",
                device.id,
                rate.hz()
            ),
            Some(config) => format!(
                "  used           {}, the system's default, at {} Hz: it has no {} Hz, so the sound is resampled\n",
                device.id,
                config.sample_rate(),
                rate.hz()
            ),
        },
    }
}

/// Seconds of music per second, on one core.
fn speed(plan: &Plan) -> Result<f64> {
    let mut performance = Performance::new(&plan.session, plan.log.clone());
    let frames = plan.frames_or(10.0);
    // Not from the very beginning, where little sounds yet.
    performance.seek(plan.from + frames)?;
    let mut block = [0.0; 2 * 1024];
    let began = Instant::now();
    for _ in 0..frames.div_ceil(1024) {
        performance.render_interleaved(&mut block)?;
    }
    Ok(plan.session.rate.seconds(frames) / began.elapsed().as_secs_f64().max(1e-9))
}

fn verdict(speed: f64, rate: SampleRate) -> String {
    let advice = if speed >= SAFE {
        "plays live with ease"
    } else if speed >= 1.0 {
        "may stutter when the machine is busy: --quality reduced costs half as much"
    } else {
        "too slow to play live: use --quality reduced, or render to a file"
    };
    format!("Speed\n  measured       {speed:.0} × real time on one core at {} Hz: {advice}\n", rate.hz())
}

#[cfg(test)]
mod tests {
    use super::*;
    use cpal::{SampleFormat, SupportedBufferSize, SupportedStreamConfigRange};

    fn card(hz: u32, default: bool) -> Listed {
        let range =
            SupportedStreamConfigRange::new(2, hz, hz, SupportedBufferSize::Unknown, SampleFormat::F32);
        Listed { id: "hw:0".into(), name: "Card".into(), default, plays: vec![range] }
    }

    #[test]
    fn it_says_what_will_be_used_and_why() {
        let said = |devices: Vec<Listed>| sound(&Ok(devices), "ALSA", SampleRate::Hz44100);
        assert!(said(vec![]).contains("none: `auralis play` will say so"));
        assert!(said(vec![card(44_100, true)]).contains("at 44100 Hz, the session's own rate"));
        assert!(said(vec![card(48_000, true)]).contains("it has no 44100 Hz, so the sound is resampled"));
        assert!(said(vec![card(48_000, false)]).contains("choose one with --device"));
        let dumb = Listed { plays: vec![], ..card(44_100, true) };
        assert!(said(vec![dumb, card(44_100, false)]).contains("does not play now"));
        let error = sound(&Err(Error::Failed("no host".into())), "ALSA", SampleRate::Hz44100);
        assert!(error.contains("(no host)"));
        assert!(verdict(100.0, SampleRate::Hz48000).contains("100 × real time on one core at 48000 Hz"));
        assert!(verdict(2.0, SampleRate::Hz44100).contains("stutter"));
        assert!(verdict(0.5, SampleRate::Hz44100).contains("too slow"));
        assert!(processor().contains(Simd::detect().name()));
    }
}
