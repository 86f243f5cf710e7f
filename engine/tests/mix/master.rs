//! Saturation and the whole master.

use super::*;

#[test]
fn saturation_is_gentle_and_bounded() {
    let mut block = StereoBlock::default();
    for n in 0..CONTROL {
        block.left[n] = (n as f32 - 32.0) / 4.0;
        block.right[n] = (n as f32 - 32.0) / 640.0;
    }
    let before = block;
    saturate(&mut block);
    assert!(block.left.iter().all(|x| x.abs() <= 1.0 + f32::EPSILON));
    for (x, y) in before.right.iter().zip(block.right) {
        assert!((x - y).abs() < 1e-4, "small signals pass: {x} becomes {y}");
    }
}

#[test]
fn a_master_depends_on_its_window_only() {
    let mut noise: White = White::new(&mut Stream::new(5, "master", 0));
    let input: Vec<f32> = (0..88_320).map(|_| noise.sample().0[0] * 0.9).collect();
    let mut master = Master::new(RATE);
    let run = |master: &mut Master, from: usize| {
        through(
            88_320 - from,
            |n| [input[from + n], -input[from + n]],
            |_, x| master.process(x, Simd::Baseline),
        )
    };
    let whole = run(&mut master, 0);
    master.reset();
    let late = run(&mut master, 44_160);
    let window = Master::window(RATE) as usize;
    assert!(window < 44_160 / 2);
    for n in window..44_160 {
        assert_eq!(whole[0][44_160 + n].to_bits(), late[0][n].to_bits(), "frame {n}");
    }
}
