//! Whether a device renders faster than the music goes by.

use crate::chain::{Backend, Chain, Portable};
use std::time::Duration;

/// How many spans too slow, one after the other, are too many: of textures some three seconds of music.
const TOO_MANY: u32 = 8;
/// What a span that was quick makes up for, in slow ones: half of one.
const SLOW: u32 = 2;

/// What is known of a device's speed.
#[derive(Debug, Default)]
pub struct Speed {
    slow: u32,
}

impl Speed {
    /// A span for which there is so much time took so long. A device whose spans are slow, time and again, is of no use, and left: what it renders comes too
    /// late, and the engine has rendered it meanwhile.
    ///
    /// A span is slow where it takes more than half of its time, since two may be wanted at once: of textures, where one goes over into the next; of voices, where somebody has
    /// just missed a submission.
    pub fn judge<B: Backend + Portable + 'static>(
        &mut self,
        chain: &mut Chain<B>,
        took: Duration,
        time: Duration,
    ) {
        if self.is_of_no_use(took, time) {
            chain.leave("it is too slow for what it renders to be ready in time".into());
        }
    }

    fn is_of_no_use(&mut self, took: Duration, time: Duration) -> bool {
        self.slow = if took > time / 2 { self.slow + SLOW } else { self.slow.saturating_sub(1) };
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
