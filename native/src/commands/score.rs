//! `auralis score`: what sounds when, without sound.

use crate::error::{Error, Result};
use crate::interrupt;
use crate::options::{DEFAULT_SEED, Plan, SessionOptions};
use crate::output::Output;
use auralis_engine::{Event, Frame};
use auralis_export::{Midi, Reading, json as objects, text as lines};
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};

/// The options of `auralis score`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// The file to write; "-" is standard output
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    pub out: PathBuf,
    /// As a MIDI file with a track for each layer, as JSON, or as text [default: by the file's ending, text if that says nothing]
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub format: Option<Format>,
    #[allow(
        missing_docs,
        reason = "a doc comment would become the help text of the command it is flattened into"
    )]
    #[command(flatten)]
    pub session: SessionOptions,
}

/// How a score is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A standard MIDI file.
    Midi,
    /// One JSON object.
    Json,
    /// A line for each event.
    Text,
}

impl Format {
    fn of(path: &Path) -> Self {
        let ending = path.extension().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
        match ending.as_str() {
            "mid" | "midi" => Self::Midi,
            "json" => Self::Json,
            _ => Self::Text,
        }
    }
}

/// Writes the score.
///
/// # Errors
/// If an option is refused, or the file cannot be written.
pub fn run(options: &Options) -> Result<()> {
    let plan = options.session.plan(DEFAULT_SEED)?;
    options.session.save(&plan.session, &plan.log)?;
    let mut out = Output::create(&options.out)?;
    match options.format.unwrap_or_else(|| Format::of(&options.out)) {
        Format::Midi => midi(&plan, &mut out),
        Format::Json => json(&plan, &mut out),
        Format::Text => text(&plan, &mut out),
    }?;
    out.finish()
}

/// Reads the plan's part of the score.
fn read(plan: &Plan) -> Result<(Reading<'_>, Frame)> {
    let until = plan.from + plan.frames_or(60.0);
    Ok((Reading::new(&plan.session, &plan.log, plan.from, until)?, until))
}

/// The next event, unless somebody wished to stop.
fn next(reading: &mut Reading<'_>) -> Result<Option<Event>> {
    if interrupt::wished() {
        return Err(Error::Interrupted("stopped; the score is not whole".into()));
    }
    Ok(reading.next_event()?)
}

fn text(plan: &Plan, out: &mut Output) -> Result<()> {
    let (mut reading, _) = read(plan)?;
    while let Some(event) = next(&mut reading)? {
        let line = lines::line(&event, reading.context(), plan.session.rate);
        out.put(format!("{line}\n").as_bytes())?;
    }
    Ok(())
}

fn json(plan: &Plan, out: &mut Output) -> Result<()> {
    let (mut reading, until) = read(plan)?;
    out.put(objects::head(&plan.session, plan.from, until - plan.from).as_bytes())?;
    let mut between = "\n";
    while let Some(event) = next(&mut reading)? {
        let object = objects::event(&event, reading.context(), plan.session.rate);
        out.put(format!("{between}{object}").as_bytes())?;
        between = ",\n";
    }
    out.put(objects::TAIL.as_bytes())
}

fn midi(plan: &Plan, out: &mut Output) -> Result<()> {
    let (mut reading, until) = read(plan)?;
    let mut midi = Midi::new(plan.session.rate, plan.from, reading.context());
    while let Some(event) = next(&mut reading)? {
        midi.take(&event, reading.context());
    }
    let file =
        midi.finish(until).map_err(|e| Error::Failed(format!("this is too long for a MIDI file: {e}")))?;
    out.put(&file)
}
