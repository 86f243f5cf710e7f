//! A thread as the system sees it: whether it came to run.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

/// A thread of this process.
#[derive(Clone, Debug)]
pub(super) struct Task(PathBuf);

/// What a thread has done since it began.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spent {
    /// How long it ran.
    running: Duration,
    /// How long it waited for a processor while others had them, until it last ran.
    queued: Duration,
    /// Whether it runs now or would like to; else it waits for something.
    ready: bool,
}

impl Task {
    /// The thread that asks; nothing where the system does not say (only Linux does).
    pub(super) fn current() -> Option<Self> {
        Some(Self(PathBuf::from("/proc").join(fs::read_link("/proc/thread-self").ok()?)))
    }

    /// What it has done.
    pub(super) fn spent(&self) -> Option<Spent> {
        let times = fs::read_to_string(self.0.join("schedstat")).ok()?;
        let mut times = times.split_whitespace().map(|time| time.parse().ok().map(Duration::from_nanos));
        let (running, queued) = (times.next()??, times.next()??);
        let stat = fs::read_to_string(self.0.join("stat")).ok()?;
        // Its name may hold anything; it ends at the last parenthesis.
        let ready = stat.rsplit_once(')')?.1.trim_start().starts_with('R');
        Some(Spent { running, queued, ready })
    }
}

impl Spent {
    /// How much of the time that passed since an earlier look it did something, or waited for something other than a processor.
    pub(super) fn since(&self, before: &Self, passed: Duration) -> Duration {
        if self.ready {
            self.running.saturating_sub(before.running)
        } else {
            passed.saturating_sub(self.queued.saturating_sub(before.queued))
        }
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::time::Instant;

    #[test]
    fn who_waits_for_a_processor_does_nothing_meanwhile() {
        let ms = Duration::from_millis;
        let at = |running, queued, ready| Spent { running: ms(running), queued: ms(queued), ready };
        let before = at(10, 5, true);
        assert_eq!(at(30, 5, true).since(&before, ms(20)), ms(20), "it runs");
        assert_eq!(at(10, 5, true).since(&before, ms(20)), ms(0), "it would like to");
        assert_eq!(at(10, 5, false).since(&before, ms(20)), ms(20), "it waits for something else");
        assert_eq!(at(12, 15, false).since(&before, ms(20)), ms(10), "it did all of that");
    }

    #[test]
    fn the_system_says_what_a_thread_does() {
        let task = Task::current().unwrap();
        let Some(before) = task.spent() else {
            println!("skipped: this system does not say how long a thread runs");
            return;
        };
        let until = Instant::now() + Duration::from_secs(20);
        while task.spent().unwrap().running <= before.running && Instant::now() < until {}
        let after = task.spent().unwrap();
        assert!(after.ready && after.running > before.running, "{after:?}");
    }
}
