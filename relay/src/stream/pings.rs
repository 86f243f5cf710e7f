//! The relay's own pings, and how long their pongs take.

use std::time::{Duration, Instant};

use axum::body::Bytes;

/// The pings of a connection: each carries its number, and only the pong with the number of the last one counts.
#[derive(Default)]
pub(super) struct Pings {
    number: u64,
    sent: Option<Instant>,
}

impl Pings {
    /// What the next ping carries.
    pub(super) fn next(&mut self) -> Bytes {
        self.number += 1;
        self.sent = Some(Instant::now());
        Bytes::copy_from_slice(&self.number.to_be_bytes())
    }

    /// How long ago the ping was sent that this pong answers; nothing if it answers none, as a pong without being asked, or a second one.
    pub(super) fn answered(&mut self, pong: &[u8]) -> Option<Duration> {
        if pong != self.number.to_be_bytes() {
            return None;
        }
        self.sent.take().map(|sent| sent.elapsed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_answer_to_the_last_ping_counts() {
        let mut pings = Pings::default();
        assert_eq!(pings.answered(&[0; 8]), None);
        let first = pings.next();
        assert!(pings.answered(b"").is_none() && pings.answered(&first).is_some());
        assert_eq!(pings.answered(&first), None, "once");
        let second = pings.next();
        assert!(pings.answered(&first).is_none() && pings.answered(&second).is_some());
    }
}
