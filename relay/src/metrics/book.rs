//! What is known so far: brought up to date once a second, read by whoever asks.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use super::alerts::{Alert, Alerts, Turn};
use super::history::{EACH, History, Snapshot};
use super::metric::{Metric, USUAL_RATE};
use super::process::Usage;
use super::window::{SHORT, Second, Values, Window};

/// What was seen of a session within a second.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    /// What it is called.
    pub(super) session: String,
    /// What was recorded.
    pub(super) second: Second,
    /// How many are in it, and how many of them listen to audio.
    pub(super) clients: usize,
    pub(super) listeners: usize,
    /// How much lies ready.
    pub(super) depth: Duration,
    /// How many phrases are composed ahead, while somebody is there.
    pub(super) queue: Option<usize>,
    /// How many chunks there are to be in a second.
    pub(super) rate: f64,
}

/// What is known of a session, or of them all.
#[derive(Debug, Default)]
struct Page {
    window: Window,
    values: Values,
    history: History,
}

/// All of it.
#[derive(Default)]
pub(super) struct Book {
    /// How many seconds it was kept.
    seconds: u64,
    relay: Page,
    sessions: BTreeMap<String, Page>,
    alerts: Alerts,
    cpu: std::collections::VecDeque<f64>,
}

impl Book {
    /// A second is over. Gives the alerts that were raised or are over.
    pub(super) fn second(&mut self, now: SystemTime, seen: &[Seen], usage: Option<Usage>) -> Vec<Turn> {
        self.seconds += 1;
        let snapshot = self.seconds.is_multiple_of(EACH);
        let mut turns = Vec::new();
        let there = |name: &str| seen.iter().any(|seen| seen.session == name);
        self.sessions.retain(|name, _| there(name));
        let mut all = Values::default();
        let mut clients = 0;
        for seen in seen {
            clients += seen.clients;
            // Nothing is kept of a session that nobody ever heard.
            if seen.clients == 0 && !self.sessions.contains_key(&seen.session) {
                continue;
            }
            let page = self.sessions.entry(seen.session.clone()).or_default();
            page.window.push(seen.second, seen.listeners > 0);
            page.values = page.window.values(seen.depth, seen.queue);
            if snapshot {
                page.history.push(Snapshot { time: now, clients: seen.clients, values: page.values });
            }
            all = all.with(&page.values);
            let scale = seen.rate / USUAL_RATE;
            for metric in Metric::ALL {
                let scale = if metric == Metric::ChunkRate { scale } else { 1.0 };
                let value = page.values.get(metric);
                turns.extend(self.alerts.look(now, Some(&seen.session), metric, value, scale));
            }
        }
        if let Some(usage) = usage {
            self.cpu.push_back(usage.cpu_percent);
            if self.cpu.len() > SHORT {
                self.cpu.pop_front();
            }
            all.cpu_percent = Some(self.cpu.iter().sum::<f64>() / self.cpu.len() as f64);
            all.memory_mib = Some(usage.memory as f64 / f64::from(1 << 20));
        }
        for metric in [Metric::Cpu, Metric::Memory] {
            turns.extend(self.alerts.look(now, None, metric, all.get(metric), 1.0));
        }
        // A session that has ended has nothing to measure.
        for (session, metric) in self.alerts.watched() {
            if session.as_deref().is_some_and(|name| !there(name)) {
                turns.extend(self.alerts.look(now, session.as_deref(), metric, None, 1.0));
            }
        }
        self.relay.values = all;
        if snapshot {
            self.relay.history.push(Snapshot { time: now, clients, values: all });
        }
        turns
    }

    /// What is measured now, in a session or in all.
    pub(super) fn values(&self, session: Option<&str>) -> Values {
        self.page(session).map(|page| page.values).unwrap_or_default()
    }

    /// What was measured before.
    pub(super) fn history(&self, session: Option<&str>) -> Vec<Snapshot> {
        self.page(session).map(|page| page.history.list()).unwrap_or_default()
    }

    fn page(&self, session: Option<&str>) -> Option<&Page> {
        session.map_or(Some(&self.relay), |name| self.sessions.get(name))
    }

    /// The alerts that hold now, and those that are over.
    pub(super) fn alerts(&self, session: Option<&str>) -> (Vec<Alert>, Vec<Alert>) {
        (self.alerts.active(session), self.alerts.past(session))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(session: &str, listeners: usize, latency: u64) -> Seen {
        let second = Second {
            chunks: if listeners > 0 { 10 } else { 0 },
            rendering: Duration::from_millis(20),
            audio: Duration::from_secs(1),
            latency: Duration::from_millis(latency),
            peak: 0.4,
            ..Second::default()
        };
        let (depth, queue) = (Duration::from_millis(390 * (listeners as u64).min(1)), Some(3));
        Seen { session: session.into(), second, clients: listeners, listeners, depth, queue, rate: 10.0 }
    }

    fn at(second: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(second)
    }

    const USAGE: Usage = Usage { cpu_percent: 12.0, cpu_seconds: 1.0, memory: 100 << 20 };

    #[test]
    fn a_relay_that_does_well_has_no_alerts_whoever_comes_and_goes() {
        let mut book = Book::default();
        for second in 0..300 {
            let listeners = usize::from((30..90).contains(&second) || second > 200);
            let turns =
                book.second(at(second), &[seen("main", listeners, 3), seen("idle", 0, 0)], Some(USAGE));
            assert_eq!(turns, [], "{second}");
        }
        assert_eq!(book.values(None).chunk_rate, Some(10.0));
        assert_eq!(book.values(Some("idle")), Values::default());
        assert_eq!((book.values(None).cpu_percent, book.values(None).memory_mib), (Some(12.0), Some(100.0)));
        assert_eq!(book.values(Some("main")).cpu_percent, None);
    }

    #[test]
    fn snapshots_are_ten_seconds_apart_and_a_thousand() {
        let mut book = Book::default();
        for second in 1..=10_100 {
            book.second(at(second), &[seen("main", 1, 3)], None);
        }
        for history in [book.history(None), book.history(Some("main"))] {
            assert_eq!(history.len(), 1000);
            assert_eq!((history[0].time, history[999].time), (at(110), at(10_100)));
        }
        assert!(book.history(Some("nobody")).is_empty());
    }

    #[test]
    fn alerts_are_each_session_s_own_and_end_with_it() {
        let mut book = Book::default();
        let mut turns = Vec::new();
        for second in 0..20 {
            turns.extend(book.second(at(second), &[seen("a", 1, 3), seen("b", 1, 2500)], Some(USAGE)));
        }
        assert!(matches!(&turns[..], [Turn::Raised(alert)] if alert.session.as_deref() == Some("b")));
        assert_eq!(book.values(None).synthesis_latency_ms, Some(2500.0), "as bad as its worst");
        assert!(book.alerts(Some("a")).0.is_empty());
        for second in 20..60 {
            turns.extend(book.second(at(second), &[seen("a", 1, 3)], Some(USAGE)));
        }
        assert!(matches!(&turns[..], [_, Turn::Over(alert)] if alert.metric == Metric::SynthesisLatency));
        assert!(book.history(Some("b")).is_empty(), "nothing is kept of a session that ended");
    }

    #[test]
    fn a_busy_machine_is_an_alert_of_the_relay() {
        let mut book = Book::default();
        let busy = Usage { cpu_percent: 95.0, memory: 5 << 30, ..USAGE };
        let turns: Vec<_> = (0..5).flat_map(|second| book.second(at(second), &[], Some(busy))).collect();
        assert_eq!(turns.len(), 2);
        assert!(book.alerts(Some("main")).0.iter().all(|alert| alert.session.is_none()));
    }
}
