//! The drone: two voices that hold the ground, each renewed before it ends, so that it never stops.

use crate::compose::Bar;
use crate::compose::queue::Queue;
use crate::score::{Event, Instrument, Note, What};
use crate::session::MovementSpan;
use crate::time::Frame;

/// The lower voice's range and the upper one's, an octave each, in MIDI notes: 31 to 58 Hz and 62 to 117 Hz.
const LOW: (u8, u8) = (23, 34);
const HIGH: (u8, u8) = (35, 46);

/// The drone of a movement.
#[derive(Clone, Copy, Debug)]
pub struct Drone {
    movement: MovementSpan,
    /// When each voice wants its next note.
    due: [Frame; 2],
}

/// The note of a pitch class within a range of an octave.
fn within(pitch_class: u8, range: (u8, u8)) -> u8 {
    (range.0..=range.1).find(|p| p % 12 == pitch_class % 12).unwrap_or(range.0)
}

impl Drone {
    /// The drone of this movement.
    #[must_use]
    pub fn new(movement: MovementSpan) -> Self {
        Self { movement, due: [movement.start; 2] }
    }

    /// Lets the notes go and asks for new ones at once: the key has changed.
    pub fn release(&mut self, now: Frame, queue: &mut Queue) {
        queue.push(Event { frame: now, what: What::Release(Instrument::Drone) });
        self.due = [now; 2];
    }

    /// Plans the notes that begin in this bar.
    pub fn plan(&mut self, bar: &Bar, queue: &mut Queue) {
        let tonic = bar.key.tonic.pitch_class();
        let fifth = (tonic + 7) % 12;
        let has = |pitch_class: u8| bar.chord.pitch_classes() & (1 << pitch_class) != 0;
        for voice in 0..2 {
            if self.due[voice] > bar.start {
                continue;
            }
            let mut stream = bar.stream("drone").child("voice", voice as u64);
            let pitch = if voice == 0 {
                // Mostly the tonic; sometimes the chord's own root.
                within(if stream.chance(0.7) { tonic } else { bar.chord.root }, LOW)
            } else if has(fifth) && stream.chance(0.6) {
                within(fifth, HIGH)
            } else {
                within(if stream.chance(0.5) { tonic } else { bar.chord.root }, HIGH)
            };
            let frame = bar.at(0.0, stream.range(0.0, 1.5).min(bar.seconds() * 0.5));
            let overlap = bar.rate.frames(5.0);
            let mut duration = bar.rate.frames(f64::from(stream.range(18.0, 40.0))).max(bar.end - bar.start);
            let left = self.movement.end - bar.start;
            if duration + bar.rate.frames(9.0) > left {
                // The last note is held a little into the next movement.
                duration = left + bar.rate.frames(f64::from(stream.range(1.0, 5.0)));
            }
            self.due[voice] = bar.start + (duration - overlap.min(duration / 2));
            let note = Note {
                instrument: Instrument::Drone,
                pitch,
                velocity: stream.range(0.6, 0.75),
                duration,
                pan: if voice == 0 { 0.0 } else { stream.range(-0.3, 0.3) },
                dice: stream.next_u64(),
            };
            queue.push(Event { frame, what: What::Note(note) });
        }
    }
}
