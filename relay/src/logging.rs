//! The log: on standard error, and in files if it is asked for.

use std::error::Error;
use std::fmt::{self, Display};
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use tracing::Subscriber;
use tracing_appender::non_blocking::WorkerGuard;
use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::Layer;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;

use crate::config::{Config, LogFormat, LogRotation};

/// Begins it. What is given has to be held until the end: it writes what is not written yet.
///
/// # Errors
/// If the file can't be made.
pub(crate) fn begin(config: &Config) -> Result<Option<WorkerGuard>, LogError> {
    let (file, guard) = match &config.log_file {
        Some(path) => {
            let files = files(path, config.log_rotation, config.log_files)?;
            // Whoever logs does not wait for the disk.
            let (file, guard) = tracing_appender::non_blocking(files);
            (Some(layer(config.log_format(), file, false)), Some(guard))
        }
        None => (None, None),
    };
    tracing_subscriber::registry()
        .with(config.log_level)
        .with(layer(config.log_format(), io::stderr, io::stderr().is_terminal()))
        .with(file)
        .init();
    Ok(guard)
}

fn layer<S, W>(format: LogFormat, writer: W, colours: bool) -> Box<dyn Layer<S> + Send + Sync>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let layer = tracing_subscriber::fmt::layer()
        .with_writer(writer)
        .with_ansi(colours)
        // It would complain, in the place that can't be written to, and end the program.
        .log_internal_errors(false);
    match format {
        LogFormat::Human => layer.boxed(),
        LogFormat::Json => layer.json().boxed(),
    }
}

/// Files of a name, to which the time is added at which each began.
fn files(path: &Path, rotation: LogRotation, most: usize) -> Result<RollingFileAppender, LogError> {
    let wrong = |error: &dyn Display| LogError { path: path.into(), why: error.to_string() };
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let rotation = match rotation {
        LogRotation::Minutely => Rotation::MINUTELY,
        LogRotation::Hourly => Rotation::HOURLY,
        LogRotation::Daily => Rotation::DAILY,
        LogRotation::Never => Rotation::NEVER,
    };
    // One that never changes is the only one: none is removed.
    let most = if rotation == Rotation::NEVER { 0 } else { most };
    let files = RollingFileAppender::builder().rotation(rotation).filename_prefix(name).max_log_files(most);
    std::fs::create_dir_all(folder).map_err(|error| wrong(&error))?;
    files.build(folder).map_err(|error| {
        // What the system says is within.
        match error.source() {
            Some(source) => wrong(&source),
            None => wrong(&error),
        }
    })
}

/// Why there can't be a log in a file.
#[derive(Debug)]
pub(crate) struct LogError {
    path: PathBuf,
    why: String,
}

impl Display for LogError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, why } = self;
        write!(
            f,
            "the log can't be written to {path:?} ({why}): choose another file with --log-file (AURALIS_LOG_FILE)"
        )
    }
}

impl Error for LogError {}
