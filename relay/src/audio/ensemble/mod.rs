//! What a GPU does for sessions that are streams only: their voices, those of all of them in one submission, and the textures of those that are rich.
//!
//! | file | what |
//! |---|---|
//! | `desk.rs` | a thread with a device, where sessions ask for something; what happens to the device is told with its reason |
//! | `voices.rs` | spans of voices, which are waited for, for a bounded time: a device that takes too long is left |
//! | `textures.rs` | pages of textures, which are taken when they are there |
//! | `backend.rs` | a session that asks: what does not come it renders itself, and while there is no device it asks for nothing |

mod backend;
mod desk;
mod textures;
mod voices;

use std::sync::Arc;
use std::time::Duration;

use auralis_gpu::GpuTextures;
use auralis_gpu::chain::{Backend, Chain};
use auralis_gpu::device::{Gpu, Software, Wanted};
use auralis_gpu::plan::Plan;
use auralis_gpu::score::{GpuOrchestra, Recordings, open};
use auralis_gpu::supplier::Speed;

pub(super) use backend::OnDevice;

use super::pace::Pace;
use crate::metrics::Metrics;
use desk::Desk;

/// Devices for many sessions.
pub struct Ensemble {
    voices: Desk<voices::Order>,
    textures: Desk<textures::Order>,
    answer: Duration,
}

impl Ensemble {
    /// On the device that is wanted, which is opened when the first session needs it; nothing where that is the processor.
    pub fn wanted(wanted: Wanted, pace: &Pace) -> Option<Self> {
        let software = Software::from_environment();
        let answer = pace.answer();
        // Whoever asked is answered before he goes, also where the device fails.
        let device = answer * 2 / 3;
        let voices = move || {
            Chain::new(move || async move {
                // As long as nobody listens it may take its time: its first submissions are its slowest.
                let opened = open::open(wanted, software, Gpu::PATIENCE);
                opened
                    .map(|orchestra| orchestra.patient(device))
                    .map_err(|unavailable| unavailable.to_string())
            })
        };
        let textures = move || {
            Chain::new(move || async move {
                let opened = auralis_gpu::open(wanted, software, Gpu::PATIENCE).await;
                opened.map_err(|unavailable| unavailable.to_string())
            })
        };
        let processor = matches!(wanted, Wanted::Cpu | Wanted::Reduced);
        (!processor)
            .then(|| Self::new::<GpuOrchestra, GpuTextures>(voices, textures, wanted.is_gpu(), answer))
    }

    /// On what two chains have; a span of voices is waited for so long. Where there never was a device, that is worth a warning if it was asked for.
    pub fn new<V, T>(
        voices: impl FnOnce() -> Chain<V> + Send + 'static,
        textures: impl FnOnce() -> Chain<T> + Send + 'static,
        asked_for: bool,
        answer: Duration,
    ) -> Self
    where
        V: Backend<Work = Recordings> + Send + 'static,
        T: Backend<Work = Plan> + Send + 'static,
    {
        let (mut of_voices, mut of_textures) = (Speed::default(), Speed::default());
        let voices = Desk::new(voices, asked_for, move |chain, first, orders| {
            voices::serve(chain, first, orders, &mut of_voices, answer);
        });
        let textures = Desk::new(textures, asked_for, move |chain, order, _| {
            textures::serve(chain, order, &mut of_textures)
        });
        Self { voices, textures, answer }
    }

    /// Lets the devices go. What comes after is rendered by the processor.
    pub fn close(&self) {
        self.voices.close();
        self.textures.close();
    }

    /// Where it is told what happens to devices.
    pub fn tell(&self, metrics: &Arc<Metrics>) {
        self.voices.tell(metrics);
        self.textures.tell(metrics);
    }
}

#[cfg(test)]
mod tests;
