//! Effects against their declared behaviour: echo times, decay times, the compressor's curve, the limiter's bounds, voices stolen without a click.

mod common;

use auralis_engine::cpu::Simd;
use auralis_engine::dsp::noise::White;
use auralis_engine::mix::chorus::Chorus;
use auralis_engine::mix::compressor::Compressor;
use auralis_engine::mix::echo::{Echo, EchoShape};
use auralis_engine::mix::limiter::Limiter;
use auralis_engine::mix::reverb::{Reverb, Room};
use auralis_engine::mix::saturation::saturate;
use auralis_engine::mix::{Master, StereoBlock};
use auralis_engine::random::Stream;
use auralis_engine::time::CONTROL;
use auralis_engine::{Frame, SampleRate};
use common::to_db;
use rustfft::FftPlanner;
use rustfft::num_complex::Complex;

const RATE: SampleRate = SampleRate::Hz44100;

/// Runs `process` over a signal, block by block; the signal is given frame by frame.
fn through(
    frames: usize,
    mut input: impl FnMut(usize) -> [f32; 2],
    mut process: impl FnMut(Frame, &StereoBlock) -> StereoBlock,
) -> [Vec<f32>; 2] {
    let mut out = [Vec::new(), Vec::new()];
    for start in (0..frames).step_by(CONTROL) {
        let mut block = StereoBlock::default();
        for n in 0..CONTROL {
            [block.left[n], block.right[n]] = input(start + n);
        }
        let block = process(Frame(start as u64), &block);
        out[0].extend(block.left);
        out[1].extend(block.right);
    }
    out
}

/// An impulse on the left.
fn impulse(n: usize) -> [f32; 2] {
    [if n == 0 { 1.0 } else { 0.0 }, 0.0]
}

#[test]
fn echoes_come_when_they_should() {
    let shape = EchoShape {
        seconds: [0.37, 0.53],
        feedback: 0.5,
        cross: 0.0,
        low_pass: 18_000.0,
        high_pass: 0.0,
        drift: 0.0,
    };
    for rate in SampleRate::ALL {
        let mut echo = Echo::new(shape, rate);
        let frames = rate.frames(2.0) as usize / CONTROL * CONTROL;
        let [left, right] = through(frames, |n| [impulse(n)[0]; 2], |f, x| echo.process(f, x));
        for (side, seconds) in [(&left, 0.37), (&right, 0.53)] {
            let mut gain = 1.0;
            for turn in 1..=3 {
                let at = (seconds * f64::from(turn) * f64::from(rate.hz())).round() as usize;
                // The low-pass spreads an echo over a few frames, and keeps its sum.
                let sum: f32 = side[at - 4..at + 40].iter().sum();
                assert!((sum - gain).abs() < 0.01, "echo {turn} at {seconds} s has {sum}, not {gain}");
                let peak = (at - 4..at + 40).max_by(|a, b| side[*a].total_cmp(&side[*b])).unwrap();
                assert!(peak.abs_diff(at) <= 2, "echo {turn} comes {peak}, not {at}");
                gain *= 0.5;
            }
            let first = (seconds * f64::from(rate.hz())) as usize;
            assert!(side[..first - 4].iter().all(|x| x.abs() < 1e-6), "nothing comes before the first echo");
        }
        // All of the feedback from the other side.
        let mut echo = Echo::new(EchoShape { cross: 1.0, ..shape }, rate);
        let [left, right] = through(frames, impulse, |f, x| echo.process(f, x));
        let sum = |side: &[f32], seconds: f64| -> f32 {
            let at = rate.frames(seconds) as usize;
            side[at - 8..at + 60].iter().sum()
        };
        assert!((sum(&left, 0.37) - 1.0).abs() < 0.02 && (sum(&right, 0.9) - 0.5).abs() < 0.02);
        assert!(sum(&left, 0.74).abs() < 0.01 && sum(&right, 0.53).abs() < 0.01);
        echo.clear();
        let silent = through(frames, |_| [0.0; 2], |f, x| echo.process(f, x));
        assert!(silent.iter().flatten().all(|x| x.abs() < 1e-12));
    }
}

#[test]
fn echoes_die_and_darken() {
    let shape = EchoShape {
        seconds: [0.43, 0.65],
        feedback: 0.85,
        cross: 0.35,
        low_pass: 3600.0,
        high_pass: 180.0,
        drift: 0.0011,
    };
    let mut echo = Echo::new(shape, RATE);
    let mut noise = White::new(&mut Stream::new(1, "echo", 0));
    let frames = RATE.frames(30.0) as usize / CONTROL * CONTROL;
    let burst = |n: usize, x: f32| if n < 10_000 { [x, x] } else { [0.0; 2] };
    let [left, _] = through(frames, |n| burst(n, noise.sample().0[0]), |f, x| echo.process(f, x));
    let second = 44_100;
    let level = |i: usize| common::rms(&left[i * second..(i + 1) * second]);
    assert!(level(1) > 0.05 && level(10) < level(1) * 0.2 && level(28) < level(1) * 0.01);
    let early = common::centroid(&left[second..2 * second], 44_100.0);
    let late = common::centroid(&left[8 * second..9 * second], 44_100.0);
    assert!(late < early * 0.8, "{early} Hz, later {late} Hz");
}

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

#[test]
fn a_chorus_is_wide_and_not_loud() {
    let mut chorus = Chorus::new(RATE);
    let mut noise = White::new(&mut Stream::new(1, "chorus", 0));
    let mut input = Vec::new();
    let frames = 44_100 * 4 / CONTROL * CONTROL;
    let [left, right] = through(
        frames,
        |_| {
            let x = noise.sample().0[0] * 0.5;
            input.push(x);
            [x, x]
        },
        |f, x| {
            let mut block = *x;
            chorus.process(f, 0.6, &mut block);
            block
        },
    );
    let gain = to_db(common::rms(&left) / common::rms(&input));
    assert!((0.0..3.0).contains(&gain), "{gain:.1} dB");
    let difference: Vec<f32> = left.iter().zip(&right).map(|(l, r)| l - r).collect();
    assert!(common::rms(&difference) > 0.1 * common::rms(&left), "one source becomes two sides");
    // Dry, it is not there, and cleared it has no past.
    chorus.clear();
    let silent = through(
        frames,
        |_| [0.0; 2],
        |f, x| {
            let mut block = *x;
            chorus.process(f, 1.0, &mut block);
            block
        },
    );
    assert!(silent.iter().flatten().all(|x| *x == 0.0));
}

/// The level in dBFS (root mean square) that a steady sine at `level` leaves the compressor with.
fn compressed(level: f64) -> f64 {
    let mut compressor = Compressor::new(RATE);
    let amplitude = 10_f64.powf(level / 20.0) * std::f64::consts::SQRT_2;
    let tone = |n: usize| (amplitude * (n as f64 * 0.1).sin()) as f32;
    let [left, _] = through(
        44_160,
        |n| [tone(n); 2],
        |_, x| {
            let mut block = *x;
            compressor.process(&mut block);
            block
        },
    );
    to_db(common::rms(&left[30_000..44_000]))
}

#[test]
fn the_compressor_halves_what_lies_above_its_threshold() {
    for level in [-60.0, -40.0, -30.0, -24.0] {
        assert!((compressed(level) - level).abs() < 0.05, "{level} becomes {}", compressed(level));
    }
    // 2:1 to 4:1 above the threshold, which lies somewhere from -22 to -14 dBFS; a straight line.
    let points: Vec<f64> = [-12.0, -8.0, -4.0, 0.0].map(compressed).into();
    let slope = (points[3] - points[0]) / 12.0;
    assert!((0.24..=0.51).contains(&slope), "{slope}");
    for pair in points.windows(2) {
        assert!(((pair[1] - pair[0]) / 4.0 - slope).abs() < 0.01, "{points:?}");
    }
    let threshold = (points[3] - slope * 0.0) / (1.0 - slope);
    println!("compressor: slope {slope:.3}, threshold {threshold:.1} dBFS");
    assert!((-22.0..=-14.0).contains(&threshold), "{threshold}");
}

#[test]
fn the_compressor_forgets_after_its_window() {
    let mut noise = White::new(&mut Stream::new(2, "compressor", 0));
    let frames = 44_160;
    let quiet: Vec<f32> = (0..frames).map(|_| noise.sample().0[0] * 0.3).collect();
    let run = |before: f32| {
        let mut compressor = Compressor::new(RATE);
        let mut process = |x: &StereoBlock| {
            let mut block = *x;
            compressor.process(&mut block);
            block
        };
        through(frames, |_| [before; 2], |_, x| process(x));
        through(frames, |n| [quiet[n]; 2], |_, x| process(x))
    };
    let (after_noise, after_silence) = (run(1.0), run(0.0));
    let window = Compressor::window(RATE) as usize;
    assert_ne!(after_noise[0][100], after_silence[0][100]);
    for (a, b) in after_noise[0][window..].iter().zip(&after_silence[0][window..]) {
        assert_eq!(a.to_bits(), b.to_bits());
    }
}

#[test]
fn saturation_is_gentle_and_bounded() {
    let mut block = StereoBlock::default();
    for n in 0..CONTROL {
        block.left[n] = (n as f32 - 32.0) / 4.0;
        block.right[n] = (n as f32 - 32.0) / 640.0;
    }
    let before = block;
    saturate(&mut block);
    assert!(block.left.iter().all(|x| x.abs() <= 1.0 + f32::EPSILON));
    for (x, y) in before.right.iter().zip(block.right) {
        assert!((x - y).abs() < 1e-4, "small signals pass: {x} becomes {y}");
    }
}

/// The true peak by sixteen times the rate, with a windowed sinc of 96 taps: finer than the limiter's own meter, and independent of it.
fn true_peak(signal: &[f32]) -> f64 {
    const SIDE: i32 = 48;
    const OVER: usize = 16;
    let kernel: Vec<Vec<f64>> = (0..OVER)
        .map(|phase| {
            (-SIDE + 1..=SIDE)
                .map(|tap| {
                    let x = f64::from(tap) - phase as f64 / OVER as f64;
                    let sinc = if x.abs() < 1e-12 {
                        1.0
                    } else {
                        (std::f64::consts::PI * x).sin() / (std::f64::consts::PI * x)
                    };
                    let u = x / f64::from(SIDE);
                    sinc * (0.5 + 0.5 * (std::f64::consts::PI * u).cos())
                })
                .collect()
        })
        .collect();
    let mut peak = 0.0_f64;
    for part in signal.windows(2 * SIDE as usize) {
        for phase in &kernel {
            let y: f64 = part.iter().zip(phase).map(|(x, c)| f64::from(*x) * c).sum();
            peak = peak.max(y.abs());
        }
    }
    peak
}

#[test]
fn the_true_peak_meter_sees_between_samples() {
    // A sine at a quarter of the rate, between whose samples lie its peaks: 3 dB above them.
    let signal: Vec<f32> =
        (0..2000).map(|n| ((n as f32 + 0.5) * std::f32::consts::FRAC_PI_2).sin()).collect();
    assert!((true_peak(&signal) - 1.0).abs() < 0.01);
    assert!(signal.iter().all(|x| x.abs() < 0.71));
}

/// Noise up to 13 kHz, louder than full scale: white noise through a windowed sinc.
fn dull_noise(length: usize) -> Vec<f32> {
    const SIDE: i32 = 64;
    let cutoff = 2.0 * 13_000.0 / 44_100.0;
    let mut noise = White::new(&mut Stream::new(6, "limiter", 0));
    let white: Vec<f32> = (0..length + 2 * SIDE as usize).map(|_| noise.sample().0[0]).collect();
    let kernel: Vec<f32> = (-SIDE..=SIDE)
        .map(|tap| {
            let x = std::f64::consts::PI * f64::from(tap);
            let sinc = if tap == 0 { cutoff } else { (x * cutoff).sin() / x };
            (sinc * (0.5 + 0.5 * (x / f64::from(SIDE)).cos())) as f32
        })
        .collect();
    (0..length).map(|n| white[n..].iter().zip(&kernel).map(|(x, c)| x * c).sum()).collect()
}

/// A signal, and the highest true peak that it may leave the limiter with, in dBTP.
type Signal<'a> = (&'a str, f64, Box<dyn Fn(usize) -> [f32; 2] + 'a>);

#[test]
fn nothing_passes_the_limiter() {
    const LENGTH: usize = 12_800;
    let mut noise = White::new(&mut Stream::new(3, "limiter", 0));
    let white: Vec<f32> = (0..LENGTH).map(|_| noise.sample().0[0]).collect();
    let dull = dull_noise(LENGTH);
    let tau = std::f32::consts::TAU;
    // Between samples, the meter of BS.1770 sees all there is up to 13 kHz or so, and the engine makes next to nothing above. Whatever
    // comes, no sample and no curve through the samples goes beyond full scale.
    let (fine, coarse) = (-1.0, 0.0);
    let all: Vec<Signal> = vec![
        ("quarter of the rate", fine, Box::new(|n| [((n as f32 + 0.5) * tau / 4.0).sin() * 4.0; 2])),
        ("14.6 kHz", fine, Box::new(|n| [(n as f32 * tau * 0.331).sin() * 1.3; 2])),
        ("noise up to 13 kHz", fine, Box::new(|n| [dull[n] * 5.0, dull[(n + 77) % LENGTH] * 5.0])),
        ("bursts", fine, Box::new(|n| [if n % 4000 < 300 { dull[n] * 10.0 } else { dull[n] * 0.01 }; 2])),
        ("steps", fine, Box::new(|n| [if n / 500 % 2 == 0 { 3.0 } else { -3.0 }; 2])),
        ("impulses", fine, Box::new(|n| [if n % 777 == 0 { 8.0 } else { 0.0 }, 0.0])),
        ("pairs", fine, Box::new(|n| [0.0, if n % 1000 < 2 { 1.0 } else { 0.0 }])),
        ("low", fine, Box::new(|n| [(n as f32 * tau * 0.001).sin() * 2.0; 2])),
        ("one side", fine, Box::new(|n| [0.1, (n as f32 * 0.7).sin() * 3.0])),
        ("slowly rising", fine, Box::new(|n| [(n as f32 * 1.1).sin() * n as f32 / 4000.0; 2])),
        ("19.8 kHz", coarse, Box::new(|n| [(n as f32 * tau * 0.45).sin() * 2.0; 2])),
        ("white noise", coarse, Box::new(|n| [white[n] * 5.0, white[(n + 77) % LENGTH] * 5.0])),
    ];
    for (name, most, signal) in &all {
        let mut limiter = Limiter::default();
        let out = through(LENGTH, signal, |_, x| limiter.process(x));
        for side in &out {
            assert!(side.iter().all(|x| f64::from(x.abs()) <= 0.8611), "{name}");
            let peak = to_db(true_peak(side));
            println!("{name}: {peak:.2} dBTP");
            assert!(peak <= *most, "{name}: {peak:.2} dBTP");
        }
    }
}

#[test]
fn beyond_reason_nothing_leaves_the_range() {
    let mut limiter = Limiter::default();
    let mad = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1e30, -1e30, 1.0];
    let out = through(6400, |n| [mad[n % 6], mad[(n / 7) % 6]], |_, x| limiter.process(x));
    assert!(out.iter().flatten().all(|x| x.abs() <= 1.0), "no NaN, nothing beyond ±1");
}

#[test]
fn what_is_quiet_passes_the_limiter_unchanged() {
    let mut limiter = Limiter::default();
    let mut noise = White::new(&mut Stream::new(4, "limiter", 0));
    let input: Vec<[f32; 2]> = (0..12_800)
        .map(|_| {
            let x = noise.sample().0;
            [x[0] * 0.4, x[1] * 0.4]
        })
        .collect();
    let [left, right] = through(12_800, |n| input[n], |_, x| limiter.process(x));
    let late = Limiter::LATENCY as usize;
    assert!(left[..late].iter().all(|x| *x == 0.0));
    for (n, [l, r]) in input[..12_800 - late].iter().enumerate() {
        assert_eq!((left[n + late].to_bits(), right[n + late].to_bits()), (l.to_bits(), r.to_bits()));
    }
}

#[test]
fn the_limiter_forgets_after_its_window() {
    let quiet = |n: usize| [(n as f32 * 0.05).sin() * 0.3; 2];
    let run = |loud: f32| {
        let mut limiter = Limiter::default();
        through(6400, |_| [loud; 2], |_, x| limiter.process(x));
        through(12_800, quiet, |_, x| limiter.process(x))
    };
    let (a, b) = (run(5.0), run(0.0));
    let window = Limiter::WINDOW as usize;
    assert_eq!(a[0][window..], b[0][window..]);
    assert_ne!(a[0][..window], b[0][..window]);
}

#[test]
fn a_master_depends_on_its_window_only() {
    let mut noise = White::new(&mut Stream::new(5, "master", 0));
    let input: Vec<f32> = (0..88_320).map(|_| noise.sample().0[0] * 0.9).collect();
    let mut master = Master::new(RATE);
    let run = |master: &mut Master, from: usize| {
        through(
            88_320 - from,
            |n| [input[from + n], -input[from + n]],
            |_, x| master.process(x, Simd::Baseline),
        )
    };
    let whole = run(&mut master, 0);
    master.reset();
    let late = run(&mut master, 44_160);
    let window = Master::window(RATE) as usize;
    assert!(window < 44_160 / 2);
    for n in window..44_160 {
        assert_eq!(whole[0][44_160 + n].to_bits(), late[0][n].to_bits(), "frame {n}");
    }
}
