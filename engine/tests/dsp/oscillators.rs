//! Oscillators: their shapes and frequencies.

use super::*;

#[test]
fn waveforms_are_what_they_are_called() {
    const N: usize = 4096;
    let mut phase = Phase::default();
    let hz = 44_100.0 / N as f32 * 8.0;
    phase.set_hz(0, hz, RATE);
    let turn = |phase: &Phase| f64::from(phase.position.0[0]) / 4_294_967_296.0;
    type Wave = fn(&mut Phase) -> F32x8;
    type Ideal = fn(f64) -> f64;
    let all: [(&str, Wave, Ideal); 5] = [
        ("sine", |p| p.sine(), |t| (std::f64::consts::TAU * t).sin()),
        ("saw", |p| p.saw(), |t| 2.0 * (t - (t + 0.5).floor())),
        ("light saw", |p| p.saw_light(), |t| 2.0 * t - 1.0),
        ("triangle", |p| p.triangle(), |t| 1.0 - 4.0 * (t - (t + 0.5).floor()).abs()),
        ("square", |p| p.square_saw(F32x8::ZERO), |t| if t < 0.5 { 1.0 } else { -1.0 }),
    ];
    for (name, next, ideal) in all {
        let mut p = phase;
        let (mut far, mut sum) = (0, 0.0);
        for _ in 0..N {
            let t = turn(&p);
            let y = f64::from(next(&mut p).0[0]);
            // Two samples around a step or a corner are rounded: 8 turns, two steps each at most.
            if (y - ideal(t)).abs() > 1e-3 {
                far += 1;
            }
            sum += y;
        }
        assert!(far <= 8 * 2 * 4, "{name}: {far} samples are not on the ideal wave");
        assert!((sum / N as f64).abs() < 2e-3, "{name} has a mean of {}", sum / N as f64);
    }
}

#[test]
fn oscillators_keep_their_frequency() {
    for rate in SampleRate::ALL {
        let mut phase = Phase::default();
        for (hz, low, high) in [(440.0, 439.999, 440.001), (1e9, 10_000.0, 12_000.0), (0.0, 0.0, 0.011)] {
            phase.set_hz(2, hz, rate);
            let real = f64::from(phase.step.0[2]) * f64::from(rate.hz()) / 4_294_967_296.0;
            assert!((low..=high).contains(&real), "{hz} Hz became {real} Hz");
        }
        // A lane that was never tuned stays finite.
        for _ in 0..10 {
            for y in [phase.saw(), phase.triangle(), phase.square_saw(F32x8::splat(0.3)), phase.saw_light()] {
                assert!(y.0.iter().all(|v| v.is_finite()));
            }
        }
    }
}
