//! Percussion: a kick now and then, noise that swells into a beat, a hi-hat here and there.

use crate::compose::Bar;
use crate::compose::queue::Queue;
use crate::mapping;
use crate::random::Stream;
use crate::score::{Event, Instrument, Note, What};

/// Below this intensity there is no kick.
const KICK_FROM: f32 = 0.2;
/// Below this intensity there is no hi-hat.
const HAT_FROM: f32 = 0.4;

/// The percussion of a movement.
#[derive(Clone, Copy, Debug)]
pub struct Percussion {
    /// Bars until the next kick.
    kick_in: u32,
}

impl Percussion {
    /// The percussion of movement `index`.
    #[must_use]
    pub fn new(seed: u64, index: u64) -> Self {
        Self { kick_in: Stream::new(seed, "kick", index).below(4) }
    }

    /// Plans a bar.
    pub fn plan(&mut self, bar: &Bar, queue: &mut Queue) {
        let mut stream = bar.stream("percussion");
        let lean = mapping::lean_seconds(bar.intensity) * 0.5;
        let mut add = |instrument, part: f32, lean: f32, velocity, seconds: f32, pan, dice| {
            let frame = bar.at(part, lean);
            if frame < bar.movement.end {
                let duration = bar.rate.frames(f64::from(seconds));
                let note = Note { instrument, pitch: 36, velocity, duration, pan, dice };
                queue.push(Event { frame, what: What::Note(note) });
            }
        };
        if self.kick_in == 0 {
            // Every two to four bars.
            self.kick_in = 2 + stream.below(3);
            if bar.intensity > KICK_FROM {
                let velocity = stream.range(0.5, 0.8);
                add(Instrument::Kick, 0.0, stream.signed() * lean, velocity, 0.4, 0.0, stream.next_u64());
            }
        }
        self.kick_in -= 1;
        // Up to 3 × intensity swells a phrase, spread over its bars.
        let swells = (3.0 * bar.intensity) as u32;
        if swell_slot(bar, swells) && stream.chance(0.7) {
            let (part, seconds) = (stream.range(0.0, 0.5), stream.range(2.0, 4.0));
            let (velocity, pan) = (stream.range(0.4, 0.8), stream.range(-0.6, 0.6));
            add(Instrument::Swell, part, 0.0, velocity, seconds, pan, stream.next_u64());
        }
        if bar.intensity > HAT_FROM {
            for eighth in [1, 3, 5, 7] {
                let mut hat = stream.child("hat", eighth);
                if hat.chance((bar.intensity - HAT_FROM) * 0.5 * bar.breath()) {
                    let pan = hat.range(-0.5, 0.5);
                    let velocity = hat.range(0.3, 0.7);
                    let lean = hat.signed() * lean;
                    add(Instrument::HiHat, eighth as f32 / 8.0, lean, velocity, 0.1, pan, hat.next_u64());
                }
            }
        }
    }
}

/// Whether this bar lies in one of the phrase's slots for swells: as many as there may be, evenly spread.
fn swell_slot(bar: &Bar, swells: u32) -> bool {
    let every = (bar.in_phrase.1 / swells.max(1)).max(1);
    bar.in_phrase.0 % every == every - 1 && bar.in_phrase.0 / every < swells
}
