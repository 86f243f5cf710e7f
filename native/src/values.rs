//! Values of options. Each parser's error says what is allowed; `crate::sentence` puts field and value before it.

use auralis_engine::cpu::Simd;
use auralis_export::Format;
use auralis_gpu::device::Wanted;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Arg, Command, ValueEnum};
use std::ffi::OsStr;
use std::num::NonZeroUsize;

/// The longest rendering, and the furthest position: a thousand years, in seconds.
const MOST_SECONDS: f64 = 1000.0 * 365.25 * 86400.0;

/// The most voices of one batch: a billion, as many as torchsynth's authors published.
const MOST_VOICES: u64 = 1_000_000_000;

/// A length: more than nothing.
pub(crate) fn length(text: &str) -> Result<f64, String> {
    let seconds = text.trim().parse::<f64>().ok().filter(|s| *s > 0.0 && *s <= MOST_SECONDS);
    seconds.ok_or_else(|| format!("a number of seconds above 0, at most {MOST_SECONDS} (a thousand years)"))
}

/// A position.
pub(crate) fn position(text: &str) -> Result<f64, String> {
    let seconds = text.trim().parse::<f64>().ok().filter(|s| *s >= 0.0 && *s <= MOST_SECONDS);
    seconds.ok_or_else(|| format!("a number of seconds from 0 to {MOST_SECONDS} (a thousand years)"))
}

/// A seed.
pub(crate) fn seed(text: &str) -> Result<u64, String> {
    text.trim().parse().map_err(|_| format!("a whole number from 0 to {}", u64::MAX))
}

/// How many threads.
pub(crate) fn threads(text: &str) -> Result<NonZeroUsize, String> {
    let count = text.trim().parse::<NonZeroUsize>().ok().filter(|n| n.get() <= 1024);
    count.ok_or_else(|| "a whole number from 1 to 1024".into())
}

/// A device to render on.
pub(crate) fn device(text: &str) -> Result<Wanted, String> {
    text.trim().parse().map_err(|_| Wanted::ALLOWED.into())
}

/// How many voices.
pub(crate) fn voices(text: &str) -> Result<u64, String> {
    let count = text.trim().parse().ok().filter(|n| (1..=MOST_VOICES).contains(n));
    count.ok_or_else(|| format!("a whole number from 1 to {MOST_VOICES}"))
}

/// A volume in percent.
pub(crate) fn volume(text: &str) -> Result<f32, String> {
    let percent = text.trim().parse::<f32>().ok().filter(|v| (0.0..=100.0).contains(v));
    percent.ok_or_else(|| "0 to 100".into())
}

/// The lengths of the blocks in which to render.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blocks {
    /// Always as many frames.
    Fixed(NonZeroUsize),
    /// From 1 to 5000 frames, by chance.
    Random,
}

impl Blocks {
    /// Reads a number of frames, or `random`.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        if text.trim() == "random" {
            return Ok(Self::Random);
        }
        let frames = text.trim().parse::<NonZeroUsize>().ok().filter(|n| n.get() <= 1 << 20);
        frames.map(Self::Fixed).ok_or_else(|| "1 to 1048576 frames, or \"random\"".into())
    }

    /// The lengths one after the other; random ones are the same each time.
    pub fn lengths(self) -> impl Iterator<Item = usize> {
        let mut state = 1_u32;
        std::iter::repeat_with(move || match self {
            Self::Fixed(frames) => frames.get(),
            Self::Random => {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                1 + ((u64::from(state) * 5000) >> 32) as usize
            }
        })
    }
}

/// Which instructions to use. The bits are the same with any.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum SimdChoice {
    /// The best that this processor has.
    #[default]
    Auto,
    /// What every processor of this kind has.
    Baseline,
}

impl From<SimdChoice> for Simd {
    fn from(choice: SimdChoice) -> Self {
        match choice {
            SimdChoice::Auto => Self::detect(),
            SimdChoice::Baseline => Self::Baseline,
        }
    }
}

/// How samples are written.
pub(crate) fn sample_format() -> impl TypedValueParser<Value = Format> {
    let value = |format: Format| {
        PossibleValue::new(format.name()).help(match format {
            Format::Int16 => "16-bit whole numbers",
            Format::Int24 => "24-bit whole numbers",
            Format::Float32 => "32-bit floats: the engine's own samples, to the bit",
        })
    };
    // Only names of formats get through.
    PossibleValuesParser::new(Format::ALL.map(value)).map(|name| Format::parse(&name).unwrap_or_default())
}

/// Takes any text, and suggests some: what is wrong is said by the engine, in its own words.
#[derive(Clone, Debug)]
pub(crate) struct Suggesting(pub(crate) Vec<&'static str>);

impl TypedValueParser for Suggesting {
    type Value = String;

    fn parse_ref(&self, cmd: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<String, clap::Error> {
        clap::builder::StringValueParser::new().parse_ref(cmd, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let values = self.0.iter().map(|v| PossibleValue::new(*v));
        (!self.0.is_empty()).then(|| Box::new(values) as Box<dyn Iterator<Item = PossibleValue>>)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_taken_within_their_bounds_only() {
        assert_eq!(length("0.5"), Ok(0.5));
        for wrong in ["0", "-1", "NaN", "inf", "x", "1e99"] {
            assert!(length(wrong).is_err(), "{wrong}");
        }
        assert_eq!(position("0"), Ok(0.0));
        assert!(position("-0.1").is_err() && position("nan").is_err());
        assert_eq!(seed("18446744073709551615"), Ok(u64::MAX));
        assert!(seed("18446744073709551616").is_err() && seed("-1").is_err());
        assert_eq!(threads("3").map(NonZeroUsize::get), Ok(3));
        assert!(threads("0").is_err() && threads("1025").is_err());
        assert_eq!(voices("10"), Ok(10));
        assert!(voices("0").is_err() && voices("-1").is_err() && voices("1000000001").is_err());
        assert!(volume("101").is_err() && volume("NaN").is_err() && volume("80") == Ok(80.0));
    }

    #[test]
    fn blocks_are_fixed_or_random_between_1_and_5000() {
        assert!(Blocks::parse("0").is_err() && Blocks::parse("rand").is_err());
        assert_eq!(Blocks::parse("441").map(|b| b.lengths().nth(5)), Ok(Some(441)));
        let random: Vec<_> = Blocks::Random.lengths().take(1000).collect();
        assert!(random.iter().all(|n| (1..=5000).contains(n)));
        assert!(random.iter().max() > Some(&4500) && random.iter().min() < Some(&500));
        assert_eq!(random, Blocks::Random.lengths().take(1000).collect::<Vec<_>>());
    }

    #[test]
    fn baseline_is_baseline() {
        assert_eq!(Simd::from(SimdChoice::Baseline), Simd::Baseline);
        assert_eq!(Simd::from(SimdChoice::Auto), Simd::detect());
    }
}
