//! Where a player sounds.

use auralis_engine::SampleRate;
use wasm_bindgen::prelude::JsValue;
use web_sys::{AudioContext, AudioContextOptions};

/// How long the device shall hold sound, in seconds. Nobody plays along: a long buffer is spare time when the machine is busy, and
/// wakes the audio thread more rarely, which costs a Chromium as much as half the synthesis where it asks for 23 ms.
const LATENCY: f64 = 0.1;

/// Where a player sounds.
#[derive(Clone, Debug)]
pub enum Output {
    /// On the device, through a context of its own at the session's rate.
    Device,
    /// In somebody else's graph, at whatever rate that has. Whoever gives the context connects [`super::Player::output`] to something, and starts, stops
    /// and closes the context.
    Graph(AudioContext),
}

impl Output {
    pub(super) fn context(self, rate: SampleRate) -> Result<AudioContext, JsValue> {
        match self {
            Self::Graph(context) => Ok(context),
            Self::Device => {
                let options = AudioContextOptions::new();
                options.set_sample_rate(rate.hz_f32());
                options.set_latency_hint(&LATENCY.into());
                AudioContext::new_with_context_options(&options)
            }
        }
    }
}
