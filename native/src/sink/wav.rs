//! WAV: RIFF, or RF64 (EBU Tech 3306) where 4 GiB do not suffice. A file that was to be so long and ended early is RIFF again, with
//! a chunk of junk where the long lengths were to be.

use crate::error::Result;
use crate::output::Output;
use crate::sink::Format;
use auralis_engine::SampleRate;
use std::path::Path;

/// The form of the header, decided by the length that was planned: how long it is cannot change any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Riff,
    Rf64,
}

/// Bytes of a RIFF file besides its samples are fewer than this.
const MOST_HEADER: u64 = 256;

impl Form {
    fn of(format: Format, frames: u64) -> Self {
        let bytes = frames.saturating_mul(u64::from(format.frame_bytes())).saturating_add(MOST_HEADER);
        if bytes > u64::from(u32::MAX) { Self::Rf64 } else { Self::Riff }
    }

    /// All that comes before the samples.
    fn header(self, format: Format, rate: SampleRate, frames: u64) -> Vec<u8> {
        let frame_bytes = format.frame_bytes();
        let data = frames.saturating_mul(u64::from(frame_bytes));
        let float = format == Format::Float32;
        // More than 16 bits ask for the extensible form; it then says again what the samples are.
        let extensible = format == Format::Int24;
        let tag: u16 = if extensible {
            0xFFFE
        } else if float {
            3
        } else {
            1
        };
        let mut fmt = Vec::new();
        fmt.extend(tag.to_le_bytes());
        fmt.extend(2_u16.to_le_bytes());
        fmt.extend(rate.hz().to_le_bytes());
        fmt.extend((rate.hz() * u32::from(frame_bytes)).to_le_bytes());
        fmt.extend(frame_bytes.to_le_bytes());
        fmt.extend(format.bits().to_le_bytes());
        if extensible {
            fmt.extend(22_u16.to_le_bytes());
            fmt.extend(format.bits().to_le_bytes());
            fmt.extend(3_u32.to_le_bytes()); // front left, front right
            fmt.extend(1_u16.to_le_bytes());
            fmt.extend([0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71]);
        } else if float {
            fmt.extend(0_u16.to_le_bytes());
        }
        let ds64 = if self == Self::Rf64 { 8 + 28 } else { 0 };
        let fact = if float { 12 } else { 0 };
        let riff = 4 + ds64 + 8 + fmt.len() as u64 + fact + 8 + data;

        // In RF64 the 32-bit lengths say "see ds64".
        let long = riff > u64::from(u32::MAX);
        let short = |length: u64| if long { u32::MAX } else { length as u32 }.to_le_bytes();
        let mut out = Vec::new();
        out.extend(if long { b"RF64" } else { b"RIFF" });
        out.extend(short(riff));
        out.extend(b"WAVE");
        if self == Self::Rf64 {
            out.extend(if long { b"ds64" } else { b"JUNK" });
            out.extend(28_u32.to_le_bytes());
            for length in [riff, data, frames] {
                out.extend(if long { length } else { 0 }.to_le_bytes());
            }
            out.extend(0_u32.to_le_bytes());
        }
        out.extend(b"fmt ");
        out.extend((fmt.len() as u32).to_le_bytes());
        out.extend(fmt);
        if float {
            out.extend(b"fact");
            out.extend(4_u32.to_le_bytes());
            out.extend(short(frames));
        }
        out.extend(b"data");
        out.extend(short(data));
        out
    }
}

/// A WAV file that is being written. Dropped before [`Wav::finish`], nothing is left of it.
#[derive(Debug)]
pub struct Wav {
    out: Output,
    form: Form,
    format: Format,
    rate: SampleRate,
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
        let form = Form::of(format, frames);
        out.put(&form.header(format, rate, frames))?;
        Ok(Self { out, form, format, rate, planned: frames, written: 0, bytes: Vec::new() })
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
            self.out.rewrite(&self.form.header(self.format, self.rate, self.written))?;
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
        for (format, planned) in
            [Format::Int16, Format::Int24, Format::Float32].into_iter().flat_map(|f| [(f, 3), (f, 100)])
        {
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
    fn a_night_longer_than_4_gib_becomes_rf64() {
        let frames = 44_100 * 3600 * 8;
        assert_eq!(Form::of(Format::Int16, frames), Form::Rf64);
        assert_eq!(Form::of(Format::Int16, 44_100 * 3600 * 6), Form::Riff);
        let header = Form::Rf64.header(Format::Float32, SampleRate::Hz44100, frames);
        assert_eq!((&header[..4], &header[8..16]), (&b"RF64"[..], &b"WAVEds64"[..]));
        let long = |at: usize| u64::from_le_bytes(header[at..at + 8].try_into().unwrap());
        assert_eq!(long(28), frames * 8);
        assert_eq!(long(36), frames);
        assert_eq!(long(20) + 8, header.len() as u64 + frames * 8);
        let riff = Form::Riff.header(Format::Int24, SampleRate::Hz44100, 10);
        assert_eq!(u32::from_le_bytes(riff[4..8].try_into().unwrap()) as usize + 8, riff.len() + 60);
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
