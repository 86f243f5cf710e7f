//! What the voices of one instrument are to do in a span.

use auralis_engine::voice::bank::Control;

/// Words of a control, as voice.wgsl reads them.
pub(crate) const CONTROL_WORDS: usize = 8;
/// See voice.wgsl.
const RESTS: u32 = u32::MAX;
const GOES_ON: u32 = u32::MAX - 1;

/// One instrument of a movement.
#[derive(Clone, Debug)]
pub(crate) struct Track {
    intervals: usize,
    /// The voices that sound somewhere in the span, by their number, with what each does in every interval.
    rows: Vec<(usize, Vec<[u32; CONTROL_WORDS]>)>,
    /// The states that voices begin with.
    starts: Vec<u32>,
}

impl Track {
    pub(crate) const fn new(intervals: usize) -> Self {
        Self { intervals, rows: Vec::new(), starts: Vec::new() }
    }

    /// A voice sounds in an interval, with what the instrument itself decides there; `state` is asked for what it begins with, if it does.
    pub(crate) fn put<const N: usize>(
        &mut self,
        interval: usize,
        voice: usize,
        control: &Control,
        steps: [u32; 2],
        state: impl FnOnce() -> [u32; N],
    ) {
        let start = if control.started {
            self.starts.extend(state());
            (self.starts.len() / N - 1) as u32
        } else {
            GOES_ON
        };
        let [left, right] = control.gains.map(f32::to_bits);
        let [left_step, right_step] = control.steps.map(f32::to_bits);
        let [a, b] = steps;
        self.row(voice)[interval] =
            [start, control.level.to_bits(), a, b, left, right, left_step, right_step];
    }

    /// How many voices sound somewhere in it.
    pub(crate) const fn voices(&self) -> usize {
        self.rows.len()
    }

    fn row(&mut self, voice: usize) -> &mut [[u32; CONTROL_WORDS]] {
        let at = self.rows.iter().position(|(number, _)| *number == voice).unwrap_or_else(|| {
            let mut rest = [0; CONTROL_WORDS];
            rest[0] = RESTS;
            self.rows.push((voice, vec![rest; self.intervals]));
            self.rows.len() - 1
        });
        &mut self.rows[at].1
    }
}

/// One instrument of many movements, as the kernel reads it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    pub(crate) places: Vec<u32>,
    pub(crate) controls: Vec<u32>,
    pub(crate) starts: Vec<u32>,
    pub(crate) ranges: Vec<u32>,
    /// Which movement each range is of, by its place among the recordings.
    pub(crate) movements: Vec<usize>,
}

impl Table {
    /// Puts tracks together: of each movement, its place in the group and its track. There are `voices` of the instrument in a movement,
    /// whose states take `words` each.
    pub(crate) fn new<'a>(
        tracks: impl Iterator<Item = (usize, &'a Track)>,
        intervals: usize,
        voices: usize,
        words: usize,
    ) -> Self {
        let mut table = Self::default();
        let mut rows: Vec<(u32, &[[u32; CONTROL_WORDS]])> = Vec::new();
        for (movement, (place, track)) in tracks.enumerate() {
            if track.rows.is_empty() {
                continue;
            }
            let (first, started) = (rows.len() as u32, (table.starts.len() / words) as u32);
            // Sums have an order: that of the voices' numbers.
            let mut sorted: Vec<_> = track.rows.iter().collect();
            sorted.sort_by_key(|(voice, _)| *voice);
            for (voice, controls) in sorted {
                table.places.extend([(place * voices + voice) as u32, movement as u32]);
                rows.push((started, controls));
            }
            table.starts.extend(&track.starts);
            table.ranges.extend([first, rows.len() as u32]);
            table.movements.push(movement);
        }
        let mut rest = [0; CONTROL_WORDS];
        rest[0] = RESTS;
        for interval in 0..intervals {
            for (started, controls) in &rows {
                // Movements that end or begin within the span have fewer intervals.
                let mut control = *controls.get(interval).unwrap_or(&rest);
                if control[0] < GOES_ON {
                    control[0] += started;
                }
                table.controls.extend(control);
            }
        }
        if table.starts.is_empty() {
            // No buffer is empty.
            table.starts.resize(words, 0);
        }
        table
    }

    /// How many voices there are.
    pub(crate) const fn voices(&self) -> usize {
        self.places.len() / 2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tracks_of_many_movements_become_one_table_in_the_order_of_their_voices() {
        let control = |started| Control { started, gains: [1.0, 2.0], steps: [3.0, 4.0], level: 0.5 };
        let mut first = Track::new(2);
        first.put(0, 5, &control(true), [7, 8], || [50, 51]);
        first.put(1, 5, &control(false), [7, 8], || [0, 0]);
        first.put(1, 2, &control(true), [0, 0], || [20, 21]);
        let silent = Track::new(2);
        let mut last = Track::new(1);
        last.put(0, 0, &control(true), [0, 0], || [90, 91]);
        let tracks = [(0, &first), (3, &silent), (4, &last)];
        let table = Table::new(tracks.into_iter(), 2, 8, 2);
        assert_eq!(table.voices(), 3);
        assert_eq!(table.places, [2, 0, 5, 0, 32, 2]);
        assert_eq!(table.starts, [50, 51, 20, 21, 90, 91]);
        assert_eq!((&table.ranges[..], &table.movements[..]), (&[0, 2, 2, 3][..], &[0, 2][..]));
        let starts: Vec<u32> = table.controls.chunks(CONTROL_WORDS).map(|control| control[0]).collect();
        assert_eq!(starts, [RESTS, 0, 2, 1, GOES_ON, RESTS]);
        let floats: Vec<f32> = table.controls[12..16].iter().map(|w| f32::from_bits(*w)).collect();
        assert_eq!((&table.controls[10..12], &floats[..]), (&[7, 8][..], &[1.0, 2.0, 3.0, 4.0][..]));
        let empty = Table::new([(0, &silent)].into_iter(), 2, 8, 2);
        assert_eq!((empty.voices(), empty.starts.len()), (0, 2));
    }
}
