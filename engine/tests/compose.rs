//! What is composed, against what was promised: distributions over many hours with proper statistics, and rules that hold without exception.
//!
//! Everything here is deterministic; the critical values say how unlikely it is that a right composer fails with a fixed seed.

mod common;

use auralis_engine::compose::form::Arcs;
use auralis_engine::mapping;
use auralis_engine::music::{Chord, Colour, Key, Scale, Tonic, chain};
use auralis_engine::random::Stream;
use auralis_engine::session::MovementSpan;
use auralis_engine::time::CONTROL;
use auralis_engine::{
    Change, ChangeLog, Event, Frame, Instrument, Layer, Note, Preset, SampleRate, Score, Session, Settings,
    What,
};
use common::{events, notes, patch, session, with};

const HOUR: f64 = 3600.0;
const RATE: SampleRate = SampleRate::Hz44100;

/// The value that a chi-square variable of `freedom` degrees exceeds once in 100 000 times (Wilson and Hilferty's approximation).
fn chi_square_limit(freedom: usize) -> f64 {
    const Z: f64 = 4.265;
    let k = freedom as f64;
    let part = 2.0 / (9.0 * k);
    k * (1.0 - part + Z * part.sqrt()).powi(3)
}

/// Pearson's statistic of counts against probabilities, and its degrees of freedom. What cannot be must not have been.
fn chi_square(counts: &[u64], probabilities: &[f64]) -> (f64, usize) {
    let total: u64 = counts.iter().sum();
    let mut statistic = 0.0;
    let mut freedom = 0;
    for (count, p) in counts.iter().zip(probabilities) {
        if *p == 0.0 {
            assert_eq!(*count, 0, "what has no chance has happened");
            continue;
        }
        let expected = p * total as f64;
        assert!(expected >= 5.0, "too few ({total}) to judge");
        statistic += (*count as f64 - expected).powi(2) / expected;
        freedom += 1;
    }
    (statistic, freedom - 1)
}

#[track_caller]
fn assert_distributed(counts: &[u64], probabilities: &[f64], what: &str) {
    let (statistic, freedom) = chi_square(counts, probabilities);
    let limit = chi_square_limit(freedom);
    assert!(statistic < limit, "{what}: chi-square {statistic:.1} over {limit:.1} ({counts:?})");
}

#[track_caller]
fn assert_uniform(values: &[f64], low: f64, high: f64, what: &str) {
    const BINS: usize = 10;
    let mut counts = [0; BINS];
    for v in values {
        let bin = (v - low) / (high - low) * BINS as f64;
        assert!((0.0..=BINS as f64).contains(&bin), "{what}: {v} is not in {low} to {high}");
        counts[(bin as usize).min(BINS - 1)] += 1;
    }
    assert_distributed(&counts, &[0.1; BINS], what);
}

#[test]
fn the_critical_values_are_right() {
    // For even degrees of freedom the chance of exceeding x is exp(-x/2) · Σ (x/2)ⁱ/i!, i below half of them.
    for freedom in [2, 4, 6, 10, 30] {
        let half = chi_square_limit(freedom) / 2.0;
        let (mut term, mut sum) = (1.0, 0.0);
        for i in 1..=freedom / 2 {
            sum += term;
            term *= half / i as f64;
        }
        let chance = (-half).exp() * sum;
        assert!((0.4e-5..1.6e-5).contains(&chance), "{freedom}: {chance:e}");
    }
}

/// A session whose settings are the defaults with words over them.
fn of(seed: u64, words: &str) -> Session {
    Session { seed, rate: RATE, settings: with(&Settings::default(), words) }
}

/// The chords of a stretch, each with its frame and whether it was led.
fn chords(events: &[Event]) -> Vec<(Frame, Chord, bool)> {
    let chord = |e: &Event| match e.what {
        What::Chord { chord, led, .. } => Some((e.frame, chord, led)),
        _ => None,
    };
    events.iter().filter_map(chord).collect()
}

/// Bars, each with its beginning, its end, its chord, and whether it begins a phrase. Whole movements only.
struct Bar {
    start: Frame,
    end: Frame,
    chord: Chord,
    phrase: bool,
    movement: u64,
}

fn bars(session: &Session, events: &[Event]) -> Vec<Bar> {
    let mut bars: Vec<Bar> = Vec::new();
    let (mut movement, mut phrase) = (0, false);
    for e in events {
        match e.what {
            What::Movement { index } => movement = index,
            What::Phrase { .. } => phrase = true,
            What::Bar { .. } => {
                let end = MovementSpan::of(session.seed, session.rate, movement).end;
                if let Some(last) = bars.last_mut() {
                    last.end = e.frame;
                }
                let chord = bars.last().map_or(Chord::new(0, Scale::Major, 0, Colour::Triad), |b| b.chord);
                bars.push(Bar { start: e.frame, end, chord, phrase, movement });
                phrase = false;
            }
            What::Chord { chord, .. } => bars.last_mut().unwrap().chord = chord,
            What::Note(_) | What::Release(_) => {}
        }
    }
    bars
}

/// The bar that a note was planned in: grids lie 120 ms after the bars, and nothing leans more than 100 ms.
fn bar_of(bars: &[Bar], frame: Frame) -> &Bar {
    let frame = frame.saturating_sub(RATE.frames(0.015));
    &bars[bars.partition_point(|b| b.start <= frame) - 1]
}

fn of_instrument(events: &[Event], instrument: Instrument) -> Vec<(Frame, Note)> {
    notes(events).filter(|(_, n)| n.instrument == instrument).collect()
}

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

#[test]
fn pads_play_the_chord_and_bells_its_notes() {
    for (i, preset) in Preset::ALL.into_iter().enumerate() {
        let s = session(i as u64, RATE, preset);
        let events = events(&s, &ChangeLog::new(), 0.0, 4.0 * HOUR);
        let bars = bars(&s, &events);
        let mut bells = 0;
        for (frame, note) in notes(&events) {
            let chord = bar_of(&bars, frame).chord.pitch_classes();
            match note.instrument {
                Instrument::Pad => assert!(chord & (1 << (note.pitch % 12)) != 0, "{note:?}"),
                Instrument::Bell => {
                    // Bells are planned from a little after a bar's beginning on.
                    let at = frame.saturating_sub(8 * CONTROL as u64);
                    let bar = &bars[bars.partition_point(|b| b.start <= at) - 1];
                    let chord = bar.chord.pitch_classes();
                    assert!(chord & (1 << (note.pitch % 12)) != 0, "{note:?} in {:?}", bar.chord);
                    bells += 1;
                }
                _ => {}
            }
        }
        assert!(bells > 100);
    }
}

#[test]
fn layers_keep_to_their_ranges() {
    for preset in Preset::ALL {
        let s = session(33, RATE, preset);
        for (_, note) in notes(&events(&s, &ChangeLog::new(), 0.0, 2.0 * HOUR)) {
            let hz = 440.0 * 2_f64.powf((f64::from(note.pitch) - 69.0) / 12.0);
            let range = match note.instrument {
                Instrument::Drone => 30.0..=120.0,
                Instrument::Pad => 200.0..=1000.0,
                Instrument::Lead | Instrument::Bell => 250.0..=4000.0,
                Instrument::Grain => 500.0..=4000.0,
                Instrument::Kick | Instrument::Swell | Instrument::HiHat => 0.0..=20_000.0,
            };
            assert!(range.contains(&hz), "{:?} at {hz} Hz", note.instrument);
            assert!((-1.0..=1.0).contains(&note.pan) && (0.0..=1.0).contains(&note.velocity));
            assert!(note.duration > 0);
        }
    }
}

#[test]
fn the_drone_never_stops() {
    for preset in [Preset::Sleep, Preset::Bright] {
        let s = session(17, RATE, preset);
        let drones = of_instrument(&events(&s, &ChangeLog::new(), 0.0, 12.0 * HOUR), Instrument::Drone);
        let mut held_until = drones[0].0;
        for (frame, note) in drones {
            // Its release takes eight seconds; half of one is still loud.
            let gap = frame.0.saturating_sub(held_until.0);
            assert!(RATE.seconds(gap) < 2.0, "no drone for {} s", RATE.seconds(gap));
            held_until = held_until.max(frame + note.duration);
        }
    }
}

#[test]
fn more_intensity_is_more_of_everything() {
    let count = |intensity: f32| {
        let s = of(5, &format!("bpm=60 intensity={intensity}"));
        let events = events(&s, &ChangeLog::new(), 0.0, 10.0 * HOUR);
        let of = |layer: Layer| notes(&events).filter(|(_, n)| n.instrument.layer() == layer).count();
        [Layer::Pad, Layer::Lead, Layer::Bell, Layer::Grains, Layer::Percussion].map(of)
    };
    let all: Vec<_> = [0.0, 0.25, 0.5, 0.75, 1.0].map(count).into();
    for pair in all.windows(2) {
        for (less, more) in pair[0].iter().zip(pair[1]) {
            assert!(more > *less || (*less == 0 && more == 0), "{all:?}");
        }
    }
    for i in 0..100 {
        let (a, b) = (i as f32 / 100.0, (i + 1) as f32 / 100.0);
        let rising: [fn(f32) -> f32; 12] = [
            mapping::melody_notes,
            mapping::melody_chance,
            mapping::grains_a_second,
            mapping::bell_chance,
            mapping::drone_cutoff,
            mapping::pad_cutoff,
            mapping::lead_cutoff,
            mapping::noise_cutoff,
            mapping::echo_send,
            mapping::reverb_send,
            |x| -mapping::chord_seconds(x),
            |x| -mapping::lean_seconds(x),
        ];
        for (n, column) in rising.iter().enumerate() {
            assert!(column(b) >= column(a), "column {n} falls at {a}");
        }
        assert!(mapping::pad_voices(b) >= mapping::pad_voices(a));
        for layer in 0..auralis_engine::settings::LAYERS {
            assert!(mapping::layer_gain(layer, b) >= mapping::layer_gain(layer, a), "layer {layer} at {a}");
        }
    }
}

/// A log of random changes of everything, some of them close to movements' boundaries.
fn random_log(s: &Session, hours: f64, seed: u64) -> ChangeLog {
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

#[test]
fn movements_lie_where_they_should() {
    for rate in SampleRate::ALL {
        let length = rate.frames(150.0);
        for seed in 0..20 {
            let mut lengths = Vec::new();
            for k in (0..300).chain(200_000..200_100) {
                let span = MovementSpan::of(seed, rate, k);
                assert_eq!(span.start, span.start.control_floor());
                assert!(span.start.0.abs_diff(k * length) < length / 8 + 64);
                assert_eq!(span.end, MovementSpan::of(seed, rate, k + 1).start);
                for frame in [span.start, Frame(span.end.0 - 1), span.start + 1_000_000] {
                    assert_eq!(MovementSpan::at(seed, rate, frame).index, k);
                }
                lengths.push(span.end - span.start);
            }
            lengths.sort_unstable();
            assert!(lengths[360] - lengths[40] > length / 8, "movements' lengths vary");
        }
    }
}

#[test]
fn arcs_are_slow_and_know_no_boundary() {
    for seed in 0..5 {
        let arcs = Arcs::new(seed, RATE);
        let (mut low, mut high) = (1.0_f32, -1.0_f32);
        let mut before = arcs.at(Frame(0));
        for i in 1..36_000 {
            let now = arcs.at(Frame(i * 44_100));
            for (a, b) in [
                (before.density, now.density),
                (before.brightness, now.brightness),
                (before.lead, now.lead),
                (before.bell, now.bell),
                (before.grains, now.grains),
            ] {
                assert!((-1.0..=1.0).contains(&b));
                assert!((a - b).abs() < 0.08, "an arc leaps");
            }
            assert_eq!(now.brightness, arcs.brightness(Frame(i * 44_100)));
            low = low.min(now.density);
            high = high.max(now.density);
            before = now;
        }
        assert!(low < -0.7 && high > 0.7, "density stays within {low} to {high}");
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
    // A colour never brings a foreign note (but for aeolian's given perfect fifth on ii).
    for scale in Scale::ALL {
        for degree in 0..scale.steps().len() as u8 {
            for colour in [Triad, Seventh, Ninth, Sus2, Sus4, Add9, Quartal] {
                let chord = Chord::new(4, scale, degree, colour);
                let foreign = chord.pitch_classes() & !scale.pitch_classes(4);
                assert!(
                    foreign == 0 || scale == Aeolian && degree == 1,
                    "{scale} {degree} {colour:?}: {:?}",
                    chord.notes()
                );
            }
        }
    }
}
