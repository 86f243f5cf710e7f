//! The soft top: its cutoff, and no more.

use super::*;
use auralis_engine::mapping;
use auralis_engine::mix::soft_top::{SoftTop, weight};

#[test]
fn tops_are_soft_from_the_cutoff_on() {
    for rate in [SampleRate::Hz44100, SampleRate::Hz48000] {
        for cutoff in [8000.0, 9500.0, 12_000.0] {
            let mut top = SoftTop::default();
            let [left, right] = through(
                256,
                |n| [impulse(n)[0], impulse(n)[0] * 0.5],
                |_, x| {
                    let mut block = *x;
                    top.process(weight(cutoff, rate), &mut block);
                    block
                },
            );
            let left: Vec<f64> = left.iter().map(|x| f64::from(*x)).collect();
            let at = |hz: f64| to_db(common::response_at(&left, hz / f64::from(rate.hz())));
            assert!(at(50.0).abs() < 0.01 && at(1000.0).abs() < 0.2);
            assert!(
                (at(f64::from(cutoff)) + 3.01).abs() < 0.1,
                "{} dB at {cutoff} Hz",
                at(f64::from(cutoff))
            );
            let (high, top) = (at(16_000.0), at(20_000.0));
            assert!(
                high < at(f64::from(cutoff)) - 0.5 && top < high - 0.5,
                "{cutoff} Hz: {high} dB, {top} dB"
            );
            assert!(left.iter().zip(&right).all(|(l, r)| (l * 0.5 - f64::from(*r)).abs() < 1e-7));
        }
    }
}

#[test]
fn tops_open_with_intensity_and_brightness_within_their_bounds() {
    let mut before = 0.0;
    for i in 0..=10 {
        let now = mapping::top_cutoff(i as f32 / 10.0, 1.0);
        assert!(now > before);
        before = now;
        for openness in [0.3, 0.5, 1.0, 2.0, 3.0] {
            assert!((8000.0..=12_000.0).contains(&mapping::top_cutoff(i as f32 / 10.0, openness)));
        }
    }
    assert!(mapping::top_cutoff(0.5, 2.0) > mapping::top_cutoff(0.5, 1.0));
}

#[test]
fn what_passed_is_remembered() {
    // From a block that passed into one that is filtered: as if both had been.
    let input = |n: usize| [(n as f32 * 0.3).sin(), (n as f32 * 0.2).cos()];
    let run = |first: bool| {
        let mut top = SoftTop::default();
        let mut blocks = 0;
        through(2 * CONTROL, input, |_, x| {
            let mut block = *x;
            blocks += 1;
            if blocks == 1 && !first {
                top.pass(&block);
            } else {
                top.process(0.2, &mut block);
            }
            block
        })
    };
    let (passed, filtered) = (run(false), run(true));
    for side in 0..2 {
        assert_eq!(passed[side][CONTROL..], filtered[side][CONTROL..]);
        assert_ne!(passed[side][..CONTROL], filtered[side][..CONTROL]);
    }
}
