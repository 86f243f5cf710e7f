//! The music as it is written: how often what happens, how fast the harmony moves, and whether it repeats itself.

use auralis_engine::settings::{LAYERS, Layer};
use auralis_engine::time::{Frame, SampleRate};
use auralis_engine::{ChangeLog, Score, Session, What};

/// A note, as far as repetition goes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Onset {
    /// When, in seconds.
    pub seconds: f64,
    /// MIDI note number.
    pub pitch: u8,
    /// Which layer.
    pub layer: Layer,
}

/// What is written of a session's first minutes.
#[derive(Clone, Debug, Default)]
pub struct Written {
    /// How long they are, in seconds.
    pub seconds: f64,
    /// All notes in order.
    pub onsets: Vec<Onset>,
    /// When the chords begin, in seconds.
    pub chords: Vec<f64>,
    /// When the movements begin, in seconds.
    pub movements: Vec<f64>,
}

impl Written {
    /// Reads the score of a session.
    #[must_use]
    pub fn of(session: &Session, seconds: f64) -> Self {
        let rate: SampleRate = session.rate;
        let log = ChangeLog::default();
        let mut written = Self { seconds, ..Self::default() };
        let end = rate.frames(seconds);
        let Ok(score) = Score::new(session, &log, Frame::ZERO) else { return written };
        for event in score.take_while(|event| event.frame.0 < end) {
            let seconds = rate.seconds(event.frame.0);
            match event.what {
                What::Note(note) => {
                    written.onsets.push(Onset { seconds, pitch: note.pitch, layer: note.instrument.layer() })
                }
                What::Chord { .. } => written.chords.push(seconds),
                What::Movement { .. } => written.movements.push(seconds),
                What::Phrase { .. } | What::Bar { .. } | What::Release(_) => {}
            }
        }
        written
    }

    /// Notes a minute, by layer.
    #[must_use]
    pub fn notes_a_minute(&self) -> [f64; LAYERS] {
        let mut counts = [0.0; LAYERS];
        for onset in &self.onsets {
            counts[onset.layer.index()] += 60.0 / self.seconds;
        }
        counts
    }

    /// How long chords stay, in seconds: the least, the mean, the most.
    #[must_use]
    pub fn chord_seconds(&self) -> [f64; 3] {
        let lengths: Vec<f64> = self.chords.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let least = lengths.iter().copied().fold(f64::INFINITY, f64::min);
        let most = lengths.iter().copied().fold(0.0, f64::max);
        [least, lengths.iter().sum::<f64>() / lengths.len().max(1) as f64, most]
    }

    /// The greatest part of notes that any two passages of `length` seconds, which do not overlap, have in common: the same pitch on the same
    /// layer at the same time within the passage, within `tolerance` seconds. Of the passage with more notes.
    #[must_use]
    pub fn similarity(&self, length: f64, tolerance: f64) -> f64 {
        let starts = (0..).map(|n| f64::from(n) * tolerance).take_while(|s| s + length <= self.seconds);
        let passages: Vec<(f64, &[Onset])> = starts
            .map(|start| {
                let from = self.onsets.partition_point(|o| o.seconds < start);
                let to = self.onsets.partition_point(|o| o.seconds < start + length);
                (start, &self.onsets[from..to])
            })
            .collect();
        let mut greatest: f64 = 0.0;
        for (n, (start, one)) in passages.iter().enumerate() {
            for (other_start, other) in passages[n + 1..].iter().filter(|p| p.0 >= start + length) {
                let (fewer, more) = (one.len().min(other.len()), one.len().max(other.len()));
                // Most pairs need not be looked at: they can't have as much in common as is already known.
                if more == 0 || fewer as f64 <= greatest * more as f64 {
                    continue;
                }
                let mut first = 0;
                let mut common = 0;
                for a in *one {
                    let at = a.seconds - start;
                    while first < other.len() && other[first].seconds - other_start < at - tolerance {
                        first += 1;
                    }
                    let near =
                        other[first..].iter().take_while(|b| b.seconds - other_start <= at + tolerance);
                    common += usize::from(near.into_iter().any(|b| (b.pitch, b.layer) == (a.pitch, a.layer)));
                }
                greatest = greatest.max(common as f64 / more as f64);
            }
        }
        greatest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loop_is_found_out() {
        let onset = |seconds: f64, pitch| Onset { seconds, pitch, layer: Layer::Lead };
        let notes = |period: usize| {
            (0..100).map(|n| onset(n as f64 * 1.3, 60 + ((n % period) * 7 % 23) as u8)).collect::<Vec<_>>()
        };
        let written = |onsets| Written { seconds: 130.0, onsets, ..Written::default() };
        assert!(written(notes(23)).similarity(30.0, 0.25) > 0.95);
        assert!(written(notes(100)).similarity(30.0, 0.25) > 0.95, "23 notes come round as well");
        let mut stream = auralis_engine::random::Stream::new(1, "test", 0);
        let random = (0..100).map(|n| onset(f64::from(n) * 1.3, stream.below(40) as u8)).collect();
        assert!(written(random).similarity(30.0, 0.25) < 0.5);
    }

    #[test]
    fn a_session_is_read() {
        let written = Written::of(&Session::new(42), 300.0);
        assert!(written.movements.len() >= 2 && written.movements[0] == 0.0);
        let [least, mean, most] = written.chord_seconds();
        assert!(least > 0.0 && least <= mean && mean <= most, "{least} {mean} {most}");
        assert!(written.notes_a_minute()[Layer::Pad.index()] > 1.0);
    }
}
