//! Harmony: a chain of chords, slow at low intensity, led from voicing to voicing, from movement to movement and from key to key.

use crate::compose::Bar;
use crate::compose::queue::Queue;
use crate::compose::voicing::{self, Voicing};
use crate::mapping;
use crate::music::{Chord, Colour, Key, Scale, chain};
use crate::random::Stream;
use crate::score::{Event, Instrument, Note, What};
use crate::session::MovementSpan;
use crate::settings::Settings;
use crate::time::{Frame, SampleRate};

/// What decides about the chord at a bar's beginning.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'a> {
    /// The session's seed.
    pub seed: u64,
    /// Frames per second.
    pub rate: SampleRate,
    /// The movement.
    pub movement: MovementSpan,
    /// The bar's number within the movement.
    pub bar: u32,
    /// Bars from here to the movement's end, this one included.
    pub bars_left: u32,
    /// The bar's first frame.
    pub start: Frame,
    /// The bar's length.
    pub bar_frames: u64,
    /// The key.
    pub key: Key,
    /// The scale.
    pub scale: Scale,
    /// Whether key or scale have just changed.
    pub moved: bool,
    /// The settings in force.
    pub settings: &'a Settings,
}

/// The harmony of a movement.
#[derive(Clone, Copy, Debug)]
pub struct Harmony {
    chord: Chord,
    voicing: Voicing,
    /// Which chord of the movement this is.
    index: u32,
    bars_left: u32,
    frames: u64,
    /// Whether a chord has sounded yet.
    begun: bool,
    /// Whether the pad still has to be told of this chord.
    fresh: bool,
    interrupted: bool,
}

/// A movement's first chord: a function of the seed, the movement and the key alone, so that the movement before can lead to it.
fn first_chord(seed: u64, movement: u64, key: Key, scale: Scale) -> Chord {
    let mut stream = Stream::new(seed, "first chord", movement);
    let degree = if movement == 0 { 0 } else { chain::anywhere(scale, &mut stream) };
    Chord::new(key.tonic.pitch_class(), scale, degree, colour(&mut stream))
}

/// The first chord's voicing: the same in every voice count's eyes.
fn first_voicing(chord: &Chord, intensity: f32) -> Voicing {
    voicing::lead(chord, mapping::pad_voices(intensity), None, None)
}

fn colour(stream: &mut Stream) -> Colour {
    const WEIGHTS: [(Colour, f32); 7] = [
        (Colour::Triad, 0.22),
        (Colour::Seventh, 0.22),
        (Colour::Ninth, 0.08),
        (Colour::Sus2, 0.14),
        (Colour::Sus4, 0.10),
        (Colour::Add9, 0.12),
        (Colour::Quartal, 0.12),
    ];
    WEIGHTS[stream.weighted(&WEIGHTS.map(|w| w.1))].0
}

/// The degree in the new key whose triad shares most notes with the chord that sounds.
fn pivot(chord: &Chord, key: Key, scale: Scale, stream: &mut Stream) -> u8 {
    let mut weights = [0.0; 7];
    let count = scale.steps().len();
    for (d, w) in weights[..count].iter_mut().enumerate() {
        let candidate = Chord::new(key.tonic.pitch_class(), scale, d as u8, Colour::Triad);
        let common = (candidate.pitch_classes() & chord.pitch_classes()).count_ones();
        *w = [0.01, 0.2, 2.0, 10.0][common.min(3) as usize];
    }
    stream.weighted(&weights[..count]) as u8
}

impl Harmony {
    /// The harmony of movement `index`, planned with these settings.
    #[must_use]
    pub fn new(seed: u64, index: u64, planned: &Settings) -> Self {
        let chord = first_chord(seed, index, planned.key, planned.scale);
        Self {
            chord,
            voicing: first_voicing(&chord, planned.intensity.get()),
            index: 0,
            bars_left: 0,
            frames: 0,
            begun: false,
            fresh: false,
            interrupted: false,
        }
    }

    /// The chord that sounds.
    #[must_use]
    pub fn chord(&self) -> Chord {
        self.chord
    }

    /// Ends the chord at the bar that begins now, because key, scale or tempo have changed.
    pub fn interrupt(&mut self) {
        self.interrupted = self.begun && self.bars_left > 0;
        self.bars_left = 0;
    }

    /// At a bar's beginning: the next chord, if it is time.
    pub fn advance(&mut self, scene: &Scene<'_>, queue: &mut Queue) {
        if self.bars_left > 0 {
            self.bars_left -= 1;
            return;
        }
        if self.interrupted {
            queue.push(Event { frame: scene.start, what: What::Release(Instrument::Pad) });
            self.interrupted = false;
        }
        let mut stream =
            Stream::new(scene.seed, "harmony", scene.movement.index).child("chord", u64::from(self.index));
        let (bars, last) = self.length(scene, &mut stream);
        let intensity = scene.settings.intensity.get();
        let mut led = scene.moved;
        if self.begun {
            let tonic = scene.key.tonic.pitch_class();
            let next = first_chord(scene.seed, scene.movement.index + 1, scene.key, scene.scale);
            let degree = if scene.moved {
                pivot(&self.chord, scene.key, scene.scale, &mut stream)
            } else if last {
                led = true;
                chain::between(scene.scale, self.chord.degree, next.degree, &mut stream)
            } else {
                chain::next(scene.scale, self.chord.degree, &mut stream)
            };
            self.chord = Chord::new(tonic, scene.scale, degree, colour(&mut stream));
            let target = last.then(|| first_voicing(&next, intensity));
            let voices = mapping::pad_voices(intensity);
            self.voicing = voicing::lead(&self.chord, voices, Some(&self.voicing), target.as_ref());
        }
        self.begun = true;
        self.fresh = true;
        self.index += 1;
        self.bars_left = bars - 1;
        self.frames = if bars == scene.bars_left {
            scene.movement.end - scene.start
        } else {
            scene.bar_frames * u64::from(bars)
        };
        let what = What::Chord { chord: self.chord, led, duration: self.frames };
        queue.push(Event { frame: scene.start, what });
    }

    /// How many bars the chord that begins now stays, and whether it is the movement's last.
    fn length(&self, scene: &Scene<'_>, stream: &mut Stream) -> (u32, bool) {
        let bar = scene.rate.seconds(scene.bar_frames) as f32;
        let seconds = mapping::chord_seconds(scene.settings.intensity.get()) * stream.range(0.8, 1.2);
        let wanted = ((seconds.min(90.0) / bar + 0.5) as u32).max(1);
        let left = scene.bars_left;
        if left > wanted + wanted / 2 {
            return (wanted, false);
        }
        // What would be left over is too short for a chord of its own: this one takes it, or halves what there is.
        if left as f32 * bar <= 90.0 || left == 1 { (left, true) } else { (left / 2, false) }
    }

    /// Tells the pad of a new chord.
    pub fn play(&mut self, bar: &Bar, queue: &mut Queue) {
        if !core::mem::take(&mut self.fresh) {
            return;
        }
        let mut stream = bar.stream("pad");
        let count = self.voicing.notes().len();
        for (i, pitch) in self.voicing.notes().iter().enumerate() {
            // Voices enter one after the other, within half a second, low ones in the middle.
            let lean = stream.range(0.0, 0.45);
            let frame = bar.at(0.0, lean);
            let side = if i % 2 == 0 { 1.0 } else { -1.0 };
            let width = 0.15 + 0.55 * i as f32 / count as f32;
            let note = Note {
                instrument: Instrument::Pad,
                pitch: *pitch,
                velocity: stream.range(0.55, 0.75),
                duration: self.frames,
                pan: side * width,
                dice: stream.next_u64(),
            };
            queue.push(Event { frame, what: What::Note(note) });
        }
    }
}
