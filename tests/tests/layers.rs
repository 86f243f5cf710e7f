//! There is always something to hear: at least three layers nine tenths of the time, and never silence for more than four seconds.
//!
//! Listened to as it sounds, for any seed. At full length (`AURALIS_SOAK=1`) ten minutes of every preset with three seeds, otherwise a tenth of it.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use auralis_engine::cpu::Simd;
use auralis_engine::mix::{Master, StereoBlock};
use auralis_engine::movement::Movement;
use auralis_engine::session::Timeline;
use auralis_engine::settings::LAYERS;
use auralis_engine::time::CONTROL;
use auralis_engine::{Frame, Preset, SampleRate};
use auralis_tests::length;

const RATE: SampleRate = SampleRate::Hz44100;
/// Control intervals that are looked at together: a tenth of a second.
const PART: usize = 69;
/// A layer is heard where it is louder than this in the mix, in dBFS (root mean square); so is the whole, mastered.
const LAYER_HEARD: f64 = -66.0;
const HEARD: f64 = -60.0;
/// The very beginning comes from nothing, in seconds.
const BEGINNING: f64 = 8.0;

fn energy(block: &StereoBlock) -> f64 {
    block.left.iter().chain(&block.right).map(|x| f64::from(*x).powi(2)).sum()
}

/// The share of time in which three layers or more are heard, and the longest silence in seconds.
fn listen(preset: Preset, seed: u64) -> (f64, f64) {
    let timeline = Timeline::new(preset.settings());
    let simd = Simd::detect();
    let mut movements = [0, 1].map(|k| Movement::new(seed, RATE, k, &timeline, simd));
    let mut master = Master::new(RATE);
    let (mut three, mut all) = (0, 0);
    let (mut silent, mut longest) = (0.0_f64, 0.0_f64);
    let mut frame = Frame::ZERO;
    while frame.0 < RATE.frames(BEGINNING + length(600.0)) {
        let mut layers = [0.0; LAYERS];
        let mut whole = 0.0;
        for _ in 0..PART {
            let mut sum = StereoBlock::default();
            for movement in &mut movements {
                if frame >= movement.span().silent_from(RATE) {
                    let next = movement.span().index + 2;
                    movement.restart(next, &timeline);
                }
                if frame >= movement.span().start {
                    movement.render(frame, &timeline, &mut sum);
                    for (e, layer) in layers.iter_mut().zip(&movement.parts().layers) {
                        *e += energy(layer);
                    }
                }
            }
            whole += energy(&master.process(&sum, simd));
            frame = frame + CONTROL as u64;
        }
        let level = |e: f64| 10.0 * (e / (PART * 2 * CONTROL) as f64).max(1e-30).log10();
        if frame.0 > RATE.frames(BEGINNING) {
            silent = if level(whole) < HEARD { silent + RATE.seconds((PART * CONTROL) as u64) } else { 0.0 };
            longest = longest.max(silent);
            all += 1;
            three += i32::from(layers.iter().filter(|e| level(**e) > LAYER_HEARD).count() >= 3);
        }
    }
    (f64::from(three) / f64::from(all), longest)
}

#[test]
fn soak_three_layers_sound_and_silence_never_lasts() {
    let jobs: Vec<(Preset, u64)> =
        Preset::ALL.into_iter().flat_map(|p| [1, 2, u64::MAX].map(|seed| (p, seed))).collect();
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some((preset, seed)) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let (share, silent) = listen(*preset, *seed);
                    let name = preset.name();
                    println!(
                        "{name} (seed {seed}): three layers {share:.3} of the time, silent for {silent:.1} s"
                    );
                    assert!(share >= 0.9, "{name} (seed {seed}): three layers only {share:.3} of the time");
                    assert!(silent <= 4.0, "{name} (seed {seed}): silent for {silent:.1} s");
                }
            });
        }
    });
}
