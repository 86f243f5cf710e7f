//! A folder of stems.

use crate::error::{Error, Result};
use crate::sink::Wav;
use auralis_engine::SampleRate;
use auralis_export::Format;
use auralis_export::stems::{self, STEMS};
use std::path::Path;

/// Stems that are being written.
#[derive(Debug)]
pub struct Stems {
    files: Vec<Wav>,
}

impl Stems {
    /// Begins a file for each stem in a folder, which is made if it is not there.
    ///
    /// # Errors
    /// If one cannot be created.
    pub fn create(folder: &Path, format: Format, rate: SampleRate, frames: u64) -> Result<Self> {
        std::fs::create_dir_all(folder).map_err(|e| Error::writing(folder, &e))?;
        let files =
            stems::names().map(|name| Wav::create(&folder.join(format!("{name}.wav")), format, rate, frames));
        Ok(Self { files: files.collect::<Result<_>>()? })
    }

    /// Writes the next frames of each.
    ///
    /// # Errors
    /// If they cannot be written.
    pub fn write(&mut self, stems: &[Vec<f32>; STEMS]) -> Result<()> {
        self.files.iter_mut().zip(stems).try_for_each(|(file, samples)| file.write(samples))
    }

    /// Ends the files.
    ///
    /// # Errors
    /// If one cannot be written.
    pub fn finish(self) -> Result<()> {
        self.files.into_iter().try_for_each(Wav::finish)
    }
}
