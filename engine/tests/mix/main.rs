//! Effects against their declared behaviour: echo times, decay times, the compressor's curve, the limiter's bounds, voices stolen without a click.

mod chorus;
#[path = "../common/mod.rs"]
mod common;
mod compressor;
mod echo;
mod limiter;
mod master;
mod reverb;
mod soft_top;

use auralis_engine::cpu::Simd;
use auralis_engine::dsp::noise::White;
use auralis_engine::mix::chorus::Chorus;
use auralis_engine::mix::compressor::Compressor;
use auralis_engine::mix::echo::{Echo, EchoShape};
use auralis_engine::mix::limiter::Limiter;
use auralis_engine::mix::reverb::{Reverb, Room};
use auralis_engine::mix::saturation::saturate;
use auralis_engine::mix::{Master, StereoBlock};
use auralis_engine::random::Stream;
use auralis_engine::time::CONTROL;
use auralis_engine::{Frame, SampleRate};
use common::to_db;
use rustfft::FftPlanner;
use rustfft::num_complex::Complex;

const RATE: SampleRate = SampleRate::Hz44100;

/// Runs `process` over a signal, block by block; the signal is given frame by frame.
fn through(
    frames: usize,
    mut input: impl FnMut(usize) -> [f32; 2],
    mut process: impl FnMut(Frame, &StereoBlock) -> StereoBlock,
) -> [Vec<f32>; 2] {
    let mut out = [Vec::new(), Vec::new()];
    for start in (0..frames).step_by(CONTROL) {
        let mut block = StereoBlock::default();
        for n in 0..CONTROL {
            [block.left[n], block.right[n]] = input(start + n);
        }
        let block = process(Frame(start as u64), &block);
        out[0].extend(block.left);
        out[1].extend(block.right);
    }
    out
}

/// An impulse on the left.
fn impulse(n: usize) -> [f32; 2] {
    [if n == 0 { 1.0 } else { 0.0 }, 0.0]
}
