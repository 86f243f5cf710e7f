//! Every backend renders the same: the processor in each of its variants to the bit, every adapter that is found (software too) within the
//! tolerance of `tolerance.rs`. Plans and spans are random, from the first frame to a year later.
#![cfg(feature = "wgpu")]

mod common;

use auralis_engine::Frame;
use auralis_engine::cpu::Simd;
use auralis_engine::random::Stream;
use auralis_gpu::bank::Each;
use auralis_gpu::device::{Adapters, Gpu};
use auralis_gpu::open::open_adapter;
use auralis_gpu::tolerance::{TEXTURE, difference};
use auralis_gpu::{Backend, GpuTextures, Plan, Span, Stereo};
use common::plan;
use pollster::block_on;

const YEAR: u64 = 44_100 * 86_400 * 365;

/// Every adapter, with its kernels, which have been probed; and once more with the bank as the other kind of adapter has it.
fn devices() -> Vec<GpuTextures> {
    let adapters = block_on(Adapters::find());
    if adapters.found().is_empty() {
        println!("skipped: no adapter");
    }
    let open = |at| block_on(open_adapter(&adapters, at, Gpu::PATIENCE)).unwrap();
    let banks = [Each::One, Each::Two].map(Some).into_iter().chain([None]);
    let of_each = banks.flat_map(|bank| (0..adapters.found().len()).map(move |at| (at, bank)));
    of_each
        .map(|(at, bank)| match bank {
            Some(each) => block_on(open(at).with_bank(each)).unwrap(),
            None => open(at),
        })
        .collect()
}

fn rendered(device: &mut GpuTextures, plan: &Plan, span: Span) -> Stereo {
    let sound = block_on(device.render(plan, span)).unwrap();
    assert_eq!((sound.left.len(), sound.right.len()), (span.frames, span.frames));
    sound
}

fn loudest(sound: &Stereo) -> f32 {
    sound.sides().into_iter().flatten().fold(0.0, |most, x| x.abs().max(most))
}

#[test]
fn random_plans_are_the_same_on_every_backend() {
    let mut devices = devices();
    let mut s = Stream::new(1, "parity", 0);
    for seed in 0..40 {
        let partials = [0, 1, 3, 4, 5, 130, 700][s.below(7) as usize];
        let grains = [0, 1, 2, 7, 65, 900][s.below(6) as usize];
        let begin = [0, 1, 44_100 * 3_600, (1 << 32) - 5_000, (1 << 38) - 9_000, YEAR][s.below(6) as usize];
        let plan = plan(seed, partials, grains, begin, 12_000);
        let from = Frame((begin + u64::from(s.below(9_000))).saturating_sub(u64::from(s.below(4_000))));
        let span = Span { from, frames: s.below(12_000) as usize };
        let baseline = plan.twin(Simd::Baseline, span);
        for simd in Simd::ALL {
            assert_eq!(plan.twin(simd, span), baseline, "{}", simd.name());
        }
        for device in &mut devices {
            let by = difference(&rendered(device, &plan, span), &baseline);
            assert!(by <= TEXTURE, "{}, plan {seed}, {span:?}: {by}", device.name());
        }
    }
}

#[test]
fn a_span_cut_anywhere_is_the_same() {
    let plan = plan(7, 300, 400, YEAR, 20_000);
    let whole = Span { from: Frame(YEAR + 3_333), frames: 20_000 };
    let expected = plan.twin(Simd::detect(), whole);
    assert!(loudest(&expected) > 0.05);
    let cuts = |most: u32, seed: u64, render: &mut dyn FnMut(Span) -> Stereo| {
        let (mut s, mut rest, mut sound) = (Stream::new(seed, "cuts", 0), whole, Stereo::default());
        while rest.frames > 0 {
            let (piece, after) = rest.split(s.below(most) as usize);
            sound.append(render(piece));
            rest = after;
        }
        sound
    };
    for seed in 0..3 {
        assert_eq!(cuts(400, seed, &mut |span| plan.twin(Simd::detect(), span)), expected);
    }
    for mut device in devices() {
        let by = difference(&cuts(4_000, 1, &mut |span| rendered(&mut device, &plan, span)), &expected);
        assert!(by <= TEXTURE, "{}: {by}", device.name());
    }
}

#[test]
fn where_nothing_sounds_there_is_silence() {
    let plan = plan(3, 50, 50, 1 << 20, 1_000);
    let silent = |from| Span { from: Frame(from), frames: 700 };
    let spans = [
        silent(0),
        silent(1 << 19),
        silent(1 << 30),
        silent(YEAR * 100),
        silent(Frame::LAST.0),
        Span { frames: 0, ..silent(1 << 20) },
    ];
    let mut devices = devices();
    for span in spans {
        for simd in Simd::ALL {
            assert_eq!(plan.twin(simd, span), Stereo::silence(span.frames));
        }
        for device in &mut devices {
            assert_eq!(
                rendered(device, &plan, span),
                Stereo::silence(span.frames),
                "{}, {span:?}",
                device.name()
            );
        }
    }
}

#[test]
fn thousands_at_once_stay_within_the_tolerance() {
    let plan = plan(9, 5_000, 3_000, YEAR, 2_000);
    let span = Span { from: Frame(YEAR + 2_000), frames: 4_000 };
    let expected = plan.twin(Simd::detect(), span);
    assert!(loudest(&expected) > 0.05);
    for mut device in devices() {
        let by = difference(&rendered(&mut device, &plan, span), &expected);
        println!("{}: {:.1} dB", device.name(), 20.0 * by.log10());
        assert!(by <= TEXTURE, "{}: {by}", device.name());
    }
}
