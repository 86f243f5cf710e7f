//! Delay lines and ramps.

use super::*;

/// A delay line filled with a known signal, and that signal.
fn filled(longest: usize, blocks: usize) -> (DelayLine, Vec<f32>) {
    let mut line = DelayLine::new(longest);
    let mut noise: White = White::new(&mut Stream::new(4, "delay", 0));
    let signal: Vec<f32> = (0..blocks * CONTROL).map(|_| noise.sample().0[0]).collect();
    for block in signal.chunks_exact(CONTROL) {
        line.write(block.try_into().unwrap());
    }
    (line, signal)
}

#[test]
fn delay_lines_give_back_what_went_in() {
    let (mut line, signal) = filled(1000, 100);
    assert!(line.longest() >= 1000.0);
    let end = signal.len();
    let mut out: Block = [0.0; CONTROL];
    for delay in [64, 65, 100, 127, 128, 999, 1000] {
        line.read_whole(delay, &mut out);
        assert_eq!(out[..], signal[end - delay..][..CONTROL], "{delay} frames back");
        line.read(delay as f32, delay as f32, &mut out);
        assert_eq!(out[..], signal[end - delay..][..CONTROL], "{delay} frames back, interpolated");
    }
    // Too short delays become the shortest, too long ones the longest.
    line.read_whole(3, &mut out);
    assert_eq!(out[..], signal[end - CONTROL..]);
    line.read(-5.0, f32::MAX, &mut out);
    assert!(out.iter().all(|x| x.is_finite()));
    line.read_whole(usize::MAX, &mut out);
    let longest = line.longest() as usize;
    assert_eq!(out[..], signal[end - longest..][..CONTROL]);
    line.clear();
    line.read_whole(64, &mut out);
    assert_eq!(out, [0.0; CONTROL]);
}

#[test]
fn delay_lines_interpolate_in_straight_lines() {
    let (line, signal) = filled(2000, 100);
    let end = signal.len() as f64;
    let mut out: Block = [0.0; CONTROL];
    for (from, to) in [(500.25, 500.25), (500.75, 501.5), (300.5, 299.75), (64.0, 64.9), (700.0, 699.0)] {
        line.read(from, to, &mut out);
        for (n, real) in out.iter().enumerate() {
            let back = f64::from(from) + f64::from(to - from) * n as f64 / CONTROL as f64;
            let at = end - back + n as f64;
            let (i, t) = (at.floor() as usize, at.fract());
            let next = if t > 0.0 { signal[i + 1] } else { 0.0 };
            let expected = f64::from(signal[i]) * (1.0 - t) + f64::from(next) * t;
            assert!((f64::from(*real) - expected).abs() < 2e-4, "{from} to {to}, frame {n}");
        }
    }
}

#[test]
fn ramps_are_straight() {
    let ones = [1.0; CONTROL];
    let mut block = ones;
    ramp(&mut block, 0.0, 1.0);
    assert!((0..CONTROL).all(|n| (block[n] - n as f32 / 64.0).abs() < 1e-6));
    add_ramped(&mut block, &ones, 1.0, 0.0);
    assert!(block.iter().all(|x| (x - 1.0).abs() < 1e-6));
    let before = block;
    add_ramped(&mut block, &ones, 0.0, 0.0);
    ramp(&mut block, 1.0, 1.0);
    assert_eq!(block, before);
    let mut r = Ramp::new(0.5);
    assert_eq!((r.to(0.75), r.to(0.25)), ((0.5, 0.75), (0.75, 0.25)));
}
