//! A session with its whole log, played by an engine that is handed each change when its time comes.

use crate::cpu::Simd;
use crate::engine::Engine;
use crate::engine::elsewhere::Elsewhere;
use crate::session::{ApplyError, Change, ChangeLog, Session, Timeline};
use crate::time::Frame;

/// How far ahead of the position changes are handed to the engine, in frames.
const AHEAD: u64 = 1 << 12;

/// Plays a session from its log, from anywhere, for as long as one likes. Where an [`Engine`] knows the last minutes, this knows everything. A clone goes on
/// as the original would.
#[derive(Clone)]
pub struct Performance {
    session: Session,
    log: ChangeLog,
    engine: Engine,
    /// How many of the log's changes the engine has.
    given: usize,
}

impl Performance {
    /// A performance from the session's first frame.
    #[must_use]
    pub fn new(session: &Session, log: ChangeLog) -> Self {
        Self::with_simd(session, log, Simd::detect())
    }

    /// A performance with the given instructions.
    #[must_use]
    pub fn with_simd(session: &Session, log: ChangeLog, simd: Simd) -> Self {
        let engine = Engine::with_simd(session, simd);
        let mut performance = Self { session: *session, log, engine, given: 0 };
        // The log's first changes may lie before what a new engine can still be told, since its limiter looks ahead: they go in with a seek.
        // If there are too many, rendering will say so.
        let _ = performance.seek(Frame::ZERO);
        performance
    }

    /// The session.
    #[must_use]
    pub const fn session(&self) -> &Session {
        &self.session
    }

    /// The log.
    #[must_use]
    pub const fn log(&self) -> &ChangeLog {
        &self.log
    }

    /// The next frame that will be rendered.
    #[must_use]
    pub fn position(&self) -> Frame {
        self.engine.position()
    }

    /// Adds a change to the log, from where it will be played.
    ///
    /// # Errors
    /// If it lies in the past or before the log's last change.
    pub fn apply(&mut self, change: Change) -> Result<(), ApplyError> {
        let earliest = self.engine.earliest_change();
        if change.frame < earliest {
            return Err(ApplyError::Past { frame: change.frame, earliest });
        }
        self.log.push(change).map_err(|e| ApplyError::Past { frame: e.frame, earliest: e.last })
    }

    /// Goes to any frame.
    ///
    /// # Errors
    /// If the log has more changes around there than the engine has room for.
    pub fn seek(&mut self, frame: Frame) -> Result<(), ApplyError> {
        let from = Engine::history_for(self.session.seed, self.session.rate, frame);
        let until = Engine::known_until(frame);
        let timeline = Timeline::from_log(&self.session.settings, &self.log, from, until)?;
        self.engine.seek(frame, &timeline);
        self.given = self.log.changes().partition_point(|c| c.frame < until);
        Ok(())
    }

    /// Renders interleaved frames.
    ///
    /// # Errors
    /// If the log has more changes here than the engine has room for; what was rendered so far is valid.
    pub fn render_interleaved(&mut self, out: &mut [f32]) -> Result<(), ApplyError> {
        for part in out.chunks_mut(AHEAD as usize) {
            self.give_until(self.engine.position() + AHEAD)?;
            self.engine.render_interleaved(part);
        }
        Ok(())
    }

    /// Takes a page of a halo that was rendered elsewhere ([`Engine::supply`]).
    pub fn supply(&mut self, print: u64, page: u64, left: &[f32], right: &[f32]) -> bool {
        self.engine.supply(print, page, left, right)
    }

    /// As [`Performance::render_interleaved`], with voices that sound elsewhere; false if they did not ([`Engine::render_elsewhere`]).
    ///
    /// # Errors
    /// If the log has more changes here than the engine has room for; nothing was rendered then.
    pub fn render_elsewhere(
        &mut self,
        out: &mut [f32],
        voices: &mut impl Elsewhere,
    ) -> Result<bool, ApplyError> {
        self.give_until(self.engine.position() + (out.len() as u64 / 2 + AHEAD))?;
        Ok(self.engine.render_elsewhere(out, voices))
    }

    /// Hands the engine the changes before a frame.
    fn give_until(&mut self, frame: Frame) -> Result<(), ApplyError> {
        while let Some(change) = self.log.changes().get(self.given).filter(|c| c.frame < frame) {
            self.engine.apply(change)?;
            self.given += 1;
        }
        Ok(())
    }
}
