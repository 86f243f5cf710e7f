//! Any moment is near: a seek gives the bits that playing up to there gives.

mod common;

use auralis_engine::cpu::Simd;
use auralis_engine::mix::{Master, StereoBlock};
use auralis_engine::movement::Movement;
use auralis_engine::random::Stream;
use auralis_engine::score::movement_timeline;
use auralis_engine::session::{MovementSpan, Timeline};
use auralis_engine::time::CONTROL;
use auralis_engine::{Change, ChangeLog, Engine, Frame, Performance, Preset, SampleRate, Score, Session};
use common::{assert_same, busy_log, log, render, session};

const YEAR: u64 = 365 * 24 * 3600;

/// A seed whose first movement is short, so that its end is cheap to reach.
fn short_beginning(rate: SampleRate) -> u64 {
    (0..64).min_by_key(|seed| MovementSpan::of(*seed, rate, 0).end).unwrap()
}

fn play(performance: &mut Performance, frames: usize) -> Vec<f32> {
    let mut out = vec![0.0; frames * 2];
    performance.render_interleaved(&mut out).unwrap();
    out
}

/// Plays from `from` through to beyond every one of `to`, and compares with seeking to each.
fn compare(session: &Session, log: &ChangeLog, from: u64, to: &[u64], frames: usize) {
    let last = *to.last().unwrap();
    let mut performance = Performance::new(session, log.clone());
    performance.seek(Frame(from)).unwrap();
    let through = play(&mut performance, (last - from) as usize + frames);
    for at in to {
        performance.seek(Frame(*at)).unwrap();
        assert_eq!(performance.position(), Frame(*at));
        let sought = play(&mut performance, frames);
        let start = (at - from) as usize * 2;
        let what = format!("seed {}: from {from} to {at}", session.seed);
        assert_same(&through[start..start + frames * 2], &sought, &what);
    }
    assert!(common::rms(&through) > 1e-3, "it is silent there");
}

#[test]
#[cfg_attr(coverage, ignore = "renders minutes, which counting lines slows a hundredfold")]
fn seeking_is_like_playing_up_to_there() {
    let mut dice = Stream::new(2, "seek", 0);
    for (i, rate) in SampleRate::ALL.into_iter().enumerate() {
        let s = session(40 + i as u64, rate, Preset::Bright);
        // Odd places within the first seconds, on and off the control grid.
        let mut to: Vec<u64> = vec![0, 1, 63, 64, 65, 640, 704, 12_345];
        to.extend((0..4).map(|_| u64::from(dice.below(rate.frames(12.0) as u32))));
        to.sort_unstable();
        compare(&s, &busy_log(rate, 4.0), 0, &to, 3000);
    }
}

#[test]
#[cfg_attr(coverage, ignore = "renders minutes, which counting lines slows a hundredfold")]
fn seeking_across_a_movement_boundary_changes_nothing() {
    for (preset, rate) in [(Preset::Focus, SampleRate::Hz44100), (Preset::Abyss, SampleRate::Hz48000)] {
        let s = session(short_beginning(rate), rate, preset);
        let boundary = MovementSpan::of(s.seed, rate, 1).start.0;
        let before = boundary - rate.frames(4.0) - 13;
        // Just before; while the old movement's tail rings, on and off the control grid; and where it has just ended.
        let to = match rate {
            SampleRate::Hz44100 => vec![boundary - 1, boundary + rate.frames(30.5) + 1],
            SampleRate::Hz48000 => vec![boundary + 10_001],
        };
        let at = rate.seconds(boundary);
        compare(&s, &busy_log(rate, at - 1.0), before, &to, 3000);
    }
}

#[test]
#[cfg_attr(coverage, ignore = "renders minutes, which counting lines slows a hundredfold")]
fn a_year_in_is_as_near_as_a_minute() {
    let rate = SampleRate::Hz44100;
    let s = session(u64::MAX, rate, Preset::Sleep);
    let span = MovementSpan::at(s.seed, rate, Frame(rate.frames(YEAR as f64)));
    let from = span.start.0 - rate.frames(2.0) - 5;
    assert!(from > 1_390_000_000_000);
    let at = rate.seconds(span.start.0);
    let to = [span.start.0 + rate.frames(1.0) + 1];
    compare(&s, &busy_log(rate, at - 1.5), from, &to, 4000);
}

#[test]
#[cfg_attr(coverage, ignore = "renders minutes, which counting lines slows a hundredfold")]
fn forward_and_back_in_any_order() {
    let rate = SampleRate::Hz48000;
    let s = session(77, rate, Preset::Dawn);
    let log = log(rate, &[(20.0, "intensity=0.8"), (900.0, "key=E_minor"), (3600.0 * 24.0, "preset=rain")]);
    let mut dice = Stream::new(3, "places", 0);
    let starts: Vec<u64> = (0..3)
        .map(|i| {
            // Where a movement has begun and the tail of the one before has just ended, so that each costs little; anywhere in a year.
            let k = if i % 2 == 0 { u64::from(dice.below(200_000)) } else { u64::from(dice.below(8)) };
            let after = rate.frames(31.0) + u64::from(dice.below(rate.frames(1.0) as u32));
            MovementSpan::of(s.seed, rate, k).start.0 + after
        })
        .collect();
    let mut performance = Performance::new(&s, log.clone());
    let first: Vec<_> = starts
        .iter()
        .map(|f| {
            performance.seek(Frame(*f)).unwrap();
            play(&mut performance, 1500)
        })
        .collect();
    for (f, expected) in starts.iter().zip(&first).rev() {
        // The same engine after other places, and a fresh one.
        performance.seek(Frame(*f)).unwrap();
        assert_same(expected, &play(&mut performance, 1500), &format!("back to {f}"));
        assert_same(expected, &render(&s, &log, Simd::Baseline, Frame(*f), 1500), &format!("fresh at {f}"));
    }
}

#[test]
#[cfg_attr(coverage, ignore = "renders minutes, which counting lines slows a hundredfold")]
fn seeking_in_slices_gives_the_same_bits() {
    let rate = SampleRate::Hz44100;
    let s = session(9, rate, Preset::Meditation);
    let log = busy_log(rate, 3.0);
    let target = Frame(rate.frames(8.0) + 29);
    let whole = render(&s, &log, Simd::detect(), target, 5000);
    let timeline = Timeline::from_log(&s.settings, &log, Frame(0), Engine::known_until(target)).unwrap();
    let mut dice = Stream::new(4, "slices", 0);
    let mut engine = Engine::new(&s);
    for most in [1, 7, 100, 100_000] {
        engine.begin_seek(target, &timeline);
        let mut calls = 0;
        while !engine.seek_some(dice.below(most + 1) as usize) {
            calls += 1;
            assert!(calls < 1_000_000);
        }
        assert!(engine.seek_some(0), "once there, it stays there");
        assert_eq!(engine.position(), target);
        for change in log.since(Engine::known_until(target)) {
            engine.apply(change).unwrap();
        }
        let mut out = vec![0.0; 10_000];
        engine.render_interleaved(&mut out);
        assert_same(&whole, &out, &format!("slices of up to {most}"));
    }
}

#[test]
#[cfg_attr(coverage, ignore = "renders minutes, which counting lines slows a hundredfold")]
fn the_last_frame_can_be_played_and_none_beyond_it_hangs() {
    for rate in SampleRate::ALL {
        let s = session(13, rate, Preset::Sleep);
        let mut engine = Engine::new(&s);
        let timeline = Timeline::new(s.settings);
        engine.seek(Frame(u64::MAX), &timeline);
        assert_eq!(engine.position(), Frame::LAST);
        let mut there = vec![0.0; 2 * 20_000];
        engine.render_interleaved(&mut there);
        assert!(common::rms(&there) > 1e-4, "there is music at {} Hz", rate.hz());
        let mut performance = Performance::new(&s, ChangeLog::new());
        performance.seek(Frame::LAST).unwrap();
        assert_same(&there, &play(&mut performance, 20_000), "the last frame");
    }
}

#[test]
fn frames_near_the_end_of_numbers_neither_panic_nor_hang() {
    for rate in SampleRate::ALL {
        let s = session(14, rate, Preset::Focus);
        let last = MovementSpan::at(s.seed, rate, Frame::LAST);
        for frame in [Frame::LAST.0 + 1, 1 << 60, u64::MAX - 64, u64::MAX - 1, u64::MAX].map(Frame) {
            assert_eq!(MovementSpan::at(s.seed, rate, frame), last);
            assert_eq!(
                Engine::history_for(s.seed, rate, frame),
                Engine::history_for(s.seed, rate, Frame::LAST)
            );
            assert_eq!(Engine::known_until(frame), Engine::known_until(Frame::LAST));
            assert!(frame.control_ceil().0 % CONTROL as u64 == 0);
            assert_eq!(frame.control_floor().0 % CONTROL as u64, 0);
            let mut score = Score::new(&s, &ChangeLog::new(), frame).map(|s| s.take(20).collect::<Vec<_>>());
            let events = score.as_mut().unwrap();
            assert!(events.len() == 20 && events[0].frame >= Frame::LAST);
            let mut timeline = Timeline::new(s.settings);
            timeline.push(frame, &common::patch("intensity=1")).unwrap();
            let controls = timeline.controls(frame, rate);
            assert!((0.0..=1.0).contains(&controls.intensity));
            // Told of a change out there, an engine takes it, or says why not.
            let mut engine = Engine::new(&s);
            engine.apply(&Change { frame, patch: common::patch("bpm=60") }).unwrap();
            engine.begin_seek(frame, &timeline);
            assert!(!engine.seek_some(10), "it goes there in slices");
        }
        assert!(last.start <= Frame::LAST && last.end > Frame::LAST);
        for index in [u64::MAX, u64::MAX - 1, 1 << 40] {
            let span = MovementSpan::of(s.seed, rate, index);
            assert!(span.start < span.end && span.silent_from(rate) > span.end);
        }
    }
}

#[test]
fn an_abandoned_seek_leaves_nothing_behind() {
    let s = session(10, SampleRate::Hz44100, Preset::Drift);
    let expected = render(&s, &ChangeLog::new(), Simd::detect(), Frame(50_000), 5000);
    let timeline = Timeline::new(s.settings);
    let mut engine = Engine::new(&s);
    engine.begin_seek(Frame(7_000_000), &timeline);
    engine.seek_some(500);
    engine.begin_seek(Frame(50_000), &timeline);
    while !engine.seek_some(64) {}
    let mut out = vec![0.0; 10_000];
    engine.render_interleaved(&mut out);
    assert_same(&expected, &out, "after an abandoned seek");
}

/// Renders a span from movements that each play alone, as several threads would, summed in the order of their indices.
fn by_movements(session: &Session, log: &ChangeLog, from: Frame, frames: usize) -> Vec<f32> {
    let rate = session.rate;
    let first = from.saturating_sub(Master::window(rate)).control_floor();
    let last = Frame(from.0 + frames as u64 + Master::LATENCY).control_ceil();
    let count = ((last - first) / CONTROL as u64) as usize;
    let newest = MovementSpan::at(session.seed, rate, last).index;
    let oldest = MovementSpan::at(session.seed, rate, first).index.saturating_sub(1);
    let parts: Vec<Vec<StereoBlock>> = std::thread::scope(|scope| {
        let threads: Vec<_> = (oldest..=newest)
            .map(|k| {
                scope.spawn(move || {
                    let span = MovementSpan::of(session.seed, rate, k);
                    let timeline = movement_timeline(session, log, &span).unwrap();
                    let mut movement = Movement::new(session.seed, rate, k, &timeline, Simd::detect());
                    let mut blocks = vec![StereoBlock::default(); count];
                    let mut frame = span.start;
                    while frame < last.min(span.silent_from(rate)) {
                        let mut scratch = StereoBlock::default();
                        let out = match frame.0.checked_sub(first.0) {
                            Some(after) => &mut blocks[after as usize / CONTROL],
                            None => &mut scratch,
                        };
                        movement.render(frame, &timeline, out);
                        frame = frame + CONTROL as u64;
                    }
                    blocks
                })
            })
            .collect();
        threads.into_iter().map(|t| t.join().unwrap()).collect()
    });
    let mut master = Master::new(rate);
    let mut out = Vec::new();
    for i in 0..count {
        let mut sum = StereoBlock::default();
        for part in &parts {
            sum.add(&part[i]);
        }
        let block = master.process(&sum, Simd::detect());
        out.extend(block.left.iter().zip(&block.right).flat_map(|(l, r)| [*l, *r]));
    }
    let skip = (from.0 + Master::LATENCY - first.0) as usize * 2;
    out[skip..skip + frames * 2].to_vec()
}

#[test]
#[cfg_attr(coverage, ignore = "renders minutes, which counting lines slows a hundredfold")]
fn movements_on_their_own_threads_give_the_same_bits() {
    let rate = SampleRate::Hz44100;
    let s = session(short_beginning(rate), rate, Preset::Focus);
    let boundary = MovementSpan::of(s.seed, rate, 1).start;
    let at = rate.seconds(boundary.0);
    // Changes before, around and after the boundary, some within the planning of the movement after it.
    let log = log(
        rate,
        &[
            (at - 40.0, "intensity=0.7"),
            (at - 15.0, "key=B_minor bpm=80"),
            (at - 1.0, "space=0.9 layers.bell=0.5"),
            (at + 1.0, "intensity=0.2 quality=reduced"),
        ],
    );
    let from = Frame(boundary.0 - rate.frames(2.0) + 11);
    let frames = rate.frames(6.0) as usize;
    let whole = render(&s, &log, Simd::detect(), from, frames);
    assert_same(&whole, &by_movements(&s, &log, from, frames), "by movements");
    assert_same(
        &render(&s, &log, Simd::detect(), Frame(3), 9000),
        &by_movements(&s, &log, Frame(3), 9000),
        "by movements from the beginning",
    );
}

#[test]
#[cfg_attr(coverage, ignore = "renders minutes, which counting lines slows a hundredfold")]
fn history_begins_where_the_log_still_matters() {
    // What lies before `history_for` may be folded, whatever it was; nothing after it may be left out.
    let rate = SampleRate::Hz44100;
    let s = session(21, rate, Preset::Rain);
    let span = MovementSpan::of(s.seed, rate, 3);
    let planning = |k| MovementSpan::of(s.seed, rate, k).planning_frame(rate);
    let ringing = span.start + rate.frames(3.0);
    assert_eq!(Engine::history_for(s.seed, rate, ringing), planning(2));
    let at = span.start + rate.frames(31.0);
    let from = Engine::history_for(s.seed, rate, at);
    assert_eq!(from, planning(3));
    let earlier = rate.seconds(from.0) - 5.0;
    let long = log(rate, &[(1.0, "preset=bright"), (earlier, "preset=focus intensity=0.4")]);
    let folded = Session { settings: long.fold(&s.settings, from), ..s };
    assert_same(
        &render(&s, &long, Simd::detect(), at, 2000),
        &render(&folded, &ChangeLog::new(), Simd::detect(), at, 2000),
        "folded",
    );
}
