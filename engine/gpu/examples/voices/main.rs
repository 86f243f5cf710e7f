//! How much audio of torchsynth's voice each adapter makes in a second: `cargo run --release -p auralis-gpu --example voices`.
//!
//! Options: `--voices N` in a batch (512), `--seconds S` of each (4), `--rounds N` (5), `--device NAME` as of `auralis batch`: only that one. Rows are left on
//! the device. Of each adapter the medians: seconds of audio per second, with the drawing of parameters and everything else; the same of the device
//! alone; and how much of the memory's bandwidth the rows take, beside what a copy reads and writes in the same round.
//!
//! `--serve` is for `tests/torchsynth/speed.py`: it prints the adapter's name and kind, then for each line of its input, a seed, a round: seconds of audio,
//! seconds in all, seconds of the device, bytes of rows, bytes per second of the copy.

mod copy;

use auralis_engine::SampleRate;
use auralis_gpu::batch::gpu::{GpuVoices, Ready};
use auralis_gpu::batch::{GpuBatch, Sound};
use auralis_gpu::device::{Adapters, GpuError, Software, Wanted};
use auralis_gpu::voice::Grid;
use copy::Copy;
use pollster::block_on;
use std::error::Error;
use std::io::{BufRead, Write};
use std::num::NonZeroUsize;
use std::time::Instant;

/// An adapter with its kernels.
struct Bench {
    voices: GpuVoices,
    copy: Copy,
    grid: Grid,
    count: usize,
    threads: NonZeroUsize,
}

/// What a round took.
struct Round {
    seconds: f64,
    device_seconds: f64,
    /// Bytes per second, read and written.
    copy: f64,
}

impl Bench {
    fn open(adapters: &Adapters, at: usize, grid: &Grid, count: usize) -> Result<Self, Box<dyn Error>> {
        let voices = block_on(GpuBatch::open_adapter(adapters, at))?;
        let count = count.min(voices.most(grid));
        let copy = block_on(Copy::new(voices.gpu()))?;
        let threads = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        let mut bench = Self { voices, copy, grid: grid.clone(), count, threads };
        // The first has buffers to make.
        bench.round(u64::MAX)?;
        Ok(bench)
    }

    fn audio(&self) -> f64 {
        self.count as f64 * self.grid.rate().seconds(self.grid.frames() as u64)
    }

    fn bytes(&self) -> f64 {
        (self.count * self.grid.frames() * 4) as f64
    }

    fn round(&mut self, seed: u64) -> Result<Round, GpuError> {
        let began = Instant::now();
        let sounds = drawn(seed, self.count, self.threads);
        let ready = Ready::new(&self.grid, &sounds, self.threads);
        block_on(self.voices.render_there(&ready))?;
        let seconds = began.elapsed().as_secs_f64();
        let began = Instant::now();
        block_on(self.voices.render_there(&ready))?;
        let device_seconds = began.elapsed().as_secs_f64();
        let copy = block_on(self.copy.bytes_per_second(self.voices.gpu()))?;
        Ok(Round { seconds, device_seconds, copy })
    }
}

/// Sounds of a seed, drawn on so many threads.
fn drawn(seed: u64, count: usize, threads: NonZeroUsize) -> Vec<Sound> {
    let each = count.div_ceil(threads.get());
    std::thread::scope(|scope| {
        let draw = |from: usize| {
            let to = (from + each).min(count);
            scope.spawn(move || (from..to).map(|i| Sound::random(seed, i as u64)).collect::<Vec<_>>())
        };
        let parts: Vec<_> = (0..count).step_by(each).map(draw).collect();
        parts.into_iter().flat_map(|part| part.join().expect("drawing never fails")).collect()
    })
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn main() -> Result<(), Box<dyn Error>> {
    let option = |name: &str| std::env::args().skip_while(|word| word != name).nth(1);
    let number = |name: &str, default: f64| {
        option(name)
            .map_or(default, |word| word.parse().unwrap_or_else(|_| panic!("{name} {word}: no number")))
    };
    let (count, rounds) = (number("--voices", 512.0) as usize, number("--rounds", 5.0) as u64);
    let grid = Grid::new(number("--seconds", 4.0), SampleRate::Hz44100)?;
    let wanted: Option<Wanted> = option("--device").map(|word| word.parse()).transpose()?;
    let adapters = block_on(Adapters::find());
    if std::env::args().any(|word| word == "--serve") {
        let choice = adapters.choose(wanted.unwrap_or_default(), Software::from_environment());
        let Some(at) = choice.adapter else { return Err(format!("no GPU is used ({choice})").into()) };
        return serve(&mut Bench::open(&adapters, at, &grid, count)?, &choice.to_string());
    }
    let places = match wanted {
        Some(wanted) => adapters.choose(wanted, Software::Allowed).adapter.into_iter().collect(),
        None => (0..adapters.found().len()).collect::<Vec<_>>(),
    };
    if places.is_empty() {
        println!("no adapter");
    }
    for at in places {
        let found = &adapters.found()[at];
        let mut bench = Bench::open(&adapters, at, &grid, count)?;
        let rounds = (0..rounds.max(1)).map(|seed| bench.round(seed)).collect::<Result<Vec<_>, _>>()?;
        let of = |what: fn(&Round) -> f64| median(rounds.iter().map(what).collect());
        let (seconds, device, copy) = (of(|r| r.seconds), of(|r| r.device_seconds), of(|r| r.copy));
        println!(
            "{} on {}, {}: batches of {}, {:.0} s of audio per second; the device alone {:.0} s, {:.2} GB/s of rows, {:.1} % of the {:.1} GB/s of a copy",
            found.api.name(),
            found.name,
            found.kind.name(),
            bench.count,
            bench.audio() / seconds,
            bench.audio() / device,
            bench.bytes() / device / 1e9,
            100.0 * bench.bytes() / device / copy,
            copy / 1e9,
        );
    }
    Ok(())
}

fn serve(bench: &mut Bench, name: &str) -> Result<(), Box<dyn Error>> {
    let mut out = std::io::stdout();
    writeln!(out, "{name}")?;
    out.flush()?;
    for line in std::io::stdin().lock().lines() {
        let Round { seconds, device_seconds, copy } = bench.round(line?.trim().parse()?)?;
        writeln!(out, "{} {seconds} {device_seconds} {} {copy}", bench.audio(), bench.bytes())?;
        out.flush()?;
    }
    Ok(())
}
