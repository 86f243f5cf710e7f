//! How a renderer's course goes: whether its chunks are ready in time.

use std::time::{Duration, SystemTime};

use super::chunk::Chunk;
use super::pace::Pace;
use crate::metrics::{Made, Meter};

/// How long it may take until a chunk is ready in time.
const START: Duration = Duration::from_secs(10);

/// A renderer's course, from its first chunk on.
pub(super) struct Course {
    began: SystemTime,
    /// Whether a chunk was ready in time: those before are late because they begin with what is heard now, and a seek comes first.
    caught_up: bool,
    /// Whether the last one was late, although.
    late: bool,
}

impl Course {
    /// It begins.
    pub(super) fn begin() -> Self {
        Self { began: SystemTime::now(), caught_up: false, late: false }
    }

    /// A chunk is ready, whose rendering took so long. Gives how long it took from when it could be begun, and whether chunks are late
    /// from this one on.
    pub(super) fn record(
        &mut self,
        meter: &Meter,
        pace: &Pace,
        chunk: &Chunk,
        rendering: Duration,
    ) -> (Duration, bool) {
        let now = SystemTime::now();
        let since = |moment| now.duration_since(moment).unwrap_or_default();
        let latency =
            since(self.began).min(since(chunk.due) + pace.lead.saturating_sub(until(now, chunk.due)));
        // A sample that is no number is louder than all.
        let peak = chunk.samples().iter().fold(0.0, |peak: f32, sample| {
            if sample.is_nan() { f32::INFINITY } else { peak.max(sample.abs()) }
        });
        let late = now > chunk.due;
        let missed = late && self.caught_up;
        if missed {
            meter.underrun();
        }
        let turned_late = missed && !self.late;
        self.late = missed;
        // A renderer that cannot catch up is too slow.
        self.caught_up |= !late || since(self.began) > START;
        meter.chunk(&Made { latency, rendering, audio: pace.chunk, peak, starting: !self.caught_up });
        (latency, turned_late)
    }
}

/// How long it is until a moment; nothing if it is over.
fn until(now: SystemTime, moment: SystemTime) -> Duration {
    moment.duration_since(now).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use auralis_engine::{Frame, SampleRate};
    use std::sync::Arc;

    #[test]
    fn being_late_is_an_underrun_once_a_chunk_was_in_time() {
        let meter = Meter::new(Arc::default(), "main");
        let pace = Pace::default();
        let mut course = Course::begin();
        let mut record = |due: SystemTime| {
            let chunk = Chunk::new(0, Frame(0), due, SampleRate::Hz44100, vec![0.25, -0.5]);
            let (_, turned_late) = course.record(&meter, &pace, &chunk, Duration::from_millis(1));
            (meter.underruns(), turned_late)
        };
        let now = SystemTime::now();
        assert_eq!(record(now - Duration::from_secs(1)), (0, false), "after a seek");
        assert_eq!(record(now + Duration::from_secs(100)), (0, false));
        assert_eq!(record(now - Duration::from_secs(1)), (1, true));
        assert_eq!(record(now - Duration::from_secs(1)), (2, false), "it is so already");
        assert_eq!(record(now + Duration::from_secs(100)), (2, false));
        assert_eq!(record(now - Duration::from_secs(1)), (3, true));
    }
}
