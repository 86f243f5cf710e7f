//! Bells on loops of coprime lengths.
//!
//! Each loop strikes its own note of the chord whenever it comes round, unless it rests. Their periods, in control intervals, are primes:
//! no two loops meet twice within a day (the two shortest do after 32 hours), and all of them not before the end of time. After Brian Eno's
//! *Music for Airports* (1978), whose tape loops did the same. Loops are functions of the absolute frame: movements neither break nor restart them.

use crate::compose::Bar;
use crate::compose::queue::Queue;
use crate::mapping;
use crate::random::Stream;
use crate::score::{Event, Instrument, Note, What};
use crate::time::{CONTROL, Frame};

/// Periods in control intervals: 11.2, 14.9, 17.6, 23.2, 29.0 and 37.1 s at 44 100 Hz.
pub const PERIODS: [u64; 6] = [7_723, 10_267, 12_113, 15_991, 19_991, 25_561];
/// The octave that each loop strikes in: the lowest note of its range.
const BASE: [u8; 6] = [72, 79, 67, 84, 74, 60];

/// Plans the strikes from a little after this bar's beginning to as much after its end.
pub fn plan(bar: &Bar, queue: &mut Queue) {
    let lag = 8 * CONTROL as u64;
    let from = bar.start + lag;
    let until = if bar.end == bar.movement.end { bar.end } else { bar.end + lag };
    for (number, period) in PERIODS.iter().enumerate() {
        let place = Stream::new(bar.seed, "bell loop", number as u64);
        let offset = place.child("offset", 0).next_u64() % period;
        let period = period * CONTROL as u64;
        let offset = offset * CONTROL as u64;
        let mut turn = (from.0 + period - offset).div_ceil(period);
        while let Some(frame) = (turn * period + offset).checked_sub(period).filter(|f| *f < until.0) {
            strike(bar, number, turn, Frame(frame), &place, queue);
            turn += 1;
        }
    }
}

fn strike(bar: &Bar, number: usize, turn: u64, frame: Frame, place: &Stream, queue: &mut Queue) {
    let mut stream = place.child("turn", turn);
    let chance = mapping::bell_chance(bar.intensity) * (1.0 + 0.5 * bar.arcs.bell);
    if !stream.chance(chance) {
        return;
    }
    // The first note of the chord at or above the loop's base, or the one after it.
    let chord = bar.chord.pitch_classes();
    let skip = stream.below(2);
    let pitch = (BASE[number]..BASE[number] + 24)
        .filter(|p| chord & (1 << (p % 12)) != 0)
        .nth(skip as usize)
        .unwrap_or(BASE[number]);
    let what = What::Note(Note {
        instrument: Instrument::Bell,
        pitch,
        velocity: stream.range(0.45, 0.8),
        duration: bar.rate.frames(f64::from(stream.range(2.5, 5.0))),
        pan: stream.range(-0.7, 0.7),
        dice: stream.next_u64(),
    });
    queue.push(Event { frame, what });
}
