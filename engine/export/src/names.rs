//! Names of notes, chords and moments.

use auralis_engine::Frame;
use auralis_engine::SampleRate;
use auralis_engine::music::chord::Colour;
use auralis_engine::music::key::Tonic;
use auralis_engine::music::{Chord, Scale};

/// A MIDI note as it is called: 60 is C4.
#[must_use]
pub fn note(pitch: u8) -> String {
    format!("{}{}", Tonic::new(pitch).name(), i16::from(pitch) / 12 - 1)
}

/// A chord as it is written over a melody: "Am7", "F", "Csus2".
#[must_use]
pub fn chord(chord: &Chord) -> String {
    let notes = chord.notes();
    let minor = notes.get(1) == Some(&3);
    let kind = match chord.colour {
        Colour::Triad => match notes {
            [0, 3, 6] => "dim",
            [0, 4, 8] => "aug",
            _ if minor => "m",
            _ => "",
        },
        Colour::Seventh if minor => "m7",
        Colour::Seventh if notes.get(3) == Some(&11) => "maj7",
        Colour::Seventh => "7",
        Colour::Ninth if minor => "m9",
        Colour::Ninth => "9",
        Colour::Sus2 => "sus2",
        Colour::Sus4 => "sus4",
        Colour::Add9 if minor => "m(add9)",
        Colour::Add9 => "(add9)",
        Colour::Quartal => "(4ths)",
    };
    format!("{}{kind}", Tonic::new(chord.root).name())
}

/// A chord with its degree: "VI F".
#[must_use]
pub fn degree(c: &Chord, scale: Scale) -> String {
    format!("{} {}", c.numeral(scale), chord(c))
}

/// A moment as people read it: "0:02:05.500".
#[must_use]
pub fn moment(frame: Frame, rate: SampleRate) -> String {
    let hz = u64::from(rate.hz());
    let (seconds, within) = (frame.0 / hz, frame.0 % hz);
    format!("{}:{:02}:{:02}.{:03}", seconds / 3600, seconds / 60 % 60, seconds % 60, within * 1000 / hz)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_as_musicians_write_them() {
        assert_eq!((note(60).as_str(), note(57).as_str(), note(0).as_str()), ("C4", "A3", "C-1"));
        let name = |degree, colour| chord(&Chord::new(9, Scale::Aeolian, degree, colour));
        assert_eq!(name(0, Colour::Triad), "Am");
        assert_eq!(name(0, Colour::Seventh), "Am7");
        assert_eq!(name(5, Colour::Triad), "F");
        assert_eq!(name(5, Colour::Seventh), "Fmaj7");
        assert_eq!(name(6, Colour::Seventh), "G7");
        assert_eq!(name(6, Colour::Ninth), "G9");
        assert_eq!(name(0, Colour::Ninth), "Am9");
        assert_eq!(name(0, Colour::Sus2), "Asus2");
        assert_eq!(name(0, Colour::Sus4), "Asus4");
        assert_eq!(name(0, Colour::Add9), "Am(add9)");
        assert_eq!(name(5, Colour::Add9), "F(add9)");
        assert_eq!(name(0, Colour::Quartal), "A(4ths)");
        assert_eq!(chord(&Chord::new(9, Scale::Dorian, 5, Colour::Triad)), "F#dim");
        assert_eq!(chord(&Chord::new(9, Scale::HarmonicMinor, 2, Colour::Triad)), "Caug");
        assert_eq!(degree(&Chord::new(9, Scale::Aeolian, 5, Colour::Triad), Scale::Aeolian), "VI F");
    }

    #[test]
    fn moments_have_hours() {
        assert_eq!(moment(Frame(44_100 * 3725 + 22_050), SampleRate::Hz44100), "1:02:05.500");
    }
}
