//! The engine's own functions against the standard library's, and lanes against their scalar twins.

use auralis_engine::lanes::{F32, F32x8, LANES, U32, U32x8};
use auralis_engine::math::*;
use auralis_engine::random::Stream;
use std::f64::consts::{PI, TAU};

/// Many phases: all corners, and random ones.
fn phases() -> impl Iterator<Item = u32> {
    let mut dice = Stream::new(1, "phases", 0);
    let corners = (0..8_u32).flat_map(|i| {
        let at = i << 29;
        [at, at.wrapping_add(1), at.wrapping_sub(1)]
    });
    corners.chain((0..200_000).map(move |_| dice.next_u32()))
}

#[test]
fn sine() {
    let mut worst = 0.0_f64;
    for p in phases() {
        let exact = (TAU * f64::from(p) / 4_294_967_296.0).sin();
        let s = sin_phase_scalar(p);
        worst = worst.max((f64::from(s) - exact).abs());
        assert!(s.abs() <= 1.0 + f32::EPSILON, "sin at {p} is {s}");
        assert_eq!(s.to_bits(), sin_phase(U32x8::splat(p)).0[3].to_bits(), "twins at {p}");
    }
    assert!(worst < 1e-6, "{worst:e}");
}

#[test]
fn powers_of_two() {
    let mut worst = 0.0_f64;
    let mut dice = Stream::new(2, "exponents", 0);
    for i in 0..300_000 {
        let x = if i < 481 { i as f32 * 0.5 - 120.0 } else { dice.range(-120.0, 120.0) };
        let y = exp2_scalar(x);
        worst = worst.max((f64::from(y) / f64::from(x).exp2() - 1.0).abs());
        assert_eq!(y.to_bits(), exp2(F32x8::splat(x)).0[6].to_bits(), "twins at {x}");
    }
    assert!(worst < 3e-7, "{worst:e}");
    for n in -20..=20 {
        assert_eq!(exp2_scalar(n as f32), 2_f32.powi(n), "whole powers are exact");
    }
}

#[test]
fn tangent() {
    for i in 0..=49_000 {
        let x = i as f32 * 1e-5;
        let exact = (PI * f64::from(x)).tan();
        let y = f64::from(tan_half_turns(F32x8::splat(x)).0[0]);
        // Near the pole the cosine is small, and its rounding counts for more.
        let allowed = if x < 0.45 { 2e-6 } else { 1e-4 };
        assert!((y - exact).abs() <= allowed * exact.max(1e-6), "tan(π·{x}) is {y}, not {exact}");
    }
}

#[test]
fn soft_clipping() {
    let clip = |x: f32| soft_clip(F32x8::splat(x)).0[1];
    let mut before = -1.0;
    for i in -60_000..=60_000 {
        let x = i as f32 * 1e-4;
        let y = clip(x);
        assert!(y.abs() <= 1.0 + f32::EPSILON, "{x} becomes {y}");
        assert!(y >= before - 2.0 * f32::EPSILON, "falls at {x}");
        assert_eq!(y, -clip(-x), "odd at {x}");
        assert!((f64::from(y) - f64::from(x).tanh()).abs() < 0.024, "far from tanh at {x}");
        before = y;
    }
    for (x, y) in [(3.0, 1.0), (-3.0, -1.0), (1e30, 1.0), (f32::NEG_INFINITY, -1.0), (0.0, 0.0)] {
        assert_eq!(clip(x), y);
    }
}

#[test]
fn pitches_levels_and_filters() {
    for note in 0..=127 {
        let exact = 440.0 * ((f64::from(note) - 69.0) / 12.0).exp2();
        assert!((f64::from(midi_hz(note as f32)) / exact - 1.0).abs() < 1e-6);
    }
    for level in -100..=20 {
        let exact = 10_f64.powf(f64::from(level) / 20.0);
        assert!((f64::from(db(level as f32)) / exact - 1.0).abs() < 5e-6, "{level} dB");
    }
    for cutoff in [0.001, 1.0, 20.0, 1000.0, 20_000.0] {
        let exact = (-TAU * f64::from(cutoff) / 44_100.0).exp();
        assert!((f64::from(one_pole(cutoff, 44_100.0)) - exact).abs() < 1e-6, "{cutoff} Hz");
    }
    assert!(one_pole(1e9, 44_100.0) >= 0.0);
    assert_eq!((lerp(2.0, 4.0, 0.0), lerp(2.0, 4.0, 0.5), lerp(2.0, 4.0, 1.0)), (2.0, 3.0, 4.0));
}

#[test]
fn panning_keeps_the_power() {
    for i in -120..=120 {
        let pan = i as f32 / 100.0;
        let (left, right) = equal_power(pan);
        assert!((left * left + right * right - 1.0).abs() < 1e-5, "at {pan}");
        assert!(left >= -1e-6 && right >= -1e-6);
        assert!(if pan < 0.0 { left > right } else { right >= left - 1e-5 }, "{pan}: {left} {right}");
    }
    assert!(equal_power(-1.0).1.abs() < 1e-6 && equal_power(1.0).0.abs() < 1e-6);
}

#[test]
fn lanes_do_what_scalars_do() {
    let mut dice = Stream::new(3, "lanes", 0);
    for _ in 0..2000 {
        let a: [f32; LANES] = core::array::from_fn(|_| dice.range(-10.0, 10.0));
        let b: [f32; LANES] = core::array::from_fn(|_| dice.range(-10.0, 10.0));
        let (x, y) = (F32(a), F32(b));
        for i in 0..LANES {
            assert_eq!((x + y).0[i].to_bits(), (a[i] + b[i]).to_bits());
            assert_eq!((x - y).0[i].to_bits(), (a[i] - b[i]).to_bits());
            assert_eq!((x * y).0[i].to_bits(), (a[i] * b[i]).to_bits());
            assert_eq!((x / y).0[i].to_bits(), (a[i] / b[i]).to_bits());
            assert_eq!((-x).0[i], -a[i]);
            assert_eq!((x * 3.0).0[i], a[i] * 3.0);
            assert_eq!((x + 3.0).0[i], a[i] + 3.0);
            assert_eq!(x.abs().0[i], a[i].abs());
            assert_eq!(x.max(y).0[i], a[i].max(b[i]));
            assert_eq!(x.min(y).0[i], a[i].min(b[i]));
            assert_eq!(x.abs().sqrt().0[i].to_bits(), a[i].abs().sqrt().to_bits());
            assert_eq!(x.flip_sign(y).0[i], if b[i] < 0.0 { -a[i] } else { a[i] });
            assert_eq!(x.to_bits().from_bits().0[i].to_bits(), a[i].to_bits());
        }
        let mut sum = x;
        sum += y;
        sum -= y * 2.0;
        assert_eq!(sum, x + y - y * 2.0);
        let exact: f64 = a.iter().map(|v| f64::from(*v)).sum();
        assert!((f64::from(x.sum()) - exact).abs() < 1e-5);
        let u: U32x8 = U32(core::array::from_fn(|_| dice.next_u32()));
        let v: U32x8 = U32(core::array::from_fn(|_| dice.next_u32()));
        for i in 0..LANES {
            assert_eq!((u + v).0[i], u.0[i].wrapping_add(v.0[i]));
            assert_eq!((u - v).0[i], u.0[i].wrapping_sub(v.0[i]));
            assert_eq!((u ^ v).0[i], u.0[i] ^ v.0[i]);
            assert_eq!((u & v).0[i], u.0[i] & v.0[i]);
            assert_eq!((u << 5).0[i], u.0[i] << 5);
            assert_eq!((u >> 7).0[i], u.0[i] >> 7);
            assert_eq!(u.to_signed_f32().0[i], u.0[i] as i32 as f32);
        }
        let mut w = u;
        w += v;
        assert_eq!(w, u + v);
    }
}

#[test]
fn random_streams_are_even_and_independent() {
    // Chi-square over 64 bins at p = 1e-5: 63 degrees of freedom, 119.
    for (seed, label, index) in [(0, "a", 0), (0, "a", 1), (0, "b", 0), (1, "a", 0), (u64::MAX, "", u64::MAX)]
    {
        let mut stream = Stream::new(seed, label, index);
        let mut counts = [0_u32; 64];
        for _ in 0..64_000 {
            let x = stream.unit();
            assert!((0.0..1.0).contains(&x));
            counts[(x * 64.0) as usize] += 1;
        }
        let statistic: f64 = counts.iter().map(|c| (f64::from(*c) - 1000.0).powi(2) / 1000.0).sum();
        assert!(statistic < 119.0, "{seed} {label} {index}: {statistic}");
    }
    // First numbers of neighbouring streams, as each bar draws them, are even too.
    let mut counts = [0_u32; 64];
    for index in 0..64_000 {
        counts[(Stream::new(7, "bar", index).child("note", index % 8).unit() * 64.0) as usize] += 1;
    }
    let statistic: f64 = counts.iter().map(|c| (f64::from(*c) - 1000.0).powi(2) / 1000.0).sum();
    assert!(statistic < 119.0, "neighbours: {statistic}");
}

#[test]
fn random_choices() {
    let mut stream = Stream::new(5, "choices", 0);
    let mut copy = stream;
    assert_eq!(stream.next_u64(), copy.next_u64(), "a copy goes on with the same numbers");
    assert_eq!(stream.below(0), 0);
    let mut seen = [0; 5];
    for _ in 0..5000 {
        seen[stream.below(5) as usize] += 1;
        assert!((-1.0..1.0).contains(&stream.signed()));
        assert!((2.0..=3.0).contains(&stream.range(2.0, 3.0)));
    }
    assert!(seen.iter().all(|n| (800..1200).contains(n)), "{seen:?}");
    assert!(!stream.chance(0.0) && stream.chance(1.0));
    let mut seen = [0; 4];
    for _ in 0..10_000 {
        seen[stream.weighted(&[1.0, 0.0, 3.0, 0.0])] += 1;
    }
    assert!(seen[1] == 0 && seen[3] == 0 && (2200..2800).contains(&seen[0]), "{seen:?}");
    assert_eq!(stream.weighted(&[]), 0);
    assert_eq!(stream.weighted(&[0.0, 0.0]), 1);
}
