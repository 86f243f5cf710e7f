//! Voices: little movement, no semitones side by side.

use super::*;

/// The pad's chords: the pitches of each, sorted, and its movement.
fn pad_chords(events: &[Event]) -> Vec<(u64, Vec<u8>)> {
    let mut all: Vec<(u64, Vec<u8>)> = Vec::new();
    let mut movement = 0;
    for e in events {
        match e.what {
            What::Movement { index } => movement = index,
            What::Chord { .. } => all.push((movement, Vec::new())),
            What::Note(n) if n.instrument == Instrument::Pad => all.last_mut().unwrap().1.push(n.pitch),
            _ => {}
        }
    }
    for (_, pitches) in &mut all {
        pitches.sort_unstable();
    }
    all.retain(|(_, p)| !p.is_empty());
    all
}

#[test]
fn voices_move_little_and_never_grate() {
    for (i, scale) in Scale::ALL.into_iter().enumerate() {
        for intensity in ["0.1", "0.5", "1"] {
            let words = format!("intensity={intensity} scale={}", scale.name().replace(' ', "_"));
            let s = of(i as u64, &words);
            let all = pad_chords(&events(&s, &ChangeLog::new(), 0.0, 6.0 * HOUR));
            let (mut moved, mut within) = (0.0, 0.0);
            let (mut across, mut boundaries) = (0.0, 0.0);
            for (_, pitches) in &all {
                assert!((3..=5).contains(&pitches.len()), "{pitches:?}");
                for pair in pitches.windows(2) {
                    assert!(pair[1] - pair[0] >= 2, "{scale}: {pitches:?} grates");
                }
                let (low, high) = (pitches[0], *pitches.last().unwrap());
                assert!(low >= 50 && high <= 90, "{pitches:?} leaves the pad's range");
            }
            for pair in all.windows(2) {
                let distance = distance(&pair[0].1, &pair[1].1);
                if pair[0].0 == pair[1].0 {
                    moved += distance;
                    within += 1.0;
                } else {
                    across += distance;
                    boundaries += 1.0;
                }
            }
            let (within, across) = (moved / within, across / boundaries);
            println!("{scale} at {intensity}: voices move by {within:.2}, across boundaries by {across:.2}");
            assert!(within < 1.8, "{scale} at {intensity}: voices move by {within:.2} semitones");
            assert!(across < 2.5, "{scale} at {intensity}: across boundaries by {across:.2} semitones");
        }
    }
}

/// The mean distance from each note to the nearest of the other chord.
fn distance(a: &[u8], b: &[u8]) -> f64 {
    let nearest = |n: &u8| f64::from(a.iter().map(|o| o.abs_diff(*n)).min().unwrap());
    b.iter().map(nearest).sum::<f64>() / b.len() as f64
}
