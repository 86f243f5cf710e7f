//! Plans for the tests of all backends.
#![allow(dead_code, reason = "each test takes what it needs")]

use auralis_engine::random::Stream;
use auralis_engine::texture::{Bank, Cloud, Grain, Partial};
use auralis_engine::{Frame, SampleRate};
use auralis_gpu::Plan;

/// A plan of so many partials and grains, all of which begin within `frames` of `from`. As loud as music.
pub(crate) fn plan(seed: u64, partials: usize, grains: usize, from: u64, frames: u32) -> Plan {
    let mut s = Stream::new(seed, "plan", 0);
    let level = |count: usize| (0.2 / (count.max(1) as f32).sqrt()).min(0.2);
    let hz = |s: &mut Stream| f64::from((s.unit() * 6.6).exp2() * 20.0).min(19_000.0) + f64::from(s.unit());
    let loud = level(partials);
    let partials: Vec<_> = (0..partials)
        .map(|_| Partial {
            hz: if s.chance(0.1) { f64::from(s.range(12_000.0, 19_800.0)) } else { hz(&mut s) },
            phase: s.next_u32(),
            level: s.range(0.0, loud),
            pan: s.range(-1.0, 1.0),
            begin: Frame(from + u64::from(s.below(frames))),
            rise: s.below(40),
            hold: s.below(200),
            fall: s.below(80),
            swell: s.next_u32() >> s.below(32),
            swell_phase: s.next_u32(),
            depth: s.unit(),
        })
        .collect();
    let loud = level(grains);
    let grains: Vec<_> = (0..grains)
        .map(|_| Grain {
            begin: Frame(from + u64::from(s.below(frames))),
            length: 1 + s.below(120),
            hz: hz(&mut s),
            phase: s.next_u32(),
            level: s.range(0.0, loud),
            pan: s.range(-1.0, 1.0),
            noise: if s.chance(0.4) { s.unit() } else { 0.0 },
            narrow: s.below(18),
            seed: s.next_u32(),
        })
        .collect();
    let refused = "the parts are within their ranges";
    let rate = if s.chance(0.5) { SampleRate::Hz44100 } else { SampleRate::Hz48000 };
    Plan {
        bank: Bank::new(&partials, rate).expect(refused),
        cloud: Cloud::new(&grains, rate).expect(refused),
    }
}
