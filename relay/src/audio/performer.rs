//! A backend at its place in a session.

use std::sync::Arc;
use std::time::Duration;

use auralis_engine::{Change, ChangeLog, Frame};

use super::backend::{Backend, Fault, checked, guarded};
use super::shared::Shared;

/// What renders a session, how far it is, and how many of its changes it knows.
pub(super) struct Performer {
    backend: Box<dyn Backend>,
    position: Frame,
    given: usize,
}

impl Performer {
    /// One that has gone to a frame. Costs the rendering of what leads there: two seconds at worst.
    ///
    /// # Errors
    /// If it can't get there.
    pub(super) fn at(shared: &Shared, log: ChangeLog, frame: Frame) -> Result<Self, Fault> {
        let given = log.changes().len();
        let backend = guarded(|| {
            let mut backend = shared.studio.backend(&shared.session, log, shared.streams_only);
            backend.seek(frame)?;
            Ok(backend)
        })?;
        Ok(Self { backend, position: frame, given })
    }

    /// Another that goes on as this one would.
    ///
    /// # Errors
    /// If there is none.
    pub(super) fn copy(&self) -> Result<Self, Fault> {
        guarded(|| Ok(Self { backend: self.backend.copy(), position: self.position, given: self.given }))
    }

    /// Whether most of what it costs is another's than the processor's.
    pub(super) fn is_elsewhere(&self) -> bool {
        self.backend.is_elsewhere()
    }

    /// The next frame that it renders.
    pub(super) const fn position(&self) -> Frame {
        self.position
    }

    /// How many changes it knows.
    pub(super) const fn given(&self) -> usize {
        self.given
    }

    /// Takes the changes that follow those that it knows.
    ///
    /// # Errors
    /// If it can't.
    pub(super) fn take(&mut self, changes: &[Change]) -> Result<(), Fault> {
        for change in changes {
            guarded(|| self.backend.apply(*change))?;
            self.given += 1;
        }
        Ok(())
    }

    /// Renders so many frames, interleaved.
    ///
    /// # Errors
    /// If that is no music.
    pub(super) fn render(&mut self, frames: u64) -> Result<Vec<f32>, Fault> {
        let mut samples = vec![0.0; 2 * frames as usize];
        checked(&mut samples, |out| self.backend.render(out))?;
        self.position = self.position + frames;
        Ok(samples)
    }

    /// How long others' work was waited for since this was asked last.
    pub(super) fn waited(&mut self) -> Duration {
        self.backend.waited()
    }

    /// Renders up to a frame what others have heard.
    ///
    /// # Errors
    /// If that is no music.
    pub(super) fn go_on_to(&mut self, frame: Frame, chunk: u64) -> Result<(), Fault> {
        let mut samples = vec![0.0; 2 * chunk as usize];
        while self.position < frame {
            let frames = chunk.min(frame.0 - self.position.0);
            checked(&mut samples[..2 * frames as usize], |out| self.backend.catch_up(out))?;
            self.position = self.position + frames;
        }
        Ok(())
    }
}

/// From what a chunk is rendered, by a thread that has nothing yet.
pub(super) enum Source {
    /// From a while before.
    Snapshot(Arc<Performer>),
    /// From the session and its log.
    Session(ChangeLog),
}

impl Source {
    /// What renders on from a frame.
    ///
    /// # Errors
    /// If there is nothing.
    pub(super) fn performer(self, shared: &Shared, frame: Frame) -> Result<Performer, Fault> {
        match self {
            Self::Snapshot(snapshot) => snapshot.copy(),
            Self::Session(log) => Performer::at(shared, log, frame),
        }
    }
}
