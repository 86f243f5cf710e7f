//! What is heard at a moment, in words: from the score alone, without a browser.

use super::now::{Now, Page, note_name};
use auralis_engine::compose::form::Arcs;
use auralis_engine::music::{Chord, Colour};
use auralis_engine::score::Instrument;
use auralis_engine::{Frame, Layer, Note, SampleRate, Settings};

/// How far the arcs are compared, in seconds, to say where they go, and how much is a movement.
const LOOK: f64 = 8.0;
const MOVES: f32 = 0.04;

/// What one layer does.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerNow {
    /// Which.
    pub layer: Layer,
    /// The pitch classes that it sounds now, the lowest first, each once.
    pub notes: Vec<u8>,
    /// Whether it sounds at all.
    pub sounds: bool,
}

/// Where an arc goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Upwards.
    Rising,
    /// Neither.
    Steady,
    /// Downwards.
    Falling,
}

/// What is heard.
#[derive(Clone, Debug, PartialEq)]
pub struct Hearing {
    /// The layers, from the ground up.
    pub layers: Vec<LayerNow>,
    /// The chord.
    pub chord: Option<Chord>,
    /// How dense it is, -1 to 1, and where that goes.
    pub density: (f32, Way),
    /// How bright it is, -1 to 1, and where that goes.
    pub brightness: (f32, Way),
}

impl Hearing {
    /// What is heard at a position.
    #[must_use]
    pub fn at(
        page: &Page,
        now: &Now,
        seed: u64,
        settings: &Settings,
        position: Frame,
        rate: SampleRate,
    ) -> Self {
        let arcs = Arcs::new(seed, rate);
        let (here, there) = (arcs.at(position), arcs.at(position + rate.frames(LOOK)));
        let way = |from: f32, to: f32| match to - from {
            d if d > MOVES => Way::Rising,
            d if d < -MOVES => Way::Falling,
            _ => Way::Steady,
        };
        let held: Vec<Note> = page.held(position, rate).collect();
        let layers = Layer::ALL.map(|layer| {
            let audible = settings.layers[layer.index()].get() > 0.0;
            let mut sounding: Vec<u8> = Vec::new();
            for note in held.iter().filter(|n| audible && n.instrument.layer() == layer) {
                let place = sounding.partition_point(|pitch| *pitch < note.pitch);
                sounding.insert(place, note.pitch);
            }
            let mut notes = Vec::new();
            for pitch in &sounding {
                if !notes.contains(&(pitch % 12)) {
                    notes.push(pitch % 12);
                }
            }
            // The wind has no notes: it is always there.
            let sounds = !sounding.is_empty() || (audible && layer == Layer::Noise);
            LayerNow { layer, notes, sounds }
        });
        Self {
            layers: layers.into(),
            chord: now.chord,
            density: (here.density, way(here.density, there.density)),
            brightness: (here.brightness, way(here.brightness, there.brightness)),
        }
    }

    /// A sentence: "Drone on A; pad: F major, opening; bell on E; wind".
    #[must_use]
    pub fn sentence(&self) -> String {
        let parts: Vec<_> = self.layers.iter().filter(|l| l.sounds).map(|l| self.phrase(l)).collect();
        let text = parts.join("; ");
        let mut letters = text.chars();
        letters.next().map_or_else(String::new, |first| {
            std::iter::once(first.to_ascii_uppercase()).chain(letters).collect()
        })
    }

    /// What a layer does, in a few words.
    #[must_use]
    pub fn phrase(&self, layer: &LayerNow) -> String {
        let on = |name: &str| match layer.notes.as_slice() {
            [] => name.to_owned(),
            notes => {
                let names: Vec<_> = notes.iter().map(|n| note_name(*n)).collect();
                format!("{name} on {}", names.join(" and "))
            }
        };
        match layer.layer {
            Layer::Drone => on("drone"),
            Layer::Pad => {
                let chord = self.chord.as_ref().map_or_else(String::new, |c| format!(": {}", chord_words(c)));
                let way = match self.brightness.1 {
                    Way::Rising => ", opening",
                    Way::Falling => ", closing",
                    Way::Steady => "",
                };
                format!("pad{chord}{way}")
            }
            Layer::Lead => on("melody"),
            Layer::Bell => on("bell"),
            Layer::Grains => "grains".into(),
            Layer::Noise => "wind".into(),
            Layer::Percussion => "soft percussion".into(),
        }
    }

    /// The form: "sparse, filling; dark, opening".
    #[must_use]
    pub fn form(&self) -> String {
        let word = |value: f32, low: &'static str, middle: &'static str, high: &'static str| match value {
            v if v < -0.25 => low,
            v if v > 0.25 => high,
            _ => middle,
        };
        let going = |way: Way, up: &'static str, down: &'static str| match way {
            Way::Rising => up,
            Way::Falling => down,
            Way::Steady => "",
        };
        format!(
            "{}{}; {}{}",
            word(self.density.0, "sparse", "half full", "full"),
            going(self.density.1, ", filling", ", thinning"),
            word(self.brightness.0, "dark", "half light", "bright"),
            going(self.brightness.1, ", opening", ", closing"),
        )
    }
}

/// A chord in words: "F major seventh", "B diminished", "E in fourths".
#[must_use]
pub fn chord_words(chord: &Chord) -> String {
    let notes = chord.notes();
    let triad = match (notes.get(1), notes.get(2)) {
        (Some(3), Some(6)) => "diminished",
        (Some(3), _) => "minor",
        (Some(4), Some(8)) => "augmented",
        _ => "major",
    };
    let what = match chord.colour {
        Colour::Triad => triad.to_owned(),
        Colour::Seventh if notes.get(3) == Some(&11) => format!("{triad} seventh"),
        Colour::Seventh if triad == "major" => "seventh".into(),
        Colour::Seventh => format!("{triad} seventh"),
        Colour::Ninth if triad == "major" => "ninth".into(),
        Colour::Ninth => format!("{triad} ninth"),
        Colour::Sus2 => "with the second".into(),
        Colour::Sus4 => "with the fourth".into(),
        Colour::Add9 => format!("{triad}, added ninth"),
        Colour::Quartal => "in fourths".into(),
    };
    format!("{} {what}", note_name(chord.root))
}

/// How long an instrument rings after its note's end, in seconds, as far as a listener would still name it.
#[must_use]
pub const fn ringing(instrument: Instrument) -> f64 {
    match instrument {
        Instrument::Drone | Instrument::Pad => 2.0,
        Instrument::Bell => 2.5,
        Instrument::Lead | Instrument::Swell => 1.0,
        Instrument::Grain | Instrument::Kick | Instrument::HiHat => 0.5,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use auralis_engine::music::Scale;
    use auralis_engine::settings::Level;
    use auralis_engine::{ChangeLog, Preset, Session};

    fn at(session: &Session, seconds: f64) -> Hearing {
        let position = Frame(session.rate.frames(seconds));
        let page = Page::around(session, &ChangeLog::new(), position);
        let now = page.at(position, &session.settings);
        Hearing::at(&page, &now, session.seed, &session.settings, position, session.rate)
    }

    #[test]
    fn what_sounds_is_said_and_what_is_off_is_not() {
        let mut session = Session { settings: Preset::Bright.settings(), ..Session::new(42) };
        let heard = at(&session, 60.0);
        let text = heard.sentence();
        assert!(text.starts_with("Drone on "), "{text}");
        assert!(text.contains("pad: ") && text.ends_with("wind"), "{text}");
        session.settings.layers[Layer::Noise.index()] = Level::new(0.0).unwrap();
        session.settings.layers[Layer::Drone.index()] = Level::new(0.0).unwrap();
        let text = at(&session, 60.0).sentence();
        assert!(text.starts_with("Pad: ") && !text.contains("wind"), "{text}");
    }

    #[test]
    fn the_sentence_follows_the_music() {
        let session = Session { settings: Preset::Focus.settings(), ..Session::new(7) };
        let all: Vec<_> = (1..40).map(|n| at(&session, 12.0 * f64::from(n))).collect();
        let mut sentences: Vec<_> = all.iter().map(Hearing::sentence).collect();
        sentences.dedup();
        assert!(sentences.len() > 20);
        for word in ["melody on ", "bell on ", "opening", "closing"] {
            assert!(sentences.iter().any(|s| s.contains(word)), "never {word}");
        }
        let forms: Vec<_> = all.iter().map(Hearing::form).collect();
        assert!(forms.iter().any(|f| f.contains("filling")) && forms.iter().any(|f| f.contains("thinning")));
    }

    #[test]
    fn chords_in_words() {
        let chord = |scale, degree, colour| chord_words(&Chord::new(9, scale, degree, colour));
        assert_eq!(chord(Scale::Aeolian, 5, Colour::Triad), "F major");
        assert_eq!(chord(Scale::Aeolian, 0, Colour::Seventh), "A minor seventh");
        assert_eq!(chord(Scale::Aeolian, 5, Colour::Seventh), "F major seventh");
        assert_eq!(chord(Scale::Mixolydian, 0, Colour::Seventh), "A seventh");
        assert_eq!(chord(Scale::Aeolian, 0, Colour::Quartal), "A in fourths");
        assert_eq!(chord(Scale::Major, 6, Colour::Triad), "A♭ diminished");
    }
}
