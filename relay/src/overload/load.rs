//! How much there is to do.

use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::{Duration, Instant};

use cpu_time::ProcessTime;

use crate::audio::Studio;

/// Says how much there is to do.
pub trait LoadSource: Send {
    /// The load since it was last asked, as a share of what the machine can do: 1 is all, more is too much.
    fn load(&mut self) -> f64;
}

/// What is measured: how much of its processors this process takes, or how long it takes to make a chunk, of how long a chunk is, whatever
/// is more. The second is far less than the first as long as a processor is free for whoever has something to do: it sees what other
/// programs take away.
pub struct Measured {
    studio: Arc<Studio>,
    cores: f64,
    before: Instant,
    work: (u64, Duration),
    process: Option<ProcessTime>,
}

impl Measured {
    /// What the sessions of a studio cost, from now on.
    pub fn new(studio: Arc<Studio>) -> Self {
        Self {
            cores: available_parallelism().map_or(1.0, |cores| cores.get() as f64),
            before: Instant::now(),
            work: studio.work(),
            process: ProcessTime::try_now().ok(),
            studio,
        }
    }
}

impl LoadSource for Measured {
    fn load(&mut self) -> f64 {
        let (now, work, process) = (Instant::now(), self.studio.work(), ProcessTime::try_now().ok());
        let share = |part: Duration, whole: f64| if whole > 0.0 { part.as_secs_f64() / whole } else { 0.0 };
        let processors = match (process, self.process) {
            (Some(now), Some(before)) => now.duration_since(before),
            _ => Duration::ZERO,
        };
        let taken = share(processors, (now - self.before).as_secs_f64() * self.cores);
        let made = (work.0 - self.work.0) as f64 * self.studio.pace.chunk.as_secs_f64();
        let waited = share(work.1.saturating_sub(self.work.1), made);
        (self.before, self.work, self.process) = (now, work, process);
        taken.max(waited)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::Pace;

    #[test]
    fn what_this_process_does_is_load() {
        let mut measured = Measured::new(Arc::new(Pace::default().into()));
        let (until, mut x) = (Instant::now() + Duration::from_millis(300), 0_u64);
        while Instant::now() < until {
            x = std::hint::black_box(x + 1);
        }
        let busy = measured.load();
        // However little of a processor there was for it.
        assert!(busy > 0.0 && busy.is_finite(), "{busy}");
    }
}
