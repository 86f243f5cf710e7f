//! Where a session's parts record what they see.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use auralis_protocol::{Code, Severity};

use super::Metrics;
use super::series::{Count, Kind, Series};
use super::window::{Second, Values};

/// A chunk that was made.
#[derive(Clone, Copy, Debug)]
pub struct Made {
    /// From when it could be begun until it was ready.
    pub latency: Duration,
    /// How long rendering it took.
    pub rendering: Duration,
    /// How long it lasts.
    pub audio: Duration,
    /// Its greatest sample.
    pub peak: f32,
    /// Whether it is one of the first, which begin with a seek: how long they took is judged by nobody.
    pub starting: bool,
}

/// What one session's parts record: its renderer, its sockets, its room. Everything here is quick and may be called from any thread.
pub struct Meter {
    session: String,
    metrics: Arc<Metrics>,
    /// What Prometheus is told: nothing of a session in which nothing happened.
    series: OnceLock<Series>,
    second: Mutex<Second>,
    totals: [AtomicU64; Count::ALL.len()],
    clients: [AtomicUsize; Kind::ALL.len()],
}

impl Meter {
    /// The meter of a session.
    pub fn new(metrics: Arc<Metrics>, session: &str) -> Self {
        Self {
            session: session.into(),
            metrics,
            series: OnceLock::new(),
            second: Mutex::default(),
            totals: Default::default(),
            clients: Default::default(),
        }
    }

    fn series(&self) -> &Series {
        self.series.get_or_init(|| self.metrics.families.of(&self.session))
    }

    fn second(&self) -> MutexGuard<'_, Second> {
        self.second.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn count(&self, what: Count, more: u64) {
        self.totals[what as usize].fetch_add(more, Ordering::Relaxed);
        self.metrics.totals[what as usize].fetch_add(more, Ordering::Relaxed);
        self.series().count(what, more);
    }

    /// A chunk was made.
    pub fn chunk(&self, made: &Made) {
        self.count(Count::Chunks, 1);
        self.series().latency.observe(made.latency.as_secs_f64());
        if !made.starting {
            self.series().rendering.observe(made.rendering.as_secs_f64());
        }
        let mut second = self.second();
        second.chunks += 1;
        if !made.starting {
            second.rendering += made.rendering;
            second.audio += made.audio;
            second.latency = second.latency.max(made.latency);
        }
        // A sample that is no number is louder than all.
        second.peak = if made.peak.is_nan() { f32::INFINITY } else { second.peak.max(made.peak) };
    }

    /// Rendering failed. The chunk itself is told to [`Meter::chunk`], however it was made in the end.
    pub fn failure(&self) {
        self.count(Count::Failures, 1);
        self.second().failures += 1;
    }

    /// A chunk was not there when it was due.
    pub fn underrun(&self) {
        self.count(Count::Underruns, 1);
    }

    /// A listener was too slow, and lost so many chunks.
    pub fn dropped(&self, chunks: u64) {
        self.count(Count::Dropped, chunks);
        self.second().dropped += chunks;
        let sentence =
            format!("a listener was too slow, lost {chunks} chunks, and goes on with what is live");
        self.event(Code::BufferOverrun.severity(), Code::BufferOverrun, sentence);
    }

    /// A pong came, so long after its ping.
    pub fn round_trip(&self, took: Duration) {
        self.series().round_trip.observe(took.as_secs_f64());
        let mut second = self.second();
        second.pongs += 1;
        second.round_trips += took;
    }

    /// Music was composed, which took so long.
    pub fn composed(&self, took: Duration) {
        self.count(Count::Composed, 1);
        self.series().composing.observe(took.as_secs_f64());
        let mut second = self.second();
        second.composed += 1;
        second.composing = second.composing.max(took);
    }

    /// Somebody wished to change the session.
    pub fn control(&self, accepted: bool) {
        self.count(if accepted { Count::Accepted } else { Count::Refused }, 1);
    }

    /// A client was told an error.
    pub fn error(&self, code: Code) {
        self.metrics.families.error(code);
    }

    /// Something happened that whoever runs the relay should know: it is logged and listed.
    pub fn event(&self, severity: Severity, code: Code, sentence: impl Into<String>) {
        self.metrics.event(severity, code, Some(&self.session), sentence);
    }

    /// Somebody is in the session, as long as this is held.
    #[must_use]
    pub fn enter(self: &Arc<Self>, kind: Kind) -> Present {
        self.clients[kind.place()].fetch_add(1, Ordering::Relaxed);
        self.series().clients(kind).inc();
        Present { meter: self.clone(), kind }
    }

    /// How many are in it in each way, with its name.
    pub(super) fn clients(&self) -> impl Iterator<Item = (&'static str, usize)> {
        let count = |kind: Kind| self.clients[kind.place()].load(Ordering::Relaxed);
        Kind::ALL.into_iter().map(move |kind| (kind.name(), count(kind)))
    }

    /// How often rendering failed.
    pub fn failures(&self) -> u64 {
        self.total(Count::Failures)
    }

    /// How many chunks were not there when they were due.
    pub fn underruns(&self) -> u64 {
        self.total(Count::Underruns)
    }

    /// How much was counted so far.
    pub(super) fn total(&self, what: Count) -> u64 {
        self.totals[what as usize].load(Ordering::Relaxed)
    }

    /// What was recorded since this was called last.
    pub(super) fn take(&self) -> Second {
        std::mem::take(&mut self.second())
    }

    /// Shows what is measured to whom asks for series, if there are any.
    pub(super) fn show(&self, values: &Values) {
        if let Some(series) = self.series.get() {
            series.show(values);
        }
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        if self.series.get().is_some() {
            self.metrics.families.forget(&self.session);
        }
    }
}

/// Who is in a session. Dropped, he is not any more.
pub struct Present {
    meter: Arc<Meter>,
    kind: Kind,
}

impl Drop for Present {
    fn drop(&mut self) {
        self.meter.clients[self.kind.place()].fetch_sub(1, Ordering::Relaxed);
        self.meter.series().clients(self.kind).dec();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_chunks_are_told_but_not_judged() {
        let metrics = Arc::new(Metrics::default());
        let meter = Meter::new(metrics.clone(), "main");
        let made = |ms, starting| Made {
            latency: Duration::from_millis(ms),
            rendering: Duration::from_millis(2),
            audio: Duration::from_millis(100),
            peak: 0.1,
            starting,
        };
        meter.chunk(&made(3000, true));
        meter.chunk(&made(5, false));
        let second = meter.take();
        assert_eq!((second.chunks, second.latency), (2, Duration::from_millis(5)));
        let text = metrics.families.text().unwrap();
        assert!(text.contains("auralis_synthesis_latency_seconds_sum{session=\"main\"} 3.005"), "{text}");
        assert_eq!(meter.take().chunks, 0, "it was taken");
    }

    #[test]
    fn a_sample_that_is_no_number_is_louder_than_all() {
        let meter = Meter::new(Arc::default(), "main");
        for peak in [0.5, f32::NAN, 0.2] {
            let audio = Duration::from_millis(100);
            meter.chunk(&Made { latency: audio, rendering: audio, audio, peak, starting: false });
        }
        assert_eq!(meter.take().peak, f32::INFINITY);
    }

    #[test]
    fn who_leaves_is_counted_no_more() {
        let meter = Arc::new(Meter::new(Arc::default(), "main"));
        let here = |meter: &Meter| meter.clients().map(|(_, count)| count).sum::<usize>();
        let present = [meter.enter(Kind::Ogg), meter.enter(Kind::Ogg)];
        assert_eq!(here(&meter), 2);
        drop(present);
        assert_eq!(here(&meter), 0);
    }

    #[test]
    fn losses_are_counted_in_the_session_and_in_the_relay_and_listed() {
        let metrics = Arc::new(Metrics::default());
        let (a, b) = (Meter::new(metrics.clone(), "a"), Meter::new(metrics.clone(), "b"));
        a.dropped(3);
        b.dropped(4);
        drop(b);
        assert_eq!((a.total(Count::Dropped), metrics.total(Count::Dropped)), (3, 7));
        assert_eq!(metrics.events.list(Some("a")).len(), 1);
        assert_eq!(metrics.events.list(None).len(), 2);
    }
}
