//! What is measured: the name, the unit, the target and the limit of each metric. Declared once; the REST interface, the alerts, the dashboard and
//! docs/operations.md follow it.

use auralis_protocol::Severity;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Something that is measured, and has a target.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// From when a chunk could be begun until it was ready.
    SynthesisLatency,
    /// How many seconds of audio a second of rendering makes.
    RealTimeFactor,
    /// The share of chunks whose rendering failed.
    SynthesisFailures,
    /// The greatest sample.
    PeakLevel,
    /// How much audio lies ready ahead of what is heard.
    BufferDepth,
    /// How many chunks are made in a second.
    ChunkRate,
    /// From a ping to its pong.
    RoundTrip,
    /// How many chunks listeners lost in a minute, because they were too slow.
    DroppedChunks,
    /// How long composing takes, up to the phrase that was asked for.
    PhraseGeneration,
    /// How many phrases are composed ahead.
    PhraseQueue,
    /// The share of all processors that the program takes.
    Cpu,
    /// The memory that the program takes.
    Memory,
}

/// A range, both of whose ends may be open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct Range {
    /// The least value within it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub least: Option<f64>,
    /// The greatest value within it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub most: Option<f64>,
}

/// What a metric should be.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct Target {
    /// The metric.
    pub metric: Metric,
    /// The field of [`super::Values`] that holds it.
    pub field: &'static str,
    /// What people call it.
    pub label: &'static str,
    /// Its unit, as it follows a number; empty where it has none.
    pub unit: &'static str,
    /// What it should be.
    pub target: Range,
    /// What it may be: beyond is an alert.
    pub limit: Range,
    /// How bad it is to be beyond. `error`: the relay does not do what it is for, and is unhealthy. `warning`: somebody should look.
    #[schema(value_type = String)]
    pub severity: Severity,
}

const fn within(least: f64, most: f64) -> Range {
    Range { least: Some(least), most: Some(most) }
}

const fn at_most(most: f64) -> Range {
    Range { least: None, most: Some(most) }
}

const fn at_least(least: f64) -> Range {
    Range { least: Some(least), most: None }
}

impl Range {
    /// Whether a value lies in it.
    pub fn holds(&self, value: f64) -> bool {
        self.least.is_none_or(|least| value >= least) && self.most.is_none_or(|most| value <= most)
    }

    /// It, times a factor.
    #[must_use]
    pub fn times(self, factor: f64) -> Self {
        let times = |end: Option<f64>| end.map(|end| end * factor);
        Self { least: times(self.least), most: times(self.most) }
    }

    /// It in words: "at most 500 ms".
    pub fn in_words(&self, unit: &str) -> String {
        let unit =
            if unit.is_empty() || unit.starts_with(['%', '/']) { unit.into() } else { format!(" {unit}") };
        match (self.least, self.most) {
            (Some(least), Some(most)) if least == most => format!("{least}{unit}"),
            (Some(least), Some(most)) => format!("{least} to {most}{unit}"),
            (Some(least), None) => format!("at least {least}{unit}"),
            (None, Some(most)) => format!("at most {most}{unit}"),
            (None, None) => "anything".into(),
        }
    }
}

/// The rate of chunks for which the table is written. Where chunks are longer or shorter than 100 ms, target and limit are so, too.
pub(super) const USUAL_RATE: f64 = 10.0;

const GIB: f64 = 1024.0;

impl Metric {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::SynthesisLatency,
        Self::RealTimeFactor,
        Self::SynthesisFailures,
        Self::PeakLevel,
        Self::BufferDepth,
        Self::ChunkRate,
        Self::RoundTrip,
        Self::DroppedChunks,
        Self::PhraseGeneration,
        Self::PhraseQueue,
        Self::Cpu,
        Self::Memory,
    ];

    /// What it should be.
    pub const fn target(self) -> Target {
        use Severity::{Error, Warning};
        let (field, label, unit, target, limit, severity) = match self {
            Self::SynthesisLatency => {
                ("synthesis_latency_ms", "Synthesis latency", "ms", at_most(500.0), at_most(2000.0), Error)
            }
            Self::RealTimeFactor => {
                ("real_time_factor", "Real-time factor", "", at_least(20.0), at_least(5.0), Error)
            }
            Self::SynthesisFailures => {
                ("synthesis_failures_percent", "Synthesis failures", "%", at_most(0.0), at_most(5.0), Error)
            }
            Self::PeakLevel => {
                ("peak_level_dbfs", "Peak level", "dBFS", within(-6.0, 0.0), at_most(0.0), Warning)
            }
            Self::BufferDepth => {
                ("buffer_depth_ms", "Buffer depth", "ms", within(150.0, 500.0), within(50.0, 1000.0), Error)
            }
            Self::ChunkRate => {
                ("chunk_rate", "Chunk rate", "/s", within(USUAL_RATE, USUAL_RATE), at_least(8.0), Error)
            }
            Self::RoundTrip => {
                ("round_trip_ms", "WebSocket round trip", "ms", at_most(100.0), at_most(500.0), Warning)
            }
            Self::DroppedChunks => {
                ("dropped_chunks_per_minute", "Dropped chunks", "/min", at_most(0.0), at_most(10.0), Warning)
            }
            Self::PhraseGeneration => {
                ("phrase_generation_ms", "Phrase generation", "ms", at_most(2000.0), at_most(5000.0), Error)
            }
            // Below 1 there is no such number but 0.
            Self::PhraseQueue => ("phrase_queue", "Phrase queue", "", within(1.0, 3.0), at_least(1.0), Error),
            Self::Cpu => ("cpu_percent", "CPU", "%", at_most(60.0), at_most(90.0), Error),
            Self::Memory => ("memory_mib", "Memory", "MiB", at_most(GIB), at_most(4.0 * GIB), Error),
        };
        Target { metric: self, field, label, unit, target, limit, severity }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_lie_within_limits() {
        for metric in Metric::ALL {
            let Target { target, limit, label, .. } = metric.target();
            for end in [target.least, target.most].into_iter().flatten() {
                assert!(limit.holds(end), "{label}");
            }
        }
    }

    #[test]
    fn ranges_are_said_in_words() {
        assert_eq!(at_most(500.0).in_words("ms"), "at most 500 ms");
        assert_eq!(within(-6.0, 0.0).in_words("dBFS"), "-6 to 0 dBFS");
        assert_eq!(at_least(8.0).times(0.5).in_words("/s"), "at least 4/s");
        assert_eq!(within(10.0, 10.0).in_words("/s"), "10/s");
    }
}
