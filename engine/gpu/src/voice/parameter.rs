//! What a parameter is: a name, a range in a unit for people, and a knob from 0 to 1.

use std::fmt;

/// A parameter's name within its module, its range and its knob's curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    /// Its name within the module, as in torchsynth: "attack", "`lfo_1->vco_1_amp`".
    pub name: &'static str,
    /// The unit of its values: "s", "Hz", "MIDI", "semitones", "rad", or nothing for a part of 1.
    pub unit: &'static str,
    /// The least value.
    pub low: f32,
    /// The greatest value.
    pub high: f32,
    /// How the knob divides the range: 1 evenly; below 1 most of the knob's way is near the least value (where symmetric: the middle).
    pub curve: f32,
    /// Whether the curve goes out from the middle of the range to both sides.
    pub symmetric: bool,
}

impl Range {
    /// An even range.
    #[must_use]
    pub const fn new(name: &'static str, unit: &'static str, low: f32, high: f32) -> Self {
        Self { name, unit, low, high, curve: 1.0, symmetric: false }
    }

    /// The range with a curve.
    #[must_use]
    pub const fn curve(self, curve: f32) -> Self {
        Self { curve, ..self }
    }

    /// The range with its curve going out from the middle.
    #[must_use]
    pub const fn symmetric(self) -> Self {
        Self { symmetric: true, ..self }
    }

    /// The value at a knob's position, which is taken as 0 or 1 where it is beyond them: low + (high - low) · x^(1/curve), as
    /// `ModuleParameterRange.from_0to1` has it.
    #[must_use]
    pub fn value(&self, knob: f32) -> f32 {
        self.bent(knob, 1.0 / f64::from(self.curve), |x| self.at(x))
    }

    /// The knob's position for a value, which is taken as the nearest end where it is beyond the range.
    #[must_use]
    pub fn knob(&self, value: f32) -> f32 {
        let (low, high) = (f64::from(self.low), f64::from(self.high));
        let position = (f64::from(value) - low) / (high - low);
        self.bent(position as f32, f64::from(self.curve), |x| x as f32)
    }

    /// Whether a value lies in the range; NaN lies in none.
    #[must_use]
    pub fn takes(&self, value: f32) -> bool {
        (self.low..=self.high).contains(&value)
    }

    fn at(&self, position: f64) -> f32 {
        let (low, high) = (f64::from(self.low), f64::from(self.high));
        ((low + (high - low) * position) as f32).clamp(self.low, self.high)
    }

    /// A position, from the low end or from the middle, to a power.
    fn bent(&self, position: f32, power: f64, finish: impl Fn(f64) -> f32) -> f32 {
        let x = f64::from(position).clamp(0.0, 1.0);
        if self.curve == 1.0 {
            return finish(x);
        }
        if !self.symmetric {
            return finish(libm::pow(x, power));
        }
        let distance = 2.0 * x - 1.0;
        let bent = libm::pow(distance.abs(), power);
        finish(0.5 * (1.0 + if distance < 0.0 { -bent } else { bent }))
    }
}

impl fmt::Display for Range {
    /// What is allowed: "0 to 5 s".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { low, high, unit, .. } = self;
        write!(f, "{low} to {high}")?;
        if unit.is_empty() { Ok(()) } else { write!(f, " {unit}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knobs_and_values_are_each_other_s_inverse() {
        let ranges = [
            Range::new("even", "Hz", -3.0, 5.0),
            Range::new("bent", "s", 0.0, 5.0).curve(0.5),
            Range::new("both", "semitones", -96.0, 96.0).curve(0.2).symmetric(),
        ];
        for range in ranges {
            assert_eq!((range.value(0.0), range.value(1.0)), (range.low, range.high), "{range:?}");
            assert_eq!((range.value(-1.0), range.value(2.0)), (range.low, range.high));
            for knob in [0.0, 0.1, 0.25, 0.75, 0.9, 1.0] {
                assert!((range.knob(range.value(knob)) - knob).abs() < 1e-4, "{range:?} {knob}");
            }
        }
    }

    #[test]
    fn curves_are_torchsynth_s() {
        let release = Range::new("release", "s", 0.0, 5.0).curve(0.5);
        assert_eq!(release.value(0.5), 1.25);
        let depth = Range::new("mod_depth", "semitones", -96.0, 96.0).curve(0.2).symmetric();
        assert_eq!(depth.value(0.5), 0.0);
        assert!((depth.value(0.75) - 3.0).abs() < 1e-6 && (depth.value(0.25) + 3.0).abs() < 1e-6);
    }

    #[test]
    fn what_is_no_number_is_in_no_range() {
        let range = Range::new("even", "Hz", 0.0, 1.0);
        assert!(range.takes(0.0) && range.takes(1.0));
        assert!(!range.takes(f32::NAN) && !range.takes(-1e-6) && !range.takes(1.000_001));
    }
}
