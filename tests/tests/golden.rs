//! The golden hashes: what the canonical sound is, to the bit.
//!
//! They depend on the engine alone, and are the same on every processor: this test runs natively with each kind of instructions that there is,
//! without any vector instruction (see `scalar.rs`), on 64-bit ARM under emulation, on macOS and on Windows. `AURALIS_BLESS=1` writes them anew,
//! which wants a higher `SOUND_VERSION` and a word in CHANGELOG.md.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::thread;

use auralis_engine::cpu::Simd;
use auralis_engine::settings::{Bpm, Level};
use auralis_engine::{Change, ChangeLog, Frame, Patch, Performance, Preset, Quality, SampleRate, Session};
use sha2::{Digest, Sha256};

/// A span of a session.
struct Case {
    name: String,
    session: Session,
    log: ChangeLog,
    from: u64,
    seconds: u64,
}

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for rate in SampleRate::ALL {
        for preset in Preset::ALL {
            let session = Session { seed: 42, rate, settings: preset.settings() };
            let name = format!("{} {}", preset.name(), rate.hz());
            cases.push(Case { name, session, log: ChangeLog::new(), from: 0, seconds: 10 });
        }
    }
    let session = |preset: Preset| Session { settings: preset.settings(), ..Session::new(u64::MAX) };
    let plain = |name: &str, session: Session, from_seconds: u64| Case {
        name: name.into(),
        session,
        log: ChangeLog::new(),
        from: from_seconds * u64::from(session.rate.hz()),
        seconds: 5,
    };
    let mut reduced = session(Preset::Bright);
    reduced.settings.quality = Quality::Reduced;
    cases.push(plain("bright, reduced", reduced, 0));
    let mut rich = session(Preset::Focus);
    rich.settings.quality = Quality::Rich;
    cases.push(plain("focus, rich", rich, 0));
    let mut dry = session(Preset::Focus);
    dry.settings.effects = false;
    cases.push(plain("focus, without effects", dry, 0));
    cases.push(plain("dawn, across a movement's boundary", session(Preset::Dawn), 148));
    cases.push(plain("sleep, a year in", session(Preset::Sleep), 31_536_000));
    let mut steered = plain("focus, steered", session(Preset::Focus), 0);
    steered.seconds = 20;
    steered.log = steering();
    cases.push(steered);
    cases
}

/// Changes of every kind within 20 seconds, at frames on and off the control grid.
fn steering() -> ChangeLog {
    let patches = [
        (1, Patch { intensity: Level::new(0.9), ..Patch::default() }),
        (44_100, Patch { bpm: Bpm::new(120.0), ..Patch::default() }),
        (100_001, Patch { brightness: Level::new(0.2), space: Level::new(0.9), ..Patch::default() }),
        (200_000, Patch { preset: Some(Preset::Bright), ..Patch::default() }),
        (300_033, Patch { quality: Some(Quality::Reduced), ..Patch::default() }),
        (500_000, Patch { effects: Some(false), ..Patch::default() }),
        (640_000, Patch { preset: Some(Preset::Sleep), ..Patch::default() }),
    ];
    let mut log = ChangeLog::new();
    for (frame, patch) in patches {
        log.push(Change { frame: Frame(frame), patch }).expect("they are in order");
    }
    log
}

/// The SHA-256 of the interleaved f32 little-endian frames.
fn hash(case: &Case, simd: Simd) -> String {
    let mut performance = Performance::with_simd(&case.session, case.log.clone(), simd);
    performance.seek(Frame(case.from)).expect("the log is short");
    let mut hasher = Sha256::new();
    let mut block = vec![0.0; 2 * 4410];
    for _ in 0..case.seconds * u64::from(case.session.rate.hz()) / 4410 {
        performance.render_interleaved(&mut block).expect("the log is short");
        for sample in &block {
            hasher.update(sample.to_le_bytes());
        }
    }
    hasher.finalize().iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a string takes everything");
        text
    })
}

/// One line a case: its hash, its name. Half of the cases beside the others: under emulation they take minutes.
fn hashes(simd: Simd) -> Vec<String> {
    let cases = cases();
    let of_every_second = |first: usize| -> Vec<(usize, String)> {
        let line = |(place, case): (usize, &Case)| (place, format!("{}  {}", hash(case, simd), case.name));
        cases.iter().enumerate().skip(first).step_by(2).map(line).collect()
    };
    let mut lines = thread::scope(|scope| {
        let even = scope.spawn(|| of_every_second(0));
        let odd = of_every_second(1);
        [even.join().expect("no case panics"), odd].concat()
    });
    lines.sort();
    lines.into_iter().map(|(_, line)| line).collect()
}

fn file() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("golden/hashes.txt")
}

fn compare(simd: Simd) {
    let golden = std::fs::read_to_string(file()).expect("tests/golden/hashes.txt is committed");
    let (version, golden) = golden.split_once('\n').expect("its first line is the version");
    assert_eq!(version, format!("SOUND_VERSION {}", auralis_engine::SOUND_VERSION));
    let golden: Vec<&str> = golden.lines().collect();
    assert_eq!(hashes(simd), golden, "with {}", simd.name());
}

#[test]
fn golden_with_the_best_instructions() {
    if std::env::var_os("AURALIS_BLESS").is_some() {
        let text = hashes(Simd::Baseline).join("\n");
        let text = format!("SOUND_VERSION {}\n{text}\n", auralis_engine::SOUND_VERSION);
        std::fs::write(file(), text).expect("the golden hashes can be written");
    }
    // On 64-bit ARM there are none but those of the other test.
    if Simd::detect() != Simd::Baseline {
        compare(Simd::detect());
    }
}

#[test]
fn golden_with_the_instructions_that_the_target_always_has() {
    compare(Simd::Baseline);
}
