//! The task runner: `cargo xtask serve` to hear Auralis, `cargo xtask test` to test all of it.
//!
//! Every command first looks for the tools it needs and installs what is missing (see [`tools`]), so that a fresh
//! machine needs nothing but rustup, Node, git and a C compiler.

mod bench;
mod coverage;
mod gpu;
mod package;
mod paths;
mod process;
mod report;
mod serve;
mod site;
mod soak;
mod test;
mod tools;
mod worklet;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Builds, serves and tests Auralis.
#[derive(Parser)]
#[command(bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build everything and serve the page on this machine
    Serve(serve::Options),
    /// Build the static site, ready to upload, in dist/
    Build,
    /// Give a built site of which a file was changed by hand its new version
    Finish(site::Folder),
    /// Build the engine for the AudioWorklet, with and without SIMD, in web/worklet/dist/, and what runs on a GPU, in web/gpu/dist/
    Worklet,
    /// Build the npm package in target/npm, and show what it weighs
    Package,
    /// Run every test: style, licences, docs, bit-exactness, programs, browsers
    Test(test::Options),
    /// Run the long tests at full length
    Soak,
    /// Count which lines the tests of each crate reach
    Coverage,
    /// Run the benchmarks and write docs/benchmarks.md
    Bench,
    /// Render every preset, measure it and write docs/listening.md
    Listening,
}

fn main() -> ExitCode {
    if let Some(code) = coverage::uncounted::in_place_of_the_compiler() {
        return code;
    }
    let outcome = match Cli::parse().command {
        Command::Serve(options) => serve::run(&options),
        Command::Build => site::build(),
        Command::Finish(folder) => site::finish(&folder),
        Command::Worklet => worklet::run().and_then(|()| gpu::run()),
        Command::Package => package::run(),
        Command::Test(options) => test::run(&options),
        Command::Soak => soak::run(),
        Command::Coverage => coverage::run(),
        Command::Bench => bench::run(),
        Command::Listening => bench::listening(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
