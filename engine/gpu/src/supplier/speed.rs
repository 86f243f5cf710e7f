//! Whether a device renders faster than the music goes by.

use std::time::Duration;

/// How many sheets too slow, one after the other, are too many: some three seconds of music.
const TOO_MANY: u32 = 8;
/// What a sheet that was quick makes up for, in slow ones: half of one.
const SLOW: u32 = 2;

/// What is known of a device's speed.
#[derive(Debug, Default)]
pub(super) struct Speed {
    slow: u32,
}

impl Speed {
    /// A sheet that lasts so long took so long. Gives whether its device is of no use: what it renders comes too late, and the engine has rendered it meanwhile.
    ///
    /// A sheet is slow where it takes more than half of its time, since two textures sound at once where one goes over into the next.
    pub(super) fn is_of_no_use(&mut self, took: Duration, lasts: Duration) -> bool {
        self.slow = if took > lasts / 2 { self.slow + SLOW } else { self.slow.saturating_sub(1) };
        self.slow >= SLOW * TOO_MANY
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LASTS: Duration = Duration::from_millis(370);

    /// After how many sheets it is left, if at all.
    fn left(took: impl Fn(u64) -> u64) -> Option<u64> {
        let mut speed = Speed::default();
        (1..1000).find(|&at| speed.is_of_no_use(Duration::from_millis(took(at)), LASTS))
    }

    #[test]
    fn a_slow_device_is_left_within_seconds() {
        assert_eq!(left(|_| 400), Some(8));
        assert_eq!(left(|_| 200), Some(8));
        // Half of them are too late.
        assert!(left(|at| if at % 2 == 0 { 500 } else { 20 }).is_some_and(|at| at < 40));
    }

    #[test]
    fn a_quick_one_is_kept_also_where_the_machine_was_busy_for_a_moment() {
        assert_eq!(left(|_| 100), None);
        assert_eq!(left(|at| if at % 20 < 5 { 900 } else { 20 }), None);
    }
}
