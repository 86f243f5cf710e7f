//! Hours of every preset: loudness and true peak where they should be, no direct component, nothing broken, no click.
//!
//! At full length (`AURALIS_SOAK=1`) an hour each, otherwise a tenth of it.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use auralis_engine::{ChangeLog, Performance, Preset, SampleRate, Session};
use auralis_tests::length;
use ebur128::{EbuR128, Mode};

/// Frames that are looked at together: 0.1 s.
const PART: usize = 4410;
/// Below this, a step from one sample to the next is far under hearing, whatever surrounds it: -66 dBFS.
const INAUDIBLE: f32 = 5e-4;
/// How many times the root mean square of the steps around it a step may be.
///
/// Dense music's samples, and hence the steps between them, are spread about normally: among the 4410 steps of a tenth of a second the highest
/// is at 3.5 to 5 times their root mean square, and what begins suddenly within it (a kick, a hi-hat) brings that to 8 or so. A click is one
/// step among thousands that are small: alone it is at 66 times (the square root of 4410), and it passes 12 where it is 3 % of the energy around it.
const CLICK: f32 = 12.0;

struct Measured {
    preset: Preset,
    rate: SampleRate,
    loudness: f64,
    true_peak: f64,
    direct: f64,
    highest: f32,
    crest: f32,
    step: f32,
}

fn measure(preset: Preset, rate: SampleRate, seed: u64) -> Measured {
    let session = Session { seed, rate, settings: preset.settings() };
    let mut performance = Performance::new(&session, ChangeLog::new());
    let mut meter = EbuR128::new(2, rate.hz(), Mode::I | Mode::TRUE_PEAK).expect("a stereo meter");
    let mut block = vec![0.0_f32; 2 * PART];
    let mut sums = [0.0_f64; 2];
    let mut last = [0.0_f32; 2];
    let mut before = [f32::MAX; 2];
    let (mut highest, mut crest, mut highest_step) = (0.0_f32, 0.0_f32, 0.0_f32);
    let parts = rate.frames(length(3600.0)) / PART as u64;
    for _ in 0..parts {
        performance.render_interleaved(&mut block).expect("there are no changes");
        meter.add_frames_f32(&block).expect("whole frames");
        for side in 0..2 {
            let (mut energy, mut step) = (0.0_f32, 0.0_f32);
            for frame in block.chunks_exact(2) {
                let x = frame[side];
                assert!(x.is_finite() && x.abs() <= 1.0, "{}: a sample of {x}", preset.name());
                highest = highest.max(x.abs());
                sums[side] += f64::from(x);
                let d = x - last[side];
                energy += d * d;
                step = step.max(d.abs());
                last[side] = x;
            }
            let rms = (energy / PART as f32).sqrt();
            highest_step = highest_step.max(step);
            if step > INAUDIBLE {
                // What has just begun, or is about to end, is judged by the louder of this part and the one before.
                let around = if before[side] < f32::MAX { rms.max(before[side]) } else { rms };
                crest = crest.max(step / around);
            }
            before[side] = rms;
        }
    }
    let frames = (parts * PART as u64) as f64;
    Measured {
        preset,
        rate,
        loudness: meter.loudness_global().expect("the meter integrates"),
        true_peak: (0..2)
            .map(|side| 20.0 * meter.true_peak(side).expect("the meter oversamples").log10())
            .fold(f64::MIN, f64::max),
        direct: 20.0 * (sums.map(|s| (s / frames).abs()).into_iter().fold(1e-12, f64::max)).log10(),
        highest,
        crest,
        step: highest_step,
    }
}

#[test]
fn soak_every_preset() {
    let jobs: Vec<(Preset, SampleRate)> =
        Preset::ALL.into_iter().enumerate().map(|(i, p)| (p, SampleRate::ALL[i % 2])).collect();
    let next = AtomicUsize::new(0);
    let (sender, results) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..2 {
            let (sender, next, jobs) = (sender.clone(), &next, &jobs);
            scope.spawn(move || {
                while let Some((preset, rate)) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    sender.send(measure(*preset, *rate, 42)).expect("somebody listens");
                }
            });
        }
        drop(sender);
    });
    let all: Vec<Measured> = results.into_iter().collect();
    assert_eq!(all.len(), jobs.len());
    for m in &all {
        println!(
            "{:<10} {} Hz: {:6.1} LUFS, {:5.2} dBTP, highest {:.3}, direct {:6.1} dBFS, highest step {:.3} ({:.1} times those around it)",
            m.preset.name(),
            m.rate.hz(),
            m.loudness,
            m.true_peak,
            m.highest,
            m.direct,
            m.step,
            m.crest,
        );
    }
    for m in &all {
        let name = m.preset.name();
        assert!((-20.0..=-16.0).contains(&m.loudness), "{name}: {:.1} LUFS", m.loudness);
        assert!(m.true_peak <= -1.0, "{name}: {:.2} dBTP", m.true_peak);
        assert!(m.direct < -60.0, "{name}: a direct component of {:.1} dBFS", m.direct);
        assert!(m.crest < CLICK, "{name}: a step {:.1} times those around it", m.crest);
    }
}
