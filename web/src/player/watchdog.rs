//! Notices a worklet that has died without a word, and a context whose clock stands still.
//!
//! Looks may come late or not at all, from a page that is hidden, busy or asleep: only what several looks in good order agree on counts.

/// Looks further apart than this, in seconds, are not in good order: the page was held up, and what waits for it is still to come.
const LONGEST: f64 = 2.5;
/// How many seconds of the context's time may pass without a report, and how many of the wall's may the context's clock stand still.
const SILENT: f64 = 2.0;
const STILL: f64 = 3.0;
/// At least so many looks must agree.
const LOOKS: u32 = 3;

/// What is seen of the player at one moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Look {
    /// Seconds by the page's clock.
    pub now: f64,
    /// Seconds by the context's.
    pub clock: f64,
    /// How many reports have come so far.
    pub reports: u32,
}

/// What several looks amount to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finding {
    /// Time goes on, and nothing is reported.
    Dead,
    /// The context says that it runs, and its clock stands still.
    Still,
}

/// Compares looks at a player that should play, in a context that says that it runs.
#[derive(Debug, Default)]
pub struct Watchdog {
    last: Option<Look>,
    silent: f64,
    still: f64,
    looks: u32,
}

impl Watchdog {
    /// Nothing is to be watched now.
    pub fn rest(&mut self) {
        *self = Self::default();
    }

    /// Takes a look; says what is wrong, once.
    pub fn look(&mut self, look: Look) -> Option<Finding> {
        let last = self.last.replace(look)?;
        let (passed, moved) = (look.now - last.now, look.clock - last.clock);
        if look.reports != last.reports || !(0.0..LONGEST).contains(&passed) || moved < 0.0 {
            self.silent = 0.0;
            self.still = 0.0;
            self.looks = 0;
            return None;
        }
        self.looks += 1;
        self.silent += moved;
        self.still = if moved > 0.0 { 0.0 } else { self.still + passed };
        let finding = if self.looks < LOOKS {
            None
        } else if self.silent > SILENT {
            Some(Finding::Dead)
        } else if self.still > STILL {
            Some(Finding::Still)
        } else {
            None
        };
        if finding.is_some() {
            self.rest();
        }
        finding
    }
}

/// How often within how many seconds what broke is mended: after that something is wrong that mending does not help.
const MOST_REPAIRS: usize = 3;
const REPAIR_SECONDS: f64 = 60.0;

/// Counts repairs.
#[derive(Debug, Default)]
pub struct Repairs {
    times: Vec<f64>,
}

impl Repairs {
    /// Whether one more is worth it, at `now` in seconds.
    pub fn may(&mut self, now: f64) -> bool {
        self.times.retain(|t| now - t < REPAIR_SECONDS);
        let may = self.times.len() < MOST_REPAIRS;
        if may {
            self.times.push(now);
        }
        may
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn watch(looks: impl IntoIterator<Item = (f64, f64, u32)>) -> Vec<(f64, Finding)> {
        let mut dog = Watchdog::default();
        looks
            .into_iter()
            .filter_map(|(now, clock, reports)| Some((now, dog.look(Look { now, clock, reports })?)))
            .collect()
    }

    fn times(step: f64, seconds: f64) -> impl Iterator<Item = f64> {
        (0..).map(move |i| f64::from(i) * step).take_while(move |t| *t < seconds)
    }

    #[test]
    fn all_is_well() {
        assert_eq!(watch(times(0.5, 100.0).map(|t| (t, t, (2.0 * t) as u32))), []);
        // In the background a page may look once a second.
        assert_eq!(watch(times(1.0, 100.0).map(|t| (t, t, (2.0 * t) as u32))), []);
    }

    #[test]
    fn a_worklet_without_a_word_is_dead() {
        let found = watch(times(0.5, 12.0).map(|t| (t, t, (2.0 * t.min(5.0)) as u32)));
        assert_eq!(found[0].1, Finding::Dead);
        assert!(found[0].0 > 7.0 && found[0].0 < 8.5, "{found:?}");
    }

    #[test]
    fn a_clock_that_stands_is_found() {
        let found = watch(times(0.5, 9.5).map(|t| (t, t.min(5.0), (2.0 * t.min(5.0)) as u32)));
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].1, Finding::Still);
    }

    #[test]
    fn a_page_that_was_held_up_proves_nothing() {
        // Five seconds without a look; the reports come after it.
        assert_eq!(watch([(0.0, 0.0, 0), (0.5, 0.5, 1), (5.5, 5.5, 1), (6.0, 6.0, 11), (6.5, 6.5, 12)]), []);
        // Asleep over night, the context's clock too.
        assert_eq!(watch([(0.0, 0.0, 0), (0.5, 0.5, 1), (30_000.0, 0.6, 1), (30_000.5, 1.0, 2)]), []);
        // Looks once a minute, as hidden pages may.
        assert_eq!(watch(times(60.0, 1000.0).map(|t| (t, t, 0))), []);
    }

    #[test]
    fn repairs_come_to_an_end_and_begin_anew() {
        let mut repairs = Repairs::default();
        assert_eq!([0.0, 1.0, 2.0, 3.0].map(|t| repairs.may(t)), [true, true, true, false]);
        assert!(repairs.may(61.5));
    }

    #[test]
    fn another_clock_is_no_fault() {
        assert_eq!(watch([(0.0, 100.0, 5), (0.5, 0.0, 5), (1.0, 0.5, 5), (1.5, 1.0, 6)]), []);
    }
}
