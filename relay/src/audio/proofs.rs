//! What proves the spans of a session that were rendered last, for the clients that synthesize it themselves.

use std::collections::VecDeque;

use auralis_engine::session::Proof;
use auralis_engine::{Frame, SampleRate};

/// How many spans of five seconds are known: a client tells of one some seconds after it.
const KEPT: usize = 12;

/// The proofs of a session.
pub(super) struct Proofs {
    proof: Proof,
    spans: VecDeque<(Frame, u64)>,
}

impl Proofs {
    pub(super) fn new(rate: SampleRate) -> Self {
        Self { proof: Proof::new(rate), spans: VecDeque::with_capacity(KEPT) }
    }

    /// Takes interleaved samples that were rendered from a frame on.
    pub(super) fn take(&mut self, frame: Frame, samples: &[f32]) {
        self.proof.take(frame, samples.as_chunks().0.iter().copied());
        let last = self.proof.last();
        if last.is_some() && last != self.spans.back().copied() {
            if self.spans.len() == KEPT {
                self.spans.pop_front();
            }
            self.spans.extend(last);
        }
    }

    /// What proves the span that begins with a frame, if that was rendered as a whole a short while ago.
    pub(super) fn of(&self, frame: Frame) -> Option<u64> {
        self.spans.iter().rev().find(|(begun, _)| *begun == frame).map(|(_, hash)| *hash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_minute_is_known() {
        let mut proofs = Proofs::new(SampleRate::Hz44100);
        let chunk: Vec<f32> = (0..8820).map(|n| n as f32).collect();
        for n in 0..50 * 14 {
            proofs.take(Frame(n * 4410), &chunk);
        }
        let known: Vec<u64> = (0..14).filter(|n| proofs.of(Frame(n * 220_500)).is_some()).collect();
        assert_eq!(known, (2..14).collect::<Vec<_>>());
        assert_eq!(proofs.of(Frame(220_501)), None);
    }
}
