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

/// What is measured: how long rendering took of the time that there was, on all of this process' processors, or how much of them the whole
/// process took, whatever is more. The first also sees what other programs take away.
pub struct Measured {
    studio: Arc<Studio>,
    cores: f64,
    before: Instant,
    worked: Duration,
    process: Option<ProcessTime>,
}

impl Measured {
    /// What the sessions of a studio cost, from now on.
    pub fn new(studio: Arc<Studio>) -> Self {
        Self {
            cores: available_parallelism().map_or(1.0, |cores| cores.get() as f64),
            before: Instant::now(),
            worked: studio.worked(),
            process: ProcessTime::try_now().ok(),
            studio,
        }
    }
}

impl LoadSource for Measured {
    fn load(&mut self) -> f64 {
        let (now, worked, process) = (Instant::now(), self.studio.worked(), ProcessTime::try_now().ok());
        let passed = (now - self.before).as_secs_f64() * self.cores;
        let rendering = worked.saturating_sub(self.worked).as_secs_f64();
        let all = match (process, self.process) {
            (Some(now), Some(before)) => now.duration_since(before).as_secs_f64(),
            _ => 0.0,
        };
        (self.before, self.worked, self.process) = (now, worked, process);
        if passed > 0.0 { rendering.max(all) / passed } else { 0.0 }
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
