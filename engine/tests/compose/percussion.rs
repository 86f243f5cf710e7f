//! Percussion: how often what is struck.

use super::*;

#[test]
fn kicks_come_every_two_to_four_bars_above_a_fifth() {
    for intensity in ["0", "0.1", "0.2"] {
        let s = of(1, &format!("intensity={intensity}"));
        assert!(of_instrument(&events(&s, &ChangeLog::new(), 0.0, HOUR), Instrument::Kick).is_empty());
    }
    for intensity in ["0.21", "0.5", "1"] {
        let s = of(1, &format!("intensity={intensity}"));
        let events = events(&s, &ChangeLog::new(), 0.0, 10.0 * HOUR);
        let bars = bars(&s, &events);
        let mut last: Option<(usize, u64)> = None;
        let mut gaps = [0_u64; 3];
        for (frame, _) in of_instrument(&events, Instrument::Kick) {
            let start = bar_of(&bars, frame).start;
            let n = bars.partition_point(|b| b.start < start);
            let movement = bars[n].movement;
            if let Some((before, m)) = last {
                let gap = n - before;
                if m == movement {
                    assert!((2..=4).contains(&gap), "{gap} bars between kicks");
                    gaps[gap - 2] += 1;
                } else {
                    // Across a movement's boundary at least not twice as rare, nor in the same bar.
                    assert!((1..=8).contains(&gap), "{gap} bars between kicks at a boundary");
                }
            }
            last = Some((n, movement));
        }
        assert!(gaps.iter().all(|g| *g > 100), "{gaps:?}");
    }
}

#[test]
fn swells_are_few() {
    for intensity in [0.0_f32, 0.2, 0.34, 0.5, 0.7, 1.0] {
        let s = of(2, &format!("intensity={intensity}"));
        let events = events(&s, &ChangeLog::new(), 0.0, 10.0 * HOUR);
        let bars = bars(&s, &events);
        let phrase: Vec<usize> = bars
            .iter()
            .scan(0, |n, b| {
                *n += usize::from(b.phrase);
                Some(*n)
            })
            .collect();
        let mut counts = vec![0_u32; phrase.last().unwrap() + 1];
        for (frame, note) in of_instrument(&events, Instrument::Swell) {
            let start = bar_of(&bars, frame).start;
            counts[phrase[bars.partition_point(|b| b.start < start)]] += 1;
            assert!((2.0..=4.001).contains(&RATE.seconds(note.duration)));
        }
        let most = (3.0 * intensity) as u32;
        assert_eq!(counts.iter().copied().max(), Some(most), "at intensity {intensity}");
    }
}

#[test]
fn hats_are_none_at_rest_and_sparse_above() {
    for intensity in ["0", "0.2", "0.4"] {
        let s = of(3, &format!("intensity={intensity}"));
        assert!(of_instrument(&events(&s, &ChangeLog::new(), 0.0, HOUR), Instrument::HiHat).is_empty());
    }
    let mut before = 0.0;
    for intensity in [0.45_f32, 0.6, 0.8, 1.0] {
        let s = of(3, &format!("bpm=90 intensity={intensity}"));
        let events = events(&s, &ChangeLog::new(), 0.0, 10.0 * HOUR);
        let bars = bars(&s, &events);
        let hats = of_instrument(&events, Instrument::HiHat);
        let mean = hats.len() as f64 / bars.len() as f64;
        // Each of four places in a bar with a chance of half of what intensity lies above 0.4; a little less in a phrase's last bar.
        let chance = f64::from(intensity - 0.4) * 0.5;
        let (expected, deviation) =
            (4.0 * chance, (4.0 * chance * (1.0 - chance) / bars.len() as f64).sqrt());
        println!("intensity {intensity}: {mean:.3} hats a bar");
        assert!(
            mean < expected + 4.27 * deviation && mean > expected * 0.9,
            "{mean} hats a bar at {intensity}"
        );
        assert!(mean < 1.25, "sparse: {mean} a bar");
        assert!(mean > before);
        before = mean;
        for (_, note) in &hats {
            assert!((0.3..=0.7).contains(&note.velocity) && RATE.seconds(note.duration) < 0.2);
        }
    }
}
