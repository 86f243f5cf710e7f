//! With devices that are told what to do: how sessions fare is seen without a card.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use auralis_engine::{ChangeLog, Performance, Quality, Session, Settings};
use auralis_gpu::device::GpuError;
use auralis_gpu::score::{Movements, Played};
use auralis_gpu::{Plan, Span, Stereo};

use super::*;
use crate::audio::backend::Backend as _;

/// How long a span is waited for.
const ANSWER: Duration = Duration::from_millis(200);
/// Longer than anything here takes.
const LONG: Duration = Duration::from_secs(30);
/// A chunk, interleaved.
const CHUNK: usize = 2 * 4_410;

/// A device that plays nothing: what is asked of it is left to whoever asked.
struct Scripted {
    takes: Duration,
    breaks: bool,
    asked: Arc<AtomicUsize>,
}

impl Backend for Scripted {
    type Work = Recordings;

    fn name(&self) -> String {
        "a script".into()
    }

    async fn render(&mut self, _: &Recordings, piece: Movements) -> Result<Vec<Option<Played>>, GpuError> {
        assert!(!self.breaks, "it was to");
        self.asked.fetch_add(1, Ordering::SeqCst);
        thread::sleep(self.takes);
        Ok((0..piece.count).map(|_| None).collect())
    }
}

struct NoTextures(Infallible);

impl Backend for NoTextures {
    type Work = Plan;

    fn name(&self) -> String {
        match self.0 {}
    }

    async fn render(&mut self, _: &Plan, _: Span) -> Result<Stereo, GpuError> {
        match self.0 {}
    }
}

/// An ensemble on such a device, how often that was asked, and where trouble is told.
fn ensemble(takes: Duration, breaks: bool) -> (Arc<Ensemble>, Arc<AtomicUsize>, Arc<Metrics>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let device = Scripted { takes, breaks, asked: asked.clone() };
    let textures = || -> Ready<Result<NoTextures, String>> { ready(Err("there are none".into())) };
    let ensemble =
        Ensemble::new(move || Chain::on(device, usize::MAX), move || Chain::new(textures), true, ANSWER);
    let metrics = Arc::new(Metrics::default());
    ensemble.tell(&metrics);
    (Arc::new(ensemble), asked, metrics)
}

fn eventually(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < LONG, "{what}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// A session that has been told that its device is there.
fn on_device(ensemble: &Arc<Ensemble>, quality: Quality) -> OnDevice {
    let settings = Settings { quality, ..Settings::default() };
    let session = Session { settings, ..Session::new(7) };
    let backend = OnDevice::new(&session, ChangeLog::default(), ensemble.clone());
    eventually("the device is there", || ensemble.voices.is_on_device());
    backend
}

#[test]
fn what_a_device_is_waited_for_is_known_once() {
    let (ensemble, asked, _) = ensemble(Duration::from_millis(40), false);
    let mut backend = on_device(&ensemble, Quality::Full);
    let mut out = vec![0.0; CHUNK];
    backend.render(&mut out).unwrap();
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    assert!(backend.waited() >= Duration::from_millis(40));
    assert_eq!(backend.waited(), Duration::ZERO);
    // What it left undone is the session's own sound.
    let mut own = vec![0.0; CHUNK];
    Performance::new(&Session::new(7), ChangeLog::default()).render_interleaved(&mut own).unwrap();
    assert_eq!(out, own);
}

#[test]
fn nobody_is_waited_for_to_catch_up() {
    let (ensemble, asked, _) = ensemble(Duration::from_millis(1), false);
    let mut backend = on_device(&ensemble, Quality::Full);
    let mut out = vec![0.0; CHUNK];
    for _ in 0..10 {
        backend.catch_up(&mut out).unwrap();
    }
    assert_eq!(asked.load(Ordering::SeqCst), 0);
    backend.render(&mut out).unwrap();
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

#[test]
fn what_the_processor_does_wants_its_place_among_others() {
    let (ensemble, asked, _) = ensemble(Duration::from_millis(1), false);
    let mut backend = on_device(&ensemble, Quality::Reduced);
    assert!(backend.is_elsewhere());
    backend.render(&mut vec![0.0; CHUNK]).unwrap();
    assert_eq!(asked.load(Ordering::SeqCst), 0, "reduced quality is the processor's");
    assert!(ensemble.voices.is_on_device());
    assert!(!backend.is_elsewhere());
    assert!(!backend.copy().is_elsewhere());
}

#[test]
fn a_device_that_answers_too_late_for_those_who_come_next_is_left() {
    let (ensemble, _, metrics) = ensemble(ANSWER * 2 / 3, false);
    let mut backend = on_device(&ensemble, Quality::Full);
    let mut out = vec![0.0; CHUNK];
    let mut chunks = 0;
    while ensemble.voices.is_on_device() {
        backend.render(&mut out).unwrap();
        chunks += 1;
        assert!(chunks < 50);
    }
    eventually("it is told", || metrics.events(None).iter().any(|event| event.sentence.contains("too slow")));
}

#[test]
fn what_nobody_waits_for_any_more_is_left_out() {
    let (ensemble, asked, _) = ensemble(ANSWER * 2, false);
    let [mut first, mut second] = [(); 2].map(|()| on_device(&ensemble, Quality::Full));
    thread::scope(|scope| {
        scope.spawn(move || first.render(&mut vec![0.0; CHUNK]).unwrap());
        eventually("the device is at it", || asked.load(Ordering::SeqCst) == 1);
        // Asked for behind that, and given up before it is done.
        second.render(&mut vec![0.0; CHUNK]).unwrap();
    });
    eventually("the device is back", || ensemble.voices.is_on_device());
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    second.render(&mut vec![0.0; CHUNK]).unwrap();
    assert_eq!(asked.load(Ordering::SeqCst), 2);
}

#[test]
fn a_thread_that_breaks_down_is_told_and_not_asked_again() {
    let (ensemble, _, metrics) = ensemble(Duration::ZERO, true);
    let mut backend = on_device(&ensemble, Quality::Full);
    backend.render(&mut vec![0.0; CHUNK]).unwrap();
    eventually("it is not asked", || !ensemble.voices.is_on_device());
    assert!(!backend.is_elsewhere());
    eventually("it is told", || {
        metrics.events(None).iter().any(|event| event.sentence.contains("broke down"))
    });
}
