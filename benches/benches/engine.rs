//! The engine's parts, each alone, a control interval (64 frames) at a time: `cargo bench -p auralis-benches`. Each comes in
//! the best instructions of this processor and in those that every processor of its kind has.
//!
//! These times are for comparing two states of the code on one machine. What the project promises is in docs/benchmarks.md.

use auralis_benches::pad64::Pad64;
use auralis_benches::report::native::{session, worst_seek};
use auralis_engine::cpu::{Simd, dispatch};
use auralis_engine::dsp::filter::StateVariable;
use auralis_engine::dsp::noise::{Pink, White};
use auralis_engine::dsp::oscillator::Phase;
use auralis_engine::lanes::F32x8;
use auralis_engine::mix::echo::{Echo, EchoShape};
use auralis_engine::mix::reverb::{Reverb, Room};
use auralis_engine::mix::{Master, StereoBlock};
use auralis_engine::random::Stream;
use auralis_engine::session::Timeline;
use auralis_engine::time::{CONTROL, Frame, SampleRate};
use auralis_engine::{ChangeLog, Engine, Preset, Quality, Score};
use divan::counter::ItemsCount;
use divan::{Bencher, black_box};

const RATE: SampleRate = SampleRate::Hz44100;
const SIMD: [&str; 2] = ["best", "baseline"];

fn main() {
    divan::main();
}

fn simd(name: &str) -> Simd {
    if name == "best" { Simd::detect() } else { Simd::Baseline }
}

/// A stereo block with something in it.
fn sound() -> StereoBlock {
    let mut stream = Stream::new(1, "bench", 0);
    let mut block = StereoBlock::default();
    for n in 0..CONTROL {
        block.left[n] = stream.signed() * 0.3;
        block.right[n] = stream.signed() * 0.3;
    }
    block
}

/// Ten seconds of a preset.
fn ten_seconds(bencher: Bencher, preset: Preset, quality: Quality, simd: Simd) {
    let mut engine = Engine::with_simd(&session(preset, quality), simd);
    let mut block = vec![0.0; 2 * 441_000];
    bencher.bench_local(|| engine.render_interleaved(black_box(&mut block)));
}

#[divan::bench(args = Preset::ALL, consts = [true, false], sample_count = 5)]
fn preset<const BEST: bool>(bencher: Bencher, preset: Preset) {
    ten_seconds(bencher, preset, Quality::Full, if BEST { Simd::detect() } else { Simd::Baseline });
}

#[divan::bench(args = Preset::ALL, sample_count = 5)]
fn preset_reduced(bencher: Bencher, preset: Preset) {
    ten_seconds(bencher, preset, Quality::Reduced, Simd::detect());
}

#[divan::bench(args = SIMD, sample_count = 10)]
fn pad64_second(bencher: Bencher, which: &str) {
    let mut scene = Pad64::new(64, if which == "best" { Simd::widest() } else { simd(which) });
    let (mut left, mut right) = (vec![0.0; 48_000], vec![0.0; 48_000]);
    bencher.bench_local(|| scene.render(black_box(&mut left), black_box(&mut right)));
}

/// An hour of score.
#[divan::bench(args = Preset::ALL, sample_count = 5)]
fn compose_hour(bencher: Bencher, preset: Preset) {
    let (session, log) = (session(preset, Quality::Full), ChangeLog::default());
    let end = session.rate.frames(3600.0);
    bencher.bench_local(|| {
        Score::new(&session, &log, Frame::ZERO).map(|score| score.take_while(|e| e.frame.0 < end).count())
    });
}

/// The dearest seek of the first year: two movements must be rendered, the first of them whole, with its tail.
#[divan::bench(args = [Preset::Bright, Preset::Sleep], sample_count = 3)]
fn seek_worst(bencher: Bencher, preset: Preset) {
    let session = session(preset, Quality::Full);
    let (frame, mut engine) = (worst_seek(&session), Engine::new(&session));
    bencher.bench_local(|| engine.seek(black_box(frame), &Timeline::new(session.settings)));
}

/// A kernel of eight lanes over a control interval, in both kinds of instructions.
macro_rules! lanes {
    ($name:ident, $kind:ty, $new:expr, |$it:ident| $sample:expr) => {
        #[divan::bench(args = SIMD)]
        fn $name(bencher: Bencher, which: &str) {
            let simd = simd(which);
            let mut it: $kind = $new;
            bencher.counter(ItemsCount::new(CONTROL * 8)).bench_local(|| {
                let mut out = [F32x8::ZERO; CONTROL];
                let (it, target) = (&mut it, &mut out);
                dispatch!(simd, |it: &mut $kind, target: &mut [F32x8; CONTROL]| {
                    let mut $it = it.clone();
                    for frame in target.iter_mut() {
                        *frame = $sample;
                    }
                    *it = $it;
                });
                out
            });
        }
    };
}

fn tuned() -> Phase {
    let mut phase = Phase::default();
    for lane in 0..8 {
        phase.set_hz(lane, 110.0 * (lane + 1) as f32, RATE);
    }
    phase
}

fn filter() -> StateVariable {
    let mut filter = StateVariable::default();
    filter.set(F32x8::splat(0.03), F32x8::splat(1.0));
    filter
}

lanes!(oscillator_sine, Phase, tuned(), |p| p.sine());
lanes!(oscillator_saw, Phase, tuned(), |p| p.saw());
lanes!(oscillator_saw_light, Phase, tuned(), |p| p.saw_light());
lanes!(oscillator_triangle, Phase, tuned(), |p| p.triangle());
lanes!(oscillator_square_saw, Phase, tuned(), |p| p.square_saw(F32x8::splat(0.5)));
lanes!(noise_white, White, White::new(&mut Stream::new(1, "bench", 0)), |w| w.sample());
lanes!(noise_pink, Pink, Pink::new(&mut Stream::new(1, "bench", 0)), |p| p.sample());
lanes!(filter_low, (StateVariable, Phase), (filter(), tuned()), |it| it.0.low(it.1.saw_light()));

/// An effect over a control interval, in both kinds of instructions.
macro_rules! effect {
    ($name:ident, $kind:ty, $new:expr, |$it:ident, $frame:ident, $block:ident| $process:expr) => {
        #[divan::bench(args = SIMD)]
        fn $name(bencher: Bencher, which: &str) {
            let simd = simd(which);
            let mut it: $kind = $new;
            let (block, mut frame) = (sound(), Frame::ZERO);
            bencher.counter(ItemsCount::new(CONTROL)).bench_local(|| {
                let mut out = StereoBlock::default();
                let ($it, $block, target, $frame) = (&mut it, &block, &mut out, frame);
                dispatch!(simd, |$it: &mut $kind,
                                 $block: &StereoBlock,
                                 target: &mut StereoBlock,
                                 $frame: Frame| {
                    *target = $process;
                });
                frame = frame + CONTROL as u64;
                out
            });
        }
    };
}

const ECHO: EchoShape = EchoShape {
    seconds: [0.43, 0.65],
    feedback: 0.5,
    cross: 0.3,
    low_pass: 3600.0,
    high_pass: 180.0,
    drift: 0.001,
};

fn room() -> Reverb {
    Reverb::new(Room { decay: 8.0, damping: 4000.0 }, 0.045, 320.0, RATE)
}

effect!(mix_echo, Echo, Echo::new(ECHO, RATE), |echo, frame, block| echo.process(frame, block));
effect!(mix_reverb, Reverb, room(), |reverb, frame, block| reverb.process(frame, block, 1.0));
effect!(mix_reverb_reduced, Reverb, room(), |reverb, frame, block| reverb.process(frame, block, 0.0));

#[divan::bench(args = SIMD)]
fn mix_master(bencher: Bencher, which: &str) {
    let (mut master, simd, block) = (Master::new(RATE), simd(which), sound());
    bencher.counter(ItemsCount::new(CONTROL)).bench_local(|| master.process(black_box(&block), simd));
}
