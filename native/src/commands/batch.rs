//! `auralis batch`: many sounds of torchsynth's voice, and the table of their parameters.

mod device;

use crate::commands::render::cores;
use crate::error::{Error, Result};
use crate::files::{WholeFile, write_whole};
use crate::options::{DEFAULT_SEED, sample_rate};
use crate::progress::Progress;
use crate::values;
use crate::{interrupt, say};
use auralis_engine::SampleRate;
use auralis_export::Format;
use auralis_export::wav::Header;
use auralis_gpu::batch::Sound;
use auralis_gpu::batch::table::{self, TableError, Writer};
use auralis_gpu::device::Wanted;
use auralis_gpu::voice::{BadLength, Grid};
use clap::Args;
use device::Device;
use std::fs::File;
use std::io::{BufReader, Write};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// The options of `auralis batch`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// How many voices, each with parameters drawn by chance; a seed's voice of a number is always the same
    #[arg(long, value_name = "N", value_parser = values::voices, required_unless_present = "parameters", allow_hyphen_values = true)]
    pub count: Option<u64>,
    /// How long each is, in seconds: 0.05 to 600
    #[arg(long, value_name = "S", value_parser = values::length, default_value = "4", allow_hyphen_values = true)]
    pub seconds: f64,
    /// What the parameters and the noise are drawn from: 0 to 18446744073709551615 [default: 0]
    #[arg(long, value_name = "NUMBER", value_parser = values::seed, allow_hyphen_values = true)]
    pub seed: Option<u64>,
    /// The folder to write into: voice-000000.wav and so on, one channel each, and parameters.csv, a row for each voice
    #[arg(short, long, value_name = "DIR")]
    pub out: PathBuf,
    /// Instead of WAV files write one file, voices.f32: 32-bit floats, little-endian, a voice after the other, without any header
    #[arg(long, conflicts_with = "format")]
    pub raw: bool,
    /// The samples of WAV files: 16-bit, 24-bit, or 32-bit float
    #[arg(long, value_parser = values::sample_format(), value_name = "FORMAT", default_value = "16")]
    pub format: Format,
    /// Instead of drawing parameters take those of a table, such as parameters.csv: a column for each parameter, a row for each voice
    #[arg(long, value_name = "FILE", conflicts_with_all = ["count", "seed"])]
    pub parameters: Option<PathBuf>,
    /// Frames per second: 44100 or 48000
    #[arg(long, value_name = "HZ", value_parser = sample_rate, default_value = "44100", allow_hyphen_values = true)]
    pub sample_rate: SampleRate,
    /// On how many threads voices are rendered [default: as many as there are cores]
    #[arg(long, value_name = "N", value_parser = values::threads, allow_hyphen_values = true)]
    pub threads: Option<NonZeroUsize>,
    /// What renders: auto, gpu, metal (or mps), vulkan, cuda, dx12, webgpu, cpu or reduced, which is cpu here. A GPU's samples lie within -80 dB of the
    /// CPU's, which are the same on every machine [default: AURALIS_DEVICE, else auto: a GPU if there is one]
    #[arg(long, value_name = "NAME", value_parser = values::device)]
    pub device: Option<Wanted>,
}

/// Where the sounds come from.
enum Source {
    Random { seed: u64, count: u64 },
    Table(Vec<Sound>),
}

impl Source {
    fn of(options: &Options) -> Result<Self> {
        let Some(path) = &options.parameters else {
            let seed = options.seed.unwrap_or(DEFAULT_SEED);
            return Ok(Self::Random { seed, count: options.count.unwrap_or_default() });
        };
        let file = File::open(path).map_err(|e| Error::reading(path, &e))?;
        let sounds = table::read(BufReader::new(file)).map_err(|error| unreadable(path, &error))?;
        if sounds.is_empty() {
            return Err(Error::Refused(format!(
                "{}: there is no voice in it; each row is one",
                path.display()
            )));
        }
        Ok(Self::Table(sounds))
    }

    fn count(&self) -> u64 {
        match self {
            Self::Random { count, .. } => *count,
            Self::Table(sounds) => sounds.len() as u64,
        }
    }

    /// Some sounds from a place on.
    fn some(&self, from: u64, most: usize) -> Vec<Sound> {
        let to = self.count().min(from + most as u64);
        match self {
            Self::Random { seed, .. } => (from..to).map(|voice| Sound::random(*seed, voice)).collect(),
            Self::Table(sounds) => sounds[from as usize..to as usize].to_vec(),
        }
    }

    /// What the sounds are, for people.
    fn name(&self) -> String {
        match self {
            Self::Random { seed, count } => format!("{count} voices of seed {seed}"),
            Self::Table(sounds) => format!("{} voices of a table", sounds.len()),
        }
    }
}

fn unreadable(path: &Path, error: &TableError) -> Error {
    match error {
        TableError::Csv(error) if error.is_io_error() => {
            Error::Failed(format!("cannot read {}: {error}", path.display()))
        }
        error => Error::Refused(format!("{}: {error}", path.display())),
    }
}

/// Renders them.
///
/// # Errors
/// If an option or the table is refused, or a file cannot be written.
pub fn run(options: &Options) -> Result<()> {
    let grid = Grid::new(options.seconds, options.sample_rate);
    let grid = grid.map_err(|error: BadLength| Error::Refused(error.to_string()))?;
    let wanted = crate::device::wanted(options.device)?;
    let source = Source::of(options)?;
    let out = &options.out;
    std::fs::create_dir_all(out).map_err(|e| Error::writing(out, &e))?;
    let path = out.join("parameters.csv");
    let failed = |e: &std::io::Error| Error::writing(&path, e);
    let mut table = Writer::new(WholeFile::create(&path)?).map_err(|e| failed(&e))?;
    let mut sink = if options.raw {
        let path = out.join("voices.f32");
        Sink::Raw { file: WholeFile::create(&path)?, path, rows: Vec::new() }
    } else {
        Sink::Wavs { folder: out, format: options.format }
    };
    let frames = grid.frames() as u64;
    let progress = Mutex::new(Progress::new(source.count() * frames, grid.rate()));
    let threads = options.threads.unwrap_or_else(cores);
    let mut device = Device::open(&grid, wanted);
    let at_once = device.at_once(&grid, threads);
    let mut done = 0;
    let rendered = loop {
        let sounds = source.some(done, at_once);
        if sounds.is_empty() || interrupt::wished() {
            break Ok(());
        }
        let count = match sink.write(&mut device, &grid, &sounds, threads, &progress) {
            Ok(count) => count,
            Err(error) => break Err(error),
        };
        let written = sounds[..count].iter().try_for_each(|sound| table.put(sound));
        if let Err(error) = written {
            break Err(failed(&error));
        }
        done += count as u64;
    };
    let progress = progress.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    progress.end();
    rendered?;
    sink.finish()?;
    table.finish().map_err(|e| failed(&e))?.keep()?;
    let name = out.display();
    if done < source.count() {
        return Err(Error::Interrupted(format!(
            "stopped; {name} holds the first {done} voices and their parameters"
        )));
    }
    say(format_args!("{name}: {}, {}", source.name(), progress.summary()));
    Ok(())
}

/// Where rows go.
enum Sink<'a> {
    Wavs { folder: &'a Path, format: Format },
    Raw { path: PathBuf, file: WholeFile, rows: Vec<f32> },
}

impl Sink<'_> {
    /// Renders sounds and writes their rows: the first so many, if there is a wish to stop.
    fn write(
        &mut self,
        device: &mut Device,
        grid: &Grid,
        sounds: &[Sound],
        threads: NonZeroUsize,
        progress: &Mutex<Progress>,
    ) -> Result<usize> {
        let frames = grid.frames();
        let add = |rows: usize| {
            let mut progress = progress.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            progress.add((rows * frames) as u64);
        };
        match self {
            Self::Wavs { folder, format } => {
                device.for_each(sounds, threads, interrupt::wish(), |place, row| {
                    let path = folder.join(format!("voice-{:06}.wav", sounds[place].voice));
                    let mut bytes = Header::mono(*format, grid.rate(), frames as u64).bytes(frames as u64);
                    format.encode(row, &mut bytes);
                    // Chunks have an even length.
                    bytes.resize(bytes.len().next_multiple_of(2), 0);
                    write_whole(&path, |out| out.write_all(&bytes))?;
                    add(1);
                    Ok(())
                })
            }
            Self::Raw { path, file, rows } => {
                device.rows(sounds, rows, threads);
                let mut bytes = Vec::new();
                for row in rows.chunks(frames) {
                    bytes.clear();
                    Format::Float32.encode(row, &mut bytes);
                    file.write_all(&bytes).map_err(|e| Error::writing(path, &e))?;
                }
                add(sounds.len());
                Ok(sounds.len())
            }
        }
    }

    fn finish(self) -> Result<()> {
        match self {
            Self::Wavs { .. } => Ok(()),
            Self::Raw { file, .. } => file.keep(),
        }
    }
}
