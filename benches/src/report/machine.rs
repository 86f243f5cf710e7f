//! On what, with what and when something was measured.

use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

/// The processor's name, as the system tells it.
#[must_use]
pub fn processor() -> String {
    let named = if cfg!(target_os = "linux") {
        std::fs::read_to_string("/proc/cpuinfo").ok().and_then(|text| {
            let line = text.lines().find(|line| line.starts_with("model name"))?;
            line.split_once(':').map(|(_, name)| name.trim().to_owned())
        })
    } else if cfg!(target_os = "macos") {
        first_line("sysctl", &["-n", "machdep.cpu.brand_string"])
    } else {
        std::env::var("PROCESSOR_IDENTIFIER").ok()
    };
    named.unwrap_or_else(|| std::env::consts::ARCH.to_owned())
}

/// The first line that a program prints, if it runs.
#[must_use]
pub fn first_line(program: &str, arguments: &[&str]) -> Option<String> {
    let output =
        Command::new(program).args(arguments).output().ok().filter(|output| output.status.success())?;
    String::from_utf8_lossy(&output.stdout).lines().next().map(|line| line.trim().to_owned())
}

/// Today, in UTC, as year-month-day.
#[must_use]
pub fn today() -> String {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    date(seconds / 86_400)
}

/// The date so many days after 1970-01-01 (Howard Hinnant, *chrono-compatible low-level date algorithms*).
fn date(days: u64) -> String {
    let z = days + 719_468;
    let (era, day) = (z / 146_097, z % 146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let of_year = day - (365 * year + year / 4 - year / 100);
    let march = (5 * of_year + 2) / 153;
    let month = if march < 10 { march + 3 } else { march - 9 };
    let year = era * 400 + year + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{:02}", of_year - (153 * march + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_right() {
        assert_eq!(
            [0, 11_016, 19_782, 20_088].map(date),
            ["1970-01-01", "2000-02-29", "2024-02-29", "2024-12-31"]
        );
        assert!(!processor().is_empty());
    }
}
