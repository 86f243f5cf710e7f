//! The score: in order, the same from anywhere.

use super::changes::random_log;
use super::*;

#[test]
fn events_come_in_order_and_on_the_control_grid() {
    for rate in SampleRate::ALL {
        for seed in [0, 1, u64::MAX] {
            let s = Session { seed, rate, settings: Preset::Bright.settings() };
            let log = random_log(&s, 2.0, seed ^ 7);
            let mut before = Frame::ZERO;
            for e in events(&s, &log, 0.0, 2.0 * HOUR) {
                assert!(e.frame >= before, "{:?} comes after {before:?}", e);
                assert_eq!(e.frame, e.frame.control_floor());
                before = e.frame;
            }
        }
    }
}

#[test]
fn a_score_from_anywhere_is_the_rest_of_the_whole() {
    let s = of(23, "intensity=0.8");
    let log = random_log(&s, 1.0, 5);
    let all = events(&s, &log, 0.0, HOUR);
    let mut dice = Stream::new(9, "from", 0);
    for _ in 0..40 {
        let from = Frame(u64::from(dice.next_u32()) % RATE.frames(HOUR));
        let whole: Vec<Event> = all.iter().copied().filter(|e| e.frame >= from).take(500).collect();
        let part: Vec<Event> = Score::new(&s, &log, from).unwrap().take(whole.len()).collect();
        assert_eq!(whole, part, "from {from:?}");
    }
}

#[test]
fn a_year_in_there_is_music_like_anywhere() {
    let s = of(31, "");
    let from = 365.0 * 24.0 * HOUR;
    let count = |from: f64| notes(&events(&s, &ChangeLog::new(), from, from + HOUR)).count();
    let (first, late) = (count(0.0), count(from));
    assert!((0.7..1.4).contains(&(late as f64 / first as f64)), "{first} notes, {late} a year later");
}

#[test]
fn too_many_changes_end_a_score_instead_of_garbling_it() {
    let s = of(1, "");
    let mut log = ChangeLog::new();
    for i in 0..300 {
        log.push(Change { frame: Frame(i), patch: patch("intensity=0.4") }).unwrap();
    }
    assert!(Score::new(&s, &log, Frame(0)).is_err());
    let mut later = ChangeLog::new();
    let span = MovementSpan::of(s.seed, RATE, 1);
    for i in 0..300 {
        later.push(Change { frame: span.start + 60 * 44_100 + i, patch: patch("intensity=0.4") }).unwrap();
    }
    let last = Score::new(&s, &later, Frame(0)).unwrap().last().unwrap();
    assert!(last.frame < span.start);
}
