//! A session that has a GPU do what it can.

use std::sync::Arc;
use std::time::{Duration, Instant};

use auralis_engine::{Change, ChangeLog, Frame, Performance, Session};
use auralis_gpu::score::Stand;

use super::Ensemble;
use super::textures::Textures;
use crate::audio::backend::{Backend, Fault};

/// A performance with its voices and textures from devices whenever these are there. It is at any time what it would be without.
pub(in crate::audio) struct OnDevice {
    performance: Performance,
    textures: Textures,
    ensemble: Arc<Ensemble>,
    /// Whether the latest voices were a device's. Those of reduced quality never are.
    elsewhere: bool,
    /// How long devices were waited for since that was asked last.
    waited: Duration,
}

impl OnDevice {
    /// From the session's first frame.
    pub(in crate::audio) fn new(session: &Session, log: ChangeLog, ensemble: Arc<Ensemble>) -> Self {
        ensemble.voices.need();
        Self::begin(Performance::new(session, log), ensemble)
    }

    fn begin(performance: Performance, ensemble: Arc<Ensemble>) -> Self {
        Self { performance, textures: Textures::default(), ensemble, elsewhere: true, waited: Duration::ZERO }
    }
}

impl Backend for OnDevice {
    fn seek(&mut self, frame: Frame) -> Result<(), Fault> {
        self.textures.begin();
        Ok(self.performance.seek(frame)?)
    }

    fn apply(&mut self, change: Change) -> Result<(), Fault> {
        self.textures.begin();
        Ok(self.performance.apply(change)?)
    }

    fn render(&mut self, out: &mut [f32]) -> Result<(), Fault> {
        self.textures.go_on(&mut self.performance, &self.ensemble.textures);
        let Ensemble { voices, answer, .. } = &*self.ensemble;
        if !voices.is_on_device() {
            return Ok(self.performance.render_interleaved(out)?);
        }
        let waited = &mut self.waited;
        let mut stand = Stand::new(|recordings| {
            let asked = Instant::now();
            let played = voices.play(recordings, *answer);
            *waited += asked.elapsed();
            played
        });
        self.elsewhere = self.performance.render_elsewhere(out, &mut stand)?;
        Ok(())
    }

    /// Without devices, for which there would be waiting.
    fn catch_up(&mut self, out: &mut [f32]) -> Result<(), Fault> {
        Ok(self.performance.render_interleaved(out)?)
    }

    fn copy(&self) -> Box<dyn Backend> {
        // What is on its way comes to the original.
        let copy = Self::begin(self.performance.clone(), self.ensemble.clone());
        Box::new(Self { elsewhere: self.elsewhere, ..copy })
    }

    fn is_elsewhere(&self) -> bool {
        self.elsewhere && self.ensemble.voices.is_on_device()
    }

    fn waited(&mut self) -> Duration {
        std::mem::take(&mut self.waited)
    }
}
