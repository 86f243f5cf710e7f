//! Reduced quality: cheaper, and still the same music; to and fro without a click.

mod common;

use auralis_engine::cpu::Simd;
use auralis_engine::mix::StereoBlock;
use auralis_engine::movement::Movement;
use auralis_engine::session::Timeline;
use auralis_engine::settings::Layer;
use auralis_engine::time::CONTROL;
use auralis_engine::voice::half::{Doubler, HALF, HalfBlock};
use auralis_engine::{Change, ChangeLog, Frame, Performance, Preset, SampleRate};
use common::{patch, rms, session, spectrum, with};

const RATE: SampleRate = SampleRate::Hz44100;

/// A sine of so many hertz, of which every `every`th frame is wanted, from frame `from` on.
fn sine(hz: f64, from: usize, every: usize, count: usize) -> impl Iterator<Item = f32> {
    (0..count).map(move |n| (std::f64::consts::TAU * hz * (from + n * every) as f64 / 44_100.0).sin() as f32)
}

fn doubled(hz: f64, intervals: usize) -> Vec<f32> {
    let mut doubler = Doubler::default();
    let mut out = Vec::new();
    for i in 0..intervals {
        let mut half = HalfBlock::default();
        for (x, y) in half.left.iter_mut().zip(sine(hz, i * CONTROL, 2, HALF)) {
            *x = y;
        }
        let mut block = StereoBlock::default();
        doubler.double(&half, true, &mut block);
        assert!(block.right.iter().all(|x| *x == 0.0));
        out.extend(block.left);
    }
    out
}

#[test]
fn what_is_doubled_is_what_it_was() {
    for (hz, least) in [(200.0, 80.0), (1000.0, 60.0), (2500.0, 38.0), (5000.0, 20.0)] {
        // Past the beginning, four frames late.
        let out = &doubled(hz, 40)[4 * CONTROL + 4..];
        let wanted: Vec<f32> = sine(hz, 4 * CONTROL, 1, out.len()).collect();
        let error: Vec<f32> = out.iter().zip(&wanted).map(|(a, b)| a - b).collect();
        let below = 20.0 * (rms(&wanted) / rms(&error)).log10();
        println!("{hz} Hz: the error is {below:.0} dB below");
        assert!(below > least, "{hz} Hz: {below:.0} dB");
    }
}

#[test]
fn rates_change_without_a_step() {
    let mut doubler = Doubler::default();
    let mut out = Vec::new();
    for i in 0..12 {
        let mut block = StereoBlock::default();
        if i / 4 == 1 {
            let mut half = HalfBlock::default();
            half.left.iter_mut().zip(sine(1500.0, i * CONTROL, 2, HALF)).for_each(|(x, y)| *x = y);
            doubler.double(&half, true, &mut block);
        } else {
            block.left.iter_mut().zip(sine(1500.0, i * CONTROL, 1, CONTROL)).for_each(|(x, y)| *x = y);
            doubler.pass(&mut block);
        }
        out.extend(block.left);
    }
    let steepest = (std::f64::consts::TAU * 1500.0 / 44_100.0) as f32;
    for (n, pair) in out.windows(2).enumerate() {
        assert!((pair[1] - pair[0]).abs() < 1.1 * steepest, "a step at frame {n}");
    }
    // What comes before the change to half the rate, and after that back, is untouched but for one interval.
    let wanted: Vec<f32> = sine(1500.0, 0, 1, out.len()).collect();
    assert_eq!(out[..4 * CONTROL], wanted[..4 * CONTROL]);
    assert_eq!(out[9 * CONTROL..], wanted[9 * CONTROL..]);
}

#[test]
fn silence_is_silence_once_it_has_rung_out() {
    let mut doubler = Doubler::default();
    let half = HalfBlock { left: [1.0; HALF], ..HalfBlock::default() };
    let mut last = StereoBlock::default();
    for i in 0..3 {
        last = StereoBlock::default();
        doubler.double(
            if i == 0 { &half } else { const { &HalfBlock { left: [0.0; HALF], right: [0.0; HALF] } } },
            i == 0,
            &mut last,
        );
        if i == 1 {
            assert!(last.left[0] > 0.9 && last.left[CONTROL - 1] == 0.0, "the last frames come late");
        }
    }
    assert!(last.left.iter().all(|x| *x == 0.0));
}

/// The level of each layer over some seconds, in dB.
fn levels(words: &str, seconds: f64) -> [f64; 6] {
    let settings = with(&Preset::Bright.settings(), words);
    let timeline = Timeline::new(settings);
    let mut movement = Movement::new(5, RATE, 0, &timeline, Simd::detect());
    let mut energy = [0.0; 6];
    for i in 0..RATE.frames(seconds) / CONTROL as u64 {
        movement.render(Frame(i * CONTROL as u64), &timeline, &mut StereoBlock::default());
        for (e, layer) in energy.iter_mut().zip(Layer::ALL) {
            let block = movement.parts().layer(layer);
            *e += block.left.iter().chain(&block.right).map(|x| f64::from(*x).powi(2)).sum::<f64>();
        }
    }
    energy.map(|e| 10.0 * e.log10())
}

#[test]
#[cfg_attr(coverage, ignore = "renders minutes, which counting lines slows a hundredfold")]
fn every_layer_keeps_its_place() {
    let (full, reduced) = (levels("", 60.0), levels("quality=reduced", 60.0));
    for ((layer, full), reduced) in Layer::ALL.into_iter().zip(full).zip(reduced) {
        println!("{layer:?}: {:+.1} dB", reduced - full);
        assert!((reduced - full).abs() < 3.5, "{layer:?}: {:+.1} dB", reduced - full);
    }
}

#[test]
#[cfg_attr(coverage, ignore = "renders minutes, which counting lines slows a hundredfold")]
fn quality_and_effects_come_and_go_without_a_click() {
    let s = session(9, RATE, Preset::Drift);
    let change =
        |seconds: f64, words: &str| Change { frame: Frame(RATE.frames(seconds)), patch: patch(words) };
    for words in ["quality", "effects"] {
        let (off, on) = if words == "quality" {
            ("quality=reduced", "quality=full")
        } else {
            ("effects=false", "effects=true")
        };
        let changes = [(20.0, off), (26.0, on), (32.0, off), (38.0, on)];
        let mut log = ChangeLog::new();
        for (at, words) in changes {
            log.push(change(at, words)).unwrap();
        }
        let mut out = vec![0.0; 2 * RATE.frames(46.0) as usize];
        Performance::new(&s, log).render_interleaved(&mut out).unwrap();
        let left: Vec<f64> = out.iter().step_by(2).map(|x| f64::from(*x)).collect();
        // A click is broad: it stands out above 12 kHz, in stretches of 256 frames.
        let hiss: Vec<f64> = left
            .chunks_exact(256)
            .map(|part| spectrum(part)[70..].iter().map(|m| m * m).sum::<f64>().sqrt())
            .collect();
        let around = |n: usize| {
            let at = (n * 256) as f64 / 44_100.0;
            changes.iter().any(|(change, _)| (change - 0.1..change + 2.3).contains(&at))
        };
        let most = |near: bool| {
            hiss.iter()
                .enumerate()
                .skip(1000)
                .filter(|(n, _)| around(*n) == near)
                .map(|(_, h)| *h)
                .fold(0.0, f64::max)
        };
        println!("{words}: {:.2e} at the changes, {:.2e} elsewhere", most(true), most(false));
        assert!(most(true) < 1.5 * most(false), "{words}: {:e} against {:e}", most(true), most(false));
    }
}
