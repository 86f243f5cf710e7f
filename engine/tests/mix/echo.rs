//! The echo: its times, its end.

use super::*;

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
    let mut noise: White = White::new(&mut Stream::new(1, "echo", 0));
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
