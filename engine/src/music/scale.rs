//! Scales: which notes belong.

use core::fmt;

/// A scale, by its semitones from the root.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scale {
    /// Natural minor: 0 2 3 5 7 8 10.
    Aeolian,
    /// Minor with a raised sixth: 0 2 3 5 7 9 10.
    Dorian,
    /// Minor with a lowered second: 0 1 3 5 7 8 10.
    Phrygian,
    /// Major with a raised fourth: 0 2 4 6 7 9 11.
    Lydian,
    /// Major with a lowered seventh: 0 2 4 5 7 9 10.
    Mixolydian,
    /// Major: 0 2 4 5 7 9 11.
    Major,
    /// Minor with a raised seventh: 0 2 3 5 7 8 11.
    HarmonicMinor,
    /// Five notes without a semitone: 0 2 4 7 9.
    MajorPentatonic,
    /// Five notes without a semitone: 0 3 5 7 10.
    MinorPentatonic,
}

impl Scale {
    /// Every scale.
    pub const ALL: [Self; 9] = [
        Self::Aeolian,
        Self::Dorian,
        Self::Phrygian,
        Self::Lydian,
        Self::Mixolydian,
        Self::Major,
        Self::HarmonicMinor,
        Self::MajorPentatonic,
        Self::MinorPentatonic,
    ];

    /// Semitones from the root, rising.
    #[must_use]
    pub const fn steps(self) -> &'static [u8] {
        match self {
            Self::Aeolian => &[0, 2, 3, 5, 7, 8, 10],
            Self::Dorian => &[0, 2, 3, 5, 7, 9, 10],
            Self::Phrygian => &[0, 1, 3, 5, 7, 8, 10],
            Self::Lydian => &[0, 2, 4, 6, 7, 9, 11],
            Self::Mixolydian => &[0, 2, 4, 5, 7, 9, 10],
            Self::Major => &[0, 2, 4, 5, 7, 9, 11],
            Self::HarmonicMinor => &[0, 2, 3, 5, 7, 8, 11],
            Self::MajorPentatonic => &[0, 2, 4, 7, 9],
            Self::MinorPentatonic => &[0, 3, 5, 7, 10],
        }
    }

    /// The name that settings and files use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Aeolian => "aeolian",
            Self::Dorian => "dorian",
            Self::Phrygian => "phrygian",
            Self::Lydian => "lydian",
            Self::Mixolydian => "mixolydian",
            Self::Major => "major",
            Self::HarmonicMinor => "harmonic minor",
            Self::MajorPentatonic => "major pentatonic",
            Self::MinorPentatonic => "minor pentatonic",
        }
    }

    /// Reads a name: any case, with spaces, hyphens or underscores between words.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let same = |a: u8, b: u8| {
            let plain = |c: u8| if c == b'-' || c == b'_' { b' ' } else { c.to_ascii_lowercase() };
            plain(a) == plain(b)
        };
        let text = text.trim().as_bytes();
        Self::ALL.into_iter().find(|s| {
            let name = s.name().as_bytes();
            name.len() == text.len() && name.iter().zip(text).all(|(a, b)| same(*a, *b))
        })
    }

    /// The pitch classes of the scale on `tonic`, as twelve bits (bit 0 = C).
    #[must_use]
    pub fn pitch_classes(self, tonic: u8) -> u16 {
        self.steps().iter().fold(0, |set, s| set | 1 << ((tonic + s) % 12))
    }
}

impl fmt::Display for Scale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
