//! Envelopes: their segments and their ends.

use super::*;

/// Levels of lane 0 at all control points, until it is idle.
fn envelope(shape: Adsr, gate: f32) -> Vec<f32> {
    let mut envelopes = Envelopes::default();
    envelopes.start(0, shape, gate, RATE);
    let mut levels = vec![envelopes.level(0)];
    while envelopes.stage(0) != Stage::Idle {
        let (from, _) = envelopes.advance(RATE);
        assert_eq!(from.0[0], *levels.last().unwrap(), "each interval begins where the last ended");
        levels.push(envelopes.level(0));
        assert!(levels.len() < 100_000);
    }
    levels
}

#[test]
fn straight_envelopes_are_straight_and_reach_their_ends() {
    let shape = Adsr { attack: 0.5, decay: 2.0, sustain: 0.7, release: 1.0, curve: 0.0 };
    let levels = envelope(shape, 7.0);
    let steps = |s: f32| RATE.controls(s) as usize;
    let (attack, decay, gate, release) = (steps(0.5), steps(2.0), steps(7.0), steps(1.0));
    assert_eq!(levels[0], 0.0);
    assert_eq!(levels[attack], 1.0);
    assert_eq!(levels[attack + decay], 0.7);
    assert_eq!(levels[gate], 0.7);
    assert_eq!(levels[gate + release], 0.0);
    assert_eq!(levels.len(), gate + release + 1);
    for (i, level) in levels[..=attack].iter().enumerate() {
        assert!((level - i as f32 / attack as f32).abs() < 1e-4);
    }
    for i in 0..=decay {
        assert!((levels[attack + i] - (1.0 - 0.3 * i as f32 / decay as f32)).abs() < 1e-4);
    }
    for i in 0..=release {
        assert!((levels[gate + i] - 0.7 * (1.0 - i as f32 / release as f32)).abs() < 1e-4);
    }
}

#[test]
fn bent_envelopes_are_exponential_and_reach_their_ends() {
    let shape = Adsr { attack: 0.3, decay: 1.0, sustain: 0.5, release: 2.0, curve: 5.0 };
    let levels = envelope(shape, 3.0);
    let steps = |s: f32| RATE.controls(s) as usize;
    let (attack, decay, gate, release) = (steps(0.3), steps(1.0), steps(3.0), steps(2.0));
    assert_eq!((levels[attack], levels[attack + decay], levels[gate]), (1.0, 0.5, 0.5));
    assert_eq!(*levels.last().unwrap(), 0.0);
    // A segment of curve c from a to b: a + (b-a)(1 - e^(-c·t))/(1 - e^(-c)).
    let along = |from: f64, to: f64, curve: f64, part: f64| {
        from + (to - from) * (1.0 - (-curve * part).exp()) / (1.0 - (-curve).exp())
    };
    let segments =
        [(0, attack, 0.0, 1.0, 5.0 * 0.25), (attack, decay, 1.0, 0.5, 5.0), (gate, release, 0.5, 0.0, 5.0)];
    for (start, length, from, to, curve) in segments {
        for i in 0..=length {
            let expected = along(from, to, curve, i as f64 / length as f64);
            let real = f64::from(levels[start + i]);
            assert!((real - expected).abs() < 1e-3, "{real} instead of {expected}");
        }
    }
}

#[test]
fn envelopes_can_be_let_go_and_faded() {
    let shape = Adsr { attack: 0.1, decay: 0.1, sustain: 0.6, release: 1.0, curve: 2.0 };
    let mut e = Envelopes::default();
    assert_eq!((e.active(), e.stage(5)), (0, Stage::Idle));
    for lane in 0..LANES {
        e.start(lane, shape, 100.0, RATE);
    }
    assert_eq!(e.active(), 8);
    for _ in 0..RATE.controls(0.5) {
        e.advance(RATE);
    }
    assert_eq!((e.stage(0), e.level(0)), (Stage::Sustain, 0.6));
    e.release(0, RATE);
    e.fade(1, RATE);
    e.fade(2, RATE);
    e.release(2, RATE);
    assert_eq!((e.stage(0), e.stage(1), e.stage(2)), (Stage::Release, Stage::Fade, Stage::Fade));
    let mut before = e.level(1);
    for _ in 0..RATE.controls(0.006) {
        e.advance(RATE);
        assert!(e.level(1) < before || before == 0.0);
        before = e.level(1);
    }
    assert_eq!((e.stage(1), e.level(1), e.active()), (Stage::Idle, 0.0, 6));
    let falling = e.level(0);
    assert!(falling < 0.6 && falling > 0.5);
    // What is idle stays idle.
    e.release(1, RATE);
    e.fade(1, RATE);
    assert_eq!(e.stage(1), Stage::Idle);
}

#[test]
fn a_gate_shorter_than_the_attack_releases_from_where_it_is() {
    let shape = Adsr { attack: 1.0, decay: 1.0, sustain: 0.5, release: 0.5, curve: 0.0 };
    let levels = envelope(shape, 0.25);
    let top = levels.iter().copied().fold(0.0, f32::max);
    assert!((top - 0.25).abs() < 0.01, "{top}");
    assert!(levels.windows(2).all(|w| (w[1] - w[0]).abs() < 0.002));
}
