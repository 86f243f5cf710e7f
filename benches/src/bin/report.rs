//! Measures everything that docs/benchmarks.md says, in one run, and writes it down: `cargo xtask bench`.
//!
//! Speeds are seconds of audio per second of this process's CPU time, medians of several runs; whatever is compared runs by turns. Only
//! what is about several cores is taken from the clock.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::{error, fs};

use auralis_benches::report::machine;
use auralis_benches::report::native::{compose, median, pad64, render, seeks, session};
use auralis_benches::report::programs::{Auralis, Build, Fundsp, builds, worklet, worklet_speed};
use auralis_benches::screen::{note, show};
use auralis_engine::cpu::Simd;
use auralis_engine::{Preset, Quality, SampleRate, Session};
use clap::Parser;

/// Measures what docs/benchmarks.md says
#[derive(Parser)]
#[command(name = "report", version)]
struct Cli {
    /// Write the page to this file instead of the screen
    #[arg(long, value_name = "FILE.md")]
    write: Option<PathBuf>,
    /// How often each thing is measured
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u8).range(1..=99))]
    runs: u8,
    /// Measure each thing once and briefly, to see that everything works
    #[arg(long)]
    brief: bool,
}

/// Where the part of the page begins that this program leaves as it is; it is the last one.
const RELAY: &str = "\n## The relay\n";

fn main() -> ExitCode {
    match run(&Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            note(format_args!("report: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn run(cli: &Cli) -> Result<(), Box<dyn error::Error>> {
    let page = Measuring { runs: if cli.brief { 1 } else { cli.runs }, brief: cli.brief }.page()?;
    match &cli.write {
        Some(path) => {
            // What the relay takes is measured by programs of their own, and written down by hand.
            let before = fs::read_to_string(path).unwrap_or_default();
            let relay = before.find(RELAY).map_or("", |at| &before[at..]);
            fs::write(path, page + relay)?;
        }
        None => show(page.trim_end())?,
    }
    Ok(())
}

struct Measuring {
    runs: u8,
    brief: bool,
}

/// One preset's speeds.
struct Speeds {
    preset: Preset,
    best: f64,
    baseline: f64,
    reduced: f64,
    /// The worklet's, with SIMD, under Node; 0 where it's not built.
    worklet: f64,
    worklet_reduced: f64,
    /// All at 48 kHz: the best, the baseline, the worklet.
    at_48: [f64; 3],
}

impl Measuring {
    fn page(&self) -> Result<String, Box<dyn error::Error>> {
        let best = Simd::detect();
        let mut rows = Rows(String::new());
        let mut details = String::new();

        self.scene(Simd::widest(), &mut rows, &mut details)?;

        let presets: Vec<Speeds> = Preset::ALL.into_iter().map(|preset| self.preset(preset, best)).collect();
        let least = |speed: fn(&Speeds) -> f64| presets.iter().min_by(|a, b| speed(a).total_cmp(&speed(b)));
        let (slowest, slowest_baseline) = (least(|s| s.best), least(|s| s.baseline));
        if let (Some(slow), Some(base)) = (slowest, slowest_baseline) {
            rows.add(
                "any preset, native, one core",
                "150 × real time (goal 300)",
                &format!(
                    "{:.0} × ({}, {}), {:.0} × ({}, {})",
                    slow.best,
                    slow.preset.name(),
                    best.name(),
                    base.baseline,
                    base.preset.name(),
                    Simd::Baseline.name()
                ),
            );
        }
        let most = |share: fn(&Speeds) -> f64| presets.iter().map(share).fold(0.0, f64::max) * 100.0;
        let slowest_of = |speed: fn(&Speeds) -> f64| presets.iter().map(speed).fold(f64::INFINITY, f64::min);
        rows.add(
            "the same at 48 kHz",
            "150 × real time (goal 300)",
            &format!(
                "{:.0} × ({}), {:.0} × ({})",
                slowest_of(|s| s.at_48[0]),
                best.name(),
                slowest_of(|s| s.at_48[1]),
                Simd::Baseline.name()
            ),
        );
        rows.add(
            "`reduced`, of `full`'s CPU time",
            "50 % at most",
            &format!("{:.0} % at most", most(|s| s.best / s.reduced)),
        );
        if slowest_of(|s| s.worklet) > 0.0 {
            let wanted = "70 % of native on SSE2 (goal 100 %)";
            for (what, share, speed) in [
                (
                    "any preset in wasm, simd, under Node, the same seconds of the same session",
                    (|s| s.worklet / s.baseline) as fn(&Speeds) -> f64,
                    (|s| s.worklet) as fn(&Speeds) -> f64,
                ),
                ("the same at 48 kHz", |s| s.at_48[2] / s.at_48[1], |s| s.at_48[2]),
            ] {
                let shares: Vec<f64> = presets.iter().map(|s| share(s) * 100.0).collect();
                let least = shares.iter().copied().fold(f64::INFINITY, f64::min);
                let measured = format!(
                    "{least:.0} % at least, {:.0} % in the middle; {:.0} × real time at least",
                    median(shares),
                    slowest_of(speed)
                );
                rows.add(what, wanted, &measured);
            }
            rows.add(
                "`reduced` in wasm, of `full`'s CPU time",
                "50 % at most",
                &format!("{:.0} % at most", most(|s| s.worklet / s.worklet_reduced)),
            );
        }

        let composing = Preset::ALL.map(|preset| {
            let session = session(preset, Quality::Full);
            median(
                (0..self.runs)
                    .map(|_| compose(&session, if self.brief { 3600.0 } else { 86_400.0 }))
                    .collect(),
            )
        });
        let composing = composing.into_iter().fold(f64::INFINITY, f64::min);
        rows.add("composing alone, the slowest preset", "100 000 × real time", &format!("{composing:.0} ×"));

        let slow = session(slowest.map_or(Preset::Bright, |s| s.preset), Quality::Full);
        let taken = seeks(&slow, if self.brief { 3 } else { 200 });
        rows.add(
            &format!(
                "seek to any frame of the first year, native (the worst there is and {} at random, the slowest preset)",
                taken.len() - 1
            ),
            "2 s at worst (goal 1)",
            &format!(
                "{:.2} s at worst, {:.2} s in the middle",
                taken.last().copied().unwrap_or(0.0),
                median(taken)
            ),
        );

        self.hour(slow.settings == Preset::Bright.settings(), &mut rows);

        details.push_str("\n## Presets\n\n");
        writeln!(
            details,
            "| preset | {0}, × real time | {1} | wasm, simd | {0}, reduced | wasm, reduced | {0}, 48 kHz | {1}, 48 kHz | wasm, 48 kHz |",
            best.name(),
            Simd::Baseline.name(),
        )?;
        details.push_str("| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
        for s in &presets {
            writeln!(
                details,
                "| {} | {:.0} | {:.0} | {:.0} | {:.0} | {:.0} | {:.0} | {:.0} | {:.0} |",
                s.preset.name(),
                s.best,
                s.baseline,
                s.worklet,
                s.reduced,
                s.worklet_reduced,
                s.at_48[0],
                s.at_48[1],
                s.at_48[2]
            )?;
        }

        note(format_args!("the worklet under Node ..."));
        match worklet(self.brief) {
            Some(text) => {
                for build in builds(&text) {
                    rows.worklet(&build);
                }
                write!(
                    details,
                    "\n## The worklet\n\n`node web/worklet/bench.mjs`:\n\n```text\n{}\n```\n",
                    text.trim_end()
                )?;
            }
            None => rows.add("the worklet", "", "not measured: it's not built, or there is no Node"),
        }

        let compiler = machine::first_line("rustc", &["--version"]).unwrap_or_else(|| "rustc".to_owned());
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Ok(format!(
            "# Benchmarks\n\n{}, {cores} cores, {}; {compiler}; {}. Written by `cargo xtask bench`.\n\n\
             Speeds are seconds of audio per second of CPU time, medians of {} runs; what is compared ran by turns, in one run of one program. \
             What is about several cores is by the clock, and so are the worklet's dearest blocks: what else the machine did is in them. \
             Nothing here is asserted by a test.\n\n\
             | what | at least | measured |\n| --- | --- | --- |\n{}{details}",
            machine::processor(),
            std::env::consts::OS,
            machine::today(),
            self.runs,
            rows.0
        ))
    }

    /// pad64 against FunDSP's.
    fn scene(&self, best: Simd, rows: &mut Rows, details: &mut String) -> Result<(), Box<dyn error::Error>> {
        note(format_args!("pad64 ..."));
        let seconds = if self.brief { 5.0 } else { 60.0 };
        let fundsp = Fundsp::build();
        let mut measured: [Vec<f64>; 4] = Default::default();
        for _ in 0..self.runs {
            measured[0].push(pad64(best, seconds));
            measured[1].push(pad64(Simd::Baseline, seconds));
            for (way, speeds) in ["bank", "graph"].into_iter().zip(&mut measured[2..]) {
                speeds.extend(fundsp.as_ref().and_then(|fundsp| fundsp.run(way, seconds)));
            }
        }
        let [ours, baseline, bank, graph] = measured.map(median);
        let measured = if bank > 0.0 {
            format!("{:.1} × ({ours:.0} against {bank:.1} × real time)", ours / bank.max(graph))
        } else {
            format!("{ours:.0} × real time; FunDSP's could not be built")
        };
        rows.add("pad64, one core, against FunDSP's fastest way", "6 × its speed (goal 12 ×)", &measured);
        details
            .push_str("\n## pad64\n\n| program | × real time | of FunDSP's fastest |\n| --- | --- | --- |\n");
        for (name, speed) in [
            (format!("`pad64`, {}", best.name()), ours),
            (format!("`pad64`, {}", Simd::Baseline.name()), baseline),
            ("`pad64-fundsp --way bank`, built for this processor".to_owned(), bank),
            ("`pad64-fundsp --way graph`, built for this processor".to_owned(), graph),
        ] {
            writeln!(details, "| {name} | {speed:.1} | {:.2} |", speed / bank.max(graph))?;
        }
        Ok(())
    }

    fn preset(&self, preset: Preset, best: Simd) -> Speeds {
        note(format_args!("{} ...", preset.name()));
        let seconds = if self.brief { 5.0 } else { 180.0 };
        let (full, less) = (session(preset, Quality::Full), session(preset, Quality::Reduced));
        let high = Session { rate: SampleRate::Hz48000, ..full };
        let mut measured: [Vec<f64>; 8] = Default::default();
        for _ in 0..self.runs {
            measured[0].push(render(&full, best, seconds));
            measured[1].push(render(&full, Simd::Baseline, seconds));
            measured[2].extend(worklet_speed(&full, preset, seconds));
            measured[3].push(render(&less, best, seconds));
            measured[4].extend(worklet_speed(&less, preset, seconds));
            measured[5].push(render(&high, best, seconds));
            measured[6].push(render(&high, Simd::Baseline, seconds));
            measured[7].extend(worklet_speed(&high, preset, seconds));
        }
        let [best, baseline, worklet, reduced, worklet_reduced, at_48 @ ..] = measured.map(median);
        Speeds { preset, best, baseline, reduced, worklet, worklet_reduced, at_48 }
    }

    /// One hour on one thread and on two.
    fn hour(&self, bright: bool, rows: &mut Rows) {
        note(format_args!("an hour ..."));
        let preset = if bright { Preset::Bright } else { Preset::Focus };
        let seconds = if self.brief { 60 } else { 3600 };
        let what = format!("`auralis render` of {} minutes on 2 threads ({})", seconds / 60, preset.name());
        let Some(auralis) = Auralis::build() else { return rows.add(&what, "1.8 × one", "not measured") };
        let mut taken: [Vec<f64>; 2] = Default::default();
        for _ in 0..self.runs.min(3) {
            for (threads, taken) in (1..).zip(&mut taken) {
                taken.extend(auralis.render(preset.name(), seconds, threads));
            }
        }
        let [one, two] = taken.map(median);
        let measured = format!("{:.2} × ({one:.1} s on one, {two:.1} s on two)", one / two);
        rows.add(&what, "1.8 × one", &measured);
    }
}

/// The rows of the first table.
struct Rows(String);

impl Rows {
    fn add(&mut self, what: &str, wanted: &str, measured: &str) {
        self.0 += &format!("| {what} | {wanted} | {measured} |\n");
    }

    fn worklet(&mut self, build: &Build) {
        let name = &build.name;
        if name != "simd" {
            let measured = format!("{:.0} × real time at least", build.speed);
            self.add(&format!("any preset in wasm, {name}, under Node"), "", &measured);
        }
        self.add(
            &format!("the worklet, {name}, gzipped"),
            "100 kB at most",
            &format!("{:.1} kB", build.gzipped as f64 / 1000.0),
        );
        self.add("its memory", "8 MB at most", &format!("{:.1} MB", build.memory));
        let blocks = format!(
            "{:.0} % at worst, 999 in 1000 below {:.0} %, {:.0} % where a movement begins",
            build.dearest, build.usual, build.begins
        );
        self.add("its dearest 128-frame block", "25 % of its time at most", &blocks);
        self.add(
            "its dearest seek of the first year, at once, as in a worker",
            "4 s at most (goal 2)",
            &format!("{:.2} s", build.seek),
        );
        self.add(
            "the same in slices, as on the audio thread",
            "8 s at most, no callback late",
            &format!(
                "{:.2} s, {:.0} callbacks late, {:.0} % of its time at worst",
                build.sliced, build.late, build.slice
            ),
        );
    }
}
