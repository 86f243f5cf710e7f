//! Renders every preset, measures it, and writes docs/listening.md with its pictures: `cargo xtask listening`.

use std::path::PathBuf;
use std::process::ExitCode;
use std::{error, fs};

use auralis_benches::listening::page;
use auralis_benches::listening::study::Study;
use auralis_benches::screen::{note, show};
use auralis_engine::Preset;
use clap::Parser;

/// Renders every preset, measures it, and writes a page of what it found
#[derive(Parser)]
#[command(name = "listening", version)]
struct Cli {
    /// The page; its pictures go into a folder of the same name beside it
    #[arg(long, value_name = "FILE.md", default_value = "docs/listening.md")]
    write: PathBuf,
    /// The session's seed
    #[arg(long, default_value_t = 42)]
    seed: u64,
    /// How many minutes of each preset
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=120))]
    minutes: u16,
    /// Only this preset, and nothing but its figures on the screen
    #[arg(long, value_parser = |name: &str| Preset::parse(name).ok_or("there is no such preset"))]
    preset: Option<Preset>,
}

fn main() -> ExitCode {
    match run(&Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            note(format_args!("listening: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn run(cli: &Cli) -> Result<(), Box<dyn error::Error>> {
    let presets = cli.preset.map_or(Preset::ALL.to_vec(), |preset| vec![preset]);
    let length = usize::from(cli.minutes) * 60;
    let pictures = cli.write.with_extension("");
    let folder = pictures.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let mut studies = Vec::new();
    for preset in presets {
        note(format_args!("{} ...", preset.name()));
        let study = Study::of(preset, cli.seed, length)?;
        if cli.preset.is_none() {
            fs::create_dir_all(&pictures)?;
            study.picture().write(&pictures.join(preset.name()).with_extension("png"))?;
        }
        studies.push(study);
    }
    let text = page::write(&studies, cli.seed, &folder)?;
    if cli.preset.is_none() {
        fs::write(&cli.write, text)?;
    } else {
        show(text.trim_end())?;
    }
    Ok(())
}
