use super::*;
use crate::random::Stream;
use alloc::vec;
use alloc::vec::Vec;

const RATE: SampleRate = SampleRate::Hz44100;

fn grain(hz: f64) -> Grain {
    let (begin, length, phase, level, pan) = (Frame::ZERO, 32, 0, 0.5, 0.0);
    Grain { begin, length, hz, phase, level, pan, noise: 0.0, narrow: 0, seed: 1 }
}

fn random(seed: u64, grains: usize, begin: u64) -> Vec<Grain> {
    let mut s = Stream::new(seed, "grains", 0);
    let one = |_| Grain {
        begin: Frame(begin + u64::from(s.below(8_000))),
        length: s.below(60),
        hz: f64::from(s.range(20.0, 18_000.0)),
        phase: s.next_u32(),
        level: s.range(0.0, 0.02),
        pan: s.range(-1.0, 1.0),
        noise: if s.chance(0.5) { s.unit() } else { 0.0 },
        narrow: s.below(20),
        seed: s.next_u32(),
    };
    (0..grains).map(one).collect()
}

fn rendered(cloud: &Cloud, simd: Simd, from: u64, frames: usize) -> [Vec<f32>; 2] {
    let mut sides = [vec![9.0; frames], vec![9.0; frames]];
    let [left, right] = &mut sides;
    cloud.render(simd, Frame(from), left, right);
    sides
}

#[test]
fn a_grain_is_a_sine_under_a_window() {
    let begin = 44_100 * 86_400 * 365 / 64 * 64;
    let cloud = Cloud::new(&[Grain { begin: Frame(begin), ..grain(1_000.0) }], RATE).unwrap();
    let [left, right] = rendered(&cloud, Simd::detect(), begin - 100, 2_300);
    let one = cloud.prepared().next().unwrap();
    for (n, x) in left.iter().enumerate() {
        let t = n as f64 - 100.0;
        let exact = if (0.0..2_048.0).contains(&t) {
            let window = libm::sin(core::f64::consts::PI * t / 2_048.0);
            let turns = t * f64::from(one.increment) / 4_294_967_296.0;
            let level = 0.5 * core::f64::consts::FRAC_1_SQRT_2;
            libm::sin(core::f64::consts::TAU * turns) * window * window * level
        } else {
            0.0
        };
        // The straight lines of 16 frames miss a window of 2048 by (16/2048)² · π²/4.
        assert!((f64::from(*x) - exact).abs() < 8e-5, "frame {t}: {x}, {exact}");
    }
    assert_eq!(left.len(), right.len());
}

#[test]
fn a_noisy_grain_fills_its_band_and_no_more() {
    let energy = |narrow: u32, hz: f64| {
        let noisy = Grain { noise: 1.0, narrow, length: 256, ..grain(4_000.0) };
        let cloud = Cloud::new(&[noisy], RATE).unwrap();
        let [left, _] = rendered(&cloud, Simd::detect(), 0, 256 * 64);
        // What a bank of filters hears from `hz` on, 20 Hz apart.
        let mut energy = 0.0;
        for at in 0..10 {
            let step = core::f64::consts::TAU * (hz + 20.0 * f64::from(at)) / 44_100.0;
            let (mut re, mut im) = (0.0, 0.0);
            for (n, x) in left.iter().enumerate() {
                let (sin, cos) = libm::sincos(step * n as f64);
                re += f64::from(*x) * cos;
                im += f64::from(*x) * sin;
            }
            energy += re * re + im * im;
        }
        energy
    };
    // 172 Hz wide against 2756 Hz wide, heard beside the middle.
    assert!(energy(4, 4_600.0) * 100.0 < energy(0, 4_600.0));
    assert!(energy(4, 3_950.0) > energy(0, 3_950.0));
}

#[test]
fn all_variants_and_all_ways_of_cutting_have_the_same_bits() {
    for (seed, count, begin) in [(1, 0, 0), (2, 1, 70), (3, 33, 1 << 40), (4, 700, 44_100 * 86_400 * 365)] {
        let cloud = Cloud::new(&random(seed, count, begin), RATE).unwrap();
        let whole = rendered(&cloud, Simd::Baseline, begin, 12_000);
        assert_eq!(whole[0].iter().any(|x| *x != 0.0), count > 0);
        for simd in Simd::ALL {
            assert_eq!(whole, rendered(&cloud, simd, begin, 12_000), "{}", simd.name());
        }
        let (mut s, mut at) = (Stream::new(seed, "cuts", 0), 0);
        while at < 12_000 {
            let some = (s.below(300) as usize).min(12_000 - at);
            let piece = rendered(&cloud, Simd::detect(), begin + at as u64, some);
            for side in 0..2 {
                assert_eq!(piece[side], whole[side][at..at + some]);
            }
            at += some;
        }
    }
}

#[test]
fn what_can_t_sound_is_refused() {
    let refused = |g: Grain| Cloud::new(&[grain(1.0), g], RATE).unwrap_err();
    assert!(matches!(refused(grain(f64::NAN)), TextureError::Frequency { part: 1, .. }));
    for bad in [f32::NAN, -1.1, 1.1] {
        for (what, bad) in [
            ("level", Grain { level: bad, ..grain(1.0) }),
            ("pan", Grain { pan: bad, ..grain(1.0) }),
            ("noise", Grain { noise: bad, ..grain(1.0) }),
        ] {
            assert!(
                matches!(refused(bad), TextureError::Amount { part: 1, what: named, .. } if named == what)
            );
        }
    }
    assert_eq!(refused(Grain { begin: Frame(u64::MAX), ..grain(1.0) }), TextureError::Long { part: 1 });
}
