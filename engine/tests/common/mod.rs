//! What the engine's tests share: logs, comparisons to the bit, spectra.

#![allow(dead_code, reason = "every test program uses some of it, none all")]

use auralis_engine::cpu::Simd;
use auralis_engine::{
    Change, ChangeLog, Event, Frame, Layer, Note, Patch, Performance, Preset, SampleRate, Score, Session,
    Settings, What,
};
use rustfft::FftPlanner;
use rustfft::num_complex::Complex;

/// A session of a preset.
pub(crate) fn session(seed: u64, rate: SampleRate, preset: Preset) -> Session {
    Session { seed, rate, settings: preset.settings() }
}

/// A patch from words: `"intensity=0.7 key=D_minor"`.
pub(crate) fn patch(words: &str) -> Patch {
    let mut patch = Patch::default();
    for word in words.split_whitespace() {
        let (name, value) = word.split_once('=').expect("name=value");
        patch.set(name, &value.replace('_', " ")).unwrap();
    }
    patch
}

/// A log from pairs of seconds and words.
pub(crate) fn log(rate: SampleRate, entries: &[(f64, &str)]) -> ChangeLog {
    let mut log = ChangeLog::new();
    for (seconds, words) in entries {
        log.push(Change { frame: Frame(rate.frames(*seconds)), patch: patch(words) }).unwrap();
    }
    log
}

/// A log that turns every knob within a few seconds from `at` on.
pub(crate) fn busy_log(rate: SampleRate, at: f64) -> ChangeLog {
    log(
        rate,
        &[
            (at + 0.02, "intensity=0.9"),
            (at + 0.5, "key=F#_minor scale=dorian bpm=96.5"),
            (at + 0.9, "brightness=0.9 space=0.1 layers.drone=0.2"),
            (at + 1.7, "quality=reduced"),
            (at + 2.3, "effects=false layers.grains=0"),
            (at + 4.1, "effects=true quality=full intensity=0.3"),
            (at + 4.1, "layers.grains=1"),
            (at + 30.0, "preset=bright"),
        ],
    )
}

/// Renders interleaved frames from `from` on.
pub(crate) fn render(session: &Session, log: &ChangeLog, simd: Simd, from: Frame, frames: usize) -> Vec<f32> {
    let mut performance = Performance::with_simd(session, log.clone(), simd);
    performance.seek(from).unwrap();
    let mut out = vec![0.0; frames * 2];
    performance.render_interleaved(&mut out).unwrap();
    out
}

/// Compares to the bit, and says where the first difference is.
#[track_caller]
pub(crate) fn assert_same(a: &[f32], b: &[f32], what: &str) {
    assert_eq!(a.len(), b.len(), "{what}: lengths");
    if let Some(i) = (0..a.len()).find(|i| a[*i].to_bits() != b[*i].to_bits()) {
        panic!("{what}: sample {i} of {} is {:e} and {:e}", a.len(), a[i], b[i]);
    }
}

/// The root of the mean square.
pub(crate) fn rms(x: &[f32]) -> f64 {
    (x.iter().map(|v| f64::from(*v).powi(2)).sum::<f64>() / x.len().max(1) as f64).sqrt()
}

/// A ratio of amplitudes in decibels.
pub(crate) fn to_db(x: f64) -> f64 {
    20.0 * x.max(1e-30).log10()
}

/// The events of a span of a session.
pub(crate) fn events(session: &Session, log: &ChangeLog, from: f64, until: f64) -> Vec<Event> {
    let end = Frame(session.rate.frames(until));
    Score::new(session, log, Frame(session.rate.frames(from)))
        .unwrap()
        .take_while(|e| e.frame < end)
        .collect()
}

/// The notes among events, each with its frame.
pub(crate) fn notes(events: &[Event]) -> impl Iterator<Item = (Frame, Note)> {
    events.iter().filter_map(|e| match e.what {
        What::Note(note) => Some((e.frame, note)),
        _ => None,
    })
}

/// The settings of a preset with a patch over them.
pub(crate) fn with(settings: &Settings, words: &str) -> Settings {
    settings.with(&patch(words))
}

/// The layer's number among all.
pub(crate) fn layer(note: &Note) -> Layer {
    note.instrument.layer()
}

/// Magnitudes of the spectrum of a signal under a window of seven cosines (side lobes below -150 dB): bins 0 to half the length, scaled so that a
/// sine of amplitude 1 reads 1 at its peak.
pub(crate) fn spectrum(x: &[f64]) -> Vec<f64> {
    // Albrecht, A family of cosine-sum windows for high-resolution measurements, ICASSP 2001: seven terms.
    const TERMS: [f64; 7] = [
        0.271_220_360_6,
        -0.433_444_612_3,
        0.218_004_122_89,
        -0.065_785_343_295_61,
        0.010_761_867_305_34,
        -0.000_770_012_710_581,
        0.000_013_680_883_059_92,
    ];
    let n = x.len() as f64;
    let window = |i: usize| -> f64 {
        let turn = std::f64::consts::TAU * i as f64 / n;
        TERMS.iter().enumerate().map(|(k, c)| c * (turn * k as f64).cos()).sum()
    };
    let mut buffer: Vec<Complex<f64>> =
        x.iter().enumerate().map(|(i, v)| Complex::new(v * window(i), 0.0)).collect();
    FftPlanner::new().plan_fft_forward(buffer.len()).process(&mut buffer);
    let scale = 2.0 / (n * TERMS[0]);
    buffer[..=x.len() / 2].iter().map(|c| c.norm() * scale).collect()
}

/// The magnitude of the response at one frequency (as a part of the rate) of an impulse response.
pub(crate) fn response_at(impulse: &[f64], frequency: f64) -> f64 {
    let (mut re, mut im) = (0.0, 0.0);
    for (n, x) in impulse.iter().enumerate() {
        let angle = std::f64::consts::TAU * frequency * n as f64;
        re += x * angle.cos();
        im -= x * angle.sin();
    }
    re.hypot(im)
}

/// The centre of gravity of a signal's spectrum in Hz (by amplitude), over frames of 4096 under Hann's window.
pub(crate) fn centroid(x: &[f32], rate: f64) -> f64 {
    const N: usize = 4096;
    let fft = FftPlanner::<f32>::new().plan_fft_forward(N);
    let (mut above, mut below) = (0.0, 0.0);
    for part in x.chunks_exact(N) {
        let mut buffer: Vec<Complex<f32>> = part
            .iter()
            .enumerate()
            .map(|(i, v)| {
                let w = 0.5 - 0.5 * (std::f32::consts::TAU * i as f32 / N as f32).cos();
                Complex::new(v * w, 0.0)
            })
            .collect();
        fft.process(&mut buffer);
        for (k, c) in buffer[1..N / 2].iter().enumerate() {
            let m = f64::from(c.norm());
            above += m * (k + 1) as f64 * rate / N as f64;
            below += m;
        }
    }
    if below > 0.0 { above / below } else { 0.0 }
}
