//! The 78 parameters of the voice: declared once, in the order of torchsynth's `Voice.get_parameters`.

use super::parameter::Range;
use super::{adsr, audio_mixer, keyboard, lfo, modulation_mixer, vco};
use auralis_engine::random::Stream;
use std::fmt;

/// The modules that have parameters, by name, and which.
const MODULES: [(&str, &[Range]); 13] = [
    ("adsr_1", &adsr::RANGES),
    ("adsr_2", &adsr::RANGES),
    ("keyboard", &keyboard::RANGES),
    ("lfo_1", &lfo::RANGES),
    ("lfo_1_amp_adsr", &adsr::RANGES),
    ("lfo_1_rate_adsr", &adsr::RANGES),
    ("lfo_2", &lfo::RANGES),
    ("lfo_2_amp_adsr", &adsr::RANGES),
    ("lfo_2_rate_adsr", &adsr::RANGES),
    ("mixer", &audio_mixer::RANGES),
    ("mod_matrix", &modulation_mixer::RANGES),
    ("vco_1", &vco::RANGES),
    ("vco_2", &vco::square_saw::RANGES),
];

/// How many parameters a voice has.
pub const COUNT: usize = 78;

/// A parameter of the voice.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Parameter {
    /// The module that it belongs to, as in torchsynth: "`adsr_1`".
    pub module: &'static str,
    /// Its name and range.
    pub range: Range,
}

impl fmt::Display for Parameter {
    /// The module's name, a full stop and the parameter's: "`adsr_1.attack`".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.module, self.range.name)
    }
}

/// Every parameter there is.
pub static PARAMETERS: [Parameter; COUNT] = table();

const fn table() -> [Parameter; COUNT] {
    let mut out = [Parameter { module: "", range: MODULES[0].1[0] }; COUNT];
    let (mut at, mut module) = (0, 0);
    while module < MODULES.len() {
        let (name, ranges) = MODULES[module];
        let mut i = 0;
        while i < ranges.len() {
            out[at] = Parameter { module: name, range: ranges[i] };
            at += 1;
            i += 1;
        }
        module += 1;
    }
    assert!(at == COUNT);
    out
}

/// Where a module's parameters begin in the table.
const fn start(module: usize) -> usize {
    let (mut at, mut i) = (0, 0);
    while i < module {
        at += MODULES[i].1.len();
        i += 1;
    }
    at
}

/// A value that a parameter does not take.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OutOfRange {
    /// Which parameter, by its place in [`PARAMETERS`].
    pub parameter: usize,
    /// The value.
    pub value: f32,
}

impl fmt::Display for OutOfRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parameter = &PARAMETERS[self.parameter];
        write!(f, "{parameter} cannot be {}; allowed: {}", self.value, parameter.range)
    }
}

impl std::error::Error for OutOfRange {}

/// The values of a voice's parameters, in the units that [`PARAMETERS`] states; each lies in its range.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Parameters([f32; COUNT]);

macro_rules! modules {
    ($($(#[$doc:meta])* $name:ident: $length:literal at $module:literal;)*) => {
        $(
            $(#[$doc])*
            #[must_use]
            pub fn $name(&self) -> &[f32; $length] {
                const FROM: usize = start($module);
                const { assert!(MODULES[$module].1.len() == $length) };
                self.0[FROM..].first_chunk().expect("the table has a place for each of them")
            }
        )*
    };
}

impl Parameters {
    modules! {
        /// Attack, decay, sustain, release and alpha of the first envelope.
        adsr_1: 5 at 0;
        /// The same of the second envelope.
        adsr_2: 5 at 1;
        /// Pitch and duration.
        keyboard: 2 at 2;
        /// Frequency, depth, phase and the five shapes of the first LFO.
        lfo_1: 8 at 3;
        /// The envelope of its level.
        lfo_1_amp_adsr: 5 at 4;
        /// The envelope of its frequency.
        lfo_1_rate_adsr: 5 at 5;
        /// Frequency, depth, phase and the five shapes of the second LFO.
        lfo_2: 8 at 6;
        /// The envelope of its level.
        lfo_2_amp_adsr: 5 at 7;
        /// The envelope of its frequency.
        lfo_2_rate_adsr: 5 at 8;
        /// The levels of both oscillators and of the noise.
        mixer: 3 at 9;
        /// How much of each of four inputs goes to each of five outputs, an input after the other.
        mod_matrix: 20 at 10;
        /// Tuning, depth and phase of the sine.
        vco_1: 3 at 11;
        /// Tuning, depth, phase and shape of the square-saw.
        vco_2: 4 at 12;
    }

    /// These values.
    ///
    /// # Errors
    /// If one lies outside its range.
    pub fn new(values: [f32; COUNT]) -> Result<Self, OutOfRange> {
        match PARAMETERS.iter().zip(values).position(|(p, value)| !p.range.takes(value)) {
            Some(parameter) => Err(OutOfRange { parameter, value: values[parameter] }),
            None => Ok(Self(values)),
        }
    }

    /// The values at these positions of the knobs, 0 to 1; what is beyond is taken as 0 or 1.
    #[must_use]
    pub fn from_knobs(knobs: &[f32; COUNT]) -> Self {
        Self(std::array::from_fn(|i| PARAMETERS[i].range.value(knobs[i])))
    }

    /// Where the knobs stand, 0 to 1.
    #[must_use]
    pub fn knobs(&self) -> [f32; COUNT] {
        std::array::from_fn(|i| PARAMETERS[i].range.knob(self.0[i]))
    }

    /// The voice of this number among those of a seed: every knob anywhere, as `AbstractSynth.randomize` has it. Which numbers are
    /// drawn is our own.
    #[must_use]
    pub fn random(seed: u64, voice: u64) -> Self {
        let mut stream = Stream::new(seed, "torchsynth voice", voice);
        Self::from_knobs(&std::array::from_fn(|_| stream.unit()))
    }

    /// The values, in the order of [`PARAMETERS`].
    #[must_use]
    pub const fn values(&self) -> &[f32; COUNT] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_ranges_are_ranges() {
        let mut names: Vec<_> = PARAMETERS.iter().map(ToString::to_string).collect();
        assert_eq!(
            (names[0].as_str(), names[51].as_str()),
            ("adsr_1.attack", "mod_matrix.adsr_1->vco_1_pitch")
        );
        names.sort();
        names.dedup();
        assert_eq!(names.len(), COUNT);
        assert!(PARAMETERS.iter().all(|p| p.range.low < p.range.high && p.range.curve > 0.0));
    }

    #[test]
    fn a_value_outside_its_range_is_named() {
        let mut values = *Parameters::random(1, 2).values();
        assert_eq!(Parameters::new(values).map(|p| p.0), Ok(values));
        values[3] = 5.5;
        let error = Parameters::new(values).unwrap_err();
        assert_eq!(error.to_string(), "adsr_1.release cannot be 5.5; allowed: 0 to 5 s");
        values[3] = f32::NAN;
        assert!(Parameters::new(values).is_err());
    }

    #[test]
    fn random_voices_fill_their_ranges() {
        let voices: Vec<_> = (0..2000).map(|i| Parameters::random(7, i)).collect();
        assert_eq!(voices[5], Parameters::random(7, 5));
        assert_ne!(voices[5], Parameters::random(8, 5));
        for (i, parameter) in PARAMETERS.iter().enumerate() {
            let knobs = voices.iter().map(|v| f64::from(v.knobs()[i]));
            let mean = knobs.sum::<f64>() / voices.len() as f64;
            assert!((mean - 0.5).abs() < 0.03, "{parameter}: {mean}");
            assert!(voices.iter().all(|v| parameter.range.takes(v.values()[i])));
        }
    }
}
