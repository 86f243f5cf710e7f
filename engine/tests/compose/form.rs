//! Form: where movements lie, how arcs move.

use super::*;

#[test]
fn movements_lie_where_they_should() {
    for rate in SampleRate::ALL {
        let length = rate.frames(150.0);
        for seed in 0..20 {
            let mut lengths = Vec::new();
            for k in (0..300).chain(200_000..200_100) {
                let span = MovementSpan::of(seed, rate, k);
                assert_eq!(span.start, span.start.control_floor());
                assert!(span.start.0.abs_diff(k * length) < length / 8 + 64);
                assert_eq!(span.end, MovementSpan::of(seed, rate, k + 1).start);
                for frame in [span.start, Frame(span.end.0 - 1), span.start + 1_000_000] {
                    assert_eq!(MovementSpan::at(seed, rate, frame).index, k);
                }
                lengths.push(span.end - span.start);
            }
            lengths.sort_unstable();
            assert!(lengths[360] - lengths[40] > length / 8, "movements' lengths vary");
        }
    }
}

#[test]
fn arcs_are_slow_and_know_no_boundary() {
    for seed in 0..5 {
        let arcs = Arcs::new(seed, RATE);
        let (mut low, mut high) = (1.0_f32, -1.0_f32);
        let mut before = arcs.at(Frame(0));
        for i in 1..36_000 {
            let now = arcs.at(Frame(i * 44_100));
            for (a, b) in [
                (before.density, now.density),
                (before.brightness, now.brightness),
                (before.lead, now.lead),
                (before.bell, now.bell),
                (before.grains, now.grains),
            ] {
                assert!((-1.0..=1.0).contains(&b));
                assert!((a - b).abs() < 0.08, "an arc leaps");
            }
            assert_eq!(now.brightness, arcs.brightness(Frame(i * 44_100)));
            low = low.min(now.density);
            high = high.max(now.density);
            before = now;
        }
        assert!(low < -0.7 && high > 0.7, "density stays within {low} to {high}");
    }
}

#[test]
fn phrases_have_eight_bars_but_for_a_movement_s_last() {
    for (seed, words) in [(1, "bpm=60"), (2, "bpm=47.5"), (3, "bpm=200"), (4, "bpm=40")] {
        let all = events(&of(seed, words), &ChangeLog::new(), 0.0, 20.0 * HOUR);
        // The bars that are announced, and those that come.
        let mut phrases: Vec<(bool, u32, u32)> = Vec::new();
        let mut begins = false;
        for e in &all {
            match e.what {
                What::Movement { .. } => begins = true,
                What::Phrase { bars, .. } => phrases.push((std::mem::take(&mut begins), bars, 0)),
                What::Bar { .. } => phrases.last_mut().unwrap().2 += 1,
                _ => {}
            }
        }
        phrases.pop();
        let mut last = 0;
        for (n, (_, announced, counted)) in phrases.iter().enumerate() {
            assert_eq!(announced, counted);
            if phrases.get(n + 1).is_none_or(|next| next.0) {
                assert!((4..12).contains(counted), "{counted} bars at a movement's end");
                last += 1;
            } else {
                assert_eq!(*counted, 8);
            }
        }
        assert!(last > 400, "{last} movements");
    }
}

#[test]
fn loops_of_bells_are_coprime_and_never_line_up_twice() {
    use auralis_engine::compose::bell::PERIODS;
    fn gcd(a: u64, b: u64) -> u64 {
        if b == 0 { a } else { gcd(b, a % b) }
    }
    for (i, a) in PERIODS.iter().enumerate() {
        for b in &PERIODS[..i] {
            assert_eq!(gcd(*a, *b), 1, "{a} and {b}");
            // Where two have met, they meet again after the product of both.
            let again =
                RATE.seconds(a * b * CONTROL as u64).min(SampleRate::Hz48000.seconds(a * b * CONTROL as u64));
            assert!(again > 24.0 * HOUR, "{a} and {b} meet again after {again} s");
        }
    }
    // And so it is in the score: two bells that sound at one moment do so once in 45 minutes at most, for each pair of loops.
    for seed in 0..3 {
        let bells = of_instrument(
            &events(&of(seed, "intensity=1"), &ChangeLog::new(), 0.0, 0.75 * HOUR),
            Instrument::Bell,
        );
        let together = bells.windows(2).filter(|w| w[0].0 == w[1].0).count();
        assert!(together <= PERIODS.len() * (PERIODS.len() - 1) / 2, "{together}");
    }
}
