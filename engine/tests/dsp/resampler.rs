//! The resampler: what passes, what stops.

use super::*;

#[test]
fn resamplers_pass_and_stop() {
    const N: usize = 1 << 14;
    for (from, to) in [
        (44_100.0, 48_000.0),
        (48_000.0, 44_100.0),
        (44_100.0, 96_000.0),
        (48_000.0, 16_000.0),
        (96_000.0, 44_100.0),
    ] {
        let lower = f64::min(from, to);
        let run = |hz: f64| {
            let mut resampler = Resampler::new(from, to);
            let mut n = 0.0;
            let mut input = || {
                let x = (std::f64::consts::TAU * hz * n / from).sin() as f32;
                n += 1.0;
                [x, -x]
            };
            let mut out = Vec::new();
            for i in 0..N + 400 {
                let [l, r] = resampler.next(&mut input);
                assert_eq!(l, -r);
                if i >= 400 {
                    out.push(f64::from(l));
                }
            }
            spectrum(&out)
        };
        // The pass band, doubtless narrower where the rate falls to a third, for the window's length is counted in input frames.
        let pass = if from / to > 2.0 { 0.6 } else { 0.86 };
        for part in [0.01, 0.1, 0.4, 0.9] {
            // In the middle of a bin.
            let bin = to / N as f64;
            let at = (lower / 2.0 * pass * part / bin).round() as usize;
            let hz = at as f64 * bin;
            let spectrum = run(hz);
            let level = spectrum[at.saturating_sub(2)..at + 3].iter().copied().fold(0.0, f64::max);
            assert!(to_db(level).abs() < 0.2, "{from} to {to}, {hz:.0} Hz: {:.2} dB", to_db(level));
            let rest = spectrum
                .iter()
                .enumerate()
                .filter(|(i, _)| i.abs_diff(at) > 9)
                .map(|(_, m)| *m)
                .fold(0.0, f64::max);
            assert!(to_db(rest) < -80.0, "{from} to {to}, {hz:.0} Hz: {:.1} dB beside it", to_db(rest));
        }
        // The stop band: what cannot be at the new rate. The window makes the slope from pass to stop 0.37 of half the old rate wide, around
        // 0.93 of half the new one; where the rates are neighbours, all that folds back lies above 20 kHz.
        let stop = to / 2.0 * 0.93 + from / 2.0 * 0.185;
        for hz in [stop * 1.01, from / 2.0 * 0.99] {
            if from > to && hz > stop && hz < from / 2.0 {
                let most = run(hz).iter().copied().fold(0.0, f64::max);
                assert!(
                    to_db(most) < -80.0,
                    "{from} to {to}: {hz:.0} Hz comes through at {:.1} dB",
                    to_db(most)
                );
            }
        }
    }
}

#[test]
fn resamplers_take_as_much_as_they_need() {
    let mut resampler = Resampler::new(44_100.0, 48_000.0);
    let mut taken = 0;
    for _ in 0..48_000 {
        resampler.next(|| {
            taken += 1;
            [0.0; 2]
        });
    }
    assert!((44_099..=44_101).contains(&taken), "{taken}");
    // An impulse comes out after the latency.
    let mut resampler = Resampler::new(44_100.0, 44_100.0);
    let mut n = 0;
    let out: Vec<f32> = (0..64)
        .map(|_| {
            resampler.next(|| {
                n += 1;
                [if n == 1 { 1.0 } else { 0.0 }, 0.0]
            })[0]
        })
        .collect();
    let peak = (0..64).max_by(|a, b| out[*a].total_cmp(&out[*b])).unwrap();
    assert!(peak.abs_diff(Resampler::latency()) <= 1, "{peak}");
}
