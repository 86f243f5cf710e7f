//! SHA-256 of the samples as they are: interleaved, f32, little-endian.

use auralis_export::Format;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;

/// A hash that is being made.
#[derive(Default)]
pub struct Hash {
    hasher: Sha256,
    bytes: Vec<u8>,
}

impl Hash {
    /// Takes the next samples.
    pub fn update(&mut self, interleaved: &[f32]) {
        self.bytes.clear();
        Format::Float32.encode(interleaved, &mut self.bytes);
        self.hasher.update(&self.bytes);
    }

    /// The hash in lower-case hexadecimal.
    #[must_use]
    pub fn finish(self) -> String {
        self.hasher.finalize().iter().fold(String::new(), |mut text, byte| {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_sha_256_however_the_samples_are_cut() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(Hash::default().finish(), empty);
        let (mut a, mut b) = (Hash::default(), Hash::default());
        a.update(&[0.1, 0.2, 0.3]);
        b.update(&[0.1]);
        b.update(&[0.2, 0.3]);
        assert_eq!(a.finish(), b.finish());
        // SHA-256 of four zero bytes.
        let mut zero = Hash::default();
        zero.update(&[0.0]);
        assert_eq!(zero.finish(), "df3f619804a92fdb4057192dc43dd748ea778adc52bc498ce80524c014b81119");
    }
}
