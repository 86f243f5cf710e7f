//! Facts of music: keys, scales, chords, and the chains by which chords follow each other.

pub mod chain;
pub mod chord;
pub mod key;
pub mod scale;

pub use chord::{Chord, Colour};
pub use key::{Key, Mode, Tonic};
pub use scale::Scale;
