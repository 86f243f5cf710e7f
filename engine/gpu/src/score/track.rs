//! What the voices of one instrument are to do in a span.

use auralis_engine::voice::bank::Control;

/// Words of a control, as voice.wgsl reads them.
pub(crate) const CONTROL_WORDS: usize = 8;
/// See voice.wgsl.
const RESTS: u32 = u32::MAX;
const GOES_ON: u32 = u32::MAX - 1;
const REST: [u32; CONTROL_WORDS] = [RESTS, 0, 0, 0, 0, 0, 0, 0];

/// One instrument of a movement.
#[derive(Clone, Debug, Default)]
pub(crate) struct Track {
    /// The voices that sound somewhere in the span, by their number, with what each does in every interval up to the last in which it sounds.
    rows: Vec<(usize, Vec<[u32; CONTROL_WORDS]>)>,
    /// What voices begin with, and go on with in the first interval.
    starts: Vec<u32>,
}

impl Track {
    /// A voice sounds in an interval, with what the instrument itself decides there; `state` is asked for what it remembers, if it begins or is
    /// heard of for the first time.
    pub(crate) fn put<const N: usize>(
        &mut self,
        interval: usize,
        voice: usize,
        control: &Control,
        steps: [u32; 2],
        state: impl FnOnce() -> [u32; N],
    ) {
        let known = self.rows.iter().position(|(number, _)| *number == voice);
        let start = if control.started || known.is_none() {
            self.starts.extend(state());
            (self.starts.len() / N - 1) as u32
        } else {
            GOES_ON
        };
        let at = known.unwrap_or_else(|| {
            self.rows.push((voice, Vec::new()));
            self.rows.len() - 1
        });
        let [left, right] = control.gains.map(f32::to_bits);
        let [left_step, right_step] = control.steps.map(f32::to_bits);
        let [a, b] = steps;
        let row = &mut self.rows[at].1;
        row.resize(interval, REST);
        row.push([start, control.level.to_bits(), a, b, left, right, left_step, right_step]);
    }

    /// How many voices sound somewhere in it.
    pub(crate) const fn voices(&self) -> usize {
        self.rows.len()
    }
}

/// One instrument of many movements, as the kernel reads it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    /// Of which movement each voice is, by its place among the recordings, and its number there.
    pub(crate) voices: Vec<(usize, usize)>,
    pub(crate) controls: Vec<u32>,
    pub(crate) starts: Vec<u32>,
    pub(crate) ranges: Vec<u32>,
    /// Which movement each range is of, by its place among the recordings.
    pub(crate) movements: Vec<usize>,
}

impl Table {
    /// Puts the tracks of movements together. What a voice remembers takes so many words.
    pub(crate) fn new<'a>(tracks: impl Iterator<Item = &'a Track>, intervals: usize, words: usize) -> Self {
        let mut table = Self::default();
        let mut rows: Vec<(u32, &[[u32; CONTROL_WORDS]])> = Vec::new();
        for (movement, track) in tracks.enumerate() {
            if track.rows.is_empty() {
                continue;
            }
            let (first, started) = (rows.len() as u32, (table.starts.len() / words) as u32);
            // Sums have an order: that of the voices' numbers.
            let mut sorted: Vec<_> = track.rows.iter().collect();
            sorted.sort_by_key(|(voice, _)| *voice);
            for (voice, controls) in sorted {
                table.voices.push((movement, *voice));
                rows.push((started, controls));
            }
            table.starts.extend(&track.starts);
            table.ranges.extend([first, rows.len() as u32]);
            table.movements.push(movement);
        }
        for interval in 0..intervals {
            for (started, controls) in &rows {
                // Voices that have ended, and movements that end or begin within the span, have fewer intervals.
                let mut control = *controls.get(interval).unwrap_or(&REST);
                if control[0] < GOES_ON {
                    control[0] += started;
                }
                table.controls.extend(control);
            }
        }
        table
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tracks_of_many_movements_become_one_table_in_the_order_of_their_voices() {
        let control = |started| Control { started, gains: [1.0, 2.0], steps: [3.0, 4.0], level: 0.5 };
        let mut first = Track::default();
        first.put(0, 5, &control(true), [7, 8], || [50, 51]);
        first.put(1, 5, &control(false), [7, 8], || [0, 0]);
        first.put(1, 2, &control(true), [0, 0], || [20, 21]);
        // One that goes on from the span before, rests, and begins anew.
        first.put(0, 9, &control(false), [0, 0], || [80, 81]);
        first.put(2, 9, &control(true), [0, 0], || [82, 83]);
        let silent = Track::default();
        let mut last = Track::default();
        last.put(0, 0, &control(true), [0, 0], || [90, 91]);
        let table = Table::new([&first, &silent, &last].into_iter(), 3, 2);
        assert_eq!(table.voices, [(0, 2), (0, 5), (0, 9), (2, 0)]);
        assert_eq!(table.starts, [50, 51, 20, 21, 80, 81, 82, 83, 90, 91]);
        assert_eq!((&table.ranges[..], &table.movements[..]), (&[0, 3, 3, 4][..], &[0, 2][..]));
        let starts: Vec<u32> = table.controls.chunks(CONTROL_WORDS).map(|control| control[0]).collect();
        assert_eq!(starts, [RESTS, 0, 2, 4, 1, GOES_ON, RESTS, RESTS, RESTS, RESTS, 3, RESTS]);
        let floats: Vec<f32> = table.controls[12..16].iter().map(|w| f32::from_bits(*w)).collect();
        assert_eq!((&table.controls[10..12], &floats[..]), (&[7, 8][..], &[1.0, 2.0, 3.0, 4.0][..]));
        assert!(Table::new([&silent].into_iter(), 2, 2).voices.is_empty());
    }
}
