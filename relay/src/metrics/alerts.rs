//! Alerts: raised when a metric is beyond its limit, over when it has been within it for a while.

use std::collections::{BTreeMap, VecDeque};
use std::time::SystemTime;

use auralis_protocol::Severity;
use serde::Serialize;
use utoipa::ToSchema;

use super::events::as_text;
use super::metric::{Metric, Range};
use crate::time;

/// How many looks in a row must find it beyond, and how many within, a second each: what swings around its limit is one alert.
const RAISED: u32 = 3;
const OVER: u32 = 30;
/// How many that are over are kept.
const MOST_PAST: usize = 200;

/// A metric that is, or was, beyond its limit.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Alert {
    /// The metric.
    pub metric: Metric,
    /// In which session; none where it is the whole relay's.
    pub session: Option<String>,
    /// What it was when last looked at; null when there was nothing to measure any more.
    pub value: Option<f64>,
    /// What it was when the alert was raised.
    pub raised_at_value: f64,
    /// The unit of these numbers.
    pub unit: &'static str,
    /// What it should be.
    pub target: Range,
    /// What it may be.
    pub limit: Range,
    /// How bad it is: an `error` makes the relay unhealthy.
    #[schema(value_type = String)]
    pub severity: Severity,
    /// When it was raised.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = DateTime)]
    pub raised: SystemTime,
    /// When it was over; null while it is not.
    #[serde(serialize_with = "maybe_as_text")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub over: Option<SystemTime>,
    /// What is wrong, for people.
    pub sentence: String,
}

fn maybe_as_text<S: serde::Serializer>(
    moment: &Option<SystemTime>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match moment {
        Some(moment) => serializer.serialize_some(&time::text(*moment)),
        None => serializer.serialize_none(),
    }
}

/// What changed at a look.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Turn {
    Raised(Alert),
    Over(Alert),
}

#[derive(Default)]
struct Watch {
    beyond: u32,
    within: u32,
    alert: Option<Alert>,
}

/// All of them.
#[derive(Default)]
pub(super) struct Alerts {
    watched: BTreeMap<(Option<String>, Metric), Watch>,
    past: VecDeque<Alert>,
}

impl Alerts {
    /// Looks at a metric; `scale` is what target and limit are to be multiplied by. To be done once a second for each that there is;
    /// nothing to measure is nothing wrong.
    pub(super) fn look(
        &mut self,
        now: SystemTime,
        session: Option<&str>,
        metric: Metric,
        value: Option<f64>,
        scale: f64,
    ) -> Option<Turn> {
        let of = metric.target();
        let (target, limit) = (of.target.times(scale), of.limit.times(scale));
        let key = (session.map(str::to_owned), metric);
        let beyond = value.filter(|value| !limit.holds(*value));
        if beyond.is_none() && !self.watched.contains_key(&key) {
            return None;
        }
        let watch = self.watched.entry(key.clone()).or_default();
        match beyond {
            Some(_) => (watch.beyond, watch.within) = (watch.beyond + 1, 0),
            None => (watch.beyond, watch.within) = (0, watch.within + 1),
        }
        if let Some(alert) = &mut watch.alert {
            alert.value = value;
            if watch.within < OVER {
                return None;
            }
            let over = Alert { over: Some(now), ..alert.clone() };
            self.watched.remove(&key);
            self.past.push_back(over.clone());
            if self.past.len() > MOST_PAST {
                self.past.pop_front();
            }
            return Some(Turn::Over(over));
        }
        let Some(value) = beyond else {
            self.watched.remove(&key);
            return None;
        };
        if watch.beyond < RAISED {
            return None;
        }
        let whose = session.map_or_else(|| "the relay".into(), |name| format!("session {name:?}"));
        let sentence = format!(
            "{} of {whose}: {value:.1}{}{}; it should be {}, and may be {}",
            of.label,
            if of.unit.is_empty() || of.unit.starts_with(['%', '/']) { "" } else { " " },
            of.unit,
            target.in_words(of.unit),
            limit.in_words(of.unit),
        );
        let alert = Alert {
            metric,
            session: session.map(str::to_owned),
            value: Some(value),
            raised_at_value: value,
            unit: of.unit,
            target,
            limit,
            severity: of.severity,
            raised: now,
            over: None,
            sentence,
        };
        watch.alert = Some(alert.clone());
        Some(Turn::Raised(alert))
    }

    /// What is looked at: what is beyond its limit, or was a moment ago.
    pub(super) fn watched(&self) -> Vec<(Option<String>, Metric)> {
        self.watched.keys().cloned().collect()
    }

    /// Those that hold now, of a session and of the whole relay, or all.
    pub(super) fn active(&self, session: Option<&str>) -> Vec<Alert> {
        let alerts = self.watched.values().filter_map(|watch| watch.alert.clone());
        alerts.filter(|alert| concerns(alert, session)).collect()
    }

    /// Those that are over, the newest first.
    pub(super) fn past(&self, session: Option<&str>) -> Vec<Alert> {
        self.past.iter().rev().filter(|alert| concerns(alert, session)).cloned().collect()
    }
}

fn concerns(alert: &Alert, session: Option<&str>) -> bool {
    session.is_none() || alert.session.is_none() || alert.session.as_deref() == session
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    /// Each metric with a value that may be, and one that may not.
    const TABLE: [(Metric, f64, f64); 13] = [
        (Metric::SynthesisLatency, 2000.0, 2001.0),
        (Metric::RealTimeFactor, 5.0, 4.9),
        (Metric::SynthesisFailures, 5.0, 5.1),
        (Metric::PeakLevel, 0.0, 0.1),
        (Metric::BufferDepth, 50.0, 49.0),
        (Metric::BufferDepth, 1000.0, 1001.0),
        (Metric::ChunkRate, 8.0, 7.9),
        (Metric::RoundTrip, 500.0, 501.0),
        (Metric::DroppedChunks, 10.0, 11.0),
        (Metric::PhraseGeneration, 5000.0, 5001.0),
        (Metric::PhraseQueue, 1.0, 0.0),
        (Metric::Cpu, 90.0, 90.1),
        (Metric::Memory, 4096.0, 4097.0),
    ];

    fn look(alerts: &mut Alerts, at: u64, metric: Metric, value: Option<f64>) -> Option<Turn> {
        alerts.look(SystemTime::UNIX_EPOCH + Duration::from_secs(at), Some("main"), metric, value, 1.0)
    }

    #[test]
    fn each_is_raised_once_and_over_once() {
        for (metric, may, may_not) in TABLE {
            let mut alerts = Alerts::default();
            let mut turns = Vec::new();
            for at in 0..200 {
                let value = if (50..100).contains(&at) { may_not } else { may };
                if let Some(turn) = look(&mut alerts, at, metric, Some(value)) {
                    turns.push((at, turn));
                }
            }
            let [(52, Turn::Raised(raised)), (129, Turn::Over(over))] = &turns[..] else {
                panic!("{metric:?}: {turns:?}");
            };
            assert_eq!((raised.metric, raised.value, raised.over), (metric, Some(may_not), None));
            assert!(raised.sentence.contains("session \"main\""), "{}", raised.sentence);
            assert_eq!((over.value, over.raised), (Some(may), raised.raised));
            assert!(alerts.active(None).is_empty());
            assert_eq!(alerts.past(None).len(), 1);
        }
    }

    #[test]
    fn what_swings_around_its_limit_is_one_alert() {
        let mut alerts = Alerts::default();
        let turns = (0..600).filter(|at| {
            let value = if at % 20 < 10 { 95.0 } else { 85.0 };
            look(&mut alerts, *at, Metric::Cpu, Some(value)).is_some()
        });
        assert_eq!(turns.count(), 1);
        // A single second is none.
        let mut alerts = Alerts::default();
        assert!((0..100).all(|at| {
            let value = if at % 3 == 0 { 85.0 } else { 95.0 };
            look(&mut alerts, at, Metric::Cpu, Some(value)).is_none()
        }));
    }

    #[test]
    fn it_is_over_when_there_is_nothing_to_measure_any_more() {
        let mut alerts = Alerts::default();
        (0..5).for_each(|at| drop(look(&mut alerts, at, Metric::ChunkRate, Some(0.0))));
        assert_eq!(alerts.active(Some("main")).len(), 1);
        assert!(alerts.active(Some("other")).is_empty());
        let over = (5..100).find_map(|at| look(&mut alerts, at, Metric::ChunkRate, None));
        assert!(matches!(over, Some(Turn::Over(alert)) if alert.value.is_none()));
        assert!(alerts.watched().is_empty(), "nothing is kept of it but the alert");
    }

    #[test]
    fn longer_chunks_have_a_lower_rate() {
        let mut alerts = Alerts::default();
        let mut raised = |value| {
            (0..5).any(|_| {
                let turn =
                    alerts.look(SystemTime::UNIX_EPOCH, Some("x"), Metric::ChunkRate, Some(value), 0.1);
                turn.is_some()
            })
        };
        assert!(!raised(0.8) && raised(0.79));
    }

    #[test]
    fn the_past_is_bounded() {
        let mut alerts = Alerts::default();
        for round in 0..MOST_PAST as u64 + 20 {
            (0..40).for_each(|at| {
                look(&mut alerts, 40 * round + at, Metric::Cpu, Some(if at < 5 { 99.0 } else { 1.0 }));
            });
        }
        assert_eq!(alerts.past(None).len(), MOST_PAST);
    }
}
