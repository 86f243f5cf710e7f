//! The two readings against each other, and every variant against every other.

use super::*;
use crate::batch::Sound;
use auralis_engine::SampleRate;

fn rows(seconds: f64, rate: SampleRate, simd: Simd, voices: std::ops::Range<u64>) -> Vec<Vec<f32>> {
    let grid = Grid::new(seconds, rate).unwrap();
    let mut renderer = Renderer::with_simd(&grid, simd);
    voices
        .map(|voice| {
            let mut row = vec![f32::NAN; grid.frames()];
            renderer.render(&Sound::random(5, voice).voice(rate), &mut row);
            row
        })
        .collect()
}

#[test]
fn every_variant_gives_the_same_bits() {
    for (seconds, rate) in
        [(0.7, SampleRate::Hz44100), (0.313, SampleRate::Hz48000), (0.05, SampleRate::Hz44100)]
    {
        let bits = |simd| {
            let rows = rows(seconds, rate, simd, 0..40);
            rows.concat().into_iter().map(f32::to_bits).collect::<Vec<_>>()
        };
        let plain = bits(Simd::Baseline);
        for simd in Simd::ALL {
            assert!(bits(simd) == plain, "{}", simd.name());
        }
    }
}

/// Both oscillators' steps are rounded to f32 (2⁻²⁴), after an exponential that is exact within 2e-7. Over a second their phases may so part by
/// 2e-7 · 2π · f radians. The square-saw makes of a radian at most its drive, 12 000 · π/2 / (f · log₁₀f): a second makes 0.02 of it, whatever f.
const APART_PER_SECOND: f32 = 0.03;

#[test]
fn the_fast_reading_is_the_plain_one() {
    for (seconds, rate) in [(1.0, SampleRate::Hz44100), (0.3, SampleRate::Hz48000)] {
        let grid = Grid::new(seconds, rate).unwrap();
        let mut squares = 0.0;
        let rows = rows(seconds, rate, Simd::widest(), 0..100);
        for (voice, row) in (0..).zip(&rows) {
            let signals = Sound::random(5, voice).voice(rate).signals(&grid);
            for (n, (a, b)) in row.iter().zip(signals.output()).enumerate() {
                let apart = (a - b).abs();
                assert!(apart <= APART_PER_SECOND * seconds as f32, "voice {voice}, sample {n}: {a} and {b}");
                squares += f64::from(apart * apart);
            }
        }
        let rms = (squares / (100 * grid.frames()) as f64).sqrt();
        assert!(rms < 2e-4, "{rms}");
    }
}

#[test]
fn what_was_rendered_before_leaves_nothing() {
    let grid = Grid::new(0.2, SampleRate::Hz44100).unwrap();
    let mut renderer = Renderer::new(&grid);
    let (mut first, mut again) = (vec![0.0; grid.frames()], vec![0.0; grid.frames()]);
    renderer.render(&Sound::random(1, 0).voice(grid.rate()), &mut first);
    renderer.render(&Sound::random(1, 1).voice(grid.rate()), &mut again);
    assert_ne!(first, again);
    renderer.render(&Sound::random(1, 0).voice(grid.rate()), &mut again);
    assert_eq!(first, again);
}

#[test]
fn after_the_releases_there_is_silence() {
    let rows = rows(4.0, SampleRate::Hz44100, Simd::widest(), 0..60);
    let silent = |row: &Vec<f32>| row[row.len() - 500..].iter().all(|x| *x == 0.0);
    let count = rows.iter().filter(|row| silent(row)).count();
    assert!((10..60).contains(&count), "{count} of 60 notes end within four seconds");
    assert!(rows.iter().all(|row| row.iter().any(|x| x.abs() > 1e-4) && row.iter().all(|x| x.abs() <= 1.0)));
}
