//! `auralis render --device`: a GPU plays voices only if one was asked for, and then within -80 dB; whatever it does, the file is whole.
#![cfg(feature = "gpu")]

mod common;

use auralis::renderer::{self, Job, Piece};
use auralis_engine::cpu::Simd;
use auralis_engine::{ChangeLog, Frame, Preset, Session};
use auralis_gpu::chain::{self, Backend, Chain};
use auralis_gpu::device::GpuError;
use auralis_gpu::score::{Event, Keep, Movements, Played, Recordings, Scores};
use common::Folder;
use std::num::NonZeroUsize;
use std::sync::atomic::AtomicBool;

/// With seams: the movement before rings on, and another begins.
const SPAN: [&str; 8] = ["--seed", "4", "--preset", "focus", "--from", "135", "--seconds", "40"];
/// -80 dB.
const TOLERANCE: f32 = 1e-4;

fn samples(folder: &Folder, name: &str) -> Vec<f32> {
    hound::WavReader::open(folder.path(name)).unwrap().into_samples().map(Result::unwrap).collect()
}

fn render(folder: &Folder, name: &str, more: &[&str], software: &str) -> common::Run {
    let args = [&["render", "--format", "f32", "--out", name][..], &SPAN, more].concat();
    let mut command = folder.command(&args);
    command.env_remove("AURALIS_DEVICE").env("AURALIS_SOFTWARE_GPU", software);
    common::Run::of(&command.output().unwrap())
}

#[test]
fn a_gpu_renders_the_same_within_the_tolerance_and_only_when_it_was_asked_for() {
    let folder = Folder::new("render-on-gpu");
    let plain = render(&folder, "cpu.wav", &[], "1");
    assert!(plain.code == Some(0) && !plain.err.contains("voices are rendered"), "{}", plain.err);
    let auto = render(&folder, "auto.wav", &["--device", "auto"], "1");
    assert_eq!((auto.code, folder.read("auto.wav")), (Some(0), folder.read("cpu.wav")), "{}", auto.err);
    let on_gpu = render(&folder, "gpu.wav", &["--device", "gpu", "--stems", "stems"], "1");
    assert_eq!(on_gpu.code, Some(0), "{}", on_gpu.err);
    let (cpu, gpu) = (samples(&folder, "cpu.wav"), samples(&folder, "gpu.wav"));
    assert_eq!((cpu.len(), gpu.len()), (2 * 40 * 44_100, 2 * 40 * 44_100));
    let by = cpu.iter().zip(&gpu).fold(0.0_f32, |most, (x, y)| (x - y).abs().max(most));
    assert!(by <= TOLERANCE, "{by}");
    assert!(cpu.iter().any(|x| x.abs() > 0.05));
    if on_gpu.err.contains("no adapter") {
        println!("skipped: no adapter");
        assert!(by == 0.0 && on_gpu.err.contains("the processor renders from now on"), "{}", on_gpu.err);
    } else {
        assert!(
            on_gpu.err.contains("voices are rendered by") && on_gpu.err.contains("not with its bits"),
            "{}",
            on_gpu.err
        );
        assert!(by > 0.0, "nothing was left to the device");
        println!("{:.1} dB", 20.0 * by.log10());
    }
}

#[test]
fn without_a_gpu_that_counts_the_processor_renders_and_says_why() {
    let folder = Folder::new("render-without-gpu");
    render(&folder, "cpu.wav", &["--device", "cpu"], "0");
    // WebGPU is the browsers' way.
    let run = render(&folder, "gpu.wav", &["--device", "webgpu"], "0");
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert!(run.err.contains("warning: the processor renders"), "{}", run.err);
    assert_eq!(folder.read("gpu.wav"), folder.read("cpu.wav"));
}

#[test]
fn a_device_that_is_none_for_this_is_refused() {
    let folder = Folder::new("render-on-nothing");
    render(&folder, "x.wav", &["--device", "reduced"], "0")
        .assert_refused(2, &["device", "reduced", "--quality"]);
    render(&folder, "x.wav", &["--device", "tpu"], "0").assert_refused(2, &["device", "tpu", "vulkan"]);
}

/// A device that is lost whenever something is asked of it.
struct Frail;

impl Backend for Frail {
    type Work = Recordings;

    fn name(&self) -> String {
        "a frail device".into()
    }

    async fn render(&mut self, _: &Recordings, _: Movements) -> Result<Vec<Option<Played>>, GpuError> {
        Err(GpuError::Lost { why: "a reset".into() })
    }
}

/// What a rendering gave: the mix and the stems.
fn collected(
    render: impl FnOnce(&mut dyn FnMut(&Piece) -> auralis::Result<()>) -> auralis::Result<()>,
) -> Vec<Vec<u32>> {
    let mut all = vec![Vec::new(); 9];
    render(&mut |piece| {
        for (all, samples) in all.iter_mut().zip([&piece.mix].into_iter().chain(&piece.stems)) {
            all.extend(samples.iter().map(|x| x.to_bits()));
        }
        Ok(())
    })
    .unwrap();
    all
}

#[test]
fn movements_come_whole_and_in_order_from_more_than_one_group_whatever_the_device_does() {
    let mut session = Session::new(11);
    session.settings = Preset::Sleep.settings();
    let log = ChangeLog::default();
    let (from, frames) = (Frame(44_100 * 20), 44_100 * 600);
    let threads = NonZeroUsize::new(2).unwrap();
    let simd = Simd::detect();
    let job = Job { session: &session, log: &log, from, frames, threads, simd, stems: true };
    let go_on = AtomicBool::new(false);
    let expected = collected(|take| renderer::render(&job, &go_on, take));
    let mut told = Vec::new();
    let mut chain = Chain::new(|| async { Ok(Frail) });
    chain.wait();
    let scores = Scores::new(chain, Keep::Parts, threads, simd);
    assert!(scores.most() < 5, "five movements are to be more than a group");
    let mut tell = |event: &Event| told.push(event.clone());
    let sound = collected(|take| renderer::render_on(&job, scores, &mut tell, &go_on, take));
    assert!(sound == expected, "what the device does not do the processor does, to the bit");
    let lost =
        told.iter().filter(|event| matches!(event, Event::Voices(chain::Event::Missed { .. }))).count();
    assert!(lost > 1 && matches!(told.last(), Some(Event::Voices(chain::Event::Left { .. }))), "{told:?}");
}
