//! The limiter: nothing passes, and what is quiet is left alone.

use super::*;

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
    let mut noise: White = White::new(&mut Stream::new(6, "limiter", 0));
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
    let mut noise: White = White::new(&mut Stream::new(3, "limiter", 0));
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
    let mut noise: White = White::new(&mut Stream::new(4, "limiter", 0));
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
