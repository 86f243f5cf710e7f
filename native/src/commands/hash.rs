//! `auralis hash`: what anybody can compare.

use crate::error::{Error, Result};
use crate::interrupt;
use crate::options::{DEFAULT_SEED, Plan, SessionOptions};
use crate::progress::Progress;
use crate::renderer::{self, Job};
use crate::sink::Hash;
use crate::values::{self, Blocks, SimdChoice};
use auralis_engine::Performance;
use clap::Args;
use std::io::Write;
use std::num::NonZeroUsize;

/// The options of `auralis hash`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// In blocks of how many frames the engine is asked to render: a number, or "random"; the hash is the same with any
    #[arg(long, value_name = "N", default_value = "4096", value_parser = Blocks::parse, allow_hyphen_values = true)]
    pub block: Blocks,
    /// Which instructions to use; the hash is the same with any
    #[arg(long, value_enum, value_name = "WHICH", default_value = "auto")]
    pub simd: SimdChoice,
    /// Render by movements on so many threads, as `render` does, instead of by one engine; the hash is the same
    #[arg(long, value_name = "N", value_parser = values::threads, conflicts_with = "block", allow_hyphen_values = true)]
    pub threads: Option<NonZeroUsize>,
    #[allow(
        missing_docs,
        reason = "a doc comment would become the help text of the command it is flattened into"
    )]
    #[command(flatten)]
    pub session: SessionOptions,
}

/// Prints the hash.
///
/// # Errors
/// If an option is refused.
pub fn run(options: &Options) -> Result<()> {
    let plan = options.session.plan(DEFAULT_SEED)?;
    options.session.save(&plan.session, &plan.log)?;
    let frames = plan.frames_or(10.0);
    let mut progress = Progress::new(frames, plan.session.rate);
    let hash = match options.threads {
        Some(threads) => by_movements(&plan, frames, threads, options.simd, &mut progress),
        None => by_one_engine(&plan, frames, options.block, options.simd, &mut progress),
    };
    progress.end();
    writeln!(std::io::stdout(), "{}", hash?).map_err(|e| Error::printing(&e))
}

fn by_one_engine(
    plan: &Plan,
    frames: u64,
    block: Blocks,
    simd: SimdChoice,
    progress: &mut Progress,
) -> Result<String> {
    let mut performance = Performance::with_simd(&plan.session, plan.log.clone(), simd.into());
    if plan.from.0 > 0 {
        performance.seek(plan.from)?;
    }
    let mut hash = Hash::default();
    let mut buffer = Vec::new();
    let mut left = frames;
    for length in block.lengths() {
        let count = left.min(length as u64) as usize;
        if count == 0 {
            break;
        }
        if interrupt::wished() {
            return Err(stopped());
        }
        buffer.resize(2 * count, 0.0);
        performance.render_interleaved(&mut buffer)?;
        hash.update(&buffer);
        progress.add(count as u64);
        left -= count as u64;
    }
    Ok(hash.finish())
}

fn by_movements(
    plan: &Plan,
    frames: u64,
    threads: NonZeroUsize,
    simd: SimdChoice,
    progress: &mut Progress,
) -> Result<String> {
    let (session, log, from) = (&plan.session, &plan.log, plan.from);
    let job = Job { session, log, from, frames, threads, simd: simd.into(), stems: false };
    let mut hash = Hash::default();
    renderer::render(&job, interrupt::wish(), &mut |piece| {
        hash.update(&piece.mix);
        progress.add(piece.mix.len() as u64 / 2);
        Ok(())
    })?;
    if interrupt::wished() { Err(stopped()) } else { Ok(hash.finish()) }
}

fn stopped() -> Error {
    Error::Interrupted("stopped; a hash of a part would be of no use, so none is printed".into())
}
