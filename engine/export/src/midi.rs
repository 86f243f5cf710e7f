//! The score as a standard MIDI file (format 1): a track with tempo, key and chords, and a track for each layer that has notes.
//!
//! Its bars are the music's: the tempo follows the phrases, so a sequencer shows them on its grid, and plays them at the right moment.

use crate::{Context, Phrase, Reading, names};
use auralis_engine::music::Mode;
use auralis_engine::score::{Event, Instrument, Note, What};
use auralis_engine::session::ApplyError;
use auralis_engine::settings::LAYERS;
use auralis_engine::{ChangeLog, Frame, Layer, SampleRate, Session};
use midly::num::{u24, u28};
use midly::{Format, Header, MetaMessage, MidiMessage, Timing, TrackEvent, TrackEventKind};

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

/// What is said at a tick.
#[derive(Clone, Debug)]
enum Said {
    Event(TrackEventKind<'static>),
    /// A chord, by its name.
    Chord(String),
    /// A place, by its name.
    Place(String),
}

impl Said {
    const fn meta(message: MetaMessage<'static>) -> Self {
        Self::Event(TrackEventKind::Meta(message))
    }

    fn midi(channel: u8, message: MidiMessage) -> Self {
        Self::Event(TrackEventKind::Midi { channel: channel.into(), message })
    }

    fn kind(&self) -> TrackEventKind<'_> {
        match self {
            Self::Event(kind) => *kind,
            Self::Chord(name) => TrackEventKind::Meta(MetaMessage::Text(name.as_bytes())),
            Self::Place(name) => TrackEventKind::Meta(MetaMessage::Marker(name.as_bytes())),
        }
    }

    const fn is_tempo_or_key(&self) -> bool {
        matches!(
            self,
            Self::Event(TrackEventKind::Meta(MetaMessage::Tempo(_) | MetaMessage::KeySignature(..)))
        )
    }
}

/// A message at a tick; at the same tick, what ends comes before what begins.
type Message = (u64, u8, Said);

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
        put(&mut midi.conductor, (0, 0, Said::meta(MetaMessage::TrackName(b"Auralis"))));
        put(&mut midi.conductor, (0, 0, Said::meta(MetaMessage::TimeSignature(4, 2, 24, 8))));
        midi.phrase(from, &context.phrase);
        if let Some(chord) = &context.chord {
            put(&mut midi.conductor, (0, 2, Said::Chord(names::chord(chord))));
        }
        midi
    }

    /// Takes the next event.
    pub fn take(&mut self, event: &Event, context: &Context) {
        let tick = self.tick(event.frame);
        match event.what {
            What::Movement { index } => {
                put(&mut self.conductor, (tick, 1, Said::Place(format!("Movement {index}"))));
            }
            What::Phrase { .. } => self.phrase(event.frame, &context.phrase),
            What::Chord { chord, .. } => {
                put(&mut self.conductor, (tick, 2, Said::Chord(names::chord(&chord))));
            }
            What::Note(note) => self.note(event.frame, &note),
            What::Release(instrument) => self.release(event.frame, |h| h.instrument == instrument),
            What::Bar { .. } => {}
        }
    }

    /// The file, which ends at a frame.
    ///
    /// # Errors
    /// If a track is longer than the format allows, which is 4 GiB.
    pub fn finish(mut self, end: Frame) -> Result<Vec<u8>, &'static str> {
        self.release(end, |_| true);
        let last = self.tick(end);
        let mut tracks = vec![self.conductor];
        for (layer, mut messages) in Layer::ALL.into_iter().zip(self.layers).filter(|(_, m)| !m.is_empty()) {
            let (channel, program) = voice(layer);
            put(&mut messages, (0, 0, Said::meta(MetaMessage::TrackName(layer.name().as_bytes()))));
            if let Some(program) = program {
                let program = MidiMessage::ProgramChange { program: program.into() };
                put(&mut messages, (0, 0, Said::midi(channel, program)));
            }
            tracks.push(messages);
        }
        let tracks: Vec<_> = tracks.iter().map(|messages| track(messages, last)).collect();
        let header = Header::new(Format::Parallel, Timing::Metrical(QUARTER.into()));
        let mut file = Vec::new();
        midly::write(&header, &tracks, &mut file)?;
        Ok(file)
    }

    /// From here on, quarters are as long as the phrase's.
    fn phrase(&mut self, at: Frame, phrase: &Phrase) {
        self.end_notes_until(at);
        let (from, ticks, quarter) = self.tempo;
        let ticks = ticks + (at - from) as f64 / quarter * f64::from(QUARTER);
        self.tempo = (at, ticks, phrase.bar as f64 / 4.0);
        let tick = ticks.round() as u64;
        // One tempo and one key at a time: a phrase at the file's very beginning replaces what was in force before it.
        self.conductor.retain(|(t, _, said)| *t != tick || !said.is_tempo_or_key());
        let micros = (self.tempo.2 / f64::from(self.rate.hz()) * 1e6).round() as u32;
        put(&mut self.conductor, (tick, 1, Said::meta(MetaMessage::Tempo(u24::from(micros)))));
        let minor = phrase.key.mode == Mode::Minor;
        // A minor key has its relative major's signature, three semitones above; fifths round the circle from C.
        let major = phrase.key.tonic.pitch_class() + if minor { 3 } else { 0 };
        let sharps = (i16::from(major) * 7 + 5).rem_euclid(12) - 5;
        put(&mut self.conductor, (tick, 1, Said::meta(MetaMessage::KeySignature(sharps as i8, minor))));
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
        let on = MidiMessage::NoteOn { key: key.into(), vel: velocity.into() };
        put(&mut self.layers[track], (tick, 2, Said::midi(channel, on)));
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
            let off = MidiMessage::NoteOff { key: note.key.into(), vel: 0.into() };
            put(&mut self.layers[note.track], (tick, 1, Said::midi(note.channel, off)));
        }
    }
}

/// The score of a span as a file.
///
/// # Errors
/// A sentence: the log has more changes in a movement than the engine has room for, or a track is too long for the format.
pub fn file(session: &Session, log: &ChangeLog, from: Frame, until: Frame) -> Result<Vec<u8>, String> {
    let full = |error: ApplyError| error.to_string();
    let mut reading = Reading::new(session, log, from, until).map_err(full)?;
    let mut midi = Midi::new(session.rate, from, reading.context());
    while let Some(event) = reading.next_event().map_err(full)? {
        midi.take(&event, reading.context());
    }
    midi.finish(until).map_err(String::from)
}

/// Puts a message in its place. Most come nearly in order, and no sorting is as little code as looking back from the end.
fn put(messages: &mut Vec<Message>, message: Message) {
    let before = |(tick, order, _): &Message| (*tick, *order) <= (message.0, message.1);
    let place = messages.iter().rposition(before).map_or(0, |last| last + 1);
    messages.insert(place, message);
}

/// A track, from its messages in order.
fn track(messages: &[Message], end: u64) -> Vec<TrackEvent<'_>> {
    let end = messages.last().map_or(end, |(tick, _, _)| end.max(*tick));
    let messages = messages.iter().map(|(tick, _, said)| (*tick, said.kind()));
    let mut now = 0;
    let mut events = Vec::with_capacity(messages.len() + 1);
    for (tick, kind) in messages.chain([(end, TrackEventKind::Meta(MetaMessage::EndOfTrack))]) {
        // A day without an event is longer than the format can count: empty texts bridge it.
        let most = u28::max_value();
        while tick - now > u64::from(u32::from(most)) {
            events.push(TrackEvent { delta: most, kind: TrackEventKind::Meta(MetaMessage::Text(b"")) });
            now += u64::from(u32::from(most));
        }
        events.push(TrackEvent { delta: u28::from((tick - now) as u32), kind });
        now = tick;
    }
    events
}

#[cfg(test)]
#[path = "midi_tests.rs"]
mod tests;
