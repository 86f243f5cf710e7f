//! Markov chains of chords: for each scale, how likely each degree is to follow each other one.
//!
//! Aeolian's is given; the others are in its spirit: weak, circular progressions that hover, each leaning on the degree that makes its
//! mode what it is (dorian's IV, phrygian's II, lydian's II and #iv, mixolydian's VII), with few cadences from the dominant to the tonic.
//! docs/music.md shows them as tables.

use crate::music::Scale;
use crate::random::Stream;

/// Rows from, columns to; every row adds up to 1.
type Rows7 = [[f32; 7]; 7];
type Rows5 = [[f32; 5]; 5];

const AEOLIAN: Rows7 = [
    [0.15, 0.05, 0.10, 0.30, 0.05, 0.30, 0.05],
    [0.25, 0.10, 0.05, 0.15, 0.25, 0.15, 0.05],
    [0.20, 0.05, 0.15, 0.10, 0.10, 0.30, 0.10],
    [0.25, 0.10, 0.10, 0.10, 0.20, 0.15, 0.10],
    [0.40, 0.10, 0.05, 0.20, 0.05, 0.15, 0.05],
    [0.25, 0.05, 0.20, 0.15, 0.05, 0.10, 0.20],
    [0.30, 0.05, 0.25, 0.10, 0.05, 0.20, 0.05],
];
// i ii III IV v vi° VII
const DORIAN: Rows7 = [
    [0.15, 0.10, 0.10, 0.35, 0.10, 0.00, 0.20],
    [0.30, 0.10, 0.10, 0.25, 0.15, 0.00, 0.10],
    [0.20, 0.15, 0.10, 0.30, 0.05, 0.00, 0.20],
    [0.35, 0.10, 0.15, 0.10, 0.15, 0.00, 0.15],
    [0.25, 0.15, 0.10, 0.30, 0.05, 0.00, 0.15],
    [0.30, 0.15, 0.10, 0.20, 0.15, 0.00, 0.10],
    [0.30, 0.10, 0.15, 0.30, 0.10, 0.00, 0.05],
];
// i II III iv v° VI vii
const PHRYGIAN: Rows7 = [
    [0.15, 0.30, 0.10, 0.15, 0.00, 0.15, 0.15],
    [0.35, 0.10, 0.15, 0.10, 0.00, 0.15, 0.15],
    [0.20, 0.20, 0.10, 0.15, 0.00, 0.20, 0.15],
    [0.25, 0.20, 0.10, 0.10, 0.00, 0.15, 0.20],
    [0.30, 0.20, 0.10, 0.15, 0.00, 0.15, 0.10],
    [0.20, 0.25, 0.15, 0.15, 0.00, 0.10, 0.15],
    [0.30, 0.20, 0.15, 0.10, 0.00, 0.15, 0.10],
];
// I II iii #iv° V vi vii
const LYDIAN: Rows7 = [
    [0.15, 0.30, 0.10, 0.05, 0.10, 0.15, 0.15],
    [0.30, 0.10, 0.15, 0.05, 0.05, 0.20, 0.15],
    [0.20, 0.20, 0.10, 0.05, 0.10, 0.25, 0.10],
    [0.25, 0.20, 0.15, 0.05, 0.10, 0.15, 0.10],
    [0.20, 0.25, 0.15, 0.05, 0.05, 0.20, 0.10],
    [0.20, 0.25, 0.15, 0.05, 0.10, 0.10, 0.15],
    [0.25, 0.20, 0.20, 0.05, 0.05, 0.20, 0.05],
];
// I ii iii° IV v vi VII
const MIXOLYDIAN: Rows7 = [
    [0.15, 0.10, 0.00, 0.25, 0.15, 0.10, 0.25],
    [0.20, 0.10, 0.00, 0.25, 0.15, 0.10, 0.20],
    [0.25, 0.15, 0.00, 0.20, 0.10, 0.15, 0.15],
    [0.30, 0.15, 0.00, 0.10, 0.15, 0.10, 0.20],
    [0.20, 0.15, 0.00, 0.25, 0.10, 0.10, 0.20],
    [0.15, 0.20, 0.00, 0.25, 0.15, 0.10, 0.15],
    [0.30, 0.10, 0.00, 0.30, 0.15, 0.10, 0.05],
];
// I ii iii IV V vi vii°
const MAJOR: Rows7 = [
    [0.15, 0.10, 0.15, 0.30, 0.05, 0.25, 0.00],
    [0.20, 0.10, 0.15, 0.25, 0.10, 0.20, 0.00],
    [0.10, 0.15, 0.10, 0.30, 0.05, 0.30, 0.00],
    [0.30, 0.15, 0.15, 0.10, 0.10, 0.20, 0.00],
    [0.10, 0.15, 0.15, 0.30, 0.05, 0.25, 0.00],
    [0.15, 0.15, 0.20, 0.30, 0.10, 0.10, 0.00],
    [0.25, 0.15, 0.15, 0.20, 0.05, 0.20, 0.00],
];
// i ii° III+ iv V VI vii°
const HARMONIC_MINOR: Rows7 = [
    [0.20, 0.00, 0.05, 0.30, 0.15, 0.30, 0.00],
    [0.30, 0.00, 0.05, 0.20, 0.20, 0.25, 0.00],
    [0.20, 0.00, 0.05, 0.30, 0.10, 0.35, 0.00],
    [0.30, 0.00, 0.05, 0.15, 0.20, 0.30, 0.00],
    [0.30, 0.00, 0.05, 0.25, 0.10, 0.30, 0.00],
    [0.30, 0.00, 0.05, 0.30, 0.15, 0.20, 0.00],
    [0.35, 0.00, 0.05, 0.20, 0.15, 0.25, 0.00],
];
const MAJOR_PENTATONIC: Rows5 = [
    [0.20, 0.20, 0.10, 0.20, 0.30],
    [0.25, 0.10, 0.15, 0.25, 0.25],
    [0.25, 0.20, 0.10, 0.20, 0.25],
    [0.25, 0.25, 0.10, 0.10, 0.30],
    [0.30, 0.20, 0.15, 0.25, 0.10],
];
const MINOR_PENTATONIC: Rows5 = [
    [0.20, 0.25, 0.25, 0.10, 0.20],
    [0.30, 0.10, 0.25, 0.10, 0.25],
    [0.30, 0.20, 0.10, 0.20, 0.20],
    [0.25, 0.20, 0.25, 0.10, 0.20],
    [0.30, 0.30, 0.15, 0.15, 0.10],
];

/// The probabilities with which each degree follows `degree` in this scale; as many as the scale has notes.
#[must_use]
pub fn row(scale: Scale, degree: u8) -> &'static [f32] {
    let d = degree as usize % scale.steps().len();
    match scale {
        Scale::Aeolian => &AEOLIAN[d],
        Scale::Dorian => &DORIAN[d],
        Scale::Phrygian => &PHRYGIAN[d],
        Scale::Lydian => &LYDIAN[d],
        Scale::Mixolydian => &MIXOLYDIAN[d],
        Scale::Major => &MAJOR[d],
        Scale::HarmonicMinor => &HARMONIC_MINOR[d],
        Scale::MajorPentatonic => &MAJOR_PENTATONIC[d],
        Scale::MinorPentatonic => &MINOR_PENTATONIC[d],
    }
}

/// Draws the degree that follows `from`.
#[must_use]
pub fn next(scale: Scale, from: u8, stream: &mut Stream) -> u8 {
    stream.weighted(row(scale, from)) as u8
}

/// Draws a degree that leads from `from` to `to`: in proportion to the chance of the way through it.
#[must_use]
pub fn between(scale: Scale, from: u8, to: u8, stream: &mut Stream) -> u8 {
    let mut weights = [0.0; 7];
    let count = scale.steps().len();
    for (d, w) in weights[..count].iter_mut().enumerate() {
        *w = row(scale, from)[d] * row(scale, d as u8)[to as usize % count];
    }
    stream.weighted(&weights[..count]) as u8
}

/// Draws a degree as the chain visits them in the long run: four steps from the tonic, by which it has forgotten where it began.
#[must_use]
pub fn anywhere(scale: Scale, stream: &mut Stream) -> u8 {
    let mut degree = 0;
    for _ in 0..4 {
        degree = next(scale, degree, stream);
    }
    degree
}
