//! Filters: their response, their calm, their silence.

use super::*;

/// Impulse responses of eight lanes.
fn impulses(length: usize, mut next: impl FnMut(F32x8) -> F32x8) -> Vec<Vec<f64>> {
    let mut all = vec![Vec::new(); LANES];
    for n in 0..length {
        let y = next(F32x8::splat(if n == 0 { 1.0 } else { 0.0 }));
        for (response, value) in all.iter_mut().zip(y.0) {
            response.push(f64::from(value));
        }
    }
    all
}

#[test]
fn state_variable_filters_have_the_declared_response() {
    const CUTOFFS: [f32; LANES] = [0.002, 0.005, 0.01, 0.03, 0.08, 0.15, 0.25, 0.4];
    const QS: [f32; LANES] = [0.5, 0.707, 1.0, 2.0, 5.0, 0.9, 1.6, 0.6];
    type Output = fn(&mut StateVariable, F32x8) -> F32x8;
    // With w the warped frequency over the warped cutoff: the numerators' magnitudes over |1 - w² + iw/Q|.
    type Numerator = fn(f64, f64) -> f64;
    let kinds: [(&str, Output, Numerator); 3] = [
        ("low", |f, x| f.low(x), |_, _| 1.0),
        ("band", |f, x| f.band(x), |w, q| w / q),
        ("high", |f, x| f.high(x), |w, _| w * w),
    ];
    for (name, next, numerator) in kinds {
        let mut filter = StateVariable::default();
        filter.set(F32(CUTOFFS), F32(QS));
        let all = impulses(16_384, |x| next(&mut filter, x));
        for lane in 0..LANES {
            let (cutoff, q) = (f64::from(CUTOFFS[lane]), f64::from(QS[lane]));
            for i in 1..60 {
                let f = 0.49 * (i as f64 / 60.0).powi(3);
                let w = (std::f64::consts::PI * f).tan() / (std::f64::consts::PI * cutoff).tan();
                let expected = numerator(w, q) / (1.0 - w * w).hypot(w / q);
                let real = response_at(&all[lane], f);
                if to_db(expected) > -70.0 {
                    let off = to_db(real) - to_db(expected);
                    assert!(off.abs() < 0.1, "{name}, cutoff {cutoff}, Q {q}, at {f:.4}: {off:.2} dB off");
                } else {
                    assert!(to_db(real) < -60.0);
                }
            }
        }
    }
}

#[test]
fn state_variable_filters_stay_calm_while_they_move() {
    let mut filter = StateVariable::default();
    let mut dice = Stream::new(3, "cutoffs", 0);
    let mut noise: White = White::new(&mut dice);
    for i in 0..200_000 {
        if i % CONTROL == 0 {
            let cutoff = F32(core::array::from_fn(|_| dice.range(-0.1, 0.7)));
            filter.set(cutoff, F32(core::array::from_fn(|_| dice.range(0.5, 3.0))));
        }
        let y = filter.low(noise.sample());
        assert!(y.0.iter().all(|v| v.abs() < 20.0), "{y:?}");
    }
    // Nothing of the past is left in a lane after a reset, and the others keep theirs.
    let mut other = filter;
    other.reset(3);
    let (a, b) = (filter.low(F32x8::ZERO), other.low(F32x8::ZERO));
    assert_eq!(b.0[3], 0.0);
    assert!(a.0[2] == b.0[2] && a.0[3] != 0.0);
}

#[test]
fn one_pole_filters_have_the_declared_response() {
    for rate in SampleRate::ALL {
        for cutoff in [20.0, 320.0, 4000.0, 12_000.0] {
            let keep = (-std::f64::consts::TAU * f64::from(cutoff) / f64::from(rate.hz())).exp();
            let mut low = OnePole::new(cutoff, rate);
            let mut high = OnePole::new(1.0, rate);
            high.set(cutoff, rate);
            let input = |n: i32| if n == 0 { 1.0 } else { 0.0 };
            let lows: Vec<f64> = (0..20_000).map(|n| f64::from(low.low(input(n)))).collect();
            let highs: Vec<f64> = (0..20_000).map(|n| f64::from(high.high(input(n)))).collect();
            for hz in [30.0, 100.0, 320.0, 1000.0, 4000.0, 15_000.0] {
                let angle = std::f64::consts::TAU * hz / f64::from(rate.hz());
                let below = (1.0 - keep * angle.cos()).hypot(keep * angle.sin());
                let f = hz / f64::from(rate.hz());
                let off = to_db(response_at(&lows, f)) - to_db((1.0 - keep) / below);
                assert!(off.abs() < 0.05, "low-pass at {cutoff}: {off} dB off at {hz}");
                let above = (1.0 - angle.cos()).hypot(angle.sin()) * keep / below;
                let off = to_db(response_at(&highs, f)) - to_db(above);
                assert!(off.abs() < 0.05, "high-pass at {cutoff}: {off} dB off at {hz}");
            }
        }
    }
}

#[test]
fn filters_leave_no_denormals() {
    let mut one = OnePole::new(5.0, RATE);
    let mut filter = StateVariable::default();
    filter.set(F32x8::splat(0.0005), F32x8::splat(0.7));
    one.low(1.0);
    filter.low(F32x8::splat(1.0));
    for i in 0..1_000_000 {
        if i % CONTROL == 0 {
            filter.set(F32x8::splat(0.0005), F32x8::splat(0.7));
        }
        let (a, b) = (one.low(0.0), filter.low(F32x8::ZERO).0[0]);
        for v in [a, b] {
            assert!(v == 0.0 || v.is_normal(), "{v:e}");
        }
    }
}
