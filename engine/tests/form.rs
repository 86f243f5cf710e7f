//! It sounds like something to leave on: layers enough, no silence, nothing twice, more with more intensity, no seam between movements.

mod common;

use auralis_engine::cpu::Simd;
use auralis_engine::mix::StereoBlock;
use auralis_engine::movement::Movement;
use auralis_engine::random::Stream;
use auralis_engine::session::{MovementSpan, Timeline};
use auralis_engine::settings::LAYERS;
use auralis_engine::time::CONTROL;
use auralis_engine::{ChangeLog, Frame, Instrument, Layer, Preset, SampleRate, Session, Settings, What};
use common::{centroid, events, notes, render, session, with};

const RATE: SampleRate = SampleRate::Hz44100;
const MINUTE: f64 = 60.0;

#[test]
fn at_least_three_layers_are_played_nine_tenths_of_the_time() {
    const STEP: f64 = 0.5;
    for preset in Preset::ALL {
        for seed in 0..12 {
            let s = session(seed, RATE, preset);
            let end = 10.0 * MINUTE;
            let mut layers = vec![[false; LAYERS]; (end / STEP) as usize];
            for (frame, note) in notes(&events(&s, &ChangeLog::new(), 0.0, end)) {
                let from = RATE.seconds(frame.0);
                // What rings on after its key is let go counts for a little.
                let rings = match note.instrument {
                    Instrument::Drone | Instrument::Pad => 2.0,
                    Instrument::Grain => 0.2,
                    _ => 0.5,
                };
                let until = from + RATE.seconds(note.duration) + rings;
                let last = ((until / STEP) as usize).min(layers.len() - 1);
                for moment in &mut layers[(from / STEP).ceil() as usize..=last] {
                    moment[note.instrument.layer().index()] = true;
                }
            }
            let enough = layers
                .iter_mut()
                .filter_map(|moment| {
                    // The wind always blows.
                    moment[Layer::Noise.index()] = true;
                    let heard =
                        moment.iter().zip(s.settings.layers).filter(|(on, level)| **on && level.get() > 0.0);
                    (heard.count() >= 3).then_some(())
                })
                .count();
            let share = enough as f64 / layers.len() as f64;
            assert!(share >= 0.9, "{} (seed {seed}): three layers {share:.2} of the time", preset.name());
        }
    }
}

#[test]
#[cfg_attr(coverage, ignore = "renders minutes, which counting lines slows a hundredfold")]
fn layers_sound_and_silence_never_lasts() {
    // The levels of the layers as they are mixed, every tenth of a second.
    const PART: usize = 69;
    for (i, preset) in Preset::ALL.into_iter().enumerate() {
        let s = session(60 + i as u64, RATE, preset);
        let timeline = Timeline::new(s.settings);
        let mut movement = Movement::new(s.seed, RATE, 0, &timeline, Simd::detect());
        let mut frame = Frame::ZERO;
        let (mut three, mut all) = (0, 0);
        let mut silent_for = 0.0_f64;
        while frame.0 < RATE.frames(45.0) {
            let mut energy = [0.0_f64; LAYERS];
            let mut together = 0.0_f64;
            for _ in 0..PART {
                let mut sum = StereoBlock::default();
                movement.render(frame, &timeline, &mut sum);
                frame = frame + CONTROL as u64;
                for (e, layer) in energy.iter_mut().zip(&movement.parts().layers) {
                    *e += layer.left.iter().chain(&layer.right).map(|x| f64::from(x * x)).sum::<f64>();
                }
                together += sum.left.iter().chain(&sum.right).map(|x| f64::from(x * x)).sum::<f64>();
            }
            let level = |e: f64| 10.0 * (e / (PART * 2 * CONTROL) as f64).max(1e-30).log10();
            if level(together) < -60.0 {
                silent_for += RATE.seconds((PART * CONTROL) as u64);
            } else {
                silent_for = 0.0;
            }
            assert!(silent_for <= 4.0, "{}: silent up to {} s", preset.name(), RATE.seconds(frame.0));
            // The very beginning comes from nothing.
            if frame.0 > RATE.frames(8.0) {
                all += 1;
                three += i32::from(energy.iter().filter(|e| level(**e) > -66.0).count() >= 3);
            }
        }
        let share = f64::from(three) / f64::from(all);
        println!("{}: three layers or more above -66 dBFS {share:.2} of the time", preset.name());
        assert!(share >= 0.9, "{}: {share:.2}", preset.name());
    }
}

/// A note, as far as repetition goes: when, what pitch, which layer.
type Onset = (f64, u8, Layer);

/// The greatest part of notes that any two passages of `length` seconds have in common, at any lag: the same pitch on the same layer at the same
/// time within the passage, give or take `tolerance` seconds; of the passage with more notes. Lags are slid by the tolerance.
fn likeness(all: &[Onset], length: f64, tolerance: f64) -> f64 {
    let mut by_kind = std::collections::HashMap::<(u8, Layer), Vec<f64>>::new();
    for (at, pitch, layer) in all {
        by_kind.entry((*pitch, *layer)).or_default().push(*at);
    }
    let end = all.last().unwrap().0;
    let until = |t: f64| all.partition_point(|o| o.0 < t);
    let mut most = 0.0_f64;
    for lag in (0..).map(|n| length + f64::from(n) * tolerance).take_while(|lag| lag + length <= end) {
        // How many notes up to each come again after the lag.
        let mut again = vec![0_u32; all.len() + 1];
        for (i, (at, pitch, layer)) in all.iter().enumerate() {
            let times = &by_kind[&(*pitch, *layer)];
            let next = times.get(times.partition_point(|t| *t < at + lag - tolerance));
            again[i + 1] = again[i] + u32::from(next.is_some_and(|t| *t <= at + lag + tolerance));
        }
        // Passages that begin with a note.
        let (mut to, mut other, mut other_to) = (0, until(lag), until(lag));
        for (from, (start, ..)) in all.iter().enumerate() {
            if start + lag + length > end {
                break;
            }
            let reach = |mut i: usize, t: f64| {
                while i < all.len() && all[i].0 < t {
                    i += 1;
                }
                i
            };
            to = reach(to, start + length);
            other = reach(other, start + lag);
            other_to = reach(other_to, start + lag + length);
            let more = (to - from).max(other_to - other);
            most = most.max(f64::from(again[to] - again[from]) / more as f64);
        }
    }
    most
}

#[test]
fn a_loop_is_found_out() {
    let notes = |period: usize| -> Vec<Onset> {
        (0..200).map(|n| (n as f64 * 1.313, 60 + ((n % period) * 7 % 23) as u8, Layer::Lead)).collect()
    };
    // Loops of 30.2 s and of 45.96 s, which no step of 5 s would meet.
    assert!(likeness(&notes(23), 30.0, 0.1) > 0.95);
    assert!(likeness(&notes(35), 30.0, 0.1) > 0.95);
    let mut dice = Stream::new(1, "random", 0);
    let random: Vec<Onset> =
        (0..200).map(|n| (f64::from(n) * 1.313, dice.below(40) as u8, Layer::Lead)).collect();
    assert!(likeness(&random, 30.0, 0.1) < 0.5);
}

#[test]
fn no_two_passages_are_alike() {
    for preset in Preset::ALL {
        for seed in 0..3 {
            let s = session(seed, RATE, preset);
            let all: Vec<Onset> = notes(&events(&s, &ChangeLog::new(), 0.0, 10.0 * MINUTE))
                .map(|(f, n)| (RATE.seconds(f.0), n.pitch, n.instrument.layer()))
                .collect();
            let most = likeness(&all, 30.0, 0.1);
            println!("{} (seed {seed}): passages match by {most:.2} at most", preset.name());
            assert!(most <= 0.8, "{} (seed {seed}): two passages match by {most:.2}", preset.name());
        }
    }
}

#[test]
#[cfg_attr(coverage, ignore = "renders minutes, which counting lines slows a hundredfold")]
fn intensity_and_brightness_are_heard_within_five_seconds() {
    for (before, after, rises) in [
        ("intensity=0.2", "intensity=0.9", true),
        ("intensity=0.9", "intensity=0.2", false),
        ("brightness=0.2", "brightness=0.9", true),
        ("brightness=0.9", "brightness=0.2", false),
    ] {
        let mut ratios = Vec::new();
        for seed in 0..3 {
            let s = Session { seed, rate: RATE, settings: with(&Settings::default(), before) };
            // From three to five seconds after the change, against the same music without it.
            let centre = |log: &ChangeLog| {
                let out = render(&s, log, Simd::detect(), Frame(RATE.frames(33.0)), 2 * 44_100);
                let left: Vec<f32> = out.iter().step_by(2).copied().collect();
                centroid(&left, 44_100.0)
            };
            let changed = centre(&common::log(RATE, &[(30.0, after)]));
            ratios.push(changed / centre(&ChangeLog::new()));
        }
        println!("{before} to {after}: the spectrum's centre moves by {ratios:.2?}");
        for r in ratios {
            assert!(if rises { r > 1.15 } else { r < 0.87 }, "{before} to {after}: {r:.2}");
        }
    }
}

#[test]
#[cfg_attr(coverage, ignore = "renders minutes, which counting lines slows a hundredfold")]
fn brightness_and_level_rise_with_intensity() {
    let mean = |words: &str| {
        let (mut bright, mut loud) = (0.0, 0.0);
        for seed in [1, 2] {
            let settings = with(&Settings::default(), words);
            let s = Session { seed, rate: RATE, settings };
            let out = render(&s, &ChangeLog::new(), Simd::detect(), Frame(0), 40 * 44_100);
            let left: Vec<f32> = out[10 * 88_200..].iter().step_by(2).copied().collect();
            bright += centroid(&left, 44_100.0) / 2.0;
            loud += common::rms(&left) / 2.0;
        }
        println!("{words}: centroid {bright:.0} Hz, level {:.1} dBFS", common::to_db(loud));
        (bright, loud)
    };
    let (low, middle, high) = (mean("intensity=0.1"), mean("intensity=0.5"), mean("intensity=0.9"));
    assert!(low.0 < middle.0 && middle.0 < high.0, "brightness");
    assert!(low.1 < middle.1 * 1.02 && middle.1 < high.1 * 1.02, "level");
    let (dark, bright) = (mean("brightness=0"), mean("brightness=1"));
    assert!(dark.0 * 1.15 < bright.0, "the setting brightness");
}

/// Onsets a second over many hours. Drones are left out: they take seconds to be heard at all.
fn density(s: &Session, hours: f64) -> Vec<f64> {
    let end = hours * 3600.0;
    let mut counts = vec![0.0; end as usize];
    for (frame, note) in notes(&events(s, &ChangeLog::new(), 0.0, end)) {
        if note.instrument != Instrument::Drone {
            counts[(RATE.seconds(frame.0) as usize).min(end as usize - 1)] += 1.0;
        }
    }
    counts
}

#[test]
fn onsets_are_as_dense_at_boundaries_as_at_any_change_of_harmony() {
    const HOURS: f64 = 60.0;
    for preset in [Preset::Focus, Preset::Sleep, Preset::Bright] {
        let s = session(5, RATE, preset);
        let counts = density(&s, HOURS + 0.1);
        // Five seconds before and after each chord's beginning, in the middle of movements and at their beginnings.
        let (mut there, mut elsewhere) = (Vec::new(), Vec::new());
        for e in events(&s, &ChangeLog::new(), 60.0, HOURS * 3600.0) {
            if let What::Chord { .. } = e.what {
                let at = RATE.seconds(e.frame.0) as usize;
                let window = counts[at - 5..at + 5].iter().sum::<f64>();
                let span = MovementSpan::at(s.seed, RATE, e.frame);
                if e.frame == span.start { there.push(window) } else { elsewhere.push(window) }
            }
        }
        let d = farthest(&mut there, &mut elsewhere);
        println!("{}: onset density at boundaries differs by D = {d:.3}", preset.name());
        assert!(there.len() > 1000 && d < 0.1, "{}: {d}", preset.name());
    }
}

/// Kolmogorov's and Smirnov's D: how far two distributions are apart at most.
fn farthest(a: &mut [f64], b: &mut [f64]) -> f64 {
    a.sort_by(f64::total_cmp);
    b.sort_by(f64::total_cmp);
    let below = |x: &[f64], v: f64| x.partition_point(|y| *y <= v) as f64 / x.len() as f64;
    a.iter().chain(b.iter()).map(|v| (below(a, *v) - below(b, *v)).abs()).fold(0.0, f64::max)
}

#[test]
fn nothing_repeats_with_the_length_of_a_movement() {
    let s = session(6, RATE, Preset::Focus);
    let counts = density(&s, 100.0);
    // Moving means of 10 s, of zero mean.
    let mean = counts.iter().sum::<f64>() / counts.len() as f64;
    let curve: Vec<f64> = counts.windows(10).map(|w| w.iter().sum::<f64>() / 10.0 - mean).collect();
    let power: f64 = curve.iter().map(|x| x * x).sum();
    let correlation = |lag: usize| curve.iter().zip(&curve[lag..]).map(|(a, b)| a * b).sum::<f64>() / power;
    let at: Vec<(usize, f64)> = (100..=200).map(|lag| (lag, correlation(lag))).collect();
    let near = at.iter().filter(|(l, _)| l.abs_diff(150) <= 5).map(|c| c.1).fold(f64::MIN, f64::max);
    let others: Vec<f64> = at.iter().filter(|(l, _)| l.abs_diff(150) > 20).map(|c| c.1).collect();
    let highest = others.iter().copied().fold(f64::MIN, f64::max);
    println!("autocorrelation of onset density near 150 s: {near:.3}; elsewhere up to {highest:.3}");
    assert!(near < highest + 0.03 && near < 0.15, "{near} near 150 s, elsewhere up to {highest}");
}
