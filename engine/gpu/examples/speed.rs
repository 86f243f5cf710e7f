//! How much audio the batch renderer makes in a second of one thread's time: `speed [SEED] [VOICES] [baseline|avx2|avx512]`.
//!
//! Prints the seconds of audio, and the seconds of CPU time that they took; for `tests/torchsynth/speed.py`.

use auralis_engine::SampleRate;
use auralis_engine::cpu::Simd;
use auralis_gpu::batch::{Renderer, Sound};
use auralis_gpu::voice::Grid;
use cpu_time::ThreadTime;
use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let mut number = |or: u64| args.next().map_or(Ok(or), |text| text.parse::<u64>());
    let (seed, voices) = (number(0)?, number(320)?);
    let simd = match args.next().as_deref() {
        Some("baseline") => Simd::Baseline,
        Some("avx2") => Simd::Avx2,
        _ => Simd::widest(),
    };
    let grid = Grid::new(4.0, SampleRate::Hz44100)?;
    let mut renderer = Renderer::with_simd(&grid, simd);
    let mut row = vec![0.0; grid.frames()];
    let mut loudest = 0.0_f32;
    let began = ThreadTime::now();
    for voice in 0..voices {
        renderer.render(&Sound::random(seed, voice).voice(grid.rate()), &mut row);
        loudest = loudest.max(row[voice as usize % row.len()]);
    }
    let seconds = began.elapsed().as_secs_f64();
    assert!(loudest <= 1.0, "rows are normalized");
    println!("{} {seconds}", voices as f64 * 4.0);
    Ok(())
}
