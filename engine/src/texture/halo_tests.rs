use super::*;
use crate::cpu::Simd;
use crate::texture::supply::{FRAMES, PAGE as SUPPLY_PAGE};
use alloc::vec;
use alloc::vec::Vec;

const RATE: SampleRate = SampleRate::Hz44100;
/// A chord of C, E flat and G that begins far from frame 0.
const GROUND: Ground = Ground { dice: 7, begin: Frame(64 * 1_000_000), chord: 0b1000_1001 };

/// The bits of some control intervals of a halo that is reached one by one.
fn played(intervals: u64) -> Vec<[u32; 2]> {
    let mut halo = Halo::new(RATE);
    halo.begin(GROUND);
    let mut bits = Vec::new();
    for control in GROUND.first()..GROUND.first() + intervals {
        halo.reach(control);
        let mut block = StereoBlock::default();
        halo.interval(Simd::detect(), control, &mut block);
        bits.extend(block.left.iter().zip(&block.right).map(|(l, r)| [l.to_bits(), r.to_bits()]));
    }
    bits
}

#[test]
fn what_is_rendered_ahead_is_what_is_played() {
    let played = played(3 * 1378);
    for (from, count) in [(0, 64), (1000, 600), (1300, 200), (2 * 1378 + 5, 1000)] {
        let first = GROUND.first() + from;
        let (bank, cloud) = GROUND.textures(RATE, first, count);
        let frames = count as usize * CONTROL;
        let (mut left, mut right) = (vec![0.0; frames], vec![0.0; frames]);
        let (mut grains, mut others) = (left.clone(), left.clone());
        let at = Frame(first * CONTROL as u64);
        bank.render(Simd::detect(), at, &mut left, &mut right);
        cloud.render(Simd::detect(), at, &mut grains, &mut others);
        let place = from as usize * CONTROL;
        let most = (0..frames).fold(0.0_f32, |most, n| {
            let [l, r] = played[place + n].map(f32::from_bits);
            most.max((left[n] + grains[n] - l).abs()).max((right[n] + others[n] - r).abs())
        });
        assert!(most < 1e-6, "from {from}: {most}");
    }
}

#[test]
fn it_stays_within_bounds_and_never_stops() {
    let played = played(8 * 1378);
    let loud = |from: usize| {
        let some = &played[from..from + 44_100];
        libm::sqrt(
            some.iter().flatten().map(|x| f64::from(f32::from_bits(*x) * f32::from_bits(*x))).sum::<f64>()
                / 88_200.0,
        )
    };
    let levels: Vec<f64> = (0..15).map(|second| loud(second * 44_100)).collect();
    assert!(levels.iter().all(|level| *level > 0.04 && *level < 0.1), "{levels:?}");
    assert!(played.iter().flatten().all(|x| f32::from_bits(*x).abs() < 0.8));
}

#[test]
fn another_ground_is_another_halo() {
    let others = [
        Ground { dice: 8, ..GROUND },
        Ground { begin: Frame(GROUND.begin.0 + 64), ..GROUND },
        Ground { chord: 0b1001_0001, ..GROUND },
    ];
    for other in others {
        assert_ne!(other.print(), GROUND.print());
    }
    assert_eq!(FRAMES, SUPPLY_PAGE * CONTROL);
}

#[test]
fn all_that_a_halo_is_made_of_is_taken() {
    for rate in SampleRate::ALL {
        for chord in [1, 0b1000_1001, 0xfff] {
            let ground = Ground { chord, ..GROUND };
            let (bank, cloud) = ground.textures(rate, ground.first() + 3000, 100);
            assert_eq!(bank.len() as u64, PARTIALS);
            // The page, and the one before.
            assert_eq!(cloud.len() as u64, 2 * GRAINS);
        }
    }
}
