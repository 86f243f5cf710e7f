//! Rendering by movements gives the bits of the engine, on any number of threads.

use auralis::renderer::{Job, Piece, STEMS, render};
use auralis_engine::cpu::Simd;
use auralis_engine::session::{MovementSpan, Timeline};
use auralis_engine::time::CONTROL;
use auralis_engine::{Change, ChangeLog, Engine, Frame, Patch, Performance, Preset, SampleRate, Session};
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, Ordering};

struct Case {
    session: Session,
    log: ChangeLog,
    from: u64,
    frames: u64,
}

impl Case {
    fn new(seed: u64, preset: Preset, rate: SampleRate, from: f64, seconds: f64) -> Self {
        let session = Session { seed, rate, settings: preset.settings() };
        Self { session, log: ChangeLog::new(), from: rate.frames(from), frames: rate.frames(seconds) }
    }

    fn job(&self, threads: usize, stems: bool) -> Job<'_> {
        Job {
            session: &self.session,
            log: &self.log,
            from: Frame(self.from),
            frames: self.frames,
            threads: NonZeroUsize::new(threads).unwrap(),
            simd: Simd::detect(),
            stems,
        }
    }

    fn rendered(&self, threads: usize, stems: bool) -> Piece {
        let mut all = Piece::default();
        render(&self.job(threads, stems), &AtomicBool::new(false), &mut |piece| {
            all.mix.extend(&piece.mix);
            all.stems.iter_mut().zip(&piece.stems).for_each(|(all, stem)| all.extend(stem));
            Ok(())
        })
        .unwrap();
        all
    }

    fn by_engine(&self) -> Vec<f32> {
        let mut performance = Performance::new(&self.session, self.log.clone());
        performance.seek(Frame(self.from)).unwrap();
        let mut out = vec![0.0; 2 * self.frames as usize];
        performance.render_interleaved(&mut out).unwrap();
        out
    }
}

fn change(frame: u64, fields: &[(&str, &str)]) -> Change {
    let mut patch = Patch::default();
    fields.iter().for_each(|(name, value)| patch.set(name, value).unwrap());
    Change { frame: Frame(frame), patch }
}

#[test]
fn the_bits_are_the_engine_s_on_one_two_and_five_threads() {
    // On no grid, and soon over.
    let short = Case::new(10, Preset::Bright, SampleRate::Hz44100, 0.7, 0.8);
    // The end of a movement, and the beginning of the next while it rings.
    let seam = Case::new(7, Preset::Focus, SampleRate::Hz44100, 125.001, 25.0);
    let first = MovementSpan::of(7, SampleRate::Hz44100, 0).end.0;
    assert!((seam.from..seam.from + seam.frames).contains(&first), "the seam is at {first}");
    // A year later, at the other rate.
    let late = Case::new(9, Preset::Rain, SampleRate::Hz48000, 31_536_000.5, 6.0);
    for (case, threads) in [(&short, &[1, 2, 5][..]), (&seam, &[1, 2, 5]), (&late, &[3])] {
        let expected = case.by_engine();
        for threads in threads {
            let got = case.rendered(*threads, false).mix;
            assert_eq!(got.len(), expected.len());
            assert!(got == expected, "seed {}, {threads} threads", case.session.seed);
        }
    }
}

#[test]
fn the_bits_are_the_engine_s_with_a_log() {
    let second = 44_100;
    let mut case = Case::new(11, Preset::Drift, SampleRate::Hz44100, 0.0, 0.0);
    (case.from, case.frames) = (100 * second, 90 * second);
    for (seconds, fields) in [
        (1, &[("intensity", "0.9")][..]),
        (95, &[("key", "F# minor"), ("effects", "false")]),
        (110, &[("preset", "abyss"), ("layers.pad", "0.3")]),
        (140, &[("quality", "reduced"), ("bpm", "63.7")]),
        (160, &[("effects", "true"), ("quality", "full")]),
    ] {
        case.log.push(change(seconds * second + 17, fields)).unwrap();
    }
    assert!(case.rendered(3, false).mix == case.by_engine());
}

#[test]
fn stems_add_up_to_the_mix_before_the_master() {
    let case = Case::new(12, Preset::Bright, SampleRate::Hz44100, 1.0, 20.0);
    let all = case.rendered(2, true);
    assert!(all.mix == case.by_engine());
    assert_eq!(all.stems.len(), STEMS);
    assert!(all.stems.iter().all(|s| s.len() == all.mix.len()));
    let loud = |samples: &[f32]| samples.iter().map(|s| f64::from(s * s)).sum::<f64>();
    assert!(all.stems.iter().filter(|s| loud(s) > 0.0).count() >= 6);
    // The master bends levels slowly: the sum of the stems still goes the mix's way.
    let sum: Vec<f32> = (0..all.mix.len()).map(|n| all.stems.iter().map(|s| s[n]).sum()).collect();
    let product: f64 = sum.iter().zip(&all.mix).map(|(a, b)| f64::from(a * b)).sum();
    let likeness = product / (loud(&sum) * loud(&all.mix)).sqrt();
    assert!(likeness > 0.98, "{likeness}");
    // On one thread they are the same.
    assert!(case.rendered(1, true).stems == all.stems);
}

/// What the page does: an engine that goes one interval at a time, from the first of its seek on.
#[test]
fn stems_are_the_engine_s_parts() {
    let end = MovementSpan::of(12, SampleRate::Hz44100, 0).end;
    let seam = SampleRate::Hz44100.seconds(end.0) - 1.0;
    for from in [0.0, 0.01, seam] {
        let case = Case::new(12, Preset::Bright, SampleRate::Hz44100, from, 3.0);
        let mut engine = Engine::new(&case.session);
        let target = Frame(case.from).control_floor();
        engine.begin_seek(target, &Timeline::new(case.session.settings));
        let mut stems = vec![Vec::new(); STEMS];
        let mut there = false;
        while stems[0].len() < 2 * case.frames as usize {
            if there {
                engine.render(&mut [0.0; CONTROL], &mut [0.0; CONTROL]);
            } else {
                there = engine.seek_some(1);
            }
            let frame = engine.earliest_change().saturating_sub(CONTROL as u64);
            let parts = engine.parts();
            for (block, stem) in parts.layers.iter().chain([&parts.space]).zip(&mut stems) {
                let wanted = (0..CONTROL).filter(|n| frame.0 + *n as u64 >= case.from);
                stem.extend(wanted.flat_map(|n| [block.left[n], block.right[n]]));
            }
        }
        stems.iter_mut().for_each(|stem| stem.truncate(2 * case.frames as usize));
        assert!(stems == case.rendered(1, true).stems, "from {from} s");
    }
}

#[test]
fn a_wish_to_stop_ends_it_with_what_is_done() {
    let case = Case::new(13, Preset::Focus, SampleRate::Hz44100, 0.0, 3600.0);
    for threads in [1, 2] {
        let (stop, mut frames) = (AtomicBool::new(false), 0);
        render(&case.job(threads, false), &stop, &mut |piece| {
            frames += piece.mix.len() / 2;
            stop.store(frames > 20_000, Ordering::Relaxed);
            Ok(())
        })
        .unwrap();
        assert!((20_000..60_000).contains(&frames));
    }
}

#[test]
fn an_error_of_the_taker_ends_it() {
    let case = Case::new(14, Preset::Focus, SampleRate::Hz44100, 0.0, 3600.0);
    for threads in [1, 2] {
        let error = render(&case.job(threads, false), &AtomicBool::new(false), &mut |_| {
            Err(auralis::Error::NobodyListens)
        });
        assert!(matches!(error, Err(auralis::Error::NobodyListens)));
    }
}
