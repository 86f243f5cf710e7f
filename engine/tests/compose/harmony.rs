//! Chords: spelled, linked and timed as they should be.

use super::statistics::assert_distributed;
use super::*;

#[test]
fn aeolian_is_the_given_chain() {
    const GIVEN: [[f32; 7]; 7] = [
        [0.15, 0.05, 0.10, 0.30, 0.05, 0.30, 0.05],
        [0.25, 0.10, 0.05, 0.15, 0.25, 0.15, 0.05],
        [0.20, 0.05, 0.15, 0.10, 0.10, 0.30, 0.10],
        [0.25, 0.10, 0.10, 0.10, 0.20, 0.15, 0.10],
        [0.40, 0.10, 0.05, 0.20, 0.05, 0.15, 0.05],
        [0.25, 0.05, 0.20, 0.15, 0.05, 0.10, 0.20],
        [0.30, 0.05, 0.25, 0.10, 0.05, 0.20, 0.05],
    ];
    for (degree, row) in GIVEN.iter().enumerate() {
        assert_eq!(chain::row(Scale::Aeolian, degree as u8), row);
    }
    for scale in Scale::ALL {
        for degree in 0..scale.steps().len() as u8 {
            let row = chain::row(scale, degree);
            assert_eq!(row.len(), scale.steps().len());
            assert!((row.iter().sum::<f32>() - 1.0).abs() < 1e-6 && row.iter().all(|p| *p >= 0.0));
        }
    }
}

#[test]
fn chords_follow_each_other_as_the_chain_says() {
    for scale in Scale::ALL {
        let count = scale.steps().len();
        let mut counts = vec![vec![0_u64; count]; count];
        for seed in 0..4 {
            // At full intensity every bar has a chord, at the highest tempo a bar takes 1.2 s.
            let words = format!("intensity=1 bpm=200 scale={}", scale.name().replace(' ', "_"));
            let events = events(&of(seed, &words), &ChangeLog::new(), 0.0, 4.0 * HOUR);
            let mut last: Option<u8> = None;
            for e in &events {
                match e.what {
                    What::Movement { .. } => last = None,
                    What::Chord { chord, led, .. } => {
                        if let (Some(from), false) = (last, led) {
                            counts[from as usize][chord.degree as usize] += 1;
                        }
                        last = Some(chord.degree);
                    }
                    _ => {}
                }
            }
        }
        for (degree, counts) in counts.iter().enumerate() {
            let row: Vec<f64> = chain::row(scale, degree as u8).iter().map(|p| f64::from(*p)).collect();
            // A degree that no other leads to is never left either.
            if counts.iter().sum::<u64>() > 0 {
                assert_distributed(counts, &row, &format!("{scale}, from degree {degree}"));
            }
        }
        let visited = counts.iter().filter(|c| c.iter().sum::<u64>() > 0).count();
        assert!(visited >= count - 2, "{scale}: only {visited} degrees are ever visited");
    }
}

#[test]
fn slow_chords_follow_the_same_chain() {
    // At low intensity the chain is the same; it only moves more slowly.
    let mut counts = [[0_u64; 7]; 7];
    let mut kept = 0;
    for seed in 0..12 {
        let events = events(&of(seed, "intensity=0.45"), &ChangeLog::new(), 0.0, 24.0 * HOUR);
        let mut last: Option<u8> = None;
        for e in &events {
            match e.what {
                What::Movement { .. } => last = None,
                What::Chord { chord, led, .. } => {
                    if let (Some(from), false) = (last, led) {
                        counts[from as usize][chord.degree as usize] += 1;
                        kept += 1;
                    }
                    last = Some(chord.degree);
                }
                _ => {}
            }
        }
    }
    assert!(kept > 5000, "{kept}");
    for (degree, counts) in counts.iter().enumerate() {
        let row: Vec<f64> = chain::row(Scale::Aeolian, degree as u8).iter().map(|p| f64::from(*p)).collect();
        assert_distributed(counts, &row, &format!("from degree {degree}"));
    }
}

#[test]
fn harmony_moves_as_slowly_as_it_should() {
    for (intensity, share_needed) in [(0.0_f32, 0.95), (0.15, 0.95), (0.3, 0.95), (0.4, 0.9)] {
        let (mut inside, mut all) = (0, 0);
        for seed in 0..4 {
            let s = of(seed, &format!("bpm=50 intensity={intensity}"));
            let chords = chords(&events(&s, &ChangeLog::new(), 0.0, 12.0 * HOUR));
            for pair in chords.windows(2) {
                let seconds = RATE.seconds(pair[1].0 - pair[0].0);
                // By the nearest bar.
                inside += i32::from((27.5..=92.5).contains(&seconds));
                all += 1;
                assert!(seconds < 96.0, "a chord of {seconds} s at intensity {intensity}");
            }
        }
        let share = f64::from(inside) / f64::from(all);
        println!("intensity {intensity}: {share:.3} of {all} chords last 30 to 90 s");
        assert!(share >= share_needed, "{share} at intensity {intensity}");
    }
    let s = of(1, "intensity=1");
    let all = events(&s, &ChangeLog::new(), 0.0, HOUR);
    assert_eq!(chords(&all).len(), bars(&s, &all).len(), "a chord a bar at full intensity");
}

#[test]
fn the_planned_length_of_a_chord_is_the_length_it_has() {
    let s = of(15, "intensity=0.4");
    let all = chords_with_length(&events(&s, &ChangeLog::new(), 0.0, 5.0 * HOUR));
    for pair in all.windows(2) {
        let (meant, real) = (pair[0].1, pair[1].0 - pair[0].0);
        assert!(meant.abs_diff(real) <= CONTROL as u64 * 64, "{meant} frames meant, {real} played");
    }
}

fn chords_with_length(events: &[Event]) -> Vec<(Frame, u64)> {
    let length = |e: &Event| match e.what {
        What::Chord { duration, .. } => Some((e.frame, duration)),
        _ => None,
    };
    events.iter().filter_map(length).collect()
}

#[test]
fn the_chord_before_leads_into_the_next_movement() {
    // The last chord of a movement is drawn for the way to the next one's first; that way must be possible, and the last chord be marked.
    for seed in 0..8 {
        let s = of(seed, "intensity=0.6");
        let mut last: Option<(Chord, bool)> = None;
        let mut first = false;
        let mut seen = 0;
        for e in events(&s, &ChangeLog::new(), 0.0, 6.0 * HOUR) {
            match e.what {
                What::Movement { .. } => first = true,
                What::Chord { chord, led, .. } => {
                    if let (true, Some((before, was_led))) = (first, last) {
                        let row = chain::row(Scale::Aeolian, before.degree);
                        assert!(row[chord.degree as usize] > 0.0);
                        assert!(was_led, "the last chord of a movement leads");
                        assert!(!led);
                        seen += 1;
                    }
                    first = false;
                    last = Some((chord, led));
                }
                _ => {}
            }
        }
        assert!(seen > 100);
    }
}

#[test]
fn chords_are_spelled_right() {
    let notes = |scale, degree, colour| Chord::new(9, scale, degree, colour).notes().to_vec();
    use Colour::*;
    use Scale::*;
    for (degree, expected) in [
        (0, [0, 3, 7]),
        (1, [0, 3, 7]),
        (2, [0, 4, 7]),
        (3, [0, 3, 7]),
        (4, [0, 3, 7]),
        (5, [0, 4, 7]),
        (6, [0, 4, 7]),
    ] {
        assert_eq!(notes(Aeolian, degree, Triad), expected, "aeolian {degree}");
    }
    assert_eq!(notes(Dorian, 3, Triad), [0, 4, 7], "dorian's IV");
    assert_eq!(notes(Phrygian, 1, Triad), [0, 4, 7], "phrygian's II");
    assert_eq!(notes(Lydian, 3, Triad), [0, 3, 6], "lydian's #iv°");
    assert_eq!(notes(Aeolian, 0, Seventh), [0, 3, 7, 10]);
    assert_eq!(notes(HarmonicMinor, 0, Seventh), [0, 3, 7, 11], "imaj7");
    assert_eq!(notes(HarmonicMinor, 0, Ninth), [0, 3, 7, 11, 14]);
    assert_eq!(notes(HarmonicMinor, 3, Seventh), [0, 3, 7, 10]);
    assert_eq!(notes(Aeolian, 5, Ninth), [0, 4, 7, 10, 14], "VI9");
    assert_eq!(notes(Aeolian, 6, Ninth), [0, 4, 7, 10, 14]);
    assert_eq!(notes(Aeolian, 2, Ninth), [0, 4, 7], "III has no minor seventh");
    assert_eq!(notes(HarmonicMinor, 2, Triad), [0, 4, 8]);
    assert_eq!(notes(Major, 0, Seventh), [0, 4, 7, 11]);
    assert_eq!(notes(Aeolian, 6, Seventh), [0, 4, 7, 10]);
    assert_eq!(notes(Aeolian, 0, Quartal), [0, 5, 10]);
    assert_eq!(notes(Major, 0, Sus2), [0, 2, 7]);
    assert_eq!(notes(Major, 0, Add9), [0, 4, 7, 14]);
    // VI in A minor is F.
    assert_eq!(Chord::new(9, Aeolian, 5, Triad).root, 5);
    assert_eq!(Chord::new(9, Aeolian, 5, Triad).numeral(Aeolian), "VI");
    assert_eq!(Chord::new(9, Aeolian, 0, Triad).numeral(Aeolian), "i");
    // A colour never brings a foreign note (but for aeolian's given perfect fifth on ii, and the seventh of its given VI9).
    for scale in Scale::ALL {
        for degree in 0..scale.steps().len() as u8 {
            for colour in [Triad, Seventh, Ninth, Sus2, Sus4, Add9, Quartal] {
                let chord = Chord::new(4, scale, degree, colour);
                let foreign = chord.pitch_classes() & !scale.pitch_classes(4);
                assert!(
                    foreign == 0
                        || scale == Aeolian && degree == 1
                        || scale == Aeolian && degree == 5 && colour == Ninth && foreign == 1 << 10,
                    "{scale} {degree} {colour:?}: {:?}",
                    chord.notes()
                );
            }
        }
    }
}

#[test]
fn the_ninth_on_six_is_rare_and_nothing_grates_against_its_seventh() {
    let (mut ninths, mut all) = (0, 0);
    for seed in 0..6 {
        let s = of(seed, "intensity=0.9 bpm=120 key=A_minor");
        let events = events(&s, &ChangeLog::new(), 0.0, 6.0 * HOUR);
        let bars = bars(&s, &events);
        let is_given = |c: &Chord| c.degree == 5 && c.colour == Colour::Ninth;
        for (_, chord, _) in chords(&events) {
            ninths += i32::from(is_given(&chord));
            all += 1;
        }
        for (frame, note) in of_instrument(&events, Instrument::Grain) {
            let bar = bar_of(&bars, frame);
            // A bar's last grains may come a moment after its end.
            if is_given(&bar.chord) && frame > bar.start + RATE.frames(0.05) {
                // Eb takes the place of E.
                assert_ne!(note.pitch % 12, 4, "{note:?}");
            }
        }
    }
    let share = f64::from(ninths) / f64::from(all);
    assert!((0.005..0.03).contains(&share), "{share}");
}
