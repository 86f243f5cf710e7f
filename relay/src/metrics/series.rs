//! The same numbers as Prometheus reads them: names, labels and buckets.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use auralis_protocol::Code;
use prometheus::core::Collector;
use prometheus::{
    Counter, Gauge, GaugeVec, Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge,
    IntGaugeVec, Opts, Registry, TextEncoder,
};

use super::metric::Metric;
use super::window::Values;

/// What is counted, in the order of [`Series`]' counters.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Count {
    /// Chunks that were made.
    Chunks,
    /// Times that rendering failed.
    Failures,
    /// Chunks that were not there when they were due.
    Underruns,
    /// Chunks that listeners lost.
    Dropped,
    /// Changes that were made.
    Accepted,
    /// Changes that were refused.
    Refused,
    /// Times that music was composed.
    Composed,
}

impl Count {
    pub(super) const ALL: [Self; 7] = [
        Self::Chunks,
        Self::Failures,
        Self::Underruns,
        Self::Dropped,
        Self::Accepted,
        Self::Refused,
        Self::Composed,
    ];
}

/// In which way somebody is in a session.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// A WebSocket of this transport.
    Socket(auralis_protocol::Transport),
    /// A player of `/stream.opus`.
    Ogg,
    /// A player of `/stream.wav`.
    Wav,
}

impl Kind {
    pub(super) const ALL: [Self; 6] = {
        use auralis_protocol::Transport::{Json, Opus, Pcm, Score};
        [Self::Socket(Json), Self::Socket(Pcm), Self::Socket(Opus), Self::Socket(Score), Self::Ogg, Self::Wav]
    };

    /// Its name.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Socket(transport) => transport.name(),
            Self::Ogg => "ogg",
            Self::Wav => "wav",
        }
    }

    pub(super) fn place(self) -> usize {
        Self::ALL.iter().position(|kind| *kind == self).unwrap_or_default()
    }
}

/// Upper ends of buckets, in seconds: for what should take far less than a chunk lasts, and for what goes over the network or composes.
const RENDERING: [f64; 12] = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0];
const LATENCY: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0];
const ROUND_TRIP: [f64; 11] = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];
const COMPOSING: [f64; 11] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 2.0, 5.0];

/// All series of the relay.
pub(super) struct Families {
    registry: Registry,
    latency: HistogramVec,
    rendering: HistogramVec,
    round_trip: HistogramVec,
    composing: HistogramVec,
    chunks: IntCounterVec,
    failures: IntCounterVec,
    underruns: IntCounterVec,
    dropped: IntCounterVec,
    controls: IntCounterVec,
    clients: IntGaugeVec,
    gauges: [(Metric, GaugeVec); 4],
    errors: IntCounterVec,
    alerts: IntGaugeVec,
    pub(super) sessions: IntGauge,
    pub(super) cpu: Gauge,
    pub(super) memory: IntGauge,
    pub(super) cpu_time: Counter,
    /// How many meters hold series of a session.
    held: Mutex<HashMap<String, usize>>,
}

/// The series of one session.
pub(super) struct Series {
    pub(super) latency: Histogram,
    pub(super) rendering: Histogram,
    pub(super) round_trip: Histogram,
    pub(super) composing: Histogram,
    counts: [IntCounter; 6],
    clients: [IntGauge; 6],
    gauges: [(Metric, Gauge); 4],
}

impl Families {
    /// All of them, none with a value.
    ///
    /// # Errors
    /// If two have the same name, which a test sees.
    pub(super) fn new() -> Result<Self, prometheus::Error> {
        let registry = Registry::new();
        fn keep<C: Collector + Clone + 'static>(registry: &Registry, it: C) -> Result<C, prometheus::Error> {
            registry.register(Box::new(it.clone()))?;
            Ok(it)
        }
        let of_session = ["session"];
        let histogram = |name: &str, help: &str, buckets: &[f64]| {
            let options = HistogramOpts::new(name, help).buckets(buckets.to_vec());
            keep(&registry, HistogramVec::new(options, &of_session)?)
        };
        let counter = |name: &str, help: &str, labels: &[&str]| {
            keep(&registry, IntCounterVec::new(Opts::new(name, help), labels)?)
        };
        let count = |name: &str, help: &str, labels: &[&str]| {
            keep(&registry, IntGaugeVec::new(Opts::new(name, help), labels)?)
        };
        let gauge = |metric: Metric, name: &str, help: &str| {
            Ok::<_, prometheus::Error>((
                metric,
                keep(&registry, GaugeVec::new(Opts::new(name, help), &of_session)?)?,
            ))
        };
        let build =
            count("auralis_build_info", "Which relay this is: always 1.", &["version", "sound_version"])?;
        let sound = auralis_engine::SOUND_VERSION.to_string();
        build.with_label_values(&[env!("CARGO_PKG_VERSION"), &sound]).set(1);
        let errors = counter("auralis_errors_total", "Errors that clients were told, by code.", &["code"])?;
        for code in Code::ALL {
            errors.with_label_values(&[code_name(code)]);
        }
        Ok(Self {
            latency: histogram(
                "auralis_synthesis_latency_seconds",
                "From when a chunk could be begun until it was ready.",
                &LATENCY,
            )?,
            rendering: histogram(
                "auralis_chunk_render_seconds",
                "How long rendering a chunk took.",
                &RENDERING,
            )?,
            round_trip: histogram(
                "auralis_websocket_round_trip_seconds",
                "From a ping to its pong.",
                &ROUND_TRIP,
            )?,
            composing: histogram(
                "auralis_phrase_generation_seconds",
                "How long composing up to the phrase that was asked for took.",
                &COMPOSING,
            )?,
            chunks: counter("auralis_chunks_total", "Chunks that were made.", &of_session)?,
            failures: counter(
                "auralis_synthesis_failures_total",
                "Times that rendering failed.",
                &of_session,
            )?,
            underruns: counter(
                "auralis_underruns_total",
                "Chunks that were not there when they were due.",
                &of_session,
            )?,
            dropped: counter(
                "auralis_dropped_chunks_total",
                "Chunks that listeners lost because they were too slow.",
                &of_session,
            )?,
            controls: counter(
                "auralis_controls_total",
                "Changes of a session that were accepted or refused.",
                &["session", "outcome"],
            )?,
            clients: count(
                "auralis_clients",
                "Who is in a session, by transport.",
                &["session", "transport"],
            )?,
            gauges: [
                gauge(
                    Metric::RealTimeFactor,
                    "auralis_real_time_factor",
                    "Seconds of audio that a second of rendering makes.",
                )?,
                gauge(Metric::PeakLevel, "auralis_peak_level_dbfs", "The greatest sample of the last 10 s.")?,
                gauge(
                    Metric::BufferDepth,
                    "auralis_buffer_depth_seconds",
                    "How much audio lies ready ahead of what is heard.",
                )?,
                gauge(Metric::PhraseQueue, "auralis_phrase_queue", "Phrases that are composed ahead.")?,
            ],
            errors,
            alerts: count("auralis_alerts", "Alerts that hold now, by metric.", &["metric"])?,
            sessions: keep(&registry, IntGauge::new("auralis_sessions", "Sessions that the relay keeps.")?)?,
            cpu: keep(
                &registry,
                Gauge::new("auralis_cpu_ratio", "The share of all processors that the relay takes, 0 to 1.")?,
            )?,
            memory: keep(
                &registry,
                IntGauge::new("process_resident_memory_bytes", "The memory that the relay takes.")?,
            )?,
            cpu_time: keep(
                &registry,
                Counter::new("process_cpu_seconds_total", "The time of processors that the relay took.")?,
            )?,
            held: Mutex::default(),
            registry,
        })
    }

    /// The series of a session, until [`Families::forget`].
    pub(super) fn of(&self, session: &str) -> Series {
        *self.held().entry(session.into()).or_default() += 1;
        let label = [session];
        let outcome = |outcome| self.controls.with_label_values(&[session, outcome]);
        Series {
            latency: self.latency.with_label_values(&label),
            rendering: self.rendering.with_label_values(&label),
            round_trip: self.round_trip.with_label_values(&label),
            composing: self.composing.with_label_values(&label),
            counts: [
                self.chunks.with_label_values(&label),
                self.failures.with_label_values(&label),
                self.underruns.with_label_values(&label),
                self.dropped.with_label_values(&label),
                outcome("accepted"),
                outcome("refused"),
            ],
            clients: Kind::ALL.map(|kind| self.clients.with_label_values(&[session, kind.name()])),
            gauges: self.gauges.each_ref().map(|(metric, gauge)| (*metric, gauge.with_label_values(&label))),
        }
    }

    /// Nothing is told of a session any more, unless another one of that name has begun meanwhile.
    pub(super) fn forget(&self, session: &str) {
        let mut held = self.held();
        if let Some(count) = held.get_mut(session) {
            *count -= 1;
            if *count > 0 {
                return;
            }
            held.remove(session);
        }
        // Each of these is there: they were made together.
        for family in [&self.latency, &self.rendering, &self.round_trip, &self.composing] {
            let _ = family.remove_label_values(&[session]);
        }
        for family in [&self.chunks, &self.failures, &self.underruns, &self.dropped] {
            let _ = family.remove_label_values(&[session]);
        }
        for outcome in ["accepted", "refused"] {
            let _ = self.controls.remove_label_values(&[session, outcome]);
        }
        for kind in Kind::ALL {
            let _ = self.clients.remove_label_values(&[session, kind.name()]);
        }
        for (_, family) in &self.gauges {
            let _ = family.remove_label_values(&[session]);
        }
    }

    fn held(&self) -> std::sync::MutexGuard<'_, HashMap<String, usize>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A client was told an error.
    pub(super) fn error(&self, code: Code) {
        self.errors.with_label_values(&[code_name(code)]).inc();
    }

    /// How many alerts of a metric hold.
    pub(super) fn alerts(&self, metric: Metric, count: usize) {
        let name = serde_json::to_value(metric).unwrap_or_default();
        self.alerts.with_label_values(&[name.as_str().unwrap_or_default()]).set(count as i64);
    }

    /// All of it, in the text format.
    ///
    /// # Errors
    /// If a family has no name, which none has not.
    pub(super) fn text(&self) -> Result<String, prometheus::Error> {
        TextEncoder::new().encode_to_string(&self.registry.gather())
    }
}

impl Series {
    /// So many more.
    pub(super) fn count(&self, what: Count, more: u64) {
        // Composing is not there: its histogram counts itself.
        if let Some(counter) = self.counts.get(what as usize) {
            counter.inc_by(more);
        }
    }

    /// How many are there in a way.
    pub(super) fn clients(&self, kind: Kind) -> &IntGauge {
        &self.clients[kind.place()]
    }

    /// Shows what is measured now; what is not is NaN, so that nobody takes it for a measurement.
    pub(super) fn show(&self, values: &Values) {
        for (metric, gauge) in &self.gauges {
            let unit = if *metric == Metric::BufferDepth { 0.001 } else { 1.0 };
            gauge.set(values.get(*metric).map_or(f64::NAN, |value| value * unit));
        }
    }
}

fn code_name(code: Code) -> &'static str {
    match code {
        Code::SynthesisFailed => "SYNTHESIS_FAILED",
        Code::BufferUnderrun => "BUFFER_UNDERRUN",
        Code::BufferOverrun => "BUFFER_OVERRUN",
        Code::InvalidControl => "INVALID_CONTROL",
        Code::GenerationError => "GENERATION_ERROR",
        Code::ServerOverload => "SERVER_OVERLOAD",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use prometheus_parse::{Scrape, Value};

    #[test]
    fn another_program_reads_the_text() {
        let families = Families::new().unwrap();
        let series = families.of("main");
        for seconds in [0.0004, 0.003, 0.003, 0.7, 9.0] {
            series.rendering.observe(seconds);
        }
        series.count(Count::Dropped, 7);
        families.error(Code::BufferOverrun);
        let text = families.text().unwrap();
        let scrape = Scrape::parse(text.lines().map(|line| Ok(line.to_owned()))).unwrap();
        let find = |name: &str| {
            let sample = scrape.samples.iter().find(|sample| sample.metric == name);
            sample.unwrap_or_else(|| panic!("{name}: {text}"))
        };
        let Value::Histogram(buckets) = &find("auralis_chunk_render_seconds").value else { panic!("{text}") };
        assert_eq!(buckets.len(), RENDERING.len() + 1);
        assert!(
            buckets.windows(2).all(|two| two[0].count <= two[1].count && two[0].less_than < two[1].less_than)
        );
        assert_eq!((buckets[0].count, buckets.last().unwrap().count), (1.0, 5.0));
        assert_eq!(buckets.last().unwrap().less_than, f64::INFINITY);
        assert_eq!(find("auralis_chunk_render_seconds_count").value, Value::Untyped(5.0));
        assert_eq!(find("auralis_dropped_chunks_total").value, Value::Counter(7.0));
        for code in Code::ALL {
            let written = serde_json::to_value(code).unwrap();
            assert!(text.contains(&format!("auralis_errors_total{{code={written}}}")), "{text}");
        }
    }

    #[test]
    fn a_session_that_ends_leaves_no_series() {
        let families = Families::new().unwrap();
        let said = || families.text().unwrap().contains("session=\"gone\"");
        let first = families.of("gone");
        let second = families.of("gone");
        first.count(Count::Chunks, 1);
        families.forget("gone");
        assert!(said(), "another one has begun");
        drop((first, second));
        families.forget("gone");
        assert!(!said());
    }
}
