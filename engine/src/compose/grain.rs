//! Texture: a cloud of short tones, high above the chord, that wanders slowly between left and right.

use crate::compose::Bar;
use crate::compose::queue::Queue;
use crate::dsp::lfo::{Lfo, Shape};
use crate::mapping;
use crate::math::exp2_scalar;
use crate::random::Stream;
use crate::score::{Event, Instrument, Note, What};

/// The grains' range, in MIDI notes.
const RANGE: (u8, u8) = (72, 95);

/// How long the cloud takes from one place to the next, in seconds, and how far these lie from the middle.
const PERIOD: f32 = 7.0;
const WAY: f32 = 0.3;

/// Plans the grains of a bar.
pub fn plan(bar: &Bar, queue: &mut Queue) {
    let mut stream = bar.stream("grains");
    let rate =
        mapping::grains_a_second(bar.intensity) * exp2_scalar(bar.arcs.grains * 0.8 + bar.arcs.density * 0.3);
    let chord = bar.chord.pitch_classes();
    let scale = bar.scale_notes();
    let place = Lfo::new(Shape::Random, PERIOD, bar.rate, &mut Stream::new(bar.seed, "cloud", 0));
    let seconds = bar.seconds();
    let mut time = stream.unit() / rate;
    while time < seconds {
        let frame = bar.at(0.0, time - 0.1);
        time += stream.range(0.3, 1.7) / rate;
        // Mostly the chord's notes; some of the scale's, which shimmer against it.
        let set = if stream.chance(0.85) { chord } else { scale };
        let from = RANGE.0 + stream.below(18) as u8;
        let pitch = (from..RANGE.1 + 12).find(|p| set & (1 << (p % 12)) != 0).unwrap_or(from);
        let note = Note {
            instrument: Instrument::Grain,
            pitch,
            velocity: stream.range(0.3, 0.8),
            duration: bar.rate.frames(f64::from(stream.range(0.08, 0.45))),
            pan: stream.range(-0.6, 0.6) + WAY * place.at(frame),
            dice: stream.next_u64(),
        };
        if frame < bar.movement.end {
            queue.push(Event { frame, what: What::Note(note) });
        }
    }
}
