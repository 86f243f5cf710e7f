//! The reference scene pad64 (see [`auralis_benches::scene`]) from the engine's own blocks (see [`auralis_benches::pad64`]).
//!
//! ```text
//! cargo run --release -p auralis-benches --bin pad64 -- --voices 64 --seconds 60 [--out FILE.wav] [--simd auto|baseline|avx2|avx512]
//! ```
//!
//! Built as anything else, for any processor; a better one's instructions are used where they are found. The hash is that of the
//! interleaved frames (f32, little-endian), and the same in any case.

use std::process::ExitCode;

use auralis_benches::pad64::Pad64;
use auralis_benches::scene::{self, SceneArgs};
use auralis_engine::cpu::Simd;
use clap::{Parser, ValueEnum};

/// Plays the reference scene pad64 with Auralis, and says how fast
#[derive(Parser)]
#[command(name = "pad64", version)]
struct Cli {
    #[command(flatten)]
    scene: SceneArgs,
    /// Which instructions are used
    #[arg(long, value_enum, default_value_t = Choice::Auto)]
    simd: Choice,
}

#[derive(Clone, Copy, Debug, PartialEq, ValueEnum)]
enum Choice {
    /// The best that this processor has
    Auto,
    /// Those that every processor of this kind has
    Baseline,
    /// AVX2, where it is found; else the baseline
    Avx2,
    /// AVX-512, where it is found; else the baseline
    Avx512,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let simd = match cli.simd {
        Choice::Auto => Simd::widest(),
        Choice::Baseline => Simd::Baseline,
        Choice::Avx2 => Simd::Avx2,
        Choice::Avx512 => Simd::Avx512,
    };
    let mut scene = Pad64::new(cli.scene.voices, simd);
    let program = format!("pad64 ({})", simd.name());
    scene::run(&program, &cli.scene, |left, right| scene.render(left, right))
}
