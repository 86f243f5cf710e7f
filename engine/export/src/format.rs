//! Samples as bytes.

use auralis_engine::SampleRate;
use hound::{Sample, SampleFormat, WavSpec};

/// How samples are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// 16-bit whole numbers.
    #[default]
    Int16,
    /// 24-bit whole numbers.
    Int24,
    /// 32-bit floats: the engine's own samples, to the bit.
    Float32,
}

impl Format {
    /// Every format there is.
    pub const ALL: [Self; 3] = [Self::Int16, Self::Int24, Self::Float32];

    /// Its name: "16", "24" or "f32".
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Int16 => "16",
            Self::Int24 => "24",
            Self::Float32 => "f32",
        }
    }

    /// The format of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }

    /// The bits of a sample.
    #[must_use]
    pub const fn bits(self) -> u16 {
        match self {
            Self::Int16 => 16,
            Self::Int24 => 24,
            Self::Float32 => 32,
        }
    }

    /// The bytes of a stereo frame.
    #[must_use]
    pub const fn frame_bytes(self) -> u16 {
        self.bits() / 4
    }

    /// What a stereo WAV file says of it.
    #[must_use]
    pub const fn spec(self, rate: SampleRate) -> WavSpec {
        self.spec_of(2, rate)
    }

    /// What a WAV file of so many channels says of it.
    #[must_use]
    pub const fn spec_of(self, channels: u16, rate: SampleRate) -> WavSpec {
        let sample_format =
            if matches!(self, Self::Float32) { SampleFormat::Float } else { SampleFormat::Int };
        WavSpec { channels, sample_rate: rate.hz(), bits_per_sample: self.bits(), sample_format }
    }

    /// Appends samples, little-endian. Whole numbers clip at ±1 and have 32 767 (8 388 607) steps to each side.
    pub fn encode(self, samples: &[f32], out: &mut Vec<u8>) {
        out.reserve(samples.len() * usize::from(self.bits() / 8));
        for sample in samples {
            // Memory takes everything, and every number is within its format's bounds.
            let _ = match self {
                Self::Int16 => ((sample.clamp(-1.0, 1.0) * 32_767.0).round() as i16).write(out, 16),
                Self::Int24 => {
                    ((f64::from(sample.clamp(-1.0, 1.0)) * 8_388_607.0).round() as i32).write(out, 24)
                }
                Self::Float32 => sample.write(out, 32),
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(format: Format, samples: &[f32]) -> Vec<u8> {
        let mut out = Vec::new();
        format.encode(samples, &mut out);
        out
    }

    #[test]
    fn whole_numbers_clip_and_round() {
        let int16: Vec<i16> = encoded(Format::Int16, &[0.0, 1.0, -1.0, 1.5, -7.0, 0.5, 1.6 / 32_767.0])
            .chunks_exact(2)
            .map(|b| i16::from_le_bytes([b[0], b[1]]))
            .collect();
        assert_eq!(int16, [0, 32_767, -32_767, 32_767, -32_767, 16_384, 2]);
        assert_eq!(encoded(Format::Int24, &[1.0, -1.0, 2.0]), [255, 255, 127, 1, 0, 128, 255, 255, 127]);
    }

    #[test]
    fn floats_are_kept_to_the_bit() {
        assert_eq!(
            encoded(Format::Float32, &[0.1, -0.0]),
            [0.1_f32.to_le_bytes(), (-0.0_f32).to_le_bytes()].concat()
        );
    }

    #[test]
    fn names_are_parsed() {
        assert!(Format::ALL.iter().all(|f| Format::parse(f.name()) == Some(*f)));
        assert_eq!(Format::parse("8"), None);
    }
}
