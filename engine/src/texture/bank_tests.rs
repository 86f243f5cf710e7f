use super::*;
use crate::random::Stream;
use alloc::vec;
use alloc::vec::Vec;

const RATE: SampleRate = SampleRate::Hz44100;

fn partial(hz: f64) -> Partial {
    let (phase, level, pan, begin) = (1 << 30, 0.5, 0.0, Frame::ZERO);
    let (rise, hold, fall, swell, swell_phase, depth) = (0, 1 << 30, 0, 0, 0, 0.0);
    Partial { hz, phase, level, pan, begin, rise, hold, fall, swell, swell_phase, depth }
}

pub(crate) fn random(seed: u64, partials: usize, begin: u64) -> Vec<Partial> {
    let mut s = Stream::new(seed, "bank", 0);
    let one = |_| Partial {
        hz: f64::from(s.range(20.0, 18_000.0)),
        phase: s.next_u32(),
        level: s.range(0.0, 0.02),
        pan: s.range(-1.0, 1.0),
        begin: Frame(begin + u64::from(s.below(4_096))),
        rise: s.below(20),
        hold: s.below(60),
        fall: s.below(40),
        swell: s.below(1 << 26),
        swell_phase: s.next_u32(),
        depth: s.unit(),
    };
    (0..partials).map(one).collect()
}

fn rendered(bank: &Bank, simd: Simd, from: u64, frames: usize) -> [Vec<f32>; 2] {
    let mut sides = [vec![9.0; frames], vec![9.0; frames]];
    let [left, right] = &mut sides;
    bank.render(simd, Frame(from), left, right);
    sides
}

#[test]
fn a_partial_is_its_sine_even_after_a_year() {
    for from in [64, 44_100 * 3_600 + 17, 44_100 * 86_400 * 365 + 50] {
        let begin = Frame(from - 64);
        let bank = Bank::new(&[Partial { begin, ..partial(1_234.5) }], RATE).unwrap();
        let one = bank.prepared().next().unwrap();
        let [left, _] = rendered(&bank, Simd::detect(), from, 1_000);
        for (n, x) in left.iter().enumerate() {
            let phase = one.phase.wrapping_add(one.increment.wrapping_mul(from + n as u64));
            let turns = (phase >> 11) as f64 / 9_007_199_254_740_992.0;
            let exact = libm::sin(turns * core::f64::consts::TAU) * 0.5 * core::f64::consts::FRAC_1_SQRT_2;
            assert!((f64::from(*x) - exact).abs() < 5e-6, "frame {n} from {from}: {x}, {exact}");
        }
    }
}

#[test]
fn it_lives_from_its_begin_to_its_end_and_nowhere_else() {
    let begin = 44_100 * 86_400 * 365;
    let short = Partial { begin: Frame(begin), rise: 2, hold: 3, fall: 4, ..partial(500.0) };
    let bank = Bank::new(&[short], RATE).unwrap();
    let begin = begin - begin % 64;
    let [left, _] = rendered(&bank, Simd::detect(), begin - 640, 2_000);
    let loud = |x: &&f32| **x != 0.0;
    assert_eq!(left[..640].iter().filter(loud).count(), 0);
    assert!(left[640..640 + 9 * 64].iter().filter(loud).count() > 500);
    assert_eq!(left[640 + 9 * 64..].iter().filter(loud).count(), 0);
    assert_eq!(rendered(&bank, Simd::detect(), u64::MAX - 10, 100)[0], [0.0; 100]);
}

#[test]
fn the_swell_moves_between_the_level_and_what_its_depth_leaves() {
    let swelling = Partial { swell: 1 << 24, swell_phase: 1 << 30, depth: 0.75, ..partial(11_025.0 / 2.0) };
    let bank = Bank::new(&[swelling], RATE).unwrap();
    let peak = |control: u64| {
        let [left, _] = rendered(&bank, Simd::detect(), control * 64, 64);
        left.iter().fold(0.0_f32, |most, x| most.max(x.abs())) / (0.5 * core::f32::consts::FRAC_1_SQRT_2)
    };
    assert!((peak(256) - 1.0).abs() < 0.01, "{}", peak(256));
    assert!((peak(128) - 0.25).abs() < 0.01, "{}", peak(128));
}

#[test]
fn all_variants_and_all_ways_of_cutting_have_the_same_bits() {
    for (seed, count, begin) in [(1, 0, 0), (2, 1, 70), (3, 33, 1 << 40), (4, 300, 44_100 * 86_400 * 365)] {
        let bank = Bank::new(&random(seed, count, begin), RATE).unwrap();
        let whole = rendered(&bank, Simd::Baseline, begin, 9_000);
        assert_eq!(whole[0].iter().any(|x| *x != 0.0), count > 0);
        for simd in Simd::ALL {
            assert_eq!(whole, rendered(&bank, simd, begin, 9_000), "{}", simd.name());
        }
        let mut s = Stream::new(seed, "cuts", 0);
        let (mut at, simd) = (0, Simd::detect());
        while at < 9_000 {
            let some = (s.below(300) as usize).min(9_000 - at);
            let piece = rendered(&bank, simd, begin + at as u64, some);
            for side in 0..2 {
                assert_eq!(piece[side], whole[side][at..at + some]);
            }
            at += some;
        }
    }
}

#[test]
fn what_can_t_sound_is_refused() {
    let refused = |p: Partial| Bank::new(&[partial(1.0), p], RATE).unwrap_err();
    for hz in [0.0, -1.0, f64::NAN, f64::INFINITY, 20_000.0] {
        assert!(matches!(refused(partial(hz)), TextureError::Frequency { part: 1, .. }), "{hz}");
    }
    for bad in [f32::NAN, -1.1, 1.1] {
        let of = |what: &str, p: Partial| {
            let message = alloc::format!("{}", refused(p));
            assert!(message.contains(what) && message.contains("part 1"), "{message}");
        };
        of("level", Partial { level: bad, ..partial(1.0) });
        of("pan", Partial { pan: bad, ..partial(1.0) });
        of("depth", Partial { depth: bad, ..partial(1.0) });
    }
    let long = Partial { hold: u32::MAX, ..partial(1.0) };
    assert_eq!(refused(long), TextureError::Long { part: 1 });
    let late = Partial { begin: Frame(u64::MAX), ..partial(1.0) };
    assert_eq!(refused(late), TextureError::Long { part: 1 });
}
