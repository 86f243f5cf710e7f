//! What the program itself takes of the machine.

use std::num::NonZero;
use std::thread;

use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System};

/// What the program takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Usage {
    /// The share of all processors since the last look, in percent.
    pub(super) cpu_percent: f64,
    /// The time of processors so far, in seconds.
    pub(super) cpu_seconds: f64,
    /// The memory, in bytes.
    pub(super) memory: u64,
}

/// This process.
pub(super) struct Process {
    system: System,
    pid: Pid,
    processors: f64,
}

impl Process {
    /// It, where the system tells; the first look at its processors comes to nothing.
    pub(super) fn new() -> Result<Self, sysinfo::Error> {
        let processors = thread::available_parallelism().map_or(1, NonZero::get) as f64;
        Ok(Self { system: System::new()?, pid: sysinfo::get_current_pid()?, processors })
    }

    /// What it takes now. To be asked once a second or so.
    pub(super) fn look(&mut self) -> Option<Usage> {
        let what = ProcessRefreshKind::nothing().with_cpu().with_memory();
        self.system.refresh_processes_specifics(ProcessesToUpdate::Some(&[self.pid]), false, what);
        let process = self.system.process(self.pid)?;
        Some(Usage {
            cpu_percent: f64::from(process.cpu_usage()) / self.processors,
            cpu_seconds: process.accumulated_cpu_time() as f64 / 1000.0,
            memory: process.memory(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, Instant};

    #[test]
    fn work_and_memory_are_seen() {
        let mut process = Process::new().unwrap();
        let before = process.look().unwrap();
        assert!(before.memory > 1 << 20, "{before:?}");
        let kept = vec![1_u8; 64 << 20];
        let deadline = Instant::now() + Duration::from_secs(60);
        // Until half a second of work was seen, however busy the machine is.
        loop {
            let began = Instant::now();
            while began.elapsed() < Duration::from_millis(300) {
                std::hint::black_box(kept.iter().map(|&x| u64::from(x)).sum::<u64>());
            }
            let after = process.look().unwrap();
            if after.cpu_seconds >= before.cpu_seconds + 0.5 && after.cpu_percent > 0.0 {
                assert!(after.memory > before.memory + (32 << 20), "{before:?} {after:?}");
                return;
            }
            assert!(Instant::now() < deadline, "{after:?}");
        }
    }
}
