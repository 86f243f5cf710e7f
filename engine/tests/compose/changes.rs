//! Changes of key, scale and tempo: when, and how they are led in.

use super::*;

/// A log of random changes of everything, some of them close to movements' boundaries.
pub(super) fn random_log(s: &Session, hours: f64, seed: u64) -> ChangeLog {
    let mut dice = Stream::new(seed, "log", 0);
    let mut frames: Vec<u64> = (0..(hours * 30.0) as u32)
        .map(|_| u64::from(dice.next_u32()) % s.rate.frames(hours * HOUR))
        .collect();
    for k in 1..(hours * 20.0) as u64 {
        let span = MovementSpan::of(s.seed, s.rate, k);
        let near = [span.planning_frame(s.rate), span.start];
        frames.push(near[dice.below(2) as usize].0 + u64::from(dice.below(5)) - 2);
    }
    frames.sort_unstable();
    let mut log = ChangeLog::new();
    for frame in frames {
        let keys: Vec<Key> = Key::all().collect();
        let words = match dice.below(4) {
            0 => format!("key={}", keys[dice.below(24) as usize].to_string().replace(' ', "_")),
            1 => format!("scale={}", Scale::ALL[dice.below(9) as usize].name().replace(' ', "_")),
            2 => format!("bpm={}", 40 + dice.below(161)),
            _ => format!("intensity={}", dice.unit()),
        };
        log.push(Change { frame: Frame(frame), patch: patch(&words) }).unwrap();
    }
    log
}

/// The settings in force at a frame, changes there included.
fn settings_at(s: &Session, log: &ChangeLog, frame: Frame) -> Settings {
    log.fold(&s.settings, frame + 1)
}

#[test]
fn key_scale_and_tempo_change_at_phrases_only_and_are_led_in() {
    let mut changes = 0;
    for seed in 0..6 {
        let s = of(seed, "");
        let log = random_log(&s, 3.0, seed);
        let all = events(&s, &log, 0.0, 3.0 * HOUR);
        let mut movement = MovementSpan::of(s.seed, RATE, 0);
        let mut before: Option<(Key, Scale, f32)> = None;
        // Where the next chord must be a led one.
        let mut moved = None;
        let phrases: Vec<(Frame, (Key, Scale, f32))> = all
            .iter()
            .filter_map(|e| match e.what {
                What::Phrase { key, scale, bpm, .. } => Some((e.frame, (key, scale, bpm))),
                _ => None,
            })
            .collect();
        for e in &all {
            match e.what {
                What::Movement { index } => {
                    movement = MovementSpan::of(s.seed, RATE, index);
                    assert_eq!(e.frame, movement.start);
                }
                What::Phrase { index, key, scale, bpm, bars, bar } => {
                    let from = if index == 0 { movement.planning_frame(RATE) } else { e.frame };
                    let expected = settings_at(&s, &log, from);
                    assert_eq!((key, scale, bpm), (expected.key, expected.scale, expected.bpm.get()));
                    let now = (key, scale, bpm);
                    let fresh = before.is_some_and(|b| b != now);
                    if index > 0 && before.is_some_and(|b| (b.0, b.1) != (key, scale)) {
                        moved = Some(e.frame);
                        changes += 1;
                    }
                    before = Some(now);
                    // Bars are stretched so that they fill the movement: by half a bar in all.
                    let wanted = f64::from(expected.bpm.bar_seconds());
                    let left = RATE.seconds(movement.end - e.frame);
                    let count = (left / wanted).round().max(1.0);
                    let real = RATE.seconds(bar);
                    assert!(
                        (real / wanted - 1.0).abs() <= 0.5 / count + 0.01
                            || count < 2.0
                            || index > 0 && !fresh,
                        "bars of {real} s instead of {wanted} s, {count} to go"
                    );
                    assert!((1..12).contains(&bars));
                }
                What::Chord { led, .. } => {
                    if let Some(at) = moved.take() {
                        assert_eq!(at, e.frame, "a new key needs a new chord");
                        assert!(led, "a new key must be led into");
                    }
                }
                What::Release(_) => {
                    let n = phrases.partition_point(|p| p.0 < e.frame);
                    assert_eq!(phrases[n].0, e.frame, "tones are let go where a phrase begins");
                    assert_ne!(phrases[n].1, phrases[n - 1].1, "nothing may be let go without a change");
                }
                What::Bar { .. } => {}
                What::Note(_) => {
                    assert!(moved.is_none());
                }
            }
        }
    }
    assert!(changes > 100, "{changes}");
}

#[test]
fn a_led_chord_in_a_new_key_shares_notes_with_the_old() {
    let (mut shared, mut all) = (0.0, 0.0);
    for seed in 0..10 {
        let s = of(seed, "intensity=0.6");
        let log = random_log(&s, 3.0, seed + 100);
        let events = events(&s, &log, 0.0, 3.0 * HOUR);
        let mut last: Option<Chord> = None;
        let mut key = None;
        let mut moved = false;
        for e in &events {
            match e.what {
                What::Movement { .. } => last = None,
                What::Phrase { key: k, scale, .. } => {
                    moved = key.is_some_and(|before| before != (k, scale));
                    key = Some((k, scale));
                }
                What::Chord { chord, .. } => {
                    if let (Some(before), true) = (last, moved) {
                        let common = (before.pitch_classes() & chord.pitch_classes()).count_ones();
                        shared += f64::from(u32::from(common > 0));
                        all += 1.0;
                    }
                    moved = false;
                    last = Some(chord);
                }
                _ => {}
            }
        }
    }
    assert!(all > 100.0);
    assert!(shared / all > 0.8, "{:.2} of the new keys share a note with the chord before", shared / all);
}

#[test]
fn a_movement_is_planned_twenty_seconds_ahead() {
    for seed in 0..20 {
        let s = of(seed, "intensity=0.7");
        let span = MovementSpan::of(seed, RATE, 2);
        let planning = span.planning_frame(RATE);
        let opening = |log: &ChangeLog| {
            let all: Vec<Event> =
                Score::new(&s, log, span.start).unwrap().take_while(|e| e.frame < span.end).collect();
            let phrases: Vec<(u32, Key, f32)> = all
                .iter()
                .filter_map(|e| match e.what {
                    What::Phrase { index, key, bpm, .. } => Some((index, key, bpm)),
                    _ => None,
                })
                .collect();
            (chords(&all)[0], phrases)
        };
        let changed = |at: Frame| {
            let mut log = ChangeLog::new();
            log.push(Change { frame: at, patch: patch("key=Eb_major bpm=90") }).unwrap();
            opening(&log)
        };
        let plain = opening(&ChangeLog::new());
        let (old, new) =
            (s.settings.key, Key { tonic: Tonic::new(3), mode: auralis_engine::music::Mode::Major });
        // At the planning frame: the movement begins with it.
        let early = changed(planning);
        assert!(early.1.iter().all(|p| p.1 == new && p.2 == 90.0));
        assert_ne!(early.0.1, plain.0.1);
        // One frame later, and up to its beginning: its first phrase stays as it was planned, the second takes the change.
        for at in [planning + 1, Frame(span.start.0 - 1), span.start] {
            let late = changed(at);
            assert_eq!(late.0, plain.0, "seed {seed}: the first chord");
            assert_eq!((late.1[0].1, late.1[0].2), (old, 70.0));
            assert!(late.1[1..].iter().all(|p| p.1 == new && p.2 == 90.0), "{:?}", late.1);
            assert!(late.1.len() > 1);
        }
    }
}
