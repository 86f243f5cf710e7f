//! Filters.

use crate::lanes::{F32, LANES};
use crate::math::{one_pole, tan_half_turns};
use crate::time::SampleRate;

/// A resonant two-pole filter for several voices: the state-variable filter by trapezoidal integration, which keeps its
/// shape up to half the rate and stays calm while its cutoff moves.
///
/// Andrew Simper, *Solving the continuous SVF equations using trapezoidal integration*, Cytomic 2013; written here with the
/// states' next values as sums of products, so that each depends on the last through one subtraction, one product and one sum.
#[derive(Clone, Copy, Debug, Default)]
pub struct StateVariable<const L: usize = LANES> {
    band_state: F32<L>,
    low_state: F32<L>,
    keep: F32<L>,
    cross: F32<L>,
    feed: F32<L>,
    damping: F32<L>,
}

/// A constant added where sound goes round in a loop, far below hearing (-400 dB), so that what dies away settles there
/// instead of in denormal numbers, which some processors compute a hundred times more slowly.
pub const ANTI_DENORMAL: f32 = 1e-20;

impl<const L: usize> StateVariable<L> {
    /// The lanes from `part · W` on.
    #[inline(always)]
    #[must_use]
    pub fn part<const W: usize>(&self, part: usize) -> StateVariable<W> {
        StateVariable {
            band_state: self.band_state.part(part),
            low_state: self.low_state.part(part),
            keep: self.keep.part(part),
            cross: self.cross.part(part),
            feed: self.feed.part(part),
            damping: self.damping.part(part),
        }
    }

    /// Takes what the lanes from `part · W` on remember from another filter; [`StateVariable::set`] is to follow.
    #[inline(always)]
    pub fn set_part<const W: usize>(&mut self, part: usize, lanes: &StateVariable<W>) {
        self.band_state.set_part(part, lanes.band_state);
        self.low_state.set_part(part, lanes.low_state);
    }

    /// Sets cutoff (as a part of the sample rate, 0 ..= 0.49) and resonance Q (0.5 and up) of all lanes. Takes effect at once, without a
    /// click while the steps are small: once every control interval.
    #[inline(always)]
    pub fn set(&mut self, cutoff: F32<L>, q: F32<L>) {
        let g = tan_half_turns(cutoff.max(F32::splat(1e-4)).min(F32::splat(0.49)));
        let k = F32::splat(1.0) / q;
        let a1 = F32::splat(1.0) / (g * (g + k) + 1.0);
        let a2 = g * a1;
        self.keep = a1 * 2.0 + -1.0;
        self.cross = a2 * 2.0;
        self.feed = g * a2 * 2.0;
        self.damping = k;
        // What has died away is over: denormal numbers would cost ten times as much, and a lane that rests would never leave them.
        self.band_state = self.band_state.without_dust();
        self.low_state = self.low_state.without_dust();
    }

    /// What one lane remembers.
    #[must_use]
    pub fn memory(&self, lane: usize) -> [f32; 2] {
        [self.band_state.0[lane], self.low_state.0[lane]]
    }

    /// Has one lane remember what another filter's did; [`StateVariable::set`] is to follow.
    pub fn remember(&mut self, lane: usize, [band, low]: [f32; 2]) {
        self.band_state.0[lane] = band;
        self.low_state.0[lane] = low;
    }

    /// Forgets the past of one lane, for a new voice in it.
    pub fn reset(&mut self, lane: usize) {
        self.band_state.0[lane] = 0.0;
        self.low_state.0[lane] = 0.0;
    }

    /// One frame in, the low-passed frame out.
    #[inline(always)]
    pub fn low(&mut self, input: F32<L>) -> F32<L> {
        self.step(input).0
    }

    /// One frame in, the band-passed frame out (unity gain at the cutoff).
    #[inline(always)]
    pub fn band(&mut self, input: F32<L>) -> F32<L> {
        let k = self.damping;
        self.step(input).1 * k
    }

    /// One frame in, the high-passed frame out.
    #[inline(always)]
    pub fn high(&mut self, input: F32<L>) -> F32<L> {
        let k = self.damping;
        let (low, band) = self.step(input);
        input - band * k - low
    }

    #[inline(always)]
    fn step(&mut self, input: F32<L>) -> (F32<L>, F32<L>) {
        let d = input - self.low_state;
        let band = self.keep * self.band_state + self.cross * d;
        let low = self.low_state + (self.cross * self.band_state + self.feed * d);
        // Trapezoidal integrators put out the mean of their states before and after.
        let out = ((low + self.low_state) * 0.5, (band + self.band_state) * 0.5);
        self.band_state = band;
        self.low_state = low;
        out
    }
}

/// A one-pole low-pass for one signal.
#[derive(Clone, Copy, Debug, Default)]
pub struct OnePole {
    state: f32,
    keep: f32,
}

impl OnePole {
    /// A low-pass at `cutoff` Hz.
    #[must_use]
    pub fn new(cutoff: f32, rate: SampleRate) -> Self {
        Self { state: 0.0, keep: one_pole(cutoff, rate.hz_f32()) }
    }

    /// Moves the cutoff.
    pub fn set(&mut self, cutoff: f32, rate: SampleRate) {
        self.keep = one_pole(cutoff, rate.hz_f32());
    }

    /// One frame in, the low-passed frame out.
    #[inline(always)]
    pub fn low(&mut self, input: f32) -> f32 {
        // What comes in is weighed before it meets the state: only one product and one sum lie between one frame and the next.
        self.state = self.state * self.keep + (input * (1.0 - self.keep) + ANTI_DENORMAL);
        self.state
    }

    /// One frame in, what the low-pass takes away out: a high-pass.
    #[inline(always)]
    pub fn high(&mut self, input: f32) -> f32 {
        input - self.low(input)
    }
}
