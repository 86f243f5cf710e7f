//! Melody: sparse, close to the chord, more breath than line.

use crate::compose::Bar;
use crate::compose::queue::Queue;
use crate::mapping;
use crate::math::exp2_scalar;
use crate::random::Stream;
use crate::score::{Event, Instrument, Note, What};

/// The melody's range, in MIDI notes (within the 36 to 96 that a melody may use): fundamentals of 260 Hz to 1.4 kHz.
const RANGE: (u8, u8) = (60, 89);
/// Where it likes to be.
const CENTRE: f32 = 74.0;
/// Of a hundred notes, so many are the chord's, others of the scale, and passing ones outside it.
const CHORD: f32 = 0.72;
const SCALE: f32 = 0.25;
/// Places in a bar, in eighths of it.
const PLACES: usize = 8;

/// The melody of a movement.
#[derive(Clone, Copy, Debug)]
pub struct Melody {
    last: u8,
    /// Whether the last note was a passing one, which wants to move on by a step.
    passing: bool,
}

impl Default for Melody {
    fn default() -> Self {
        Self::new()
    }
}

impl Melody {
    /// A melody that has not begun.
    #[must_use]
    pub const fn new() -> Self {
        Self { last: CENTRE as u8, passing: false }
    }

    /// Plans the notes of a bar: one to 1 + 4 × intensity, each of which sounds with a probability of 50 to 80 %.
    pub fn plan(&mut self, bar: &Bar, queue: &mut Queue) {
        let mut stream = bar.stream("melody");
        let most = mapping::melody_notes(bar.intensity);
        let count = (1.0 + stream.unit() * most).min(most) as usize;
        let presence = 1.0 + 0.5 * bar.arcs.lead;
        let chance = (mapping::melody_chance(bar.intensity) * presence * bar.breath()).clamp(0.5, 0.8);
        let lean = mapping::lean_seconds(bar.intensity);
        let mut taken = [false; PLACES];
        for _ in 0..count {
            // Strong places first: the bar's beginning and middle weigh more than the eighths between.
            let weights: [f32; PLACES] = core::array::from_fn(|p| {
                if taken[p] { 0.0 } else { [3.0, 1.0, 2.0, 1.0, 2.5, 1.0, 2.0, 1.0][p] }
            });
            taken[stream.weighted(&weights)] = true;
        }
        for place in (0..PLACES).filter(|p| taken[*p]) {
            let mut note = stream.child("note", place as u64);
            if !note.chance(chance) {
                continue;
            }
            let frame = bar.at(place as f32 / PLACES as f32, note.signed() * lean);
            if frame >= bar.movement.end {
                continue;
            }
            let pitch = self.pitch(bar, &mut note);
            let seconds = match note.unit() {
                u if u < 0.6 => note.range(1.5, 2.0),
                u if u < 0.8 => note.range(0.5, 1.5),
                _ => note.range(2.0, 3.0),
            };
            let what = What::Note(Note {
                instrument: Instrument::Lead,
                pitch,
                velocity: note.range(0.5, 0.8),
                duration: bar.rate.frames(f64::from(seconds)),
                pan: note.range(-0.45, 0.45),
                dice: note.next_u64(),
            });
            queue.push(Event { frame, what });
        }
    }

    fn pitch(&mut self, bar: &Bar, stream: &mut Stream) -> u8 {
        let chord = bar.chord.pitch_classes();
        let scale = bar.scale.pitch_classes(bar.key.tonic.pitch_class());
        let drawn = stream.unit();
        let (set, reach) = if self.passing {
            // Out of a passing note, by a step into what belongs.
            (chord | scale, 2)
        } else if drawn < CHORD {
            (chord, 24)
        } else if drawn < CHORD + SCALE {
            (bar.scale_notes() & !chord, 12)
        } else {
            (!(scale | chord), 2)
        };
        let mut weights = [0.0; (RANGE.1 - RANGE.0 + 1) as usize];
        let mut any = false;
        for (w, pitch) in weights.iter_mut().zip(RANGE.0..=RANGE.1) {
            let distance = pitch.abs_diff(self.last);
            if set & (1 << (pitch % 12)) == 0 || distance > reach {
                continue;
            }
            let off = f32::from(pitch) - CENTRE;
            // Small steps are likelier, repeating less so; far from the centre, less likely.
            let step = if distance == 0 { 0.35 } else { exp2_scalar(-f32::from(distance) / 3.5) };
            *w = step * exp2_scalar(-off * off / 60.0);
            // A note a semitone above one of the chord's grates against it.
            if set & chord == 0 && chord & (1 << ((pitch + 11) % 12)) != 0 {
                *w *= 0.25;
            }
            any = true;
        }
        if !any {
            self.passing = false;
            for (w, pitch) in weights.iter_mut().zip(RANGE.0..=RANGE.1) {
                let distance = pitch.abs_diff(self.last);
                *w = if chord & (1 << (pitch % 12)) == 0 { 0.0 } else { exp2_scalar(-f32::from(distance)) };
            }
        }
        self.last = RANGE.0 + stream.weighted(&weights) as u8;
        self.passing = (scale | chord) & (1 << (self.last % 12)) == 0;
        self.last
    }
}
