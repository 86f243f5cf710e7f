//! The header of a WAV file: RIFF, or RF64 (EBU Tech 3306) where 4 GiB do not suffice.
//!
//! The header is hound's. What hound cannot do is done here: its writer wants to seek, counts to 4 GiB, and says `0xFFFFFFFF` where it
//! may not seek. Here the length is planned beforehand, so that a stream can tell it too, and a file that ends early is given another
//! header of the same size: one that was to be RF64 is RIFF again, with a chunk of junk where the long lengths were to be.

use crate::Format;
use auralis_engine::SampleRate;
use hound::WavSpec;

/// Bytes of a RIFF file besides its samples are fewer than this.
const MOST_HEADER: u64 = 256;
/// After `RIFF`, the length and `WAVE`.
const FIRST_CHUNK: usize = 12;
/// What a ds64 chunk without a table holds: three long lengths and a count.
const DS64: usize = 28;

/// What comes before the samples of a file. How long it is depends on the length that was planned, and cannot change any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    spec: WavSpec,
    /// Whether there is room for lengths of 64 bits.
    roomy: bool,
}

impl Header {
    /// The header of a stereo file for which so many frames are planned.
    #[must_use]
    pub fn new(format: Format, rate: SampleRate, planned: u64) -> Self {
        Self::of(format.spec(rate), planned)
    }

    /// The header of a file of one channel for which so many frames are planned.
    #[must_use]
    pub fn mono(format: Format, rate: SampleRate, planned: u64) -> Self {
        Self::of(format.spec_of(1, rate), planned)
    }

    fn of(spec: WavSpec, planned: u64) -> Self {
        let bytes = planned.saturating_mul(frame_bytes(&spec)).saturating_add(MOST_HEADER);
        Self { spec, roomy: bytes > u64::from(u32::MAX) }
    }

    /// The bytes for so many frames: as planned, or as it turned out.
    #[must_use]
    pub fn bytes(&self, frames: u64) -> Vec<u8> {
        let mut out = self.spec.into_header_for_infinite_file();
        if self.roomy {
            let junk = [&b"JUNK"[..], &(DS64 as u32).to_le_bytes(), &[0; DS64]].concat();
            out.splice(FIRST_CHUNK..FIRST_CHUNK, junk);
        }
        let data = frames.saturating_mul(frame_bytes(&self.spec));
        // A chunk of odd length, which only mono in 24 bits can have, is followed by a byte that is not counted in it.
        let riff = (out.len() as u64 - 8).saturating_add(data).saturating_add(data % 2);
        let long = riff > u64::from(u32::MAX);
        let mut put = |at: usize, bytes: &[u8]| out[at..at + bytes.len()].copy_from_slice(bytes);
        if long {
            put(0, b"RF64");
            put(FIRST_CHUNK, b"ds64");
            for (n, length) in [riff, data, frames].into_iter().enumerate() {
                put(FIRST_CHUNK + 8 + 8 * n, &length.to_le_bytes());
            }
        }
        // In RF64 the short lengths say "see ds64", which is what hound has written.
        if !long {
            put(4, &(riff as u32).to_le_bytes());
            let end = out.len();
            out[end - 4..].copy_from_slice(&(data as u32).to_le_bytes());
        }
        out
    }
}

fn frame_bytes(spec: &WavSpec) -> u64 {
    u64::from(spec.channels) * u64::from(spec.bits_per_sample / 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_finds_every_format_and_its_length() {
        for format in Format::ALL {
            for planned in [2, 100, u64::MAX] {
                let mut file = Header::new(format, SampleRate::Hz48000, planned).bytes(2);
                format.encode(&[0.0, 0.5, -0.5, 1.0], &mut file);
                let mut read = hound::WavReader::new(file.as_slice()).unwrap();
                assert_eq!(read.spec(), format.spec(SampleRate::Hz48000));
                assert_eq!(read.duration(), 2);
                let half = match format {
                    Format::Float32 => read.samples::<f32>().nth(1).unwrap().unwrap(),
                    _ => {
                        let full = (1_i64 << (format.bits() - 1)) as f32 - 1.0;
                        read.samples::<i32>().nth(1).unwrap().unwrap() as f32 / full
                    }
                };
                assert!((half - 0.5).abs() < 2e-5, "{half}");
            }
        }
    }

    #[test]
    fn a_mono_file_says_so() {
        for format in Format::ALL {
            let mut file = Header::mono(format, SampleRate::Hz44100, 3).bytes(3);
            format.encode(&[0.0, 0.5, -0.5], &mut file);
            let read = hound::WavReader::new(file.as_slice()).unwrap();
            assert_eq!((read.spec().channels, read.duration()), (1, 3));
            let riff = u32::from_le_bytes(file[4..8].try_into().unwrap()) as usize;
            assert_eq!(riff + 8, file.len().next_multiple_of(2));
        }
    }

    #[test]
    fn a_night_longer_than_4_gib_becomes_rf64() {
        let hours = |h: u64| 44_100 * 3600 * h;
        let header = |format, frames| Header::new(format, SampleRate::Hz44100, frames).bytes(frames);
        assert_eq!(header(Format::Int16, hours(6))[..4], *b"RIFF");
        assert_eq!(header(Format::Int16, hours(8))[..4], *b"RF64");
        let header = header(Format::Float32, hours(8));
        assert_eq!((&header[4..8], &header[8..16]), (&[0xFF; 4][..], &b"WAVEds64"[..]));
        let long = |at: usize| u64::from_le_bytes(header[at..at + 8].try_into().unwrap());
        assert_eq!((long(28), long(36)), (hours(8) * 8, hours(8)));
        assert_eq!(long(20) + 8, header.len() as u64 + hours(8) * 8);
        assert_eq!(header[header.len() - 8..], *b"data\xFF\xFF\xFF\xFF");
    }

    #[test]
    fn a_header_keeps_its_size_when_the_file_ends_early() {
        for format in Format::ALL {
            let header = Header::new(format, SampleRate::Hz44100, 1 << 40);
            let (planned, early) = (header.bytes(1 << 40), header.bytes(10));
            assert_eq!(planned.len(), early.len());
            assert_eq!((&early[..4], &early[12..16]), (&b"RIFF"[..], &b"JUNK"[..]));
            let riff = u32::from_le_bytes(early[4..8].try_into().unwrap()) as usize;
            assert_eq!(riff + 8, early.len() + 10 * usize::from(format.frame_bytes()));
        }
    }
}
