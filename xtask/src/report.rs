//! Telling what is being done, how long it took, and how it ended.

use std::fmt;
use std::io::{self, Write};
use std::time::{Duration, Instant};

use anyhow::Result;

/// Shows a line. Who has seen enough (`cargo xtask test --list | head -1`) ends no work by it.
pub(crate) fn say(line: impl fmt::Display) {
    let _ = writeln!(io::stdout(), "{line}");
}

/// Runs one step of the work, showing its name and then its time.
pub(crate) fn step<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    say(format_args!("» {name}"));
    let start = Instant::now();
    let value = work()?;
    say(format_args!("  {name}: {}", Time(start.elapsed())));
    Ok(value)
}

/// A length of time for people: `0.4 s`, `12 s`, `3 min 05 s`.
pub(crate) struct Time(pub(crate) Duration);

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.as_secs();
        let text = match seconds {
            0..10 => format!("{:.1} s", self.0.as_secs_f64()),
            10..60 => format!("{seconds} s"),
            _ => format!("{} min {:02} s", seconds / 60, seconds % 60),
        };
        f.pad(&text)
    }
}

/// A size for people, in thousands of bytes, as limits are given.
pub(crate) struct Size(pub(crate) u64);

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}.{} kB", self.0 / 1000, self.0 % 1000 / 100))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_readable() {
        assert_eq!(Time(Duration::from_millis(420)).to_string(), "0.4 s");
        assert_eq!(Time(Duration::from_secs(12)).to_string(), "12 s");
        assert_eq!(Time(Duration::from_secs(185)).to_string(), "3 min 05 s");
        assert_eq!(format!("{:>8}", Time(Duration::from_secs(12))), "    12 s");
    }

    #[test]
    fn sizes_are_readable() {
        assert_eq!(Size(99_940).to_string(), "99.9 kB");
    }
}
