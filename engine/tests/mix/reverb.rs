//! The reverb: its decay, its width, its silence.

use super::*;

/// The signal's part between two frequencies.
fn band(signal: &[f32], low: f64, high: f64, rate: f64) -> Vec<f64> {
    let n = signal.len().next_power_of_two();
    let mut buffer = vec![Complex::new(0.0, 0.0); n];
    for (c, x) in buffer.iter_mut().zip(signal) {
        c.re = f64::from(*x);
    }
    let mut planner = FftPlanner::new();
    planner.plan_fft_forward(n).process(&mut buffer);
    for (k, c) in buffer.iter_mut().enumerate() {
        let hz = k.min(n - k) as f64 * rate / n as f64;
        if hz < low || hz > high {
            *c = Complex::new(0.0, 0.0);
        }
    }
    planner.plan_fft_inverse(n).process(&mut buffer);
    buffer[..signal.len()].iter().map(|c| c.re / n as f64).collect()
}

/// The time in which a response dies away by 60 dB, from the slope between -5 and -35 dB of Schroeder's backward integral.
fn decay_time(response: &[f64], rate: f64) -> f64 {
    let mut energy: Vec<f64> = response
        .iter()
        .rev()
        .scan(0.0, |sum, x| {
            *sum += x * x;
            Some(*sum)
        })
        .collect();
    energy.reverse();
    let level = |e: f64| 10.0 * (e / energy[0]).log10();
    let points: Vec<(f64, f64)> = energy
        .iter()
        .enumerate()
        .step_by(64)
        .map(|(i, e)| (i as f64 / rate, level(*e)))
        .filter(|(_, l)| (-35.0..=-5.0).contains(l))
        .collect();
    let n = points.len() as f64;
    let (mt, ml) = (points.iter().map(|p| p.0).sum::<f64>() / n, points.iter().map(|p| p.1).sum::<f64>() / n);
    let slope = points.iter().map(|p| (p.0 - mt) * (p.1 - ml)).sum::<f64>()
        / points.iter().map(|p| (p.0 - mt).powi(2)).sum::<f64>();
    -60.0 / slope
}

fn response(decay: f32, damping: f32, rate: SampleRate, full: bool) -> [Vec<f32>; 2] {
    let mut reverb = Reverb::new(Room { decay, damping }, 0.045, 320.0, rate);
    let frames = rate.frames(f64::from(decay) * 0.9) as usize / CONTROL * CONTROL;
    through(frames, |n| [impulse(n)[0]; 2], |f, x| reverb.process(f, x, if full { 1.0 } else { 0.0 }))
}

#[test]
fn rooms_decay_as_long_as_they_are_told() {
    let cases = [
        (5.0, 5500.0, RATE, true),
        (9.0, 4500.0, RATE, true),
        (13.0, 3500.0, RATE, true),
        (9.0, 4500.0, RATE, false),
        (6.0, 5000.0, SampleRate::Hz48000, true),
    ];
    for (decay, damping, rate, full) in cases {
        let [left, _] = response(decay, damping, rate, full);
        let hz = f64::from(rate.hz());
        let octave = |low: f64| decay_time(&band(&left, low, 2.0 * low, hz), hz);
        let (low, middle, high) = (octave(250.0), octave(500.0), octave(4000.0));
        let quality = if full { "" } else { ", reduced" };
        println!(
            "decay {decay} s{quality}: {low:.2} s at 250-500 Hz, {middle:.2} s at 500-1000, {high:.2} s at 4-8 kHz"
        );
        assert!((low / f64::from(decay) - 1.0).abs() < 0.12, "{decay} s became {low:.2} s");
        // The damping, a one-pole low-pass whose cutoff goes with the shortness of each line, has its part in the middle already: so
        // many decibels a second at the octave's middle (by energy, which leans to the side that lasts longer).
        let cutoff = f64::from(damping);
        let longest = 0.0967;
        let loss = 10.0 * (1.0 + (700.0 / cutoff).powi(2)).log10() / longest * 0.75;
        let expected = 60.0 / (60.0 / f64::from(decay) + loss);
        assert!((middle / expected - 1.0).abs() < 0.12, "{middle:.2} s instead of {expected:.2} s");
        assert!(high < 0.7 * middle, "highs die sooner: {high:.2} s");
    }
}

#[test]
fn rooms_are_wide_delayed_and_without_mud() {
    let [left, right] = response(6.0, 5000.0, RATE, true);
    // The pre-delay, and the shortest line.
    let first = RATE.frames(0.045) as usize;
    assert!(left[..first].iter().all(|x| x.abs() < 1e-9));
    assert!(left[first..first + 8000].iter().any(|x| x.abs() > 1e-3));
    let after = |x: &[f32]| x[10_000..80_000].to_vec();
    let (l, r) = (after(&left), after(&right));
    let product: f64 = l.iter().zip(&r).map(|(a, b)| f64::from(a * b)).sum();
    let correlation = product / (common::rms(&l) * common::rms(&r) * l.len() as f64);
    assert!(correlation.abs() < 0.35, "left and right correlate by {correlation:.2}");
    let balance = to_db(common::rms(&l) / common::rms(&r));
    assert!(balance.abs() < 1.5, "{balance:.1} dB from left to right");
    let energy = |low, high| {
        let part = band(&left, low, high, 44_100.0);
        part.iter().map(|x| x * x).sum::<f64>() / (high - low)
    };
    assert!(energy(20.0, 80.0) < 0.1 * energy(400.0, 1200.0), "the return is high-passed");
}

#[test]
fn rooms_forget_and_leave_no_denormals() {
    let mut reverb = Reverb::new(Room { decay: 5.0, damping: 4000.0 }, 0.05, 320.0, RATE);
    let frames = 44_100 / CONTROL * CONTROL;
    through(frames, |_| [0.5; 2], |f, x| reverb.process(f, x, 1.0));
    reverb.clear();
    let out = through(frames, |_| [0.0; 2], |f, x| reverb.process(f, x, 1.0));
    assert!(out.iter().flatten().all(|x| x.abs() < 1e-12));
    // What has died away for minutes is far below hearing, and normal (or nothing).
    let mut reverb = Reverb::new(Room { decay: 0.2, damping: 4000.0 }, 0.05, 320.0, RATE);
    let out = through(20 * frames, impulse, |f, x| reverb.process(f, x, 1.0));
    for x in &out[0][15 * frames..] {
        assert!(x.abs() < 1e-12 && (*x == 0.0 || x.is_normal()), "{x:e}");
    }
}
