//! The reference scene *pad64*, and what every program that plays it shares.
//!
//! 48 kHz, 60 s, 64 voices that are always on. For voice `i` at time `t`:
//!
//! ```text
//! saws    = (saw(f·2^(-7/1200)) + saw(f·2^(+7/1200))) / 2      f: MIDI 36 + (7i mod 48)
//! source  = saws + 10^(-24/20) · white                         white: uniform in [-1, 1]
//! voice   = lowpass(source, 2 poles, Q 1, cutoff(i, t)) · envelope(i, t)
//! dry     = 1/16 · Σ pan(voice, position(i))                   equal power
//! out     = tanh(dry + 0.3 · delay(dry) + 0.4 · reverb(dry))
//! ```
//!
//! - `cutoff(i, t) = 1500 + 900·sin(2π(0.1 t + i/64))` Hz, moved at least every 64 samples.
//! - `envelope`: linear ADSR 0.5 s, 2 s, 0.7, 1 s; a cycle of 8 s with a gate of 7 s. Voice `i` is `i/8` s
//!   into its cycle when the scene begins, so that voices are always sounding and never in step.
//! - `delay`: left 0.37 s, right 0.53 s, each fed back to itself with 0.5 through a 4 kHz low-pass.
//! - `reverb`: a feedback delay network that decays by 60 dB in 6 s.
//!
//! The functions here say what the numbers are; they're in `f64` and made to be called once a block. How
//! they're turned into samples is what is being measured, and belongs to each program.

use std::f64::consts::TAU;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use cpu_time::ProcessTime;
use sha2::{Digest, Sha256};

use crate::screen;

/// Frames a second.
pub const SAMPLE_RATE: u32 = 48_000;
/// Voices in the scene as it is defined; also what spreads the cutoffs over their cycle.
pub const VOICES: u32 = 64;
/// The cutoff moves at least this often, in frames.
pub const CONTROL_FRAMES: usize = 64;
/// Each saw is this far from the note, one below and one above.
pub const DETUNE_CENTS: f64 = 7.0;
/// Level of each of the two saws.
pub const SAW_LEVEL: f64 = 0.5;
/// Level of the white noise: -24 dB.
pub const NOISE_LEVEL: f64 = 0.063_095_734_448_019_33;
/// Resonance of the low-pass.
pub const FILTER_Q: f64 = 1.0;
/// Attack of the envelope in seconds.
pub const ATTACK: f64 = 0.5;
/// Decay of the envelope in seconds.
pub const DECAY: f64 = 2.0;
/// Sustain of the envelope, a level.
pub const SUSTAIN: f64 = 0.7;
/// Release of the envelope in seconds.
pub const RELEASE: f64 = 1.0;
/// The envelope starts again after this many seconds.
pub const CYCLE: f64 = 8.0;
/// The envelope's release begins after this many seconds.
pub const GATE: f64 = 7.0;
/// Level of each voice in the mix.
pub const VOICE_LEVEL: f64 = 1.0 / 16.0;
/// Delay of the left and of the right channel in seconds.
pub const DELAY_SECONDS: [f64; 2] = [0.37, 0.53];
/// What is fed back in the delay.
pub const DELAY_FEEDBACK: f64 = 0.5;
/// Low-pass in the delay's loop in Hz.
pub const DELAY_CUTOFF: f64 = 4000.0;
/// Level of the delay in the mix.
pub const DELAY_SEND: f64 = 0.3;
/// Time in which the reverb decays by 60 dB, in seconds.
pub const REVERB_SECONDS: f64 = 6.0;
/// Level of the reverb in the mix.
pub const REVERB_SEND: f64 = 0.4;

/// The MIDI note of a voice.
pub fn note(voice: u32) -> u32 {
    36 + (7 * voice) % 48
}

/// The two frequencies of a voice's saws in Hz.
pub fn frequencies(voice: u32) -> [f64; 2] {
    let hz = 440.0 * ((f64::from(note(voice)) - 69.0) / 12.0).exp2();
    [-DETUNE_CENTS, DETUNE_CENTS].map(|cents| hz * (cents / 1200.0).exp2())
}

/// Cutoff of a voice's low-pass in Hz, `seconds` into the scene.
pub fn cutoff(voice: u32, seconds: f64) -> f64 {
    1500.0 + 900.0 * (TAU * (0.1 * seconds + f64::from(voice) / f64::from(VOICES))).sin()
}

/// How far a voice is in the cycle of its envelope when the scene begins, in seconds.
pub fn cycle_offset(voice: u32) -> f64 {
    (f64::from(voice) / 8.0) % CYCLE
}

/// A voice's envelope, `seconds` into the scene: 0 to 1.
pub fn envelope(voice: u32, seconds: f64) -> f64 {
    let at = (seconds + cycle_offset(voice)) % CYCLE;
    if at < ATTACK {
        at / ATTACK
    } else if at < ATTACK + DECAY {
        1.0 - (1.0 - SUSTAIN) * (at - ATTACK) / DECAY
    } else if at < GATE {
        SUSTAIN
    } else {
        SUSTAIN * (1.0 - (at - GATE) / RELEASE).max(0.0)
    }
}

/// Where in its period each of a voice's two saws begins: spread evenly, so that the first sample is no click.
pub fn start_phases(voice: u32) -> [f64; 2] {
    const GOLDEN: f64 = 0.618_033_988_749_894_9;
    [2 * voice, 2 * voice + 1].map(|saw| (f64::from(saw) * GOLDEN).fract())
}

/// Where a voice sits: -0.8 (left) to 0.8 (right), neighbours far apart.
pub fn position(voice: u32) -> f64 {
    f64::from(voice * 29 % VOICES) / f64::from(VOICES - 1) * 1.6 - 0.8
}

/// The levels of a position in the left and right channel: equal power.
pub fn pan_levels(position: f64) -> [f64; 2] {
    let angle = (position + 1.0) * TAU / 8.0;
    [angle.cos(), angle.sin()]
}

/// What one line of a feedback delay network keeps at each turn, so that the whole decays as it should.
pub fn line_gain(line_seconds: f64) -> f64 {
    10f64.powf(-3.0 * line_seconds / REVERB_SECONDS)
}

/// The options of a program that plays the scene.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct SceneArgs {
    /// How many voices play
    #[arg(long, value_name = "N", default_value_t = VOICES, value_parser = clap::value_parser!(u32).range(1..=4096))]
    pub voices: u32,
    /// How many seconds of audio are made
    #[arg(long, value_name = "S", default_value_t = 60.0, value_parser = seconds_in_range)]
    pub seconds: f64,
    /// Also write the audio to a WAV file (32-bit float)
    #[arg(long, value_name = "FILE.wav")]
    pub out: Option<PathBuf>,
}

impl SceneArgs {
    /// The length of the audio in frames.
    pub fn frames(&self) -> usize {
        (self.seconds * f64::from(SAMPLE_RATE)).round() as usize
    }
}

fn seconds_in_range(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(seconds) if (0.01..=3600.0).contains(&seconds) => Ok(seconds),
        _ => Err("allowed: a number of seconds from 0.01 to 3600".to_owned()),
    }
}

/// What a run of the scene gave.
#[derive(Clone, Debug)]
pub struct Run {
    /// The left channel.
    pub left: Vec<f32>,
    /// The right channel.
    pub right: Vec<f32>,
    /// CPU time the rendering took, in seconds.
    pub cpu_seconds: f64,
}

/// Calls `render` once, with two channels of the right length to fill, and measures the process's CPU time
/// (so a noisy machine matters less than it would to a clock). What is set up beforehand isn't counted.
pub fn measure(args: &SceneArgs, render: impl FnOnce(&mut [f32], &mut [f32])) -> Run {
    // Written once before: the system's first giving of each page isn't ours to measure.
    let mut left = vec![f32::NAN; args.frames()];
    let mut right = left.clone();
    let start = ProcessTime::now();
    render(&mut left, &mut right);
    let cpu_seconds = start.elapsed().as_secs_f64();
    Run { left, right, cpu_seconds }
}

/// The line that every program prints about its run.
pub fn report(program: &str, args: &SceneArgs, run: &Run) -> String {
    format!(
        "{program}: {} voices, {} s, {:.3} s of CPU, {:.2} x real time",
        args.voices,
        args.seconds,
        run.cpu_seconds,
        args.seconds / run.cpu_seconds
    )
}

/// SHA-256 of the interleaved frames (f32, little-endian), in hexadecimal.
pub fn hash(left: &[f32], right: &[f32]) -> String {
    let mut sha = Sha256::new();
    for (left, right) in left.iter().zip(right) {
        sha.update(left.to_le_bytes());
        sha.update(right.to_le_bytes());
    }
    sha.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Writes two channels as a WAV file of 32-bit floats.
pub fn write_wav(path: &Path, left: &[f32], right: &[f32]) -> Result<(), hound::Error> {
    let spec = hound::WavSpec {
        channels: 2,
        sample_rate: SAMPLE_RATE,
        bits_per_sample: 32,
        sample_format: hound::SampleFormat::Float,
    };
    let mut file = hound::WavWriter::create(path, spec)?;
    for (&left, &right) in left.iter().zip(right) {
        file.write_sample(left)?;
        file.write_sample(right)?;
    }
    file.finalize()
}

/// The whole of a program that plays the scene: measures `render`, prints the line and the hash, writes the file.
pub fn run(program: &str, args: &SceneArgs, render: impl FnOnce(&mut [f32], &mut [f32])) -> ExitCode {
    let run = measure(args, render);
    let told = screen::show(format_args!("{}\n{}", report(program, args, &run), hash(&run.left, &run.right)));
    if let Err(error) = told {
        screen::note(format_args!("{program}: cannot write to standard output: {error}"));
        return ExitCode::FAILURE;
    }
    match args.out.as_deref().map(|path| (path, write_wav(path, &run.left, &run.right))) {
        Some((path, Err(error))) => {
            screen::note(format_args!("{program}: cannot write --out {}: {error}", path.display()));
            ExitCode::FAILURE
        }
        _ => ExitCode::SUCCESS,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        scene: SceneArgs,
    }

    fn parse(args: &[&str]) -> Result<SceneArgs, String> {
        let args = ["test"].iter().chain(args);
        Cli::try_parse_from(args).map(|cli| cli.scene).map_err(|error| error.to_string())
    }

    #[test]
    fn the_scene_is_as_defined() {
        assert_eq!((note(0), note(1), note(63)), (36, 43, 36 + 9));
        let [low, high] = frequencies(0);
        assert!(((low * high).sqrt() - 65.406).abs() < 1e-3);
        assert!((1200.0 * (high / low).log2() - 14.0).abs() < 1e-9);
        assert!((cutoff(16, 0.0) - 2400.0).abs() < 1e-9);
        assert!((cutoff(0, 7.5) - 600.0).abs() < 1e-9);
        assert!((20.0 * NOISE_LEVEL.log10() + 24.0).abs() < 1e-9);
        assert!((line_gain(0.05).powf(6.0 / 0.05) - 1e-3).abs() < 1e-9);
    }

    #[test]
    fn the_envelope_is_continuous_and_goes_round() {
        for (at, level) in
            [(0.0, 0.0), (0.25, 0.5), (0.5, 1.0), (1.5, 0.85), (2.5, 0.7), (7.0, 0.7), (7.5, 0.35)]
        {
            assert!((envelope(0, at) - level).abs() < 1e-9, "at {at}");
            assert!((envelope(64, at + 16.0) - level).abs() < 1e-9, "at {at}, later");
        }
        assert_eq!(envelope(20, 0.0), envelope(0, 2.5));
        for voice in 0..VOICES {
            for step in 0..2000 {
                let at = f64::from(step) * 0.01;
                assert!((envelope(voice, at + 0.01) - envelope(voice, at)).abs() < 0.021);
            }
        }
    }

    #[test]
    fn voices_are_spread_over_the_room_at_equal_power() {
        let mut places: Vec<_> = (0..VOICES).map(position).collect();
        places.sort_by(f64::total_cmp);
        assert!(places.windows(2).all(|pair| pair[1] > pair[0]));
        assert_eq!((places[0], places[63]), (-0.8, 0.8));
        for place in places {
            let [left, right] = pan_levels(place);
            assert!((left * left + right * right - 1.0).abs() < 1e-12 && left > 0.0 && right > 0.0);
        }
        assert!(pan_levels(-0.8)[0] > 0.9);
        assert!((0..VOICES).flat_map(start_phases).all(|phase| (0.0..1.0).contains(&phase)));
    }

    #[test]
    fn options_have_defaults_and_limits() {
        let scene = parse(&[]).unwrap();
        assert_eq!(scene, SceneArgs { voices: 64, seconds: 60.0, out: None });
        assert_eq!(scene.frames(), 2_880_000);
        assert_eq!(parse(&["--voices", "8", "--seconds", "0.5"]).unwrap().frames(), 24_000);
        for wrong in [["--voices", "0"], ["--seconds", "0"], ["--seconds", "nan"], ["--seconds", "ten"]] {
            let message = parse(&wrong).unwrap_err();
            assert!(message.contains(wrong[0]) && message.contains(wrong[1]), "{message}");
        }
    }

    #[test]
    fn a_run_is_measured_reported_and_written() {
        let folder = std::env::temp_dir().join(format!("auralis-scene-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let out = folder.join("scene.wav");
        let mut args = SceneArgs { voices: 2, seconds: 0.5, out: Some(out.clone()) };
        let render = |left: &mut [f32], right: &mut [f32]| {
            left.fill(0.25);
            right.fill(-0.5);
        };
        assert_eq!(run("test", &args, render), ExitCode::SUCCESS);
        let mut wav = hound::WavReader::open(&out).unwrap();
        assert_eq!((wav.spec().channels, wav.spec().sample_rate, wav.duration()), (2, SAMPLE_RATE, 24_000));
        let first: Vec<f32> = wav.samples().take(3).map(Result::unwrap).collect();
        assert_eq!(first, [0.25, -0.5, 0.25]);
        args.out = Some(folder.join("no such folder").join("scene.wav"));
        assert_eq!(run("test", &args, render), ExitCode::FAILURE);
        std::fs::remove_dir_all(&folder).unwrap();

        let run = Run { left: vec![], right: vec![], cpu_seconds: 0.25 };
        let line = report("test", &args, &run);
        assert_eq!(line, "test: 2 voices, 0.5 s, 0.250 s of CPU, 2.00 x real time");
    }
}
