//! A bar with speed on standard error, where that is a terminal.

use auralis_engine::SampleRate;
use indicatif::{ProgressBar, ProgressStyle};
use std::time::Instant;

/// The progress of long work.
pub struct Progress {
    bar: ProgressBar,
    rate: SampleRate,
    frames: u64,
    began: Instant,
}

impl Progress {
    /// A bar for so many frames.
    #[must_use]
    pub fn new(frames: u64, rate: SampleRate) -> Self {
        let bar = ProgressBar::new(frames.div_ceil(u64::from(rate.hz())));
        let style = ProgressStyle::with_template("{bar:32} {pos}/{len} s  {msg}  {eta} left");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self { bar, rate, frames: 0, began: Instant::now() }
    }

    /// So many more frames are done.
    pub fn add(&mut self, frames: u64) {
        let hz = u64::from(self.rate.hz());
        let before = self.frames / hz;
        self.frames += frames;
        // Not for every frame of a rendering in blocks of one.
        if self.frames / hz > before {
            self.bar.set_position(self.frames / hz);
            self.bar.set_message(self.speed());
        }
    }

    /// Takes the bar away.
    pub fn end(&self) {
        self.bar.finish_and_clear();
    }

    /// How much was done, and how fast: "60.0 s at 150 × real time".
    #[must_use]
    pub fn summary(&self) -> String {
        format!("{:.1} s at {}", self.rate.seconds(self.frames), self.speed())
    }

    fn speed(&self) -> String {
        let speed = self.rate.seconds(self.frames) / self.began.elapsed().as_secs_f64().max(1e-9);
        format!("{speed:.0} × real time")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_counts_seconds() {
        let mut progress = Progress::new(88_200, SampleRate::Hz44100);
        progress.add(44_100);
        progress.add(22_050);
        progress.end();
        assert!(progress.summary().starts_with("1.5 s at "));
    }
}
