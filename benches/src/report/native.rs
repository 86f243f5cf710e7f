//! What can be measured in this process.

use auralis_engine::cpu::Simd;
use auralis_engine::random::Stream;
use auralis_engine::session::movement::LENGTH_SECONDS;
use auralis_engine::session::{MovementSpan, Timeline};
use auralis_engine::time::{CONTROL, Frame};
use auralis_engine::{ChangeLog, Engine, Preset, Quality, Score, Session};
use cpu_time::ProcessTime;

use crate::pad64::Pad64;
use crate::scene::{self, SceneArgs};

/// The middle of some measurements.
#[must_use]
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let n = values.len();
    if n == 0 { 0.0 } else { (values[(n - 1) / 2] + values[n / 2]) / 2.0 }
}

/// The session that is measured.
#[must_use]
pub fn session(preset: Preset, quality: Quality) -> Session {
    let mut settings = preset.settings();
    settings.quality = quality;
    Session { settings, ..Session::new(42) }
}

/// Seconds of audio per second of CPU of the scene pad64.
#[must_use]
pub fn pad64(simd: Simd, seconds: f64) -> f64 {
    let args = SceneArgs { voices: scene::VOICES, seconds, out: None };
    let mut scene = Pad64::new(scene::VOICES, simd);
    seconds / scene::measure(&args, |left, right| scene.render(left, right)).cpu_seconds
}

/// Seconds of audio per second of CPU of a session, from its beginning.
#[must_use]
pub fn render(session: &Session, simd: Simd, seconds: f64) -> f64 {
    let mut engine = Engine::with_simd(session, simd);
    let mut block = [0.0; 8192];
    let frames = session.rate.frames(seconds);
    let start = ProcessTime::now();
    for _ in 0..frames / 4096 {
        engine.render_interleaved(&mut block);
    }
    seconds / start.elapsed().as_secs_f64()
}

/// Seconds of music composed per second of CPU.
#[must_use]
pub fn compose(session: &Session, seconds: f64) -> f64 {
    let log = ChangeLog::default();
    let end = session.rate.frames(seconds);
    let start = ProcessTime::now();
    let events = Score::new(session, &log, Frame::ZERO)
        .map_or(0, |score| score.take_while(|event| event.frame.0 < end).count());
    let taken = start.elapsed().as_secs_f64();
    if std::hint::black_box(events) > 0 { seconds / taken } else { 0.0 }
}

const YEAR: f64 = 365.25 * 86_400.0;

/// The frame of the first year to which a seek takes longest: two movements must be rendered, the first of them whole, with its tail.
#[must_use]
pub fn worst_seek(session: &Session) -> Frame {
    let (seed, rate) = (session.seed, session.rate);
    let count = rate.frames(YEAR) / rate.frames(LENGTH_SECONDS) - 2;
    let longest = (0..count)
        .map(|k| MovementSpan::of(seed, rate, k))
        .max_by_key(|span| span.end - span.start)
        .unwrap_or_else(|| MovementSpan::of(seed, rate, 0));
    longest.silent_from(rate).saturating_sub(CONTROL as u64)
}

/// Seconds of CPU that the worst seek of the first year and so many more to chance frames take, in order of length.
#[must_use]
pub fn seeks(session: &Session, count: usize) -> Vec<f64> {
    let mut engine = Engine::new(session);
    let timeline = Timeline::new(session.settings);
    let mut stream = Stream::new(1, "seeks", 0);
    let year = session.rate.frames(YEAR);
    let chance = std::iter::repeat_with(|| Frame(stream.next_u64() % year)).take(count);
    let mut taken: Vec<f64> = std::iter::once(worst_seek(session))
        .chain(chance)
        .map(|frame| {
            let start = ProcessTime::now();
            engine.seek(frame, &timeline);
            start.elapsed().as_secs_f64()
        })
        .collect();
    taken.sort_by(f64::total_cmp);
    taken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_are_in_the_middle() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(vec![4.0, 1.0, 2.0, 3.0]), 2.5);
        assert_eq!(median(vec![]), 0.0);
    }

    #[test]
    fn everything_can_be_measured() {
        let session = session(Preset::Sleep, Quality::Reduced);
        assert!(pad64(Simd::Baseline, 0.1) > 0.0);
        assert!(render(&session, Simd::detect(), 1.0) > 0.0);
        assert!(compose(&session, 600.0) > 0.0);
        assert_eq!(seeks(&session, 1).len(), 2);
    }

    #[test]
    fn the_worst_seek_is_to_where_the_most_still_sounds() {
        let session = session(Preset::Sleep, Quality::Full);
        let frame = worst_seek(&session);
        let before = |frame: Frame| frame - Engine::history_for(session.seed, session.rate, frame);
        let most = before(frame);
        assert!(session.rate.seconds(frame.0) < YEAR && session.rate.seconds(most) > 200.0);
        for n in 0..20_000 {
            let other = Frame(session.rate.frames(YEAR) / 20_000 * n);
            assert!(before(other) <= most + session.rate.frames(1.0), "{other:?}");
        }
    }
}
