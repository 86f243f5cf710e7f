//! Keys: a tonic, and major or minor.

use crate::music::Scale;
use core::fmt;

/// One of the twelve pitch classes, as the root of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Tonic(u8);

/// Names by pitch class (C = 0) as they are written, and the other spelling where there is one.
const NAMES: [(&str, &str); 12] = [
    ("C", "B#"),
    ("C#", "Db"),
    ("D", "D"),
    ("Eb", "D#"),
    ("E", "Fb"),
    ("F", "E#"),
    ("F#", "Gb"),
    ("G", "G"),
    ("Ab", "G#"),
    ("A", "A"),
    ("Bb", "A#"),
    ("B", "Cb"),
];

impl Tonic {
    /// The tonic of this pitch class (C = 0, modulo 12).
    #[must_use]
    pub const fn new(pitch_class: u8) -> Self {
        Self(pitch_class % 12)
    }

    /// The pitch class, C = 0.
    #[must_use]
    pub const fn pitch_class(self) -> u8 {
        self.0
    }

    /// The MIDI note that the key is rooted on: A 57 up to G# 68.
    #[must_use]
    pub const fn root(self) -> u8 {
        if self.0 >= 9 { self.0 + 48 } else { self.0 + 60 }
    }

    /// How it is written.
    #[must_use]
    pub const fn name(self) -> &'static str {
        NAMES[self.0 as usize].0
    }
}

/// Major or minor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Major: the major scale, unless another is set.
    Major,
    /// Minor: the aeolian scale, unless another is set.
    Minor,
}

/// A key, such as A minor or Bb major.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    /// Its root.
    pub tonic: Tonic,
    /// Major or minor.
    pub mode: Mode,
}

impl Key {
    /// All 24, minor after major, by pitch class.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..12).flat_map(|p| [Mode::Major, Mode::Minor].map(|mode| Self { tonic: Tonic::new(p), mode }))
    }

    /// Reads "A minor", "F# minor", "Bb major": any case, either spelling, spaces between.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut words = text.split_whitespace();
        let (tonic, mode) = (words.next()?, words.next()?);
        if words.next().is_some() {
            return None;
        }
        let pitch =
            NAMES.iter().position(|(a, b)| tonic.eq_ignore_ascii_case(a) || tonic.eq_ignore_ascii_case(b))?;
        let mode = if mode.eq_ignore_ascii_case("major") {
            Mode::Major
        } else if mode.eq_ignore_ascii_case("minor") {
            Mode::Minor
        } else {
            return None;
        };
        Some(Self { tonic: Tonic::new(pitch as u8), mode })
    }

    /// The scale that the key means when none is given.
    #[must_use]
    pub const fn natural_scale(self) -> Scale {
        match self.mode {
            Mode::Major => Scale::Major,
            Mode::Minor => Scale::Aeolian,
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mode = match self.mode {
            Mode::Major => "major",
            Mode::Minor => "minor",
        };
        write!(f, "{} {mode}", self.tonic.name())
    }
}
