//! The phrases that are composed ahead: as many as [`MOST`], which is when the composer waits.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use auralis_engine::score::{Score, What};
use auralis_engine::{ChangeLog, Frame, Session};

/// How many phrases are composed ahead.
pub(super) const MOST: usize = 3;

/// When the next phrases begin.
#[derive(Default)]
pub(super) struct Ahead(Mutex<Known>);

#[derive(Default)]
struct Known {
    /// How many changes were known.
    changes: usize,
    begins: Vec<Frame>,
}

impl Ahead {
    /// How many phrases are known beyond a position. Composes as soon as one fewer is known, or the session was changed, and then tells
    /// `composed` how long that took.
    pub(super) fn refill(
        &self,
        session: &Session,
        log: &ChangeLog,
        position: Frame,
        composed: impl FnOnce(Duration),
    ) -> usize {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.begins.retain(|begin| *begin > position);
        if known.begins.len() < MOST || known.changes != log.changes().len() {
            let began = Instant::now();
            known.begins = phrases_after(session, log, position);
            known.changes = log.changes().len();
            composed(began.elapsed());
        }
        known.begins.len()
    }
}

/// When the next phrases begin; fewer where the music cannot be composed any further.
fn phrases_after(session: &Session, log: &ChangeLog, position: Frame) -> Vec<Frame> {
    let events = Score::new(session, log, position + 1).into_iter().flatten();
    let phrases = events.filter(|event| matches!(event.what, What::Phrase { .. }));
    phrases.map(|event| event.frame).take(MOST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_phrases_are_known_at_any_time() {
        let (session, log, ahead) = (Session::new(8), ChangeLog::new(), Ahead::default());
        let mut composed = 0;
        let mut at = |seconds: u64| ahead.refill(&session, &log, Frame(seconds * 44_100), |_| composed += 1);
        assert!((0..600).step_by(5).all(|seconds| at(seconds) == MOST));
        // Each phrase is composed for once, not each look.
        assert!((600 / 45..600 / 10).contains(&composed), "{composed}");
    }
}
