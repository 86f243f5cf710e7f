//! A texture that no session has, to see what a GPU does with it: how long it takes, and how far it is off.

use auralis_engine::cpu::Simd;
use auralis_engine::random::Stream;
use auralis_engine::texture::{Bank, Cloud, Grain, Partial};
use auralis_engine::{Frame, SampleRate};
use auralis_gpu::tolerance::{TEXTURE, difference};
use auralis_gpu::{Plan, Span, Stereo};
use wasm_bindgen::JsError;
use wasm_bindgen::prelude::wasm_bindgen;

const RATE: SampleRate = SampleRate::Hz44100;
/// An hour in, between two control points.
const FROM: Frame = Frame(44_100 * 3_600 + 21);
/// Control intervals in which the parts come and go: a second and a half.
const ALIVE: u32 = 1_034;

/// So many partials that sound for a second, and so many grains that begin in it.
#[wasm_bindgen]
pub struct Trial {
    plan: Plan,
}

#[wasm_bindgen]
impl Trial {
    /// Makes them of a seed, as loud as music together.
    ///
    /// # Errors
    /// If there are more than a bank or a cloud takes.
    #[wasm_bindgen(constructor)]
    pub fn new(seed: u64, partials: u32, grains: u32) -> Result<Trial, JsError> {
        let mut s = Stream::new(seed, "trial", 0);
        let level = |count: u32| 0.2 / (count.max(1) as f32).sqrt();
        let loud = level(partials);
        let partials: Vec<_> = (0..partials)
            .map(|_| Partial {
                hz: f64::from(s.range(30.0, 15_000.0)),
                phase: s.next_u32(),
                level: s.range(0.0, loud),
                pan: s.range(-1.0, 1.0),
                begin: FROM.saturating_sub(u64::from(s.below(8_000))),
                rise: s.below(100),
                hold: ALIVE,
                fall: s.below(100),
                swell: s.below(1 << 27),
                swell_phase: s.next_u32(),
                depth: s.unit(),
            })
            .collect();
        let loud = level(grains);
        let grains: Vec<_> = (0..grains)
            .map(|_| Grain {
                begin: FROM + u64::from(s.below(RATE.hz())),
                length: 4 + s.below(120),
                hz: f64::from(s.range(30.0, 15_000.0)),
                phase: s.next_u32(),
                level: s.range(0.0, loud),
                pan: s.range(-1.0, 1.0),
                noise: s.unit(),
                narrow: s.below(16),
                seed: s.next_u32(),
            })
            .collect();
        Ok(Self { plan: Plan { bank: Bank::new(&partials, RATE)?, cloud: Cloud::new(&grains, RATE)? } })
    }

    /// Renders so many frames here: both channels, one after the other.
    #[must_use]
    pub fn twin(&self, frames: u32) -> Vec<f32> {
        joined(&self.plan.twin(Simd::detect(), self.span(frames)))
    }

    /// How far two renderings are apart, as a part of what is allowed: at most 1 is the same sound.
    #[must_use]
    pub fn apart(one: &[f32], other: &[f32]) -> f32 {
        let whole = |samples: &[f32]| Stereo { left: samples.to_vec(), right: Vec::new() };
        difference(&whole(one), &whole(other)) / TEXTURE
    }
}

impl Trial {
    pub(crate) const fn plan(&self) -> &Plan {
        &self.plan
    }

    pub(crate) fn span(&self, frames: u32) -> Span {
        Span { from: FROM, frames: frames as usize }
    }
}

/// Both channels, one after the other.
pub(crate) fn joined(sound: &Stereo) -> Vec<f32> {
    sound.sides().concat()
}
