//! `auralis render`: to a WAV file, and stems.

use crate::device;
use crate::error::{Error, Result};
use crate::options::{DEFAULT_SEED, SessionOptions};
use crate::progress::Progress;
use crate::renderer::{self, Job, Piece};
use crate::sink::{Stems, Wav};
use crate::values::{self, SimdChoice};
use crate::{interrupt, say, warn};
use auralis_export::Format;
use auralis_gpu::device::Wanted;
use clap::Args;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

/// The options of `auralis render`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// The file to write; "-" writes to standard output
    #[arg(short, long, value_name = "FILE", required_unless_present = "stems")]
    pub out: Option<PathBuf>,
    /// The samples: 16-bit, 24-bit, or 32-bit float
    #[arg(long, value_parser = values::sample_format(), value_name = "FORMAT", default_value = "16")]
    pub format: Format,
    /// Also write each layer alone, and "space" (delay and reverb), into this folder: unmastered, so that together they are the mix before
    /// compressor and limiter; f32 keeps what is beyond full scale
    #[arg(long, value_name = "DIR")]
    pub stems: Option<PathBuf>,
    /// On how many threads movements are rendered [default: as many as there are cores]
    #[arg(long, value_name = "N", value_parser = values::threads)]
    pub threads: Option<NonZeroUsize>,
    /// Which instructions to use; the samples are the same with any
    #[arg(long, value_enum, value_name = "WHICH", default_value = "auto")]
    pub simd: SimdChoice,
    /// Who plays the voices: auto and cpu are the processor, whose sound is the session's own; gpu, metal, vulkan, cuda and dx12 are a GPU, which plays all
    /// movements at once, within -80 dB of that but not with the same bits [default: AURALIS_DEVICE, or auto]
    #[arg(long, value_name = "NAME", value_parser = values::device)]
    pub device: Option<Wanted>,
    #[allow(
        missing_docs,
        reason = "a doc comment would become the help text of the command it is flattened into"
    )]
    #[command(flatten)]
    pub session: SessionOptions,
}

/// Renders.
///
/// # Errors
/// If an option is refused, or a file cannot be written.
pub fn run(options: &Options) -> Result<()> {
    let wanted = device::wanted(options.device)?;
    if wanted == Wanted::Reduced {
        let allowed = "auto, gpu, metal (or mps), vulkan, cuda, dx12 or cpu; --quality reduced is what makes fewer voices";
        return Err(Error::refused("device", wanted, allowed));
    }
    let plan = options.session.plan(DEFAULT_SEED)?;
    options.session.save(&plan.session, &plan.log)?;
    let (rate, frames) = (plan.session.rate, plan.frames_or(60.0));
    let create = |path: &PathBuf| Wav::create(path, options.format, rate, frames);
    let mut out = options.out.as_ref().map(create).transpose()?;
    let mut stems =
        options.stems.as_ref().map(|dir| Stems::create(dir, options.format, rate, frames)).transpose()?;
    let job = Job {
        session: &plan.session,
        log: &plan.log,
        from: plan.from,
        frames,
        threads: options.threads.unwrap_or_else(cores),
        simd: options.simd.into(),
        stems: stems.is_some(),
    };
    let out_is_file = out.as_ref().is_none_or(Wav::can_correct_header);
    let mut progress = Progress::new(frames, rate);
    let mut done = 0;
    let rendered = render(&job, wanted, &mut |piece| {
        if let Some(out) = &mut out {
            out.write(&piece.mix)?;
        }
        if let Some(stems) = &mut stems {
            stems.write(&piece.stems)?;
        }
        done += piece.mix.len() as u64 / 2;
        progress.add(piece.mix.len() as u64 / 2);
        Ok(())
    });
    progress.end();
    rendered?;
    stems.map(Stems::finish).transpose()?;
    out.map(Wav::finish).transpose()?;
    let name = name(options.out.as_deref().or(options.stems.as_deref()).unwrap_or(Path::new("-")));
    if done < frames {
        let seconds = rate.seconds(done);
        let whole = if out_is_file { ", whole and playable" } else { ", fewer than its header says" };
        return Err(Error::Interrupted(format!("stopped; {name} holds the first {seconds:.1} s{whole}")));
    }
    say(format_args!("{name}: seed {}, {}", plan.session.seed, progress.summary()));
    Ok(())
}

/// Renders on the processor, unless a GPU was asked for.
fn render(job: &Job<'_>, wanted: Wanted, take: &mut dyn FnMut(&Piece) -> Result<()>) -> Result<()> {
    if wanted.is_gpu() { on_gpu(job, wanted, take) } else { renderer::render(job, interrupt::wish(), take) }
}

#[cfg(feature = "gpu")]
fn on_gpu(job: &Job<'_>, wanted: Wanted, take: &mut dyn FnMut(&Piece) -> Result<()>) -> Result<()> {
    use auralis_gpu::chain::Chain;
    use auralis_gpu::device::{Gpu, Software};
    use auralis_gpu::score::open::{PATIENCE, open};
    use auralis_gpu::score::{Event, Keep, Scores};
    let software = Software::from_environment();
    let mut chain = Chain::new(move || async move {
        open(wanted, software, PATIENCE).map_err(|unavailable| unavailable.to_string())
    });
    chain.wait();
    let keep = if job.stems { Keep::Parts } else { Keep::Sums };
    let scores = Scores::new(chain, keep, job.threads, job.simd);
    let tell = &mut |event: &Event| {
        if event.is_device() {
            say(format_args!(
                "{event}: within -80 dB of the session's own sound, which is the processor's, but not with its bits"
            ));
        } else {
            warn(event);
        }
    };
    if !auralis_gpu::supplier::is_rich(job.session, job.log) {
        return renderer::render_on(job, scores, tell, interrupt::wish(), take);
    }
    let mut textures = Chain::new(move || async move {
        let opened = auralis_gpu::open(wanted, software, Gpu::PATIENCE).await;
        opened.map_err(|unavailable| unavailable.to_string())
    });
    textures.wait();
    renderer::render_on(job, scores.with_textures(textures), tell, interrupt::wish(), take)
}

#[cfg(not(feature = "gpu"))]
fn on_gpu(job: &Job<'_>, wanted: Wanted, take: &mut dyn FnMut(&Piece) -> Result<()>) -> Result<()> {
    warn(format_args!(
        "the processor renders: {wanted} was asked for, but this program was built without GPUs"
    ));
    renderer::render(job, interrupt::wish(), take)
}

fn name(path: &Path) -> String {
    if path == Path::new("-") { "standard output".into() } else { path.display().to_string() }
}

/// How many cores there are.
#[must_use]
pub fn cores() -> NonZeroUsize {
    std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
}
