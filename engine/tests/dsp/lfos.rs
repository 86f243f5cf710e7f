//! Slow oscillators: their shapes, at any frame.

use super::*;

#[test]
fn lfos_have_their_shapes() {
    let period = 3.7;
    // Copies of one stream: all begin at the same place in their turn.
    let stream = Stream::new(1, "lfo", 0);
    let make = |shape| Lfo::new(shape, period, RATE, &mut { stream });
    let (sine, triangle, saw, square) =
        (make(Shape::Sine), make(Shape::Triangle), make(Shape::Saw), make(Shape::Square));
    for n in 0..20_000_u64 {
        let frame = Frame(n * 97 + 1_000_000_007 * (n % 5));
        let t = (f64::from(saw.at(frame)) + 1.0) / 2.0;
        assert!((0.0..=1.0).contains(&t));
        let near_edge = |at: f64| (t - at).abs() < 1e-4;
        let expected = (std::f64::consts::TAU * t).sin();
        assert!((f64::from(sine.at(frame)) - expected).abs() < 1e-4);
        let expected = 1.0 - 4.0 * ((t + 0.25).fract() - 0.5).abs();
        assert!((f64::from(triangle.at(frame)) - expected).abs() < 1e-4, "{t}: {}", triangle.at(frame));
        if !near_edge(0.0) && !near_edge(0.5) && !near_edge(1.0) {
            assert_eq!(square.at(frame), if t < 0.5 { 1.0 } else { -1.0 });
        }
    }
    // A turn is a period, even a year later.
    let year = 1_390_000_000_000_u64;
    let turns = (year as f64 / (period as f64 * 44_100.0)).round();
    let after = (turns * f64::from(period) * 44_100.0).round() as u64;
    assert!((sine.at(Frame(after)) - sine.at(Frame(0))).abs() < 1e-3);
}

#[test]
fn random_lfos_are_smooth_and_bounded() {
    let lfo = Lfo::new(Shape::Random, 2.0, RATE, &mut Stream::new(8, "lfo", 0));
    let mut before = lfo.at(Frame(0));
    let (mut low, mut high) = (1.0_f32, -1.0_f32);
    for n in 1..200_000_u64 {
        let now = lfo.at(Frame(n * 64));
        assert!((-1.0..=1.0).contains(&now));
        assert!((now - before).abs() < 3.0 * 64.0 / (2.0 * 44_100.0) + 1e-5, "a leap at {n}");
        low = low.min(now);
        high = high.max(now);
        before = now;
    }
    assert!(low < -0.9 && high > 0.9);
}

#[test]
fn sines_of_lanes_are_functions_of_the_frame() {
    let step = U32(core::array::from_fn(|i| RATE.phase_step(0.05 + 0.03 * i as f32)));
    let offset = U32x8::splat(77);
    for frame in [0, 64, 1 << 33, 1_390_000_000_064] {
        let all = sines(Frame(frame), step, offset);
        for lane in 0..LANES {
            let phase = (u128::from(step.0[lane]) * u128::from(frame) + 77) % (1 << 32);
            let expected = (std::f64::consts::TAU * phase as f64 / 4_294_967_296.0).sin();
            assert!((f64::from(all.0[lane]) - expected).abs() < 1e-6);
        }
    }
}
