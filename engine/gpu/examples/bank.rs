//! How fast a bank of partials is rendered, by each backend: `cargo run --release -p auralis-gpu --example bank -- --partials 100000`.
//!
//! Options: `--partials N` (4096), `--seconds S` of sound in each span (1), `--grains N` (0) alive at a time beside it.

use auralis_engine::cpu::Simd;
use auralis_engine::random::Stream;
use auralis_engine::texture::{Bank, Cloud, Grain, Partial};
use auralis_engine::{Frame, SampleRate};
use auralis_gpu::device::{Adapters, Gpu};
use auralis_gpu::{Backend, GpuTextures, Plan, Span, Stereo, tolerance};
use pollster::block_on;
use std::sync::Arc;
use std::time::Instant;

const RATE: SampleRate = SampleRate::Hz44100;
/// Spans that are measured, of which the fastest counts.
const TRIES: usize = 5;

fn main() {
    let option = |name: &str, default: f64| {
        let mut words = std::env::args().skip_while(|word| word != name).skip(1);
        words
            .next()
            .map_or(default, |word| word.parse().unwrap_or_else(|_| panic!("{name} {word}: not a number")))
    };
    let (partials, grains) = (option("--partials", 4096.0) as usize, option("--grains", 0.0) as usize);
    let frames = RATE.frames(option("--seconds", 1.0));
    let from = Frame(44_100 * 3_600);
    let plan = plan(partials, grains, from, frames);
    let span = Span { from, frames: frames as usize };
    println!("{partials} partials, {grains} grains at a time, spans of {:.3} s", RATE.seconds(frames));
    let tell = |name: &str, seconds: f64, more: &str| {
        let factor = RATE.seconds(frames) / seconds;
        println!("{name:44} {:9.2} ms {factor:9.2} × real time{more}", seconds * 1e3);
    };
    let mut twin = Stereo::default();
    for simd in Simd::ALL.into_iter().filter(|simd| simd.is_here()) {
        let seconds = fastest(|| twin = plan.twin(simd, span));
        tell(&format!("CPU, one thread, {}", simd.name()), seconds, "");
    }
    let adapters = block_on(Adapters::find());
    if adapters.found().is_empty() {
        println!("no adapter");
    }
    for (at, found) in adapters.found().iter().enumerate() {
        let name = format!("{}, {}", found.api.name(), found.name);
        let opened = block_on(async {
            let gpu = Gpu::open(&adapters, at).await?;
            GpuTextures::new(Arc::new(gpu), Gpu::PATIENCE).await
        });
        let rendered = opened.and_then(|mut gpu| {
            let mut sound = block_on(gpu.render(&plan, span))?;
            let mut failed = None;
            let seconds = fastest(|| match block_on(gpu.render(&plan, span)) {
                Ok(rendered) => sound = rendered,
                Err(error) => failed = Some(error),
            });
            failed.map_or(Ok((sound, seconds)), Err)
        });
        match rendered {
            Ok((sound, seconds)) => {
                let off = 20.0 * tolerance::difference(&sound, &twin).max(1e-9).log10();
                tell(&name, seconds, &format!(", {off:.0} dB from the CPU"));
            }
            Err(error) => println!("{name}: {error}"),
        }
    }
}

fn fastest(mut work: impl FnMut()) -> f64 {
    let once = |_| {
        let began = Instant::now();
        work();
        began.elapsed().as_secs_f64()
    };
    (0..TRIES).map(once).fold(f64::INFINITY, f64::min)
}

/// As loud as music, however many there are.
fn plan(partials: usize, grains: usize, from: Frame, frames: u64) -> Plan {
    let mut s = Stream::new(1, "example", 0);
    let level = |count: usize| (0.1 / (count.max(1) as f32).sqrt()).min(0.1);
    let loud = level(partials);
    let partials: Vec<_> = (0..partials)
        .map(|_| Partial {
            hz: f64::from(s.range(30.0, 12_000.0)),
            phase: s.next_u32(),
            level: loud,
            pan: s.range(-1.0, 1.0),
            begin: from.saturating_sub(44_100),
            rise: s.below(600),
            hold: 100_000,
            fall: s.below(600),
            swell: s.below(1 << 24),
            swell_phase: s.next_u32(),
            depth: s.unit(),
        })
        .collect();
    // A grain of 100 ms, so that in a second ten times as many begin as sound at a time.
    let (loud, length) = (level(grains), 69_u64);
    let all = grains as u64 * (frames / 64 + length) / length;
    let first = from.saturating_sub(length * 64);
    let grains: Vec<_> = (0..all)
        .map(|n| Grain {
            begin: first + n * length * 64 / grains.max(1) as u64,
            length: length as u32,
            hz: f64::from(s.range(100.0, 8_000.0)),
            phase: s.next_u32(),
            level: loud,
            pan: s.range(-1.0, 1.0),
            noise: if s.chance(0.3) { 1.0 } else { 0.0 },
            narrow: s.below(4),
            seed: s.next_u32(),
        })
        .collect();
    let refused = "the parts are within their ranges";
    Plan {
        bank: Bank::new(&partials, RATE).expect(refused),
        cloud: Cloud::new(&grains, RATE).expect(refused),
    }
}
