//! Melody: which notes, when, how hard and how long.

use super::statistics::assert_uniform;
use super::*;

#[test]
fn melody_notes_are_of_the_chord_of_the_scale_and_passing() {
    for (i, scale) in Scale::ALL.into_iter().enumerate() {
        let (mut chord, mut in_scale, mut passing) = (0, 0, 0);
        for intensity in ["0.2", "0.5", "0.9"] {
            let words = format!("bpm=60 intensity={intensity} scale={}", scale.name().replace(' ', "_"));
            let s = of(50 + i as u64, &words);
            let events = events(&s, &ChangeLog::new(), 0.0, 10.0 * HOUR);
            let bars = bars(&s, &events);
            let tonic = s.settings.key.tonic.pitch_class();
            for (frame, note) in of_instrument(&events, Instrument::Lead) {
                let class = 1 << (note.pitch % 12);
                if bar_of(&bars, frame).chord.pitch_classes() & class != 0 {
                    chord += 1;
                } else if scale.pitch_classes(tonic) & class != 0 {
                    in_scale += 1;
                } else {
                    passing += 1;
                }
            }
        }
        let all = f64::from(chord + in_scale + passing);
        let share = |n: i32| f64::from(n) / all;
        println!(
            "{scale}: of {all} notes {:.3} of the chord, {:.3} of the scale, {:.3} passing",
            share(chord),
            share(in_scale),
            share(passing)
        );
        // "About 70-75 %", "about 25 %", "at most 5 %".
        assert!((0.69..=0.76).contains(&share(chord)), "{scale}: {:.3} of the chord", share(chord));
        assert!((0.21..=0.29).contains(&share(in_scale)), "{scale}: {:.3} of the scale", share(in_scale));
        assert!(share(passing) <= 0.05, "{scale}: {:.3} passing", share(passing));
    }
}

#[test]
fn a_passing_note_moves_on_by_a_step() {
    let s = of(6, "bpm=60 intensity=0.8");
    let events = events(&s, &ChangeLog::new(), 0.0, 40.0 * HOUR);
    let bars = bars(&s, &events);
    let tonic = s.settings.key.tonic.pitch_class();
    let scale = s.settings.scale.pitch_classes(tonic);
    let melody = of_instrument(&events, Instrument::Lead);
    let mut seen = 0;
    for pair in melody.windows(2) {
        let ((at, a), (next, b)) = (pair[0], pair[1]);
        let (bar, bar_next) = (bar_of(&bars, at), bar_of(&bars, next));
        let belongs = |n: &Note, bar: &Bar| (scale | bar.chord.pitch_classes()) & (1 << (n.pitch % 12)) != 0;
        if !belongs(&a, bar) && bar.movement == bar_next.movement {
            seen += 1;
            assert!(belongs(&b, bar_next), "two passing notes in a row");
            assert!(a.pitch.abs_diff(b.pitch) <= 2, "a passing note leaps");
        }
    }
    assert!(seen > 100, "{seen}");
}

#[test]
fn melody_keeps_its_bounds() {
    let mut velocities = Vec::new();
    let (mut usual, mut all) = (0, 0);
    let mut before = 0.0;
    for intensity in [0.0_f32, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0] {
        let s = of(3, &format!("bpm=60 intensity={intensity}"));
        let events = events(&s, &ChangeLog::new(), 0.0, 8.0 * HOUR);
        let bars = bars(&s, &events);
        let melody = of_instrument(&events, Instrument::Lead);
        let mut in_bar = std::collections::BTreeMap::<u64, u32>::new();
        for (frame, note) in &melody {
            assert!((36..=96).contains(&note.pitch));
            assert!((0.5..=0.8).contains(&note.velocity));
            let seconds = RATE.seconds(note.duration);
            assert!((0.499..=3.001).contains(&seconds), "{seconds} s");
            usual += i32::from((1.5..=2.0).contains(&seconds));
            all += 1;
            velocities.push(f64::from(note.velocity));
            *in_bar.entry(bar_of(&bars, *frame).start.0).or_default() += 1;
        }
        let most = (1.0 + 4.0 * intensity) as u32;
        let densest = in_bar.values().copied().max().unwrap();
        assert!(densest <= most, "{densest} notes in a bar at intensity {intensity}");
        assert!(densest + 1 >= most, "never more than {densest} notes in a bar at intensity {intensity}");
        let mean = melody.len() as f64 / bars.len() as f64;
        assert!(mean >= 0.5 && mean <= 0.8 * f64::from(most), "{mean} notes a bar at {intensity}");
        assert!(mean > before, "no denser at {intensity}: {mean} notes a bar");
        before = mean;
    }
    assert!(f64::from(usual) / f64::from(all) > 0.5, "{usual} of {all} last 1.5 to 2 s");
    assert_uniform(&velocities[..20_000], 0.5, 0.8, "velocities");
}

#[test]
fn onsets_lean_off_the_grid_evenly() {
    for intensity in [0.0_f32, 0.5, 1.0] {
        let s = of(4, &format!("bpm=50 intensity={intensity}"));
        let events = events(&s, &ChangeLog::new(), 0.0, 40.0 * HOUR);
        let bars = bars(&s, &events);
        let most = f64::from(mapping::lean_seconds(intensity));
        assert!((0.0499..=0.1001).contains(&most));
        let mut dice = Stream::new(1, "dither", 0);
        let leans: Vec<f64> = of_instrument(&events, Instrument::Lead)
            .iter()
            .take(5000)
            .map(|(frame, _)| {
                let bar = bar_of(&bars, *frame);
                // Onsets are cut to the control grid: a random part of an interval makes up for it.
                let at = RATE.seconds(*frame - bar.start) + f64::from(dice.unit()) * 64.0 / 44_100.0 - 0.12;
                let eighth = RATE.seconds(bar.end - bar.start) / 8.0;
                at - (at / eighth).round() * eighth
            })
            .collect();
        assert_eq!(leans.len(), 5000);
        let inside: Vec<f64> = leans.iter().copied().filter(|l| l.abs() <= most).collect();
        assert!(leans.iter().all(|l| l.abs() < most + 0.0015));
        assert!(inside.len() > 4900);
        assert_uniform(&inside, -most, most, &format!("leans at intensity {intensity}"));
    }
}

#[test]
fn notes_sound_with_the_given_probability() {
    for intensity in [0.0_f32, 0.4, 1.0] {
        let (mut expected, mut variance, mut sounded) = (0.0, 0.0, 0.0);
        for seed in 0..4 {
            let s = of(70 + seed, &format!("bpm=60 intensity={intensity}"));
            let events = events(&s, &ChangeLog::new(), 0.0, 10.0 * HOUR);
            let bars = bars(&s, &events);
            let arcs = Arcs::new(s.seed, RATE);
            let mut in_bar = std::collections::BTreeMap::<u64, u32>::new();
            for (frame, _) in of_instrument(&events, Instrument::Lead) {
                *in_bar.entry(bar_of(&bars, frame).start.0).or_default() += 1;
            }
            // How many are planned: 1 + u·(1 + 4·intensity), cut to a whole number within 1 to that.
            let most = mapping::melody_notes(intensity);
            let planned: Vec<f64> = (0..1000)
                .map(|u| f64::from(((1.0 + (u as f32 + 0.5) / 1000.0 * most).min(most)) as u32))
                .collect();
            let mean = planned.iter().sum::<f64>() / 1000.0;
            let spread = planned.iter().map(|p| (p - mean).powi(2)).sum::<f64>() / 1000.0;
            for pair in bars.windows(2) {
                // In a phrase's last bar the melody breathes, in a movement's last its end may be cut off.
                let last = pair[1].phrase || pair[1].movement != pair[0].movement;
                if last {
                    continue;
                }
                let presence = 1.0 + 0.5 * arcs.at(pair[0].start).lead;
                let p = f64::from((mapping::melody_chance(intensity) * presence).clamp(0.5, 0.8));
                expected += mean * p;
                variance += mean * p * (1.0 - p) + spread * p * p;
                sounded += f64::from(in_bar.get(&pair[0].start.0).copied().unwrap_or(0));
            }
        }
        let z = (sounded - expected) / variance.sqrt();
        println!(
            "intensity {intensity}: {sounded} notes, {expected:.0} expected, {z:.2} standard deviations"
        );
        assert!(
            expected > 10_000.0 && z.abs() < 4.27,
            "intensity {intensity}: {z:.2} standard deviations off"
        );
    }
}
