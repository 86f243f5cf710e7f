//! The command line: parser, help, man pages and completions come from this one definition.

use crate::commands::{batch, completions, devices, doctor, hash, man, play, render, score};
use clap::{Parser, Subcommand};

/// Endless ambient music from a seed: play it, render it, look at its score.
///
/// A session is a seed, settings and a log of changes, and the music is a pure function of it: the same session gives the same samples,
/// to the bit, on every machine and in every browser.
#[derive(Parser, Debug)]
#[command(
    name = "auralis",
    version,
    arg_required_else_help = true,
    after_help = "Exit codes: 0 done, 1 something could not be done, 2 an option or a given file was refused, 130 stopped by Ctrl-C."
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What the program can do.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Play through the sound card
    Play(Box<play::Options>),
    /// Render to a WAV file
    Render(Box<render::Options>),
    /// Write the score: what sounds when, without sound
    Score(Box<score::Options>),
    /// Print the SHA-256 of the samples (interleaved, 32-bit float, little-endian)
    Hash(Box<hash::Options>),
    /// Make many random sounds: a voice of oscillators, envelopes and LFOs (torchsynth's), with a table of its parameters
    Batch(Box<batch::Options>),
    /// List the sound devices
    Devices(devices::Options),
    /// Say what was found on this machine, and what will be used and why
    Doctor(Box<doctor::Options>),
    /// Print the completions of a shell
    Completions(completions::Options),
    /// Print the manual page, or write all of them
    Man(man::Options),
}
