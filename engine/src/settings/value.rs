//! Values that cannot be out of range.

use crate::settings::parameter::{BPM, LEVEL};

/// A tempo in quarter notes a minute, 40 ..= 200.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Bpm(f32);

impl Bpm {
    /// 70.
    pub const DEFAULT: Self = Self(70.0);

    /// This tempo, if it is in range (NaN is not).
    #[must_use]
    pub fn new(bpm: f32) -> Option<Self> {
        (bpm >= BPM.0 && bpm <= BPM.1).then_some(Self(bpm))
    }

    pub(crate) const fn constant(bpm: f32) -> Self {
        assert!(bpm >= BPM.0 && bpm <= BPM.1);
        Self(bpm)
    }

    /// Quarter notes a minute.
    #[must_use]
    pub const fn get(self) -> f32 {
        self.0
    }

    /// The length of a bar of four beats, in seconds.
    #[must_use]
    pub fn bar_seconds(self) -> f32 {
        240.0 / self.0
    }
}

/// A number from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Level(f32);

impl Level {
    /// 0.
    pub const ZERO: Self = Self(0.0);
    /// ½.
    pub const HALF: Self = Self(0.5);
    /// 1.
    pub const FULL: Self = Self(1.0);

    /// This level, if it is in range (NaN is not).
    #[must_use]
    pub fn new(level: f32) -> Option<Self> {
        // Adding 0 turns -0 into 0, so that equal settings have equal bits.
        (level >= LEVEL.0 && level <= LEVEL.1).then_some(Self(level + 0.0))
    }

    pub(crate) const fn constant(level: f32) -> Self {
        assert!(level >= LEVEL.0 && level <= LEVEL.1);
        Self(level)
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> f32 {
        self.0
    }
}

/// How much work the sound may cost. It changes the bits, so it is a setting like the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Quality {
    /// Everything that any device plays.
    #[default]
    Full,
    /// At most half of the work: fewer oscillators, grains, partials and reverb lines. For weak devices.
    Reduced,
    /// More than everything: around each chord a halo of thousands of partials and grains, which a GPU renders where there is one.
    Rich,
}

impl Quality {
    /// All.
    pub const ALL: [Self; 3] = [Self::Full, Self::Reduced, Self::Rich];

    /// The name that settings and files use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Reduced => "reduced",
            Self::Rich => "rich",
        }
    }

    /// Reads a name, in any case.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|q| q.name().eq_ignore_ascii_case(text.trim()))
    }
}
