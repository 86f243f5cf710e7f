//! The reference scene pad64 (see [`auralis_benches::scene`]) in FunDSP 0.23, made as fast as FunDSP makes it.
//!
//! ```text
//! RUSTFLAGS="-C target-cpu=native" cargo run --release --target-dir target/native \
//!     -p auralis-benches --bin pad64-fundsp -- --voices 64 --seconds 60 [--out FILE.wav] [--way bank|graph]
//! ```
//!
//! It is to be built for the machine's own processor, as above, in a target folder of its own (so that the rest
//! isn't built again at each change of flags): FunDSP chooses its instructions when it is compiled.
//!
//! What is used, all in `f32`, in blocks of FunDSP's largest size (64), voices of static types:
//!
//! | part | `--way bank` (the fastest, the default) | `--way graph` (FunDSP as its manual writes it) |
//! |---|---|---|
//! | saws | `PolySaw<f32>`, called by the sample | `poly_saw_hz` |
//! | noise | `Noise`, by the block (SIMD) | `noise`, by the block |
//! | low-pass | `BiquadBank<F32x>`: 8 voices a filter | `lowpass_hz` (`FixedSvf<f32>`), one a voice |
//! | cutoff | 8 coefficient sets at once, every 64 samples | `Setting::center`, every 64 samples |
//! | envelope, pan | `lfo` (linear between points 2 ms apart) and `pan`, by the block | the same |
//! | mix | added up by the block in SIMD | the same |
//! | delay | `feedback2` of two `delay`s with `lowpole_hz` in the loop | the same |
//! | reverb | `fdn` of 8 `delay`s, each with `lowpole_hz` | the same |
//! | end | `shape(Tanh(1.0))` | the same |
//!
//! Tried and slower, or no faster: voices boxed as `dyn AudioUnit`, a whole voice by the sample (`tick`), 4 or 8 voices' whole
//! graphs by the sample side by side, saws and state-variable filters of 1, 2, 4 or 8 voices by the sample with the
//! rest by the block, saws of 8 voices by the sample together with the bank; `fir` for the reverb's damping;
//! `reverb_stereo` (32 lines); effects of static type, in one function with the voices. FunDSP's settings nest too shallowly to reach a filter through `busi`.

use std::process::ExitCode;

use auralis_benches::scene::{self, CONTROL_FRAMES, SAMPLE_RATE, SceneArgs};
use clap::{Parser, ValueEnum};
use fundsp::biquad::BiquadCoefs;
use fundsp::biquad_bank::BiquadBank;
use fundsp::noise::Noise;
use fundsp::oscillator::PolySaw;
use fundsp::prelude;
use fundsp::prelude32::*;
use fundsp::{F32x, SIMD_N};

/// Plays the reference scene pad64 with FunDSP 0.23, and says how fast
#[derive(Parser)]
#[command(name = "pad64-fundsp", version)]
struct Cli {
    #[command(flatten)]
    scene: SceneArgs,
    /// How FunDSP is used
    #[arg(long, value_enum, default_value_t = Way::Bank)]
    way: Way,
}

#[derive(Clone, Copy, Debug, PartialEq, ValueEnum)]
enum Way {
    /// The fastest found: 8 voices share a SIMD filter bank
    Bank,
    /// FunDSP's graph notation, one graph a voice
    Graph,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let mut render = renderer(cli.way, cli.scene.voices);
    scene::run("pad64-fundsp", &cli.scene, |left, right| render(left, right))
}

/// Fills the left and the right channel with the scene, from its beginning.
type Render = Box<dyn FnMut(&mut [f32], &mut [f32])>;

/// A saw, and its frequency as the saw wants it.
type Saw = (PolySaw<f32>, Frame<f32, U1>);

/// A player of the scene from its beginning, with all its memory already taken.
fn renderer(way: Way, voices: u32) -> Render {
    match way {
        Way::Bank => {
            let tail = |voice| at_rate((pass() * envelope(voice)) >> pan(scene::position(voice) as f32));
            let first_voices = (0..voices).step_by(SIMD_N);
            let groups = first_voices.map(|first| Group::new(first, voices, tail)).collect();
            play(groups, |group: &mut Group<_>, at, mix| group.add(at, mix))
        }
        Way::Graph => {
            let mut out = BufferVec::new(2);
            play((0..voices).map(|voice| (voice, graph(voice))).collect(), move |(voice, graph), at, mix| {
                graph.set(Setting::center(scene::cutoff(*voice, at) as f32).left().right().left());
                graph.process(CONTROL_FRAMES, &BufferRef::empty(), &mut out.buffer_mut());
                add_stereo(&out, mix);
            })
        }
    }
}

/// Plays sources, each of which adds a block to the mix, through the effects.
fn play<S: 'static>(
    mut sources: Vec<S>,
    mut add: impl FnMut(&mut S, f64, &mut BufferVec) + 'static,
) -> Render {
    // Behind a pointer, or the compiler spends on them what the voices' loops need: a quarter faster.
    let mut effects: Box<dyn AudioUnit> = Box::new(at_rate(effects()));
    let (mut mix, mut out) = (BufferVec::new(2), BufferVec::new(2));
    Box::new(move |left, right| {
        let blocks = left.chunks_mut(CONTROL_FRAMES).zip(right.chunks_mut(CONTROL_FRAMES));
        for (index, (left, right)) in blocks.enumerate() {
            let at = (index * CONTROL_FRAMES) as f64 / f64::from(SAMPLE_RATE);
            mix.clear();
            for source in &mut sources {
                add(source, at, &mut mix);
            }
            effects.process(CONTROL_FRAMES, &mix.buffer_ref(), &mut out.buffer_mut());
            left.copy_from_slice(&out.channel_f32(0)[..left.len()]);
            right.copy_from_slice(&out.channel_f32(1)[..right.len()]);
        }
    })
}

/// Adds a voice to the mix, at its level.
fn add_stereo(voice: &BufferVec, mix: &mut BufferVec) {
    for channel in 0..2 {
        for (sum, x) in mix.channel_mut(channel).iter_mut().zip(voice.channel(channel)) {
            *sum += *x * scene::VOICE_LEVEL as f32;
        }
    }
}

/// Eight voices that share one filter bank. The last group may have fewer: their lanes run, unheard.
struct Group<T> {
    first: u32,
    saws: [[Saw; 2]; SIMD_N],
    noises: [Noise; SIMD_N],
    filter: BiquadBank<F32x>,
    /// Envelope and pan of each voice.
    tails: Vec<T>,
    source: BufferVec,
    filtered: BufferVec,
    panned: BufferVec,
}

impl<T: AudioNode<Inputs = U1, Outputs = U2>> Group<T> {
    fn new(first: u32, voices: u32, tail: impl Fn(u32) -> An<T>) -> Self {
        let voice = |lane: usize| first + lane as u32;
        let saw = |lane, which: usize| {
            let mut saw = PolySaw::with_phase(scene::start_phases(voice(lane))[which] as f32);
            saw.set_sample_rate(f64::from(SAMPLE_RATE));
            (saw, Frame::from([scene::frequencies(voice(lane))[which] as f32]))
        };
        let tails = (first..voices).take(SIMD_N).map(|voice| tail(voice).0).collect();
        Self {
            first,
            saws: std::array::from_fn(|lane| [saw(lane, 0), saw(lane, 1)]),
            noises: std::array::from_fn(|lane| seeded_noise(voice(lane)).0),
            filter: BiquadBank::new(),
            tails,
            source: BufferVec::new(SIMD_N),
            filtered: BufferVec::new(SIMD_N),
            panned: BufferVec::new(2),
        }
    }

    fn add(&mut self, at: f64, mix: &mut BufferVec) {
        let cutoffs = std::array::from_fn(|lane| scene::cutoff(self.first + lane as u32, at) as f32);
        self.filter.set_coefs(BiquadCoefs::lowpass(
            F32x::splat(SAMPLE_RATE as f32),
            F32x::new(cutoffs),
            F32x::splat(scene::FILTER_Q as f32),
        ));
        for (lane, (noise, [(low, low_hz), (high, high_hz)])) in
            self.noises.iter_mut().zip(&mut self.saws).enumerate()
        {
            noise.process(CONTROL_FRAMES, &BufferRef::empty(), &mut self.source.buffer_mut().subset(lane, 1));
            for sample in self.source.channel_f32_mut(lane) {
                *sample = (low.tick(low_hz)[0] + high.tick(high_hz)[0]) * scene::SAW_LEVEL as f32
                    + *sample * scene::NOISE_LEVEL as f32;
            }
        }
        self.filter.process(CONTROL_FRAMES, &self.source.buffer_ref(), &mut self.filtered.buffer_mut());
        for (lane, tail) in self.tails.iter_mut().enumerate() {
            let voice = self.filtered.buffer_ref();
            tail.process(CONTROL_FRAMES, &voice.subset(lane, 1), &mut self.panned.buffer_mut());
            add_stereo(&self.panned, mix);
        }
    }
}

/// A whole voice in FunDSP's graph notation.
fn graph(voice: u32) -> An<impl AudioNode<Inputs = U0, Outputs = U2>> {
    let [low, high] = scene::frequencies(voice).map(|hz| hz as f32);
    let [low_phase, high_phase] = scene::start_phases(voice).map(|phase| phase as f32);
    let saws = dc(low) >> An(PolySaw::<f32>::with_phase(low_phase));
    let saws = saws + (dc(high) >> An(PolySaw::<f32>::with_phase(high_phase)));
    let source = saws * scene::SAW_LEVEL as f32 + seeded_noise(voice) * scene::NOISE_LEVEL as f32;
    let filter = lowpass_hz(scene::cutoff(voice, 0.0) as f32, scene::FILTER_Q as f32);
    at_rate(source >> (filter * envelope(voice)) >> pan(scene::position(voice) as f32))
}

fn seeded_noise(voice: u32) -> An<Noise> {
    let mut noise = noise();
    noise.set(Setting::seed(u64::from(voice).wrapping_mul(0x9E37_79B9_7F4A_7C15)));
    noise.reset();
    noise
}

/// The envelope of a voice. Its clock is in `f64`, which gathers no rounding over the minute; `f32` was no faster.
fn envelope(voice: u32) -> An<impl AudioNode<Inputs = U0, Outputs = U1>> {
    prelude::lfo(move |seconds: f64| scene::envelope(voice, seconds))
}

/// Dry, delay and reverb, and the saturation they end in.
fn effects() -> An<impl AudioNode<Inputs = U2, Outputs = U2>> {
    // A feedback loop takes one sample more than what is in it.
    let line = |seconds: f64| delay((seconds - 1.0 / f64::from(SAMPLE_RATE)) as f32);
    let back = || lowpole_hz(scene::DELAY_CUTOFF as f32) * scene::DELAY_FEEDBACK as f32;
    let [left, right] = scene::DELAY_SECONDS;
    let echo = feedback2(line(left) | line(right), back() | back());
    let wet = (echo * scene::DELAY_SEND as f32) & (reverb() * scene::REVERB_SEND as f32);
    (multipass::<U2>() & wet) >> (shape(Tanh(1.0)) | shape(Tanh(1.0)))
}

/// The reverb: 8 lines whose lengths have no common measure, damped above 8 kHz.
fn reverb() -> An<impl AudioNode<Inputs = U2, Outputs = U2>> {
    const LINES: [f64; 8] = [0.0297, 0.0371, 0.0411, 0.0437, 0.0533, 0.0617, 0.0683, 0.0797];
    let lines = stacki::<U8, _, _>(|i| {
        let seconds = LINES[i as usize];
        delay(seconds as f32) >> (lowpole_hz(8000.0) * scene::line_gain(seconds) as f32)
    });
    multisplit::<U2, U4>()
        >> fdn::<U8, _>(lines)
        >> (sumi::<U8, _, _>(|i| pan(if i % 2 == 0 { -0.8 } else { 0.8 })) * dc((0.25, 0.25)))
}

fn at_rate<N: AudioNode>(mut node: An<N>) -> An<N> {
    node.set_sample_rate(f64::from(SAMPLE_RATE));
    node.allocate();
    node
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: usize = SAMPLE_RATE as usize;

    fn rendered(way: Way, voices: u32, seconds: usize) -> [Vec<f32>; 2] {
        let mut channels = [vec![f32::NAN; seconds * RATE], vec![f32::NAN; seconds * RATE]];
        let [left, right] = &mut channels;
        renderer(way, voices)(left, right);
        channels
    }

    fn db(samples: &[f32]) -> f64 {
        let power = samples.iter().map(|&x| f64::from(x).powi(2)).sum::<f64>() / samples.len() as f64;
        10.0 * power.log10()
    }

    /// Level of one frequency, in dB under a sine of amplitude 1, through a Hann window.
    fn level_at(hz: f64, samples: &[f32]) -> f64 {
        let (mut re, mut im, mut weight) = (0.0, 0.0, 0.0);
        for (n, &x) in samples.iter().enumerate() {
            let window = 0.5 - 0.5 * (std::f64::consts::TAU * n as f64 / samples.len() as f64).cos();
            let angle = std::f64::consts::TAU * hz * n as f64 / RATE as f64;
            re += window * f64::from(x) * angle.cos();
            im += window * f64::from(x) * angle.sin();
            weight += window;
        }
        20.0 * (2.0 * f64::hypot(re, im) / weight).log10()
    }

    #[test]
    fn the_scene_sounds_the_same_either_way() {
        let levels = [Way::Bank, Way::Graph].map(|way| {
            rendered(way, 64, 9).map(|channel| {
                assert!(channel.iter().all(|x| x.is_finite() && x.abs() <= 1.0));
                // Always on: no second is silent, from the first on.
                for second in channel.chunks(RATE) {
                    assert!((-30.0..-3.0).contains(&db(second)), "{way:?}: {}", db(second));
                }
                db(&channel)
            })
        });
        for channel in 0..2 {
            assert!((levels[0][channel] - levels[1][channel]).abs() < 0.5, "{levels:?}");
        }
    }

    #[test]
    fn a_voice_has_its_saws_its_low_pass_and_its_cycle() {
        for way in [Way::Bank, Way::Graph] {
            let [left, right] = rendered(way, 1, 9);
            // Voice 0 sits to the left.
            assert!(db(&left) > db(&right) + 3.0);
            let held = &left[4 * RATE..6 * RATE];
            let [low, high] = scene::frequencies(0);
            for harmonic in [1.0, 2.0, 3.0] {
                let between = level_at((harmonic + 0.5) * (low + high) / 2.0, held);
                for hz in [low, high] {
                    let level = level_at(harmonic * hz, held);
                    assert!(level > between + 15.0, "{way:?}: {hz} Hz × {harmonic}: {level} over {between}");
                }
            }
            assert!(level_at(low, held) > level_at(low * 150.0, held) + 60.0);
            // Dry and delay are at their least where the cycle ends and begins again; the reverb rings on.
            let end = db(&left[8 * RATE - 1000..8 * RATE]);
            assert!(end < db(held) - 4.0, "{way:?}: {end}");
        }
    }

    #[test]
    fn voices_that_fill_no_group_are_played_all_the_same() {
        let [three, eight] = [3, 8].map(|voices| db(&rendered(Way::Bank, voices, 3)[1]));
        assert!(three > -60.0 && eight > three + 2.0, "{three}, {eight}");
    }

    #[test]
    fn the_reverb_decays_by_60_db_in_its_time() {
        let mut reverb = at_rate(reverb());
        let tail: Vec<f32> = (0..6 * RATE)
            .map(|n| reverb.tick(&Frame::splat(if n < RATE / 10 { (n as f32 * 0.02).sin() } else { 0.0 }))[0])
            .collect();
        let fall = db(&tail[RATE..2 * RATE]) - db(&tail[4 * RATE..5 * RATE]);
        assert!((fall - 30.0).abs() < 2.5, "{fall} dB in 3 s");
    }

    #[test]
    fn the_delay_comes_on_its_sample() {
        let mut effects = at_rate(effects());
        let out: Vec<_> =
            (0..RATE).map(|n| effects.tick(&Frame::splat(if n == 0 { 0.5 } else { 0.0 }))).collect();
        assert!((out[0][0] - 0.5f32.tanh()).abs() < 1e-6);
        for (channel, seconds) in scene::DELAY_SECONDS.into_iter().enumerate() {
            let at = (seconds * RATE as f64).round() as usize;
            let nearby = (at - 20..at + 20).max_by(|&a, &b| out[a][channel].total_cmp(&out[b][channel]));
            assert!((at - 1..=at).contains(&nearby.unwrap()), "{nearby:?} instead of {at}");
        }
    }
}
