//! A texture that no session has, to see what a GPU does with it: how long it takes, and how far it is off.

use crate::sheet::Sheet;
use auralis_engine::random::Stream;
use auralis_engine::texture::{Bank, Cloud, Grain, Partial};
use auralis_engine::{Frame, SampleRate};
use auralis_gpu::{Plan, Span};
use wasm_bindgen::JsError;
use wasm_bindgen::prelude::wasm_bindgen;

const RATE: SampleRate = SampleRate::Hz44100;
/// An hour in, between two control points; and how long it is.
const FROM: Frame = Frame(44_100 * 3_600 + 21);
const FRAMES: u32 = 44_100;
/// Control intervals in which its partials stay: longer than that.
const STAY: u32 = 1_034;

#[wasm_bindgen]
impl Sheet {
    /// A second in which so many partials sound and so many grains begin, made of a seed, as loud as music together.
    ///
    /// # Errors
    /// If there are more than a bank or a cloud takes.
    pub fn trial(seed: u64, partials: u32, grains: u32) -> Result<Sheet, JsError> {
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
                hold: STAY,
                fall: s.below(100),
                swell: s.below(1 << 27),
                swell_phase: s.next_u32(),
                depth: s.unit(),
            })
            .collect();
        let loud = level(grains);
        let grains: Vec<_> = (0..grains)
            .map(|_| Grain {
                begin: FROM + u64::from(s.below(FRAMES)),
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
        let plan = Plan { bank: Bank::new(&partials, RATE)?, cloud: Cloud::new(&grains, RATE)? };
        Ok(Self::of_none(plan, Span { from: FROM, frames: FRAMES as usize }))
    }
}
