//! The relay's clock, as far as it is known here, and how to keep to it.

use std::collections::VecDeque;

/// How many answers are kept: the quickest of them says the most.
const KEPT: usize = 12;
/// In how many seconds an error is put right, and the most by which the pace changes for it: seven cents, less than what is heard of a tone that glides slowly and has
/// no other beside it.
const SECONDS: f64 = 8.0;
const MOST: f64 = 0.004;

/// One ping and its answer.
#[derive(Clone, Copy, Debug)]
struct Answer {
    round_trip: f64,
    offset: f64,
}

/// An estimate of another machine's clock. A ping and its answer bound it to within half of the time that they took together: of the last
/// few the quickest counts (as in NTP's clock filter, RFC 5905, section 10).
#[derive(Clone, Debug, Default)]
pub struct Clock {
    answers: VecDeque<Answer>,
}

impl Clock {
    /// A ping was sent and answered at these times by the own clock, and when the other one said `there`; all in milliseconds.
    pub fn heard(&mut self, sent: f64, received: f64, there: f64) {
        let round_trip = received - sent;
        if round_trip < 0.0 || !there.is_finite() {
            return;
        }
        if self.answers.len() == KEPT {
            self.answers.pop_front();
        }
        self.answers.push_back(Answer { round_trip, offset: there - (sent + received) / 2.0 });
    }

    /// What to add to the own clock to have the other's, in milliseconds.
    #[must_use]
    pub fn offset(&self) -> Option<f64> {
        let quickest = self.answers.iter().min_by(|a, b| a.round_trip.total_cmp(&b.round_trip))?;
        Some(quickest.offset)
    }
}

/// How much more regular it must have become before less lies ready: what is near a limit does not go to and fro.
const CALMER: f64 = 1.5;

/// How much of what comes irregularly, by so many milliseconds, is to lie ready, in seconds, where so much did before.
#[must_use]
pub fn buffer(jitter: f64, before: f64) -> f64 {
    let enough = |jitter: f64| match jitter {
        ..10.0 => 0.3_f64,
        ..25.0 => 0.5,
        ..50.0 => 0.7,
        _ => 1.0,
    };
    enough(jitter).max(enough(jitter * CALMER).min(before))
}

/// How many frames of the session shall go by for each that is heard, where it is late by so many seconds (early, if negative).
#[must_use]
pub fn pace(late: f64) -> f64 {
    1.0 + (late / SECONDS).clamp(-MOST, MOST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quickest_answer_counts() {
        let mut clock = Clock::default();
        assert_eq!(clock.offset(), None);
        clock.heard(1000.0, 1400.0, 51_390.0);
        clock.heard(2000.0, 2010.0, 52_005.0);
        clock.heard(3000.0, 3200.0, 53_010.0);
        assert_eq!(clock.offset(), Some(50_000.0));
        clock.heard(4000.0, 3999.0, 1.0);
        clock.heard(4000.0, 4000.0, f64::NAN);
        assert_eq!(clock.offset(), Some(50_000.0));
        for i in 0..KEPT {
            let at = 5000.0 + i as f64;
            clock.heard(at, at + 20.0, at + 10.0 + 50_001.0);
        }
        assert_eq!(clock.offset(), Some(50_001.0), "clocks drift: what is old is forgotten");
    }

    #[test]
    fn the_more_irregular_the_more_lies_ready() {
        let from_nothing = |jitter| buffer(jitter, 0.0);
        assert_eq!(
            [0.0, 9.9, 10.0, 24.9, 25.0, 50.0, f64::INFINITY].map(from_nothing),
            [0.3, 0.3, 0.5, 0.5, 0.7, 1.0, 1.0]
        );
        assert_eq!([9.0, 6.7, 6.6].map(|jitter| buffer(jitter, 0.5)), [0.5, 0.5, 0.3]);
        assert_eq!(buffer(3.0, 1.0), 0.3);
    }

    #[test]
    fn whoever_keeps_to_the_pace_comes_to_be_on_time_and_never_jumps() {
        for start in [0.3, -0.3, 0.004] {
            // A device whose clock is 100 parts in a million too slow.
            let mut late: f64 = start;
            for _ in 0..600 {
                let ratio = pace(late);
                assert!((ratio - 1.0).abs() < MOST + 1e-9);
                late -= ratio - 1.0 - 100e-6;
            }
            assert!(late.abs() < 0.001, "{late}");
        }
    }
}
