//! `Noise`: white, uniform, a function of the sample's number.
//!
//! torchsynth draws its noise from torch's generator, once, and repeats it from batch to batch. Here each voice has its own, and any
//! sample of it can be computed by itself, on a CPU or on a GPU, by 32-bit arithmetic.

use auralis_engine::lanes::{F32, U32};
use auralis_engine::math::HALF_TURNS;
use auralis_engine::random::Stream;

/// The noise of a voice.
///
/// The hash is `lowbias32`, found by C. Wellons' search for integer hashes of low bias (*Prospecting for Hash Functions*, 2018), with a
/// second key between its multiplications, so that two voices' noises are not the same sequence from different places on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Noise {
    keys: [u32; 2],
}

impl Noise {
    /// The noise of a seed's voice of this number.
    #[must_use]
    pub const fn new(seed: u64, voice: u64) -> Self {
        let mut stream = Stream::new(seed, "torchsynth noise", voice);
        Self { keys: [stream.next_u32(), stream.next_u32()] }
    }

    /// Both keys, as a kernel takes them.
    #[must_use]
    pub const fn keys(&self) -> [u32; 2] {
        self.keys
    }

    /// The samples of these numbers, -1 ..= 1.
    #[inline(always)]
    #[must_use]
    pub fn at<const L: usize>(&self, sample: U32<L>) -> F32<L> {
        let [first, second] = self.keys;
        let mut x = sample + U32::splat(first);
        x = x ^ (x >> 16);
        x = x.map(|x| x.wrapping_mul(0x7feb_352d)) ^ U32::splat(second);
        x = x ^ (x >> 15);
        x = x.map(|x| x.wrapping_mul(0x846c_a68b));
        x = x ^ (x >> 16);
        x.to_signed_f32() * HALF_TURNS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(seed: u64, voice: u64, count: u32) -> Vec<f64> {
        let noise = Noise::new(seed, voice);
        (0..count).map(|n| f64::from(noise.at(U32([n])).0[0])).collect()
    }

    fn product(a: &[f64], b: &[f64]) -> f64 {
        a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>() / a.len().min(b.len()) as f64
    }

    #[test]
    fn it_is_uniform_and_white() {
        let noise = samples(1, 2, 100_000);
        let mean = noise.iter().sum::<f64>() / noise.len() as f64;
        assert!(mean.abs() < 0.01 && (product(&noise, &noise) - 1.0 / 3.0).abs() < 0.005);
        assert!((1..200).all(|lag| product(&noise, &noise[lag..]).abs() < 0.006));
        for tenth in 0..20 {
            let low = f64::from(tenth) / 10.0 - 1.0;
            let count = noise.iter().filter(|x| (low..low + 0.1).contains(*x)).count();
            assert!((4700..5300).contains(&count), "{low}: {count}");
        }
    }

    #[test]
    fn voices_and_seeds_have_noises_of_their_own() {
        let noises = [samples(1, 0, 50_000), samples(1, 1, 50_000), samples(2, 0, 50_000)];
        for (a, b) in [(0, 1), (0, 2), (1, 2)] {
            assert!(product(&noises[a], &noises[b]).abs() < 0.01);
        }
        assert_eq!(noises[0], samples(1, 0, 50_000));
    }
}
