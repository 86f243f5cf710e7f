//! Noise for several voices at a time.

use crate::lanes::{F32, F32x8, LANES, U32};
use crate::math::HALF_TURNS;
use crate::random::Stream;

/// White noise, uniform in -1 .. 1, independent in each lane.
///
/// Marsaglia's 32-bit xorshift (*Xorshift RNGs*, 2003) with 13, 17, 5: shifts and exclusive-ors are cheap on every
/// processor, where SSE2 has no 32-bit multiplication of lanes.
#[derive(Clone, Copy, Debug)]
pub struct White<const L: usize = LANES> {
    /// Where each lane's generator is; never 0.
    pub state: U32<L>,
}

impl<const L: usize> White<L> {
    /// Noise that starts from the stream's next numbers.
    #[must_use]
    pub fn new(stream: &mut Stream) -> Self {
        let mut state = [0; L];
        for s in &mut state {
            // Zero is the one state that xorshift never leaves.
            *s = stream.next_u32() | 1;
        }
        Self { state: U32(state) }
    }

    /// The lanes from `part · W` on.
    #[inline(always)]
    #[must_use]
    pub fn part<const W: usize>(&self, part: usize) -> White<W> {
        White { state: self.state.part(part) }
    }

    /// Takes the lanes from `part · W` on from other noise.
    #[inline(always)]
    pub fn set_part<const W: usize>(&mut self, part: usize, lanes: White<W>) {
        self.state.set_part(part, lanes.state);
    }

    /// Starts one lane anew.
    pub fn restart(&mut self, lane: usize, stream: &mut Stream) {
        self.state.0[lane] = stream.next_u32() | 1;
    }

    /// The next sample.
    #[inline(always)]
    pub fn sample(&mut self) -> F32<L> {
        self.sample_wide() * HALF_TURNS
    }

    /// As [`White::sample`], 2³¹ times as large, to go with [`Phase::saw_wide`](super::oscillator::Phase::saw_wide).
    #[inline(always)]
    pub fn sample_wide(&mut self) -> F32<L> {
        let mut s = self.state;
        s = s ^ (s << 13);
        s = s ^ (s >> 17);
        s = s ^ (s << 5);
        self.state = s;
        s.to_signed_f32()
    }
}

/// Pink noise: equal power in every octave, -3 dB an octave within ±0.5 dB from 40 Hz to 18 kHz at 44.1 kHz.
///
/// White noise through three one-pole filters in parallel and a direct path (Paul Kellet's economy filter, music-dsp list,
/// 1999). About as loud as the white noise that it is made of (0.58 RMS becomes 0.5).
#[derive(Clone, Copy, Debug)]
pub struct Pink {
    white: White,
    poles: [F32x8; 3],
}

impl Pink {
    /// Noise that starts from the stream's next numbers.
    #[must_use]
    pub fn new(stream: &mut Stream) -> Self {
        Self { white: White::new(stream), poles: [F32x8::ZERO; 3] }
    }

    /// The next sample.
    #[inline(always)]
    pub fn sample(&mut self) -> F32x8 {
        let w = self.white.sample();
        self.poles[0] = self.poles[0] * 0.997_65 + w * 0.099_046;
        self.poles[1] = self.poles[1] * 0.963 + w * 0.296_516_4;
        self.poles[2] = self.poles[2] * 0.57 + w * 1.052_691_3;
        (self.poles[0] + self.poles[1] + self.poles[2] + w * 0.1848) * 0.3
    }
}
