//! How often a client may ask for something: so many times at once, and then so many a second.

use std::time::Instant;

/// A bucket of tokens.
pub(super) struct Allowance {
    most: f64,
    per_second: f64,
    left: f64,
    looked: Instant,
}

impl Allowance {
    /// A full one.
    pub(super) fn new(most: u32, per_second: f64) -> Self {
        Self { most: f64::from(most), per_second, left: f64::from(most), looked: Instant::now() }
    }

    /// Takes one, if there is one.
    pub(super) fn take(&mut self) -> bool {
        self.take_at(Instant::now())
    }

    fn take_at(&mut self, now: Instant) -> bool {
        let since = now.saturating_duration_since(self.looked).as_secs_f64();
        self.looked = now;
        self.left = (self.left + since * self.per_second).min(self.most);
        let there = self.left >= 1.0;
        if there {
            self.left -= 1.0;
        }
        there
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_burst_and_then_a_trickle() {
        let mut allowance = Allowance::new(3, 2.0);
        let begun = allowance.looked;
        let at = |ms| begun + Duration::from_millis(ms);
        assert_eq!([0, 0, 0, 0].map(|ms| allowance.take_at(at(ms))), [true, true, true, false]);
        assert!(!allowance.take_at(at(400)) && allowance.take_at(at(600)) && !allowance.take_at(at(601)));
        // However long nobody asks, it holds no more than that.
        assert_eq!([9000; 4].map(|ms| allowance.take_at(at(ms))), [true, true, true, false]);
    }
}
