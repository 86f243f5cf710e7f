//! Chords: a degree of the scale, and the notes on it.

use crate::music::Scale;

/// What is built on a chord's root.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Colour {
    /// Root, third, fifth.
    Triad,
    /// With the seventh, as the scale has it: 0 3 7 10 or 0 3 7 11 on a minor triad, 0 4 7 11 or 0 4 7 10 on a major one.
    Seventh,
    /// With seventh and ninth: 0 3 7 10 14 (or 11) on a minor triad, 0 4 7 10 14 on a major one.
    Ninth,
    /// The second instead of the third: 0 2 7.
    Sus2,
    /// The fourth instead of the third: 0 5 7.
    Sus4,
    /// With the ninth but no seventh: 0 4 7 14.
    Add9,
    /// Fourths on each other: 0 5 10.
    Quartal,
}

/// The most notes that a chord has.
pub const MOST_NOTES: usize = 5;

/// A chord of a key: where it stands and what it consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chord {
    /// Its degree: an index into the scale's steps, 0 the tonic.
    pub degree: u8,
    /// Its root's pitch class, C = 0.
    pub root: u8,
    /// What is built on the root.
    pub colour: Colour,
    notes: [u8; MOST_NOTES],
    len: u8,
}

impl Chord {
    /// The chord on a degree of a scale.
    ///
    /// In aeolian the triads are the table's: i ii iv v minor, III VI VII major (ii has a perfect fifth). Elsewhere they
    /// are made of every other note of the scale itself. A colour that would need a note outside the scale becomes the plain triad; only
    /// aeolian's VI has its ninth, 0 4 7 10 14, with a seventh from outside.
    #[must_use]
    pub fn new(tonic: u8, scale: Scale, degree: u8, colour: Colour) -> Self {
        let steps = scale.steps();
        let count = steps.len() as u8;
        let degree = degree % count;
        let at = |n: u8| steps[((degree + n) % count) as usize] + 12 * ((degree + n) / count);
        let base = steps[degree as usize];
        let third = at(2) - base;
        let fifth = if scale == Scale::Aeolian && degree == 1 { 7 } else { at(4) - base };
        let minor = third == 3;
        let inside = |semitones: u8| steps.contains(&((base + semitones) % 12));
        // Harmonic minor's tonic has its leading note for a seventh.
        let minor_seventh = if inside(10) { 10 } else { 11 };
        let (wanted, len): ([u8; MOST_NOTES], u8) = match colour {
            Colour::Triad => ([0, third, fifth, 0, 0], 3),
            Colour::Seventh if minor => ([0, 3, 7, minor_seventh, 0], 4),
            Colour::Seventh => ([0, 4, 7, if inside(11) { 11 } else { 10 }, 0], 4),
            Colour::Ninth if minor => ([0, 3, 7, minor_seventh, 14], 5),
            Colour::Ninth => ([0, 4, 7, 10, 14], 5),
            Colour::Sus2 => ([0, 2, 7, 0, 0], 3),
            Colour::Sus4 => ([0, 5, 7, 0, 0], 3),
            Colour::Add9 => ([0, third, 7, 14, 0], 4),
            Colour::Quartal => ([0, 5, 10, 0, 0], 3),
        };
        let given = scale == Scale::Aeolian && degree == 5 && colour == Colour::Ninth;
        let fits = colour == Colour::Triad || given || wanted[..len as usize].iter().all(|n| inside(*n));
        let (notes, len, colour) =
            if fits { (wanted, len, colour) } else { ([0, third, fifth, 0, 0], 3, Colour::Triad) };
        Self { degree, root: (tonic + base) % 12, colour, notes, len }
    }

    /// Semitones from the chord's root.
    #[must_use]
    pub fn notes(&self) -> &[u8] {
        &self.notes[..self.len as usize]
    }

    /// Its pitch classes, as twelve bits (bit 0 = C).
    #[must_use]
    pub fn pitch_classes(&self) -> u16 {
        self.notes().iter().fold(0, |set, n| set | 1 << ((self.root + n) % 12))
    }

    /// The roman numeral of its degree in this scale: upper case where the third is major.
    #[must_use]
    pub fn numeral(&self, scale: Scale) -> &'static str {
        const UPPER: [&str; 7] = ["I", "II", "III", "IV", "V", "VI", "VII"];
        const LOWER: [&str; 7] = ["i", "ii", "iii", "iv", "v", "vi", "vii"];
        let triad = Self::new(0, scale, self.degree, Colour::Triad);
        let names = if triad.notes[1] >= 4 { UPPER } else { LOWER };
        names[self.degree as usize % 7]
    }
}
