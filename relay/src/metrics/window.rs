//! What the values of the last seconds and of the last minute come to.

use std::collections::VecDeque;
use std::time::Duration;

use serde::Serialize;
use utoipa::ToSchema;

use super::metric::Metric;

/// How many seconds what changes fast is looked at: what renders, and how busy the program is.
pub(super) const SHORT: usize = 10;
/// How many seconds what happens seldom is looked at.
const LONG: usize = 60;
/// What silence counts as, in dBFS: what 24 bits can say. As far above is what is no number.
const SILENCE: f64 = -144.0;

/// What a session recorded within a second.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Second {
    /// How many chunks were made.
    pub(super) chunks: u32,
    /// How long rendering them took.
    pub(super) rendering: Duration,
    /// How long they last.
    pub(super) audio: Duration,
    /// The greatest latency.
    pub(super) latency: Duration,
    /// The greatest sample.
    pub(super) peak: f32,
    /// How often rendering failed.
    pub(super) failures: u32,
    /// How many chunks were lost.
    pub(super) dropped: u64,
    /// How many pongs came, and how long they took together.
    pub(super) pongs: u32,
    pub(super) round_trips: Duration,
    /// How often music was composed, and the longest time that it took.
    pub(super) composed: u32,
    pub(super) composing: Duration,
}

/// What is measured now. What cannot be measured is null: nothing is rendered while nobody listens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct Values {
    /// From when a chunk could be begun until it was ready: the worst of the last 10 s.
    pub synthesis_latency_ms: Option<f64>,
    /// How many seconds of audio a second of rendering makes, over the last 10 s.
    pub real_time_factor: Option<f64>,
    /// The share of chunks of the last minute whose rendering failed.
    pub synthesis_failures_percent: Option<f64>,
    /// The greatest sample of the last 10 s; silence is -144.
    pub peak_level_dbfs: Option<f64>,
    /// How much audio lies ready ahead of what is heard.
    pub buffer_depth_ms: Option<f64>,
    /// How many chunks were made in a second, over the last 10 s.
    pub chunk_rate: Option<f64>,
    /// From a ping to its pong: the mean of the last minute.
    pub round_trip_ms: Option<f64>,
    /// How many chunks listeners lost in the last minute.
    pub dropped_chunks_per_minute: Option<f64>,
    /// How long composing took: the worst of the last minute.
    pub phrase_generation_ms: Option<f64>,
    /// How many phrases are composed ahead, 3 at most.
    pub phrase_queue: Option<f64>,
    /// The share of all processors that the program takes, over the last 10 s. Of the whole relay only.
    pub cpu_percent: Option<f64>,
    /// The memory that the program takes. Of the whole relay only.
    pub memory_mib: Option<f64>,
}

impl Values {
    /// The value of a metric.
    pub const fn get(&self, metric: Metric) -> Option<f64> {
        match metric {
            Metric::SynthesisLatency => self.synthesis_latency_ms,
            Metric::RealTimeFactor => self.real_time_factor,
            Metric::SynthesisFailures => self.synthesis_failures_percent,
            Metric::PeakLevel => self.peak_level_dbfs,
            Metric::BufferDepth => self.buffer_depth_ms,
            Metric::ChunkRate => self.chunk_rate,
            Metric::RoundTrip => self.round_trip_ms,
            Metric::DroppedChunks => self.dropped_chunks_per_minute,
            Metric::PhraseGeneration => self.phrase_generation_ms,
            Metric::PhraseQueue => self.phrase_queue,
            Metric::Cpu => self.cpu_percent,
            Metric::Memory => self.memory_mib,
        }
    }

    /// It together with another session's: the worst of both, and the sum of what was lost.
    #[must_use]
    pub(super) fn with(self, other: &Self) -> Self {
        let both = |a: Option<f64>, b: Option<f64>, join: fn(f64, f64) -> f64| match (a, b) {
            (Some(a), Some(b)) => Some(join(a, b)),
            (one, None) | (None, one) => one,
        };
        let worst = |field: fn(&Self) -> Option<f64>| both(field(&self), field(other), f64::max);
        let least = |field: fn(&Self) -> Option<f64>| both(field(&self), field(other), f64::min);
        Self {
            synthesis_latency_ms: worst(|it| it.synthesis_latency_ms),
            real_time_factor: least(|it| it.real_time_factor),
            synthesis_failures_percent: worst(|it| it.synthesis_failures_percent),
            peak_level_dbfs: worst(|it| it.peak_level_dbfs),
            buffer_depth_ms: least(|it| it.buffer_depth_ms),
            chunk_rate: least(|it| it.chunk_rate),
            round_trip_ms: worst(|it| it.round_trip_ms),
            dropped_chunks_per_minute: both(
                self.dropped_chunks_per_minute,
                other.dropped_chunks_per_minute,
                |a, b| a + b,
            ),
            phrase_generation_ms: worst(|it| it.phrase_generation_ms),
            phrase_queue: least(|it| it.phrase_queue),
            cpu_percent: worst(|it| it.cpu_percent),
            memory_mib: worst(|it| it.memory_mib),
        }
    }
}

/// The last minute of a session, a second each.
#[derive(Debug, Default)]
pub(super) struct Window {
    seconds: VecDeque<Second>,
    /// How many seconds somebody has listened without a pause.
    heard: usize,
}

impl Window {
    /// A second is over, with somebody listening all the time or not.
    pub(super) fn push(&mut self, second: Second, heard: bool) {
        self.seconds.push_back(second);
        if self.seconds.len() > LONG {
            self.seconds.pop_front();
        }
        self.heard = if heard { self.heard + 1 } else { 0 };
    }

    /// What it comes to. While somebody listens there is a buffer and a queue; what is there only after a while is judged only then.
    pub(super) fn values(&self, depth: Duration, queue: Option<usize>) -> Values {
        let last = |seconds: usize| self.seconds.iter().rev().take(seconds);
        let chunks = |seconds| last(seconds).map(|second| second.chunks).sum::<u32>();
        let some = |value: f64, there: bool| there.then_some(value);
        let made = chunks(SHORT) > 0;
        let total = |part: fn(&Second) -> Duration| last(SHORT).map(part).sum::<Duration>().as_secs_f64();
        let peak = last(SHORT).map(|second| second.peak).fold(0.0, f32::max);
        let failures: u32 = last(LONG).map(|second| second.failures).sum();
        let tried = chunks(LONG).max(failures);
        let pongs: u32 = last(LONG).map(|second| second.pongs).sum();
        let round_trips: Duration = last(LONG).map(|second| second.round_trips).sum();
        // Not so of the first chunks, whose times a seek is part of.
        let timed = last(SHORT).any(|second| second.audio > Duration::ZERO);
        let settled = self.heard >= SHORT;
        let worst =
            |seconds, part: fn(&Second) -> Duration| last(seconds).map(part).max().unwrap_or_default();
        Values {
            synthesis_latency_ms: some(ms(worst(SHORT, |second| second.latency)), timed),
            real_time_factor: some(
                total(|second| second.audio) / total(|second| second.rendering).max(1e-9),
                timed,
            ),
            synthesis_failures_percent: some(
                100.0 * f64::from(failures) / f64::from(tried.max(1)),
                tried > 0,
            ),
            peak_level_dbfs: some((20.0 * f64::from(peak).log10()).clamp(SILENCE, -SILENCE), made),
            buffer_depth_ms: some(ms(depth), settled),
            chunk_rate: some(f64::from(chunks(SHORT)) / SHORT as f64, settled),
            round_trip_ms: some(ms(round_trips) / f64::from(pongs.max(1)), pongs > 0),
            dropped_chunks_per_minute: some(
                last(LONG).map(|second| second.dropped).sum::<u64>() as f64,
                self.heard > 0 || tried > 0,
            ),
            phrase_generation_ms: some(
                ms(worst(LONG, |second| second.composing)),
                last(LONG).any(|second| second.composed > 0),
            ),
            phrase_queue: queue.map(|phrases| phrases as f64),
            cpu_percent: None,
            memory_mib: None,
        }
    }
}

fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn second() -> Second {
        Second {
            chunks: 10,
            rendering: Duration::from_millis(20),
            audio: Duration::from_secs(1),
            latency: Duration::from_millis(3),
            peak: 0.5,
            ..Second::default()
        }
    }

    #[test]
    fn seconds_come_to_values() {
        let mut window = Window::default();
        for _ in 0..9 {
            window.push(second(), true);
        }
        let early = window.values(Duration::from_millis(390), Some(2));
        assert_eq!((early.chunk_rate, early.buffer_depth_ms), (None, None), "not yet");
        assert_eq!(early.phrase_queue, Some(2.0));
        let failing = Second { failures: 1, dropped: 3, latency: Duration::from_millis(7), ..second() };
        window.push(Second { pongs: 2, round_trips: Duration::from_millis(60), ..failing }, true);
        let values = window.values(Duration::from_millis(390), Some(2));
        assert_eq!((values.chunk_rate, values.buffer_depth_ms), (Some(10.0), Some(390.0)));
        assert_eq!((values.synthesis_latency_ms, values.round_trip_ms), (Some(7.0), Some(30.0)));
        assert_eq!(
            (values.synthesis_failures_percent, values.dropped_chunks_per_minute),
            (Some(1.0), Some(3.0))
        );
        assert!((values.real_time_factor.unwrap() - 50.0).abs() < 1e-9);
        assert!((values.peak_level_dbfs.unwrap() + 6.02).abs() < 0.01);
        assert_eq!(values.phrase_generation_ms, None, "nothing was composed");
    }

    #[test]
    fn old_seconds_are_forgotten_and_nobody_there_is_no_value() {
        let mut window = Window::default();
        window.push(Second { failures: 5, dropped: 9, ..second() }, true);
        for _ in 0..60 {
            window.push(Second::default(), false);
        }
        assert_eq!(window.seconds.len(), 60);
        assert_eq!(window.values(Duration::ZERO, None), Values::default());
    }

    #[test]
    fn silence_has_a_level() {
        let mut window = Window::default();
        window.push(Second { peak: 0.0, ..second() }, true);
        assert_eq!(window.values(Duration::ZERO, None).peak_level_dbfs, Some(-144.0));
    }

    #[test]
    fn the_relay_is_as_bad_as_its_worst_session() {
        let some = |latency, depth, dropped| Values {
            synthesis_latency_ms: Some(latency),
            buffer_depth_ms: Some(depth),
            dropped_chunks_per_minute: Some(dropped),
            ..Values::default()
        };
        let both = some(10.0, 400.0, 2.0).with(&some(30.0, 90.0, 5.0)).with(&Values::default());
        assert_eq!(both, some(30.0, 90.0, 7.0));
    }
}
