//! Randomness from the seed, through named streams.
//!
//! A [`Stream`] is named by the session's seed, a label ("melody", "pad detune") and an index (a movement, a bar, a loop's turn).
//! Streams of different names are independent, so that adding a layer never shifts another's numbers, and any of them can be
//! opened at any index without drawing those before: phrase 10 000 costs no more to reach than phrase 1.
//!
//! The generator is SplitMix64 (Steele, Lea, Flood: *Fast splittable pseudorandom number generators*, 2014); the name is
//! hashed into its start by the same mixing function.

/// A sequence of random numbers. Copying one copies its place: both go on with the same numbers.
#[derive(Clone, Copy, Debug)]
pub struct Stream {
    state: u64,
}

const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

const fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

const fn hash(label: &str) -> u64 {
    // FNV-1a; `mix` does the scrambling.
    let bytes = label.as_bytes();
    let mut h = 0xcbf2_9ce4_8422_2325_u64;
    let mut i = 0;
    while i < bytes.len() {
        h = (h ^ bytes[i] as u64).wrapping_mul(0x0000_0100_0000_01b3);
        i += 1;
    }
    h
}

impl Stream {
    /// The stream of this name.
    #[must_use]
    pub const fn new(seed: u64, label: &str, index: u64) -> Self {
        let named = mix(seed.wrapping_add(GOLDEN)) ^ mix(hash(label));
        Self { state: mix(named.wrapping_add(mix(index.wrapping_add(GOLDEN)))) }
    }

    /// A stream inside this one: independent of it and of its other children. Does not advance this one.
    #[must_use]
    pub const fn child(&self, label: &str, index: u64) -> Self {
        Self::new(self.state, label, index)
    }

    /// The next 64 bits.
    #[inline]
    pub const fn next_u64(&mut self) -> u64 {
        self.state = self.state.wrapping_add(GOLDEN);
        mix(self.state)
    }

    /// The next 32 bits.
    #[inline]
    pub const fn next_u32(&mut self) -> u32 {
        (self.next_u64() >> 32) as u32
    }

    /// Uniform in 0 .. 1 (24 bits: every value is exact in an `f32`).
    #[inline]
    pub fn unit(&mut self) -> f32 {
        (self.next_u64() >> 40) as f32 * (1.0 / 16_777_216.0)
    }

    /// Uniform in `low .. high`.
    #[inline]
    pub fn range(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    /// Uniform in -1 .. 1.
    #[inline]
    pub fn signed(&mut self) -> f32 {
        self.unit() * 2.0 - 1.0
    }

    /// Uniform among 0 .. n; 0 for n = 0.
    #[inline]
    pub fn below(&mut self, n: u32) -> u32 {
        ((u64::from(self.next_u32()) * u64::from(n)) >> 32) as u32
    }

    /// True with probability `p`.
    #[inline]
    pub fn chance(&mut self, p: f32) -> bool {
        self.unit() < p
    }

    /// An index drawn in proportion to the weights, which need not add up to 1; the last where all are zero.
    pub fn weighted(&mut self, weights: &[f32]) -> usize {
        let total: f32 = weights.iter().sum();
        let mut rest = self.unit() * total;
        for (i, w) in weights.iter().enumerate() {
            if rest < *w {
                return i;
            }
            rest -= w;
        }
        weights.len().saturating_sub(1)
    }
}
