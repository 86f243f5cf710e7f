//! A WAV file: the header that was planned, the samples, and another header if it ended early.

use crate::error::Result;
use crate::output::Output;
use auralis_engine::SampleRate;
use auralis_export::Format;
use auralis_export::wav::Header;
use std::path::Path;

/// A WAV file that is being written. Dropped before [`Wav::finish`], nothing is left of it.
#[derive(Debug)]
pub struct Wav {
    out: Output,
    header: Header,
    format: Format,
    planned: u64,
    written: u64,
    bytes: Vec<u8>,
}

impl Wav {
    /// Begins a file of so many frames; `-` is standard output.
    ///
    /// # Errors
    /// If it cannot be created or written.
    pub fn create(path: &Path, format: Format, rate: SampleRate, frames: u64) -> Result<Self> {
        let mut out = Output::create(path)?;
        let header = Header::new(format, rate, frames);
        out.put(&header.bytes(frames))?;
        Ok(Self { out, header, format, planned: frames, written: 0, bytes: Vec::new() })
    }

    /// Writes interleaved samples.
    ///
    /// # Errors
    /// If they cannot be written.
    pub fn write(&mut self, interleaved: &[f32]) -> Result<()> {
        self.bytes.clear();
        self.format.encode(interleaved, &mut self.bytes);
        self.written += interleaved.len() as u64 / 2;
        self.out.put(&self.bytes)
    }

    /// How many frames were written.
    #[must_use]
    pub const fn frames(&self) -> u64 {
        self.written
    }

    /// Whether a file that ends early can still say so in its header.
    #[must_use]
    pub const fn can_correct_header(&self) -> bool {
        self.out.can_rewrite()
    }

    /// Ends the file; one that ended early says so in its header, if that can still be reached.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn finish(mut self) -> Result<()> {
        if self.written != self.planned {
            self.out.rewrite(&self.header.bytes(self.written))?;
        }
        self.out.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn path(name: &str) -> PathBuf {
        std::env::temp_dir().join(format!("auralis-wav-{name}-{}.wav", std::process::id()))
    }

    #[test]
    fn another_library_reads_every_format_also_of_a_file_that_ended_early() {
        for (format, planned) in Format::ALL.into_iter().flat_map(|f| [(f, 3), (f, 100)]) {
            let path = path(&format!("{}-{planned}", format.bits()));
            let mut wav = Wav::create(&path, format, SampleRate::Hz48000, planned).unwrap();
            wav.write(&[0.0, 0.5]).unwrap();
            assert!(!path.exists());
            wav.write(&[-0.5, 1.0, -1.0, 0.25]).unwrap();
            wav.finish().unwrap();
            let mut read = hound::WavReader::open(&path).unwrap();
            let spec = read.spec();
            assert_eq!((spec.channels, spec.sample_rate, spec.bits_per_sample), (2, 48_000, format.bits()));
            assert_eq!(read.duration(), 3);
            let expected = [0.0, 0.5, -0.5, 1.0, -1.0, 0.25];
            let got: Vec<f32> = match format {
                Format::Float32 => read.samples().map(Result::unwrap).collect(),
                _ => {
                    let full = (1_i64 << (format.bits() - 1)) as f32 - 1.0;
                    read.samples::<i32>().map(|s| s.unwrap() as f32 / full).collect()
                }
            };
            assert!(got.iter().zip(expected).all(|(a, b)| (a - b).abs() < 2e-5), "{got:?}");
            assert_eq!(got.len(), 6);
            std::fs::remove_file(path).unwrap();
        }
    }

    #[test]
    fn a_file_that_is_given_up_leaves_nothing() {
        let path = path("given-up");
        let mut wav = Wav::create(&path, Format::Int16, SampleRate::Hz44100, 9).unwrap();
        wav.write(&[0.0; 6]).unwrap();
        assert_eq!(wav.frames(), 3);
        drop(wav);
        assert!(!path.exists());
    }
}
