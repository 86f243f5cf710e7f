//! Rich quality: halos around the chords, from wherever they come, the same music in any way of playing it.

mod common;

use auralis_engine::cpu::Simd;
use auralis_engine::session::MovementSpan;
use auralis_engine::texture::supply::FRAMES;
use auralis_engine::texture::{Ahead, Sheet, Texture};
use auralis_engine::{
    Change, ChangeLog, Engine, Frame, Patch, Performance, Preset, Quality, SampleRate, Session,
};
use common::{patch, rms, session, with};

const RATE: SampleRate = SampleRate::Hz44100;

fn rich(seed: u64) -> Session {
    let mut session = session(seed, RATE, Preset::Bright);
    session.settings.quality = Quality::Rich;
    session
}

fn to_key(key: &str) -> Patch {
    let mut patch = Patch::default();
    patch.set("key", key).unwrap();
    patch
}

fn rendered(session: &Session, log: &ChangeLog, from: u64, frames: usize, simd: Simd) -> Vec<f32> {
    let mut performance = Performance::with_simd(session, log.clone(), simd);
    performance.seek(Frame(from)).unwrap();
    let mut out = vec![0.0; 2 * frames];
    performance.render_interleaved(&mut out).unwrap();
    out
}

/// A page of a sheet, as the engine would make it.
fn page(sheet: &Sheet, number: u64) -> [Vec<f32>; 2] {
    let mut sides = [vec![0.0; FRAMES], vec![0.0; FRAMES]];
    let mut grains = sides.clone();
    let at = Frame((sheet.page + number) * FRAMES as u64);
    let [left, right] = &mut sides;
    sheet.bank.render(Simd::detect(), at, left, right);
    let [others_left, others_right] = &mut grains;
    sheet.cloud.render(Simd::detect(), at, others_left, others_right);
    for (side, others) in sides.iter_mut().zip(&grains) {
        side.iter_mut().zip(others).for_each(|(x, y)| *x += y);
    }
    sides
}

#[test]
#[cfg_attr(coverage, ignore = "renders minutes, which counting lines slows a hundredfold")]
fn it_is_the_same_music_with_more_around_it() {
    let full = session(3, RATE, Preset::Bright);
    let log = ChangeLog::new();
    let (a, b) = (
        rendered(&full, &log, 0, 441_000, Simd::detect()),
        rendered(&rich(3), &log, 0, 441_000, Simd::detect()),
    );
    let more: Vec<f32> = a.iter().zip(&b).map(|(a, b)| b - a).collect();
    let below = 20.0 * (rms(&a) / rms(&more)).log10();
    println!("the halo is {below:.1} dB below the rest");
    assert!((4.0..14.0).contains(&below), "{below}");
}

#[test]
#[cfg_attr(coverage, ignore = "renders minutes, which counting lines slows a hundredfold")]
fn any_moment_is_near_and_every_instruction_set_the_same() {
    let session = rich(4);
    let mut log = ChangeLog::new();
    log.push(Change { frame: Frame(100_000), patch: to_key("C major") }).unwrap();
    for (frame, words) in [(250_000, "quality=full"), (330_000, "quality=rich")] {
        log.push(Change { frame: Frame(frame), patch: patch(words) }).unwrap();
    }
    let played = rendered(&session, &log, 0, 500_000, Simd::Baseline);
    for from in [70_000_usize, 260_001, 450_000] {
        let frames = 500_000 - from;
        let sought = rendered(&session, &log, from as u64, frames, Simd::detect());
        assert!(sought == played[2 * from..], "from {from}");
    }
}

#[test]
#[cfg_attr(coverage, ignore = "renders minutes, which counting lines slows a hundredfold")]
fn what_is_supplied_stands_in_and_what_is_missing_is_made() {
    // Across a movement's boundary, where two movements have halos.
    let session = rich(5);
    let boundary = MovementSpan::of(session.seed, RATE, 1).start;
    let log = ChangeLog::new();
    let from = Frame(boundary.0 - 100_000);
    let made = rendered(&session, &log, from.0, 200_000, Simd::detect());
    let mut ahead = Ahead::new(&session, &log, from).unwrap();
    let mut engine = Engine::new(&session);
    engine.seek(from, &auralis_engine::session::Timeline::new(session.settings));
    let mut out = Vec::new();
    let (mut sheets, mut movements) = (0, 0);
    for second in 0..50_u64 {
        // Ten pages are 0.93 s: each is supplied before it is played, but for every third time.
        let at = engine.position();
        if second % 3 != 2 {
            let found = ahead.sheets(at, 3);
            movements = movements.max(found.len());
            for sheet in &found {
                for number in 0..sheet.pages {
                    let [left, right] = page(sheet, number);
                    assert!(engine.supply(sheet.print, sheet.page + number, &left, &right));
                    sheets += 1;
                }
            }
        }
        let mut block = vec![0.0; 2 * 4000];
        engine.render_interleaved(&mut block);
        out.extend(block);
    }
    let most = out.iter().zip(&made).fold(0.0_f32, |most, (a, b)| most.max((a - b).abs()));
    println!("{sheets} pages, {movements} halos at once, {most:e} apart");
    assert!(sheets > 60 && movements > 1 && out.len() == made.len());
    assert!(most < 1e-5, "{most}");
}

#[test]
#[cfg_attr(coverage, ignore = "renders minutes, which counting lines slows a hundredfold")]
fn what_is_supplied_is_heard_and_what_is_of_another_chord_is_not() {
    let mut session = rich(6);
    // Phrases of ten seconds: another key holds from the next one on.
    session.settings = with(&session.settings, "bpm=200");
    let log = ChangeLog::new();
    let mut changed = ChangeLog::new();
    changed.push(Change { frame: Frame(20_000), patch: to_key("F# minor") }).unwrap();
    let silence = vec![0.0; FRAMES];
    let seconds = 30;
    let frames = seconds * 44_100;
    let play = |known: &ChangeLog, session: &Session, log: &ChangeLog| {
        let mut ahead = Ahead::new(session, known, Frame::ZERO).unwrap();
        let mut engine = Engine::new(session);
        for change in log.changes() {
            engine.apply(change).unwrap();
        }
        let mut out = vec![0.0; 2 * frames];
        for block in out.chunks_mut(2 * FRAMES) {
            for sheet in ahead.sheets(engine.position(), 4) {
                for number in 0..sheet.pages {
                    assert!(engine.supply(sheet.print, sheet.page + number, &silence, &silence));
                }
            }
            engine.render_interleaved(block);
        }
        out
    };
    let without = play(&log, &session, &log);
    let with = rendered(&session, &log, 0, frames, Simd::detect());
    assert!(rms(&with[2 * frames / 2..]) > rms(&without[2 * frames / 2..]), "silence in its place is heard");
    // Whoever knows nothing of a change renders halos that never come: what sounds after it is made here.
    let ignorant = play(&log, &session, &changed);
    let truth = rendered(&session, &changed, 0, frames, Simd::detect());
    let late = 2 * (frames - 5 * 44_100);
    let apart: Vec<f32> = ignorant[late..].iter().zip(&truth[late..]).map(|(a, b)| a - b).collect();
    // What was silent before still lacks in the reverb.
    assert!(rms(&apart) < 2e-3 * rms(&truth[late..]), "{} of {}", rms(&apart), rms(&truth[late..]));
}

#[test]
fn what_cannot_be_played_is_refused() {
    let mut engine = Engine::new(&rich(7));
    let good = vec![0.1; FRAMES];
    assert!(engine.supply(1, 2, &good, &good));
    for bad in [f32::NAN, f32::INFINITY, 2.1, -2.1] {
        let mut wrong = good.clone();
        wrong[FRAMES - 1] = bad;
        assert!(!engine.supply(1, 2, &wrong, &good) && !engine.supply(1, 2, &good, &wrong));
    }
    assert!(!engine.supply(1, 2, &good[1..], &good) && !engine.supply(1, 2, &[], &[]));
}

#[test]
#[cfg_attr(coverage, ignore = "renders minutes, which counting lines slows a hundredfold")]
fn it_comes_and_goes_without_a_click() {
    let session = session(8, RATE, Preset::Sleep);
    let mut log = ChangeLog::new();
    for (second, words) in
        [(2, "quality=rich"), (9, "quality=full"), (12, "quality=rich"), (13, "quality=reduced")]
    {
        log.push(Change { frame: Frame(RATE.frames(f64::from(second))), patch: patch(words) }).unwrap();
    }
    let out = rendered(&session, &log, 0, 20 * 44_100, Simd::detect());
    let steepest = |from: usize, to: usize| {
        (2 * 44_100 * from..2 * 44_100 * to - 2)
            .fold(0.0_f32, |most, n| most.max((out[n + 2] - out[n]).abs()))
    };
    let (before, after) = (steepest(0, 2), steepest(2, 20));
    println!("steepest {before} before, {after} with changes");
    assert!(after < 3.0 * before.max(0.02), "{after}");
}
