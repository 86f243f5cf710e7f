//! Nobody hears where a movement ends: around boundaries the sound is like anywhere else, and it does not come round with their length.
//!
//! At full length (`AURALIS_SOAK=1`) five hours of each of three presets, otherwise a tenth of it.

use std::thread;

use auralis_engine::session::MovementSpan;
use auralis_engine::{ChangeLog, Frame, Performance, Preset, SampleRate, Session};
use auralis_tests::length;
use rustfft::FftPlanner;
use rustfft::num_complex::Complex;

const RATE: SampleRate = SampleRate::Hz44100;
/// Measures are taken every quarter of a second.
const HOP: usize = 11_025;
/// And looked at together over three seconds before and after a moment.
const SIDE: usize = 12;

/// A quarter of a second.
#[derive(Clone, Copy)]
struct Hop {
    energy: f64,
    /// Amplitudes, by frequency and in sum.
    weighted: f64,
    amplitude: f64,
    /// The highest step between samples, as a multiple of the root mean square of all.
    crest: f64,
}

fn hops(session: &Session) -> Vec<Hop> {
    const N: usize = 8192;
    let fft = FftPlanner::<f32>::new().plan_fft_forward(N);
    let window: Vec<f32> =
        (0..N).map(|i| 0.5 - 0.5 * (std::f32::consts::TAU * i as f32 / N as f32).cos()).collect();
    let mut performance = Performance::new(session, ChangeLog::new());
    let mut block = vec![0.0_f32; 2 * HOP];
    let count = RATE.frames(length(5.0) * 3600.0) as usize / HOP;
    let mut last = 0.0;
    (0..count)
        .map(|_| {
            performance.render_interleaved(&mut block).expect("there are no changes");
            let mid: Vec<f32> = block.chunks_exact(2).map(|f| (f[0] + f[1]) * 0.5).collect();
            let mut spectrum: Vec<Complex<f32>> =
                mid[..N].iter().zip(&window).map(|(x, w)| Complex::new(x * w, 0.0)).collect();
            fft.process(&mut spectrum);
            let (mut weighted, mut amplitude) = (0.0, 0.0);
            for (k, c) in spectrum[1..N / 2].iter().enumerate() {
                let m = f64::from(c.norm());
                weighted += m * (k + 1) as f64;
                amplitude += m;
            }
            let (mut steps, mut highest) = (0.0_f64, 0.0_f64);
            for x in &mid {
                let d = f64::from(x - last);
                steps += d * d;
                highest = highest.max(d.abs());
                last = *x;
            }
            Hop {
                energy: block.iter().map(|x| f64::from(x * x)).sum::<f64>() / block.len() as f64,
                weighted,
                amplitude,
                crest: highest / (steps / HOP as f64).sqrt().max(1e-9),
            }
        })
        .collect()
}

/// What is measured around a moment, between hops `at - 1` and `at`.
fn features(hops: &[Hop], at: usize) -> [f64; 5] {
    let level = |h: &[Hop]| 10.0 * (h.iter().map(|h| h.energy).sum::<f64>() / h.len() as f64).log10();
    let bright = |h: &[Hop]| {
        (h.iter().map(|h| h.weighted).sum::<f64>() / h.iter().map(|h| h.amplitude).sum::<f64>()).log2()
    };
    let (before, after) = (&hops[at - SIDE..at], &hops[at..at + SIDE]);
    let around = &hops[at - SIDE..at + SIDE];
    [
        level(around),
        bright(around),
        level(after) - level(before),
        bright(after) - bright(before),
        around.iter().map(|h| h.crest).fold(0.0, f64::max),
    ]
}

const NAMES: [&str; 5] = ["level", "brightness", "step in level", "step in brightness", "highest step"];

#[test]
fn soak_no_seam_between_movements() {
    let presets = [Preset::Focus, Preset::Sleep, Preset::Bright];
    let measured: Vec<(Session, Vec<Hop>)> = thread::scope(|scope| {
        let threads = presets.map(|preset| {
            scope.spawn(move || {
                let session = Session { seed: 4, rate: RATE, settings: preset.settings() };
                (session, hops(&session))
            })
        });
        threads.map(|t| t.join().expect("rendering does not panic")).into()
    });

    let mut outside = [0; NAMES.len()];
    let mut boundaries = 0;
    for (session, hops) in &measured {
        // The moments of boundaries, in hops; all other moments that lie apart from them.
        let starts: Vec<usize> = (1..)
            .map(|k| (MovementSpan::of(session.seed, RATE, k).start.0 as usize + HOP / 2) / HOP)
            .take_while(|at| at + SIDE <= hops.len())
            .collect();
        let mut elsewhere: Vec<Vec<f64>> = vec![Vec::new(); NAMES.len()];
        for at in (4 * 10..hops.len() - SIDE).step_by(SIDE / 2) {
            let span = MovementSpan::at(session.seed, RATE, Frame((at * HOP) as u64));
            let near = [span.start, span.end].iter().any(|f| (f.0 as usize / HOP).abs_diff(at) < 2 * SIDE);
            if !near {
                for (all, f) in elsewhere.iter_mut().zip(features(hops, at)) {
                    all.push(f);
                }
            }
        }
        for all in &mut elsewhere {
            all.sort_by(f64::total_cmp);
        }
        boundaries += starts.len();
        for at in starts {
            for (i, f) in features(hops, at).into_iter().enumerate() {
                let all = &elsewhere[i];
                let edge = all.len() / 40;
                outside[i] += usize::from(f < all[edge] || f > all[all.len() - 1 - edge]);
            }
        }
    }
    assert!(boundaries >= 30, "{boundaries} boundaries are too few to judge");
    // Of all moments, 5 % lie outside the middle 95 %. Three standard deviations more are chance.
    let n = boundaries as f64;
    let most = 0.05 * n + 3.0 * (n * 0.05 * 0.95).sqrt() + 1.0;
    for (name, outside) in NAMES.iter().zip(outside) {
        println!(
            "{name}: at {outside} of {boundaries} boundaries unlike anywhere else (by chance up to {most:.0})"
        );
    }
    for (name, outside) in NAMES.iter().zip(outside) {
        assert!((outside as f64) <= most, "{name}: {outside} of {boundaries} boundaries");
    }

    // The loudness curve, a value a second, against itself later.
    let mut near = f64::MIN;
    let mut highest = f64::MIN;
    let curves: Vec<Vec<f64>> = measured
        .iter()
        .map(|(_, hops)| {
            let level: Vec<f64> = hops
                .chunks_exact(4)
                .skip(20)
                .map(|h| 10.0 * (h.iter().map(|h| h.energy).sum::<f64>() / 4.0).log10())
                .collect();
            let mean = level.iter().sum::<f64>() / level.len() as f64;
            level.iter().map(|l| l - mean).collect()
        })
        .collect();
    for lag in 90..=210_usize {
        let correlation: f64 = curves
            .iter()
            .map(|c| {
                let power: f64 = c.iter().map(|x| x * x).sum();
                c.iter().zip(&c[lag..]).map(|(a, b)| a * b).sum::<f64>() / power
            })
            .sum::<f64>()
            / curves.len() as f64;
        match lag.abs_diff(150) {
            0..=8 => near = near.max(correlation),
            9..=20 => {}
            _ => highest = highest.max(correlation),
        }
    }
    println!("autocorrelation of loudness near 150 s: {near:.3}; elsewhere up to {highest:.3}");
    assert!(near < highest.max(0.0) + 0.1, "{near} near a movement's length, {highest} elsewhere");
}
