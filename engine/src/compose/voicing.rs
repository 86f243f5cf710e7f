//! Voicing: which octave each note of a chord is played in.
//!
//! Every inversion, close and open, is weighed against where the voices are now: little movement, no semitones side by side, no
//! thick thirds in the depth, within the pad's range.

use crate::music::Chord;

/// Most voices of a chord.
pub const MOST_VOICES: usize = 5;
/// The pad's range, in MIDI notes: fundamentals of 233 to 880 Hz.
pub const RANGE: (i32, i32) = (58, 81);

/// The notes of a chord, from the lowest to the highest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Voicing {
    notes: [u8; MOST_VOICES],
    len: usize,
}

impl Voicing {
    /// The notes, rising.
    #[must_use]
    pub fn notes(&self) -> &[u8] {
        &self.notes[..self.len]
    }

    /// The mean distance, in semitones, from each note to the nearest note of another voicing.
    #[must_use]
    pub fn distance(&self, other: &Self) -> f32 {
        if self.len == 0 || other.len == 0 {
            return 0.0;
        }
        let nearest = |n: &u8| other.notes().iter().map(|o| o.abs_diff(*n)).min().map_or(0.0, f32::from);
        self.notes().iter().map(nearest).sum::<f32>() / self.len as f32
    }

    /// How far its middle lies from the middle of the range, in semitones.
    fn eccentricity(&self) -> f32 {
        let middle = self.notes().iter().map(|n| f32::from(*n)).sum::<f32>() / self.len.max(1) as f32;
        let off = middle - (RANGE.0 + RANGE.1) as f32 * 0.5;
        if off < 0.0 { -off } else { off }
    }

    /// What is ugly in it: notes out of range, semitones side by side, narrow intervals below middle C.
    fn ugliness(&self) -> f32 {
        let mut cost = 0.0;
        for (i, note) in self.notes().iter().enumerate() {
            let n = i32::from(*note);
            cost += (RANGE.0 - n).max(n - RANGE.1).max(0) as f32 * 3.0;
            if i > 0 {
                let gap = n - i32::from(self.notes[i - 1]);
                cost += match gap {
                    i32::MIN..=0 => 40.0,
                    1 => 30.0,
                    2 => 1.0,
                    _ if gap < 4 && n < 62 => 2.0,
                    _ => 0.0,
                };
            }
        }
        cost
    }
}

/// The voicing of `chord` in `voices` voices (3 ..= 5) that lies best after `before`, and best before `after`, where there are any.
#[must_use]
pub fn lead(chord: &Chord, voices: usize, before: Option<&Voicing>, after: Option<&Voicing>) -> Voicing {
    let notes = chord.notes();
    let voices = voices.clamp(3, MOST_VOICES);
    let mut best = (f32::MAX, Voicing::default());
    for inversion in 0..notes.len() {
        for base in (RANGE.0 - 3)..(RANGE.0 + 12) {
            let first = i32::from(chord.root + notes[inversion]) % 12;
            if base % 12 != first {
                continue;
            }
            for open in [false, true] {
                let mut v = Voicing { notes: [0; MOST_VOICES], len: voices };
                let mut last = base;
                v.notes[0] = base as u8;
                for i in 1..voices {
                    let pitch = i32::from(chord.root + notes[(inversion + i) % notes.len()]) % 12;
                    let mut up = (pitch - last).rem_euclid(12);
                    if up == 0 {
                        up = 12;
                    }
                    last += up;
                    v.notes[i] = last as u8;
                }
                if open {
                    // The second voice from below goes up an octave: tenths instead of thirds at the bottom.
                    v.notes[1] += 12;
                    for i in 1..voices - 1 {
                        if v.notes[i] > v.notes[i + 1] {
                            v.notes.swap(i, i + 1);
                        }
                    }
                }
                let mut cost = v.ugliness() + v.eccentricity() * 0.15;
                cost += before.map_or(v.eccentricity() * 0.5, |b| v.distance(b) * 2.0);
                cost += after.map_or(0.0, |a| v.distance(a));
                if cost < best.0 {
                    best = (cost, v);
                }
            }
        }
    }
    best.1
}
