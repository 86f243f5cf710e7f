//! Samples as bytes.

use clap::ValueEnum;

/// How samples are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// 16-bit whole numbers.
    #[default]
    #[value(name = "16")]
    Int16,
    /// 24-bit whole numbers.
    #[value(name = "24")]
    Int24,
    /// 32-bit floats: the engine's own samples, to the bit.
    #[value(name = "f32")]
    Float32,
}

impl Format {
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

    /// Appends samples, little-endian. Whole numbers clip at ±1 and have 32 767 (8 388 607) steps to each side.
    pub fn encode(self, samples: &[f32], out: &mut Vec<u8>) {
        match self {
            Self::Int16 => {
                out.extend(
                    samples
                        .iter()
                        .flat_map(|s| ((s.clamp(-1.0, 1.0) * 32_767.0).round() as i16).to_le_bytes()),
                );
            }
            Self::Int24 => {
                let whole = |s: &f32| (f64::from(s.clamp(-1.0, 1.0)) * 8_388_607.0).round() as i32;
                out.extend(samples.iter().map(whole).flat_map(|x| {
                    let [a, b, c, _] = x.to_le_bytes();
                    [a, b, c]
                }));
            }
            Self::Float32 => out.extend(samples.iter().flat_map(|s| s.to_le_bytes())),
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
}
