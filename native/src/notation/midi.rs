//! The score as a standard MIDI file (format 1): a track with tempo, key and chords, and a track for each layer that has notes.
//!
//! Its bars are the music's: the tempo follows the phrases, so a sequencer shows them on its grid, and plays them at the right moment.

use crate::notation::{Context, Phrase, names};
use auralis_engine::music::Mode;
use auralis_engine::score::{Event, Instrument, Note, What};
use auralis_engine::settings::LAYERS;
use auralis_engine::{Frame, Layer, SampleRate};

/// Ticks of a quarter note.
const QUARTER: u16 = 960;

/// The channel of a layer, and the General MIDI program that comes nearest to it.
const fn voice(layer: Layer) -> (u8, Option<u8>) {
    match layer {
        Layer::Drone => (0, Some(38)),  // synth bass 1
        Layer::Pad => (1, Some(89)),    // pad 2 (warm)
        Layer::Lead => (2, Some(79)),   // ocarina
        Layer::Bell => (3, Some(14)),   // tubular bells
        Layer::Grains => (4, Some(98)), // fx 3 (crystal)
        Layer::Noise => (5, Some(122)), // seashore
        Layer::Percussion => (9, None),
    }
}

/// The key of a note: percussion has a map of its own.
const fn key(note: &Note) -> u8 {
    match note.instrument {
        Instrument::Kick => 36,
        Instrument::HiHat => 42,
        Instrument::Swell => 49, // crash cymbal, the nearest to a swell of noise
        _ => note.pitch,
    }
}

/// A message at a tick; at the same tick, what ends comes before what begins.
type Message = (u64, u8, Vec<u8>);

/// A held note.
struct Held {
    instrument: Instrument,
    key: u8,
    channel: u8,
    track: usize,
    until: Frame,
}

/// A MIDI file that is being written.
pub struct Midi {
    rate: SampleRate,
    /// Where the last change of tempo was, in frames and in ticks, and how long a quarter note is since.
    tempo: (Frame, f64, f64),
    conductor: Vec<Message>,
    layers: [Vec<Message>; LAYERS],
    held: Vec<Held>,
}

impl Midi {
    /// A file that begins at a frame, with what is in force there.
    #[must_use]
    pub fn new(rate: SampleRate, from: Frame, context: &Context) -> Self {
        let tempo = (from, 0.0, context.phrase.bar as f64 / 4.0);
        let mut midi =
            Self { rate, tempo, conductor: Vec::new(), layers: Default::default(), held: Vec::new() };
        midi.conductor.push((0, 0, meta(0x03, b"Auralis")));
        midi.conductor.push((0, 0, meta(0x58, &[4, 2, 24, 8])));
        midi.phrase(from, &context.phrase);
        if let Some(chord) = &context.chord {
            midi.conductor.push((0, 2, meta(0x01, names::chord(chord).as_bytes())));
        }
        midi
    }

    /// Takes the next event.
    pub fn take(&mut self, event: &Event, context: &Context) {
        let tick = self.tick(event.frame);
        match event.what {
            What::Movement { index } => {
                self.conductor.push((tick, 1, meta(0x06, format!("Movement {index}").as_bytes())));
            }
            What::Phrase { .. } => self.phrase(event.frame, &context.phrase),
            What::Chord { chord, .. } => {
                self.conductor.push((tick, 2, meta(0x01, names::chord(&chord).as_bytes())));
            }
            What::Note(note) => self.note(event.frame, &note),
            What::Release(instrument) => self.release(event.frame, |h| h.instrument == instrument),
            What::Bar { .. } => {}
        }
    }

    /// The file, which ends at a frame.
    #[must_use]
    pub fn finish(mut self, end: Frame) -> Vec<u8> {
        self.release(end, |_| true);
        let last = self.tick(end);
        let mut tracks = vec![track(self.conductor, last)];
        for (layer, mut messages) in Layer::ALL.into_iter().zip(self.layers).filter(|(_, m)| !m.is_empty()) {
            let (channel, program) = voice(layer);
            messages.push((0, 0, meta(0x03, layer.name().as_bytes())));
            messages.extend(program.map(|p| (0, 0, vec![0xC0 | channel, p])));
            tracks.push(track(messages, last));
        }
        let mut file = b"MThd\0\0\0\x06\0\x01".to_vec();
        file.extend((tracks.len() as u16).to_be_bytes());
        file.extend(QUARTER.to_be_bytes());
        for track in tracks {
            file.extend(b"MTrk");
            file.extend((track.len() as u32).to_be_bytes());
            file.extend(track);
        }
        file
    }

    /// From here on, quarters are as long as the phrase's.
    fn phrase(&mut self, at: Frame, phrase: &Phrase) {
        self.end_notes_until(at);
        let (from, ticks, quarter) = self.tempo;
        let ticks = ticks + (at - from) as f64 / quarter * f64::from(QUARTER);
        self.tempo = (at, ticks, phrase.bar as f64 / 4.0);
        let tick = ticks.round() as u64;
        // One tempo and one key at a time: a phrase at the file's very beginning replaces what was in force before it.
        self.conductor.retain(|(t, _, m)| *t != tick || !matches!(m[1], 0x51 | 0x59));
        let micros = (self.tempo.2 / f64::from(self.rate.hz()) * 1e6).round() as u32;
        self.conductor.push((tick, 1, meta(0x51, &micros.to_be_bytes()[1..])));
        let minor = phrase.key.mode == Mode::Minor;
        // A minor key has its relative major's signature, three semitones above; fifths round the circle from C.
        let major = phrase.key.tonic.pitch_class() + if minor { 3 } else { 0 };
        let sharps = (i16::from(major) * 7 + 5).rem_euclid(12) - 5;
        self.conductor.push((tick, 1, meta(0x59, &[sharps as i8 as u8, u8::from(minor)])));
    }

    fn tick(&self, frame: Frame) -> u64 {
        let (from, ticks, quarter) = self.tempo;
        (ticks + (frame.0 as f64 - from.0 as f64) / quarter * f64::from(QUARTER)).round() as u64
    }

    fn note(&mut self, at: Frame, note: &Note) {
        let (channel, _) = voice(note.instrument.layer());
        let (track, key) = (note.instrument.layer().index(), key(note));
        // The same key cannot be held twice: the first ends where the second begins.
        self.release(at, |h| h.channel == channel && h.key == key);
        let velocity = (note.velocity * 127.0).round().clamp(1.0, 127.0) as u8;
        let tick = self.tick(at);
        self.layers[track].push((tick, 2, vec![0x90 | channel, key, velocity]));
        // A note lasts a millisecond at least: one that ends in its own tick would never end.
        let until = at + note.duration.max(u64::from(self.rate.hz()) / 1000);
        self.held.push(Held { instrument: note.instrument, key, channel, track, until });
    }

    /// Ends what is over by now, at its own time.
    fn end_notes_until(&mut self, now: Frame) {
        self.release(now, |h| h.until <= now);
    }

    /// Ends some of the held notes now, or when they were to end, if that was earlier.
    fn release(&mut self, now: Frame, which: impl Fn(&Held) -> bool) {
        let (ended, held) = std::mem::take(&mut self.held).into_iter().partition(which);
        self.held = held;
        for note in Vec::<Held>::from_iter(ended) {
            let tick = self.tick(note.until.min(now));
            self.layers[note.track].push((tick, 1, vec![0x80 | note.channel, note.key, 0]));
        }
    }
}

/// A meta event.
fn meta(kind: u8, data: &[u8]) -> Vec<u8> {
    let mut message = vec![0xFF, kind];
    message.extend(variable(data.len() as u64));
    message.extend(data);
    message
}

/// A number in groups of seven bits.
fn variable(mut number: u64) -> Vec<u8> {
    let mut bytes = vec![(number & 0x7F) as u8];
    while number > 0x7F {
        number >>= 7;
        bytes.insert(0, (number & 0x7F) as u8 | 0x80);
    }
    bytes
}

/// A track's bytes, from its messages in any order.
fn track(mut messages: Vec<Message>, end: u64) -> Vec<u8> {
    messages.push((end.max(messages.iter().map(|m| m.0).max().unwrap_or(0)), 3, meta(0x2F, &[])));
    messages.sort_by_key(|(tick, order, _)| (*tick, *order));
    let mut now = 0;
    let mut bytes = Vec::new();
    for (tick, _, message) in messages {
        bytes.extend(variable(tick - now));
        bytes.extend(message);
        now = tick;
    }
    bytes
}

#[cfg(test)]
#[path = "midi_tests.rs"]
mod tests;
