//! The compressor: its slope, its window.

use super::*;

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
    let mut noise: White = White::new(&mut Stream::new(2, "compressor", 0));
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
