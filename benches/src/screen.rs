//! What the programs show.

use std::fmt::Display;
use std::io::{self, ErrorKind, Write};

/// Writes what was asked for to standard output. A reader that has heard enough (`pad64 | head -1`) is no error.
///
/// # Errors
/// If it cannot be written for any other reason.
pub fn show(text: impl Display) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        outcome => outcome,
    }
}

/// Writes a line for the person to standard error, if that is open.
pub fn note(line: impl Display) {
    let _ = writeln!(io::stderr(), "{line}");
}
