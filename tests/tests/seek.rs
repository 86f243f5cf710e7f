//! Anywhere within a year: seeking there gives the bits that playing from the movement before gives.
//!
//! At full length (`AURALIS_SOAK=1`) twenty places, otherwise two.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use auralis_engine::random::Stream;
use auralis_engine::session::MovementSpan;
use auralis_engine::settings::{Bpm, Level};
use auralis_engine::{Change, ChangeLog, Frame, Patch, Performance, Preset, Quality, SampleRate, Session};
use auralis_tests::length;

const YEAR: f64 = 365.0 * 24.0 * 3600.0;
/// Frames that are compared.
const FRAMES: usize = 4000;

/// Changes around a place: some in the movement before, some just before it, some after.
fn log(rate: SampleRate, before: Frame, at: Frame) -> ChangeLog {
    let mut log = ChangeLog::new();
    let level = |x| Level::new(x);
    let half = Frame(before.0 + (at.0 - before.0) / 2);
    let late = at.saturating_sub(rate.frames(1.0));
    let changes = [
        (before + 1, Patch { intensity: level(0.7), ..Patch::default() }),
        (half, Patch { bpm: Bpm::new(93.0), brightness: level(0.8), ..Patch::default() }),
        (late.max(half), Patch { quality: Some(Quality::Reduced), ..Patch::default() }),
        (at + 100, Patch { preset: Some(Preset::Dawn), ..Patch::default() }),
    ];
    for (frame, patch) in changes {
        log.push(Change { frame, patch }).expect("they are in order");
    }
    log
}

fn compare(number: u64) {
    let mut dice = Stream::new(number, "places", 0);
    let rate = SampleRate::ALL[dice.below(2) as usize];
    let preset = Preset::ALL[dice.below(Preset::ALL.len() as u32) as usize];
    let session = Session { seed: dice.next_u64(), rate, settings: preset.settings() };
    let at = Frame((f64::from(dice.unit()) * rate.frames(YEAR) as f64) as u64 + u64::from(dice.below(9999)));
    let span = MovementSpan::at(session.seed, rate, at);
    let before = MovementSpan::of(session.seed, rate, span.index.saturating_sub(1)).start;
    let log = log(rate, before, at);

    let mut played = Performance::new(&session, log.clone());
    played.seek(before).expect("the log is short");
    let mut block = vec![0.0; 2 * 4096];
    let mut left = (at.0 - before.0) as usize;
    while left > 0 {
        let count = left.min(4096);
        played.render_interleaved(&mut block[..2 * count]).expect("the log is short");
        left -= count;
    }
    let mut expected = vec![0.0; 2 * FRAMES];
    played.render_interleaved(&mut expected).expect("the log is short");

    let mut sought = Performance::new(&session, log);
    sought.seek(at).expect("the log is short");
    let mut found = vec![0.0; 2 * FRAMES];
    sought.render_interleaved(&mut found).expect("the log is short");
    let differs = expected.iter().zip(&found).position(|(a, b)| a.to_bits() != b.to_bits());
    println!("{} at {} Hz, frame {}: played from {}", preset.name(), rate.hz(), at.0, before.0);
    assert_eq!(differs, None, "{} (seed {}) at frame {}", preset.name(), session.seed, at.0);
    assert!(expected.iter().any(|x| x.abs() > 1e-4), "it is silent there");
}

#[test]
fn soak_anywhere_in_a_year_seeking_is_like_playing() {
    let places = length(20.0) as usize;
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= places {
                        break;
                    }
                    compare(number as u64);
                }
            });
        }
    });
}
