//! The player's health: from what the worklet reports, whether quality must step down before the sound breaks, and when it may go up
//! again.
//!
//! Times are seconds of the context's clock. It stands still while the context is suspended, and page timers have no part in it, so that
//! neither a pause nor a tab in the background looks like overload.

use auralis_engine::settings::Quality;
use std::collections::VecDeque;

/// A share of the audio thread's time that leaves too little room, in the mean and at once.
const HIGH_LOAD: f64 = 0.6;
const DIRE_LOAD: f64 = 0.9;
/// The share at reduced quality below which full quality is tried: it costs a little more than twice as much.
const LOW_LOAD: f64 = 0.2;
/// How many seconds of reports a mean is of, and how far back gaps count.
const MEAN_SECONDS: f64 = 2.0;
const GAP_SECONDS: f64 = 15.0;
/// So many gaps within that time are too many; one is, if the load is considerable.
const GAPS: u32 = 2;
const LOAD_WITH_GAP: f64 = 0.3;
/// Seconds after a step in which what is reported is still of the time before it.
const SETTLE_SECONDS: f64 = 3.0;
/// Seconds of calm before quality goes up: at first, and at most, after doubling whenever going up was too early.
const PATIENCE_SECONDS: f64 = 60.0;
const MOST_PATIENCE_SECONDS: f64 = 1920.0;
/// If full quality holds for so long, going up was right.
const PROVEN_SECONDS: f64 = 300.0;

/// What the worklet says of half a second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Report {
    /// The context's time, in seconds.
    pub at: f64,
    /// The engine's share of the audio thread's time, 0 to 1 and beyond.
    pub load: f64,
    /// How often the output went without.
    pub gaps: u32,
}

/// What to do, and why.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Step {
    /// To reduced quality: the load was too high.
    DownForLoad(f64),
    /// To reduced quality: there were so many gaps.
    DownForGaps(u32),
    /// Back to full quality.
    Up,
}

/// Watches over a player.
#[derive(Clone, Debug)]
pub struct Health {
    reports: VecDeque<Report>,
    /// When the last step was, and when there was last reason for worry.
    stepped: Option<f64>,
    worried: f64,
    patience: f64,
    /// When quality last went up.
    raised: Option<f64>,
}

impl Default for Health {
    fn default() -> Self {
        Self {
            reports: VecDeque::new(),
            stepped: None,
            worried: 0.0,
            patience: PATIENCE_SECONDS,
            raised: None,
        }
    }
}

impl Health {
    /// The clock begins anew: another context, or another player. What was learned stays.
    pub fn restart(&mut self) {
        self.reports.clear();
        self.stepped = None;
        self.worried = 0.0;
        self.raised = None;
    }

    /// Takes a report on what is played in a quality, and says what should be done.
    pub fn report(&mut self, report: Report, quality: Quality) -> Option<Step> {
        if self.stepped.is_some_and(|t| report.at - t < SETTLE_SECONDS) {
            return None;
        }
        self.reports.push_back(report);
        while self.reports.front().is_some_and(|r| report.at - r.at > GAP_SECONDS) {
            self.reports.pop_front();
        }
        if self.raised.is_some_and(|t| report.at - t > PROVEN_SECONDS) {
            self.raised = None;
            self.patience = PATIENCE_SECONDS;
        }
        let gaps: u32 = self.reports.iter().map(|r| r.gaps).sum();
        let load = self.mean_load();
        let trouble = if gaps >= GAPS || (gaps > 0 && load.unwrap_or(0.0) > LOAD_WITH_GAP) {
            Some(Step::DownForGaps(gaps))
        } else {
            load.filter(|load| *load > HIGH_LOAD).or_else(|| self.dire_load()).map(Step::DownForLoad)
        };
        match quality {
            Quality::Full | Quality::Rich => {
                let step = trouble?;
                if self.raised.take().is_some() {
                    self.patience = (2.0 * self.patience).min(MOST_PATIENCE_SECONDS);
                }
                self.step(report.at);
                Some(step)
            }
            Quality::Reduced => {
                if trouble.is_some() || report.gaps > 0 || load.is_some_and(|load| load > LOW_LOAD) {
                    self.worried = report.at;
                }
                let calm = report.at - self.worried.max(self.stepped.unwrap_or(0.0));
                if calm < self.patience || load.is_none() {
                    return None;
                }
                self.step(report.at);
                self.raised = Some(report.at);
                Some(Step::Up)
            }
        }
    }

    fn step(&mut self, at: f64) {
        self.stepped = Some(at);
        self.worried = at;
        self.reports.clear();
    }

    /// The mean of the last seconds, once there are as many.
    fn mean_load(&self) -> Option<f64> {
        let last = self.reports.back()?.at;
        let recent: Vec<_> = self.reports.iter().filter(|r| last - r.at < MEAN_SECONDS).collect();
        let enough = recent.len() >= 3 && last - self.reports.front()?.at >= MEAN_SECONDS * 0.7;
        enough.then(|| recent.iter().map(|r| r.load).sum::<f64>() / recent.len() as f64)
    }

    /// Two reports in a row that leave no time to wait for a mean.
    fn dire_load(&self) -> Option<f64> {
        let mut last = self.reports.iter().rev().map(|r| r.load);
        let (one, two) = (last.next()?, last.next()?);
        (one.min(two) > DIRE_LOAD).then_some(one)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reports twice a second; gives the steps with their times, in the quality that follows from them.
    struct Device {
        health: Health,
        quality: Quality,
        now: f64,
    }

    impl Device {
        fn new() -> Self {
            Self { health: Health::default(), quality: Quality::Full, now: 0.0 }
        }

        fn run(&mut self, seconds: f64, load: impl Fn(Quality) -> f64, gap_every: usize) -> Vec<(f64, Step)> {
            let mut steps = Vec::new();
            for i in 1..=(2.0 * seconds) as usize {
                self.now += 0.5;
                let gaps = u32::from(gap_every > 0 && i % gap_every == 0);
                let report = Report { at: self.now, load: load(self.quality), gaps };
                if let Some(step) = self.health.report(report, self.quality) {
                    self.quality = if step == Step::Up { Quality::Full } else { Quality::Reduced };
                    steps.push((self.now, step));
                }
            }
            steps
        }
    }

    fn half(full: f64) -> impl Fn(Quality) -> f64 {
        move |quality| if quality == Quality::Full { full } else { full * 0.46 }
    }

    #[test]
    fn a_healthy_device_is_left_alone() {
        let mut device = Device::new();
        assert_eq!(device.run(7200.0, half(0.5), 0), []);
        assert_eq!(
            device.run(3600.0, half(0.03), 40),
            [],
            "a gap now and then, with hardly any load, is not the engine's"
        );
    }

    #[test]
    fn a_high_load_steps_down_within_seconds_and_a_dire_one_at_once() {
        let mut device = Device::new();
        let steps = device.run(10.0, half(0.7), 0);
        assert_eq!(steps.len(), 1);
        assert!(
            steps[0].0 <= 2.5 && matches!(steps[0].1, Step::DownForLoad(load) if load > 0.6),
            "{steps:?}"
        );
        assert_eq!(Device::new().run(10.0, half(1.2), 0)[0].0, 1.0);
    }

    #[test]
    fn a_single_heavy_moment_is_none() {
        let mut device = Device::new();
        device.run(10.0, half(0.1), 0);
        assert_eq!(device.run(0.5, half(1.5), 0), []);
        assert_eq!(device.run(60.0, half(0.1), 0), []);
    }

    #[test]
    fn gaps_step_down() {
        let steps = Device::new().run(20.0, half(0.05), 3);
        assert_eq!(steps, [(3.0, Step::DownForGaps(2))]);
        let mut busy = Device::new();
        busy.run(3.0, half(0.4), 0);
        assert_eq!(busy.run(0.5, half(0.4), 1), [(3.5, Step::DownForGaps(1))]);
    }

    #[test]
    fn it_goes_up_again_when_it_has_been_calm() {
        let mut device = Device::new();
        device.run(10.0, half(0.7), 0);
        let steps = device.run(120.0, half(0.1), 0);
        assert_eq!(steps.len(), 1);
        assert_eq!(steps[0].1, Step::Up);
        assert!(steps[0].0 >= PATIENCE_SECONDS && steps[0].0 < 10.0 + PATIENCE_SECONDS + 5.0, "{steps:?}");
    }

    #[test]
    fn it_stays_down_while_reduced_quality_costs_much() {
        let mut device = Device::new();
        assert_eq!(device.run(3600.0, half(0.7), 0).len(), 1);
    }

    #[test]
    fn going_up_too_early_is_done_ever_more_seldom() {
        let mut device = Device::new();
        // Full quality is never to be had here, though reduced quality costs next to nothing.
        let deceptive = |quality| if quality == Quality::Full { 0.9 } else { 0.05 };
        let ups: Vec<_> =
            device.run(7200.0, deceptive, 0).into_iter().filter(|s| s.1 == Step::Up).map(|s| s.0).collect();
        let waits: Vec<_> = ups.windows(2).map(|w| w[1] - w[0]).collect();
        assert!(ups.len() <= 7, "{ups:?}");
        assert!(waits.windows(2).all(|w| w[1] > 1.5 * w[0] || w[1] > MOST_PATIENCE_SECONDS), "{waits:?}");
        // Proven once, it is quick again.
        device.run(4000.0, half(0.05), 0);
        device.run(10.0, half(0.9), 0);
        let steps = device.run(120.0, half(0.05), 0);
        assert_eq!(steps.last().map(|s| s.1), Some(Step::Up));
    }

    #[test]
    fn another_clock_is_no_jump_in_time() {
        let mut device = Device::new();
        device.run(600.0, half(0.7), 0);
        device.health.restart();
        device.now = 0.0;
        assert_eq!(device.run(50.0, half(0.1), 0), []);
        assert_eq!(device.run(30.0, half(0.1), 0).len(), 1);
    }
}
