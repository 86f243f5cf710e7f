//! Renders a span of a session by movements, on as many threads as wanted, with the bits of the engine.
//!
//! Movements need nothing of each other, so each is rendered on its own ([`source`]); what they give is summed in the order of their
//! indices and goes through one master. The work is cut at multiples of [`BATCH`] frames of the session: a batch of a movement is
//! what threads hand over, and no more of them wait than [`source::budget`] allows, however long the rendering.

pub mod movements;
#[cfg(feature = "gpu")]
pub mod scores;
pub mod source;

use crate::error::Result;
use auralis_engine::cpu::Simd;
use auralis_engine::mix::{Master, Parts, StereoBlock};
use auralis_engine::time::CONTROL;
use auralis_engine::{ChangeLog, Frame, Session};
pub use auralis_export::stems::STEMS;
use movements::{Batch, Span};
use source::{Inline, Source, Threads};
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, Ordering};

/// The frames of a batch: a third of a second.
pub const BATCH: u64 = 16_384;

/// What to render, and how.
#[derive(Clone, Copy, Debug)]
pub struct Job<'a> {
    /// Seed, rate and first settings.
    pub session: &'a Session,
    /// The changes.
    pub log: &'a ChangeLog,
    /// The first frame.
    pub from: Frame,
    /// How many frames.
    pub frames: u64,
    /// On how many threads.
    pub threads: NonZeroUsize,
    /// With which instructions.
    pub simd: Simd,
    /// Whether stems are wanted too.
    pub stems: bool,
}

/// A piece of what was rendered. Stems come a little earlier than the mix, which waits for the limiter's look-ahead.
#[derive(Debug, Default)]
pub struct Piece {
    /// The next frames of the mix, interleaved.
    pub mix: Vec<f32>,
    /// The next frames of each stem, interleaved and unmastered: the layers and then space; empty if not wanted.
    pub stems: [Vec<f32>; STEMS],
}

/// Renders, and hands over piece after piece until all is done or `stop` is set.
///
/// # Errors
/// What `take` says, or that the log has more changes in a movement than the engine has room for.
pub fn render(job: &Job<'_>, stop: &AtomicBool, take: &mut dyn FnMut(&Piece) -> Result<()>) -> Result<()> {
    let span = Span::new(job);
    if job.threads.get() == 1 {
        return mix(job, &span, &mut Inline::new(&span), stop, take);
    }
    let threads = Threads::new(&span);
    std::thread::scope(|scope| {
        for _ in 0..job.threads.get() {
            scope.spawn(|| threads.work());
        }
        // Dropped whatever happens, also by a panic: the threads end, and the scope with them.
        let _end = threads.end_on_drop();
        mix(job, &span, &mut &threads, stop, take)
    })
}

/// As [`render`], with the voices of movements on a device: within -80 dB of that, and not with its bits. `tell` hears what happens to where it
/// is rendered.
///
/// # Errors
/// As [`render`].
#[cfg(feature = "gpu")]
pub fn render_on<B, T>(
    job: &Job<'_>,
    scores: auralis_gpu::score::Scores<B, T>,
    tell: &mut dyn FnMut(&auralis_gpu::score::Event),
    stop: &AtomicBool,
    take: &mut dyn FnMut(&Piece) -> Result<()>,
) -> Result<()>
where
    B: auralis_gpu::chain::Backend<Work = auralis_gpu::score::Recordings> + Send + 'static,
    T: auralis_gpu::chain::Backend<Work = auralis_gpu::Plan> + Send + 'static,
{
    let span = Span::new(job);
    let mut source = scores::OnDevice::new(&span, scores, tell);
    mix(job, &span, &mut source, stop, take)
}

/// Sums movements, masters the sum, and hands it over.
fn mix(
    job: &Job<'_>,
    span: &Span<'_>,
    source: &mut dyn Source,
    stop: &AtomicBool,
    take: &mut dyn FnMut(&Piece) -> Result<()>,
) -> Result<()> {
    let mut master = Master::new(job.session.rate);
    let wanted = Wanted { from: job.from.0, end: job.from.0 + job.frames };
    let mut piece = Piece::default();
    let mut sums = vec![StereoBlock::default(); (BATCH as usize) / CONTROL];
    for batch in span.batches() {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        sums.fill(StereoBlock::default());
        let mut stems = job.stems.then(|| vec![Parts::default(); sums.len()]);
        for movement in span.movements_in(batch) {
            let (first, rendered) = source.take(movement, batch)?.into_parts();
            match (rendered, &mut stems) {
                (Batch::Sums(blocks), _) => {
                    sums[first..].iter_mut().zip(&blocks).for_each(|(sum, block)| sum.add(block));
                }
                (Batch::Parts(blocks), stems) => {
                    for (n, parts) in blocks.iter().enumerate() {
                        parts.sum_into(&mut sums[first + n]);
                        if let Some(stems) = stems {
                            stems[first + n].add(parts);
                        }
                    }
                }
            }
        }
        piece.mix.clear();
        piece.stems.iter_mut().for_each(Vec::clear);
        for (n, sum) in sums.iter().enumerate() {
            let frame = batch * BATCH + (n * CONTROL) as u64;
            if frame < span.heard_from().0 || frame >= span.end().0 {
                continue;
            }
            let block = master.process(sum, job.simd);
            if frame >= Master::LATENCY {
                wanted.interleave(frame - Master::LATENCY, &block, &mut piece.mix);
            }
            if let Some(parts) = stems.as_ref().map(|s| &s[n]) {
                let blocks = parts.layers.iter().chain([&parts.space]);
                blocks.zip(&mut piece.stems).for_each(|(b, stem)| wanted.interleave(frame, b, stem));
            }
        }
        if !piece.mix.is_empty() || !piece.stems[0].is_empty() {
            take(&piece)?;
        }
    }
    Ok(())
}

/// The frames that are wanted.
struct Wanted {
    from: u64,
    end: u64,
}

impl Wanted {
    /// Appends those frames of a block that are wanted.
    fn interleave(&self, frame: u64, block: &StereoBlock, out: &mut Vec<f32>) {
        for n in 0..CONTROL {
            if (self.from..self.end).contains(&(frame + n as u64)) {
                out.extend([block.left[n], block.right[n]]);
            }
        }
    }
}
