//! The chorus: wide, not loud.

use super::*;

#[test]
fn a_chorus_is_wide_and_not_loud() {
    let mut chorus = Chorus::new(RATE);
    let mut noise: White = White::new(&mut Stream::new(1, "chorus", 0));
    let mut input = Vec::new();
    let frames = 44_100 * 4 / CONTROL * CONTROL;
    let [left, right] = through(
        frames,
        |_| {
            let x = noise.sample().0[0] * 0.5;
            input.push(x);
            [x, x]
        },
        |f, x| {
            let mut block = *x;
            chorus.process(f, 0.6, &mut block);
            block
        },
    );
    let gain = to_db(common::rms(&left) / common::rms(&input));
    assert!((0.0..3.0).contains(&gain), "{gain:.1} dB");
    let difference: Vec<f32> = left.iter().zip(&right).map(|(l, r)| l - r).collect();
    assert!(common::rms(&difference) > 0.1 * common::rms(&left), "one source becomes two sides");
    // Dry, it is not there, and cleared it has no past.
    chorus.clear();
    let silent = through(
        frames,
        |_| [0.0; 2],
        |f, x| {
            let mut block = *x;
            chorus.process(f, 1.0, &mut block);
            block
        },
    );
    assert!(silent.iter().flatten().all(|x| *x == 0.0));
}
