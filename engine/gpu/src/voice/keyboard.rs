//! `MonophonicKeyboard`: which key, and how long it is held.

use super::parameter::Range;

/// Pitch and duration.
pub const RANGES: [Range; 2] =
    [Range::new("midi_f0", "MIDI", 0.0, 127.0), Range::new("duration", "s", 0.01, 4.0).curve(0.5)];

/// A key that is pressed at the beginning.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Keyboard {
    /// The pitch as a MIDI note number; 69 is 440 Hz, and parts of a semitone are allowed.
    pub midi_f0: f32,
    /// How long the key is held, in seconds.
    pub duration: f32,
}

impl Keyboard {
    /// From its parameters.
    #[must_use]
    pub const fn new(&[midi_f0, duration]: &[f32; 2]) -> Self {
        Self { midi_f0, duration }
    }
}
