//! Where a command writes to: a file, or standard output.

use crate::error::{Error, Result};
use crate::files::WholeFile;
use std::io::{self, BufWriter, Stdout, Write};
use std::path::{Path, PathBuf};

/// A file or standard output that is being written. A file that is dropped before [`Output::finish`] leaves nothing.
#[derive(Debug)]
pub struct Output {
    name: PathBuf,
    to: To,
}

#[derive(Debug)]
enum To {
    File(WholeFile),
    Stdout(BufWriter<Stdout>),
}

impl Output {
    /// Begins a file; `-` is standard output.
    ///
    /// # Errors
    /// If it cannot be created.
    pub fn create(path: &Path) -> Result<Self> {
        let to = if path == Path::new("-") {
            To::Stdout(BufWriter::with_capacity(1 << 16, io::stdout()))
        } else {
            To::File(WholeFile::create(path)?)
        };
        Ok(Self { name: path.to_owned(), to })
    }

    /// Writes all of it.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn put(&mut self, bytes: &[u8]) -> Result<()> {
        let done = match &mut self.to {
            To::File(file) => file.write_all(bytes),
            To::Stdout(out) => out.write_all(bytes),
        };
        done.map_err(|e| self.error(&e))
    }

    /// Whether [`Output::rewrite`] works: not on what is no plain file.
    #[must_use]
    pub const fn can_rewrite(&self) -> bool {
        matches!(&self.to, To::File(file) if file.can_rewrite())
    }

    /// Writes over the beginning, if that can still be reached.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn rewrite(&mut self, bytes: &[u8]) -> Result<()> {
        match &mut self.to {
            To::File(file) if file.can_rewrite() => file.rewrite(bytes).map_err(|e| self.error(&e)),
            To::File(_) | To::Stdout(_) => Ok(()),
        }
    }

    /// Ends it: now a file has its name.
    ///
    /// # Errors
    /// If what is left cannot be written.
    pub fn finish(mut self) -> Result<()> {
        if let To::Stdout(out) = &mut self.to {
            return out.flush().map_err(|e| self.error(&e));
        }
        match self.to {
            To::File(file) => file.keep(),
            To::Stdout(_) => Ok(()),
        }
    }

    fn error(&self, error: &io::Error) -> Error {
        match self.to {
            To::File(_) => Error::writing(&self.name, error),
            To::Stdout(_) => Error::printing(error),
        }
    }
}
