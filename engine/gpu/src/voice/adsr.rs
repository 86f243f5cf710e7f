//! `ADSR`: an envelope at the control rate, the product of three curves.

use super::arithmetic::{power, ramp};
use super::grid::CONTROL_RATE;
use super::parameter::Range;
use auralis_engine::lanes::F32;

/// Attack, decay, sustain, release and alpha.
pub const RANGES: [Range; 5] = [
    Range::new("attack", "s", 0.0, 2.0).curve(0.5),
    Range::new("decay", "s", 0.0, 2.0).curve(0.5),
    Range::new("sustain", "", 0.0, 1.0),
    Range::new("release", "s", 0.0, 5.0).curve(0.5),
    Range::new("alpha", "", 0.1, 6.0),
];

/// What torchsynth adds so as never to divide nothing by nothing.
const EPSILON: f32 = 1e-6;

/// How steep a ramp without duration is.
const AT_ONCE: f32 = 1e30;

/// A rise from 0 to 1, in control samples.
#[derive(Clone, Copy, Debug)]
struct Ramp {
    start: f32,
    /// How much it rises with each. (A product is cheaper than a quotient, and of quotients GPUs do not promise the last bits.)
    steepness: f32,
    /// What is left of it until it begins, and that to the power of alpha.
    whole: [f32; 2],
}

impl Ramp {
    fn new(start: f32, duration: f32, alpha: f32) -> Self {
        let steepness = (1.0 / (duration * CONTROL_RATE as f32)).min(AT_ONCE);
        let mut ramp = Self { start: start * CONTROL_RATE as f32, steepness, whole: [0.0; 2] };
        let [whole] = ramp.left(F32([0.0])).0;
        ramp.whole = [whole, curved(F32([whole]), alpha).0[0]];
        ramp
    }

    /// How far it has come at each of some control samples, 0 .. 1. A ramp without duration is 1 everywhere.
    #[inline(always)]
    fn at<const L: usize>(&self, k: F32<L>) -> F32<L> {
        let since = (k - F32::splat(self.start)).max(F32::ZERO);
        ((since + EPSILON) * self.steepness + EPSILON).min(F32::splat(1.0))
    }

    /// What is left of it, 1 .. 0; but of a ramp without duration 1 is left everywhere, as in torchsynth.
    #[inline(always)]
    fn left<const L: usize>(&self, k: F32<L>) -> F32<L> {
        if self.steepness < AT_ONCE { F32::splat(1.0) - self.at(k) } else { F32::splat(1.0) }
    }

    /// That to the power of alpha.
    #[inline(always)]
    fn left_curved<const L: usize>(&self, k: F32<L>, alpha: f32) -> F32<L> {
        let left = self.left(k);
        let [whole, power] = self.whole;
        if left.0[L - 1] == whole { F32::splat(power) } else { curved(left, alpha) }
    }
}

/// A ramp to a power. It never turns round: where first and last lane agree, all do, and one power is enough.
#[inline(always)]
fn curved<const L: usize>(ramp: F32<L>, alpha: f32) -> F32<L> {
    let (first, last) = (ramp.0[0], ramp.0[L - 1]);
    if first != last {
        power(ramp, alpha)
    } else if first == 0.0 || first == 1.0 {
        ramp
    } else {
        F32::splat(power(F32([first]), alpha).0[0])
    }
}

/// An envelope.
///
/// A note shorter than its attack squeezes the attack, so that it is over when the key is released; likewise the decay. The release
/// begins between two control samples, wherever the key is released, and multiplies what is there.
#[derive(Clone, Copy, Debug)]
pub struct Adsr {
    attack: Ramp,
    decay: Ramp,
    release: Ramp,
    sustain: f32,
    alpha: f32,
}

impl Adsr {
    /// From its parameters, and how long the key is held, in seconds.
    #[must_use]
    pub fn new(&[attack, decay, sustain, release, alpha]: &[f32; 5], duration: f32) -> Self {
        let squeezed = attack.min(duration);
        let decay = (duration - attack).max(0.0).min(decay);
        Self {
            attack: Ramp::new(0.0, squeezed, alpha),
            decay: Ramp::new(squeezed, decay, alpha),
            release: Ramp::new(duration, release, alpha),
            sustain,
            alpha,
        }
    }

    /// Its figures, as a kernel takes them.
    #[cfg(feature = "wgpu")]
    pub(crate) const fn figures(&self) -> [f32; 7] {
        let Self { attack, decay, release, sustain, alpha } = *self;
        [attack.steepness, decay.start, decay.steepness, release.start, release.steepness, sustain, alpha]
    }

    /// The level at successive control samples from `k` on.
    #[inline(always)]
    #[must_use]
    pub fn at<const L: usize>(&self, k: f32) -> F32<L> {
        let k = ramp::<L>() + k;
        let attack = curved(self.attack.at(k), self.alpha);
        let decay = self.decay.left_curved(k, self.alpha) * (1.0 - self.sustain) + self.sustain;
        attack * decay * self.release.left_curved(k, self.alpha)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signal(parameters: [f32; 5], duration: f32) -> Vec<f32> {
        (0..882).map(|k| Adsr::new(&parameters, duration).at::<1>(k as f32).0[0]).collect()
    }

    #[test]
    fn a_note_goes_through_all_its_parts() {
        let out = signal([0.5, 0.25, 0.5, 0.5, 1.0], 1.0);
        for (k, level) in
            [(0, 0.0), (110, 0.4989), (220, 0.9977), (331, 0.5), (441, 0.5), (551, 0.2506), (662, 0.0)]
        {
            assert!((out[k] - level).abs() < 1e-4, "{k}: {}", out[k]);
        }
        assert!(out[662..].iter().all(|x| *x == 0.0), "after the release there is nothing at all");
    }

    #[test]
    fn a_short_note_squeezes_its_attack() {
        let out = signal([2.0, 1.0, 0.0, 1.0, 1.0], 0.5);
        assert!((out[220] - 0.9977).abs() < 1e-3, "{}", out[220]);
    }

    #[test]
    fn without_release_a_note_never_ends() {
        let out = signal([0.0, 0.0, 0.3, 0.0, 2.0], 0.1);
        assert!(out.iter().all(|x| *x == 1.0));
    }

    #[test]
    fn lanes_that_share_a_power_get_what_each_would() {
        let adsr = Adsr::new(&[0.1, 0.2, 0.4, 0.3, 2.7], 0.5);
        for k in (0..880).step_by(16) {
            let together = adsr.at::<16>(k as f32);
            for (i, level) in together.0.into_iter().enumerate() {
                assert_eq!(level.to_bits(), adsr.at::<1>((k + i) as f32).0[0].to_bits(), "{}", k + i);
            }
        }
    }
}
