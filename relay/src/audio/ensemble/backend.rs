//! A session that has a GPU do what it can.

use std::sync::Arc;

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
}

impl OnDevice {
    /// From the session's first frame.
    pub(in crate::audio) fn new(session: &Session, log: ChangeLog, ensemble: Arc<Ensemble>) -> Self {
        ensemble.voices.need();
        Self { performance: Performance::new(session, log), textures: Textures::default(), ensemble }
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
        if !self.is_elsewhere() {
            return Ok(self.performance.render_interleaved(out)?);
        }
        let Ensemble { voices, answer, .. } = &*self.ensemble;
        let mut stand = Stand::new(|recordings| voices.play(recordings, *answer));
        self.performance.render_elsewhere(out, &mut stand)?;
        Ok(())
    }

    fn copy(&self) -> Box<dyn Backend> {
        let (performance, ensemble) = (self.performance.clone(), self.ensemble.clone());
        // What is on its way comes to the original.
        Box::new(Self { performance, textures: Textures::default(), ensemble })
    }

    fn is_elsewhere(&self) -> bool {
        self.ensemble.voices.is_on_device()
    }
}
