//! `ControlRateUpsample`: straight lines from one control sample to the next.

use super::grid::{Grid, Segment};
use auralis_engine::lanes::F32;

/// A straight line through the audio samples of a segment: its value at the first, and how it changes with each.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line {
    /// The value at the segment's first audio sample.
    pub first: f32,
    /// What each further sample adds.
    pub slope: f32,
}

impl Line {
    /// From one control sample to the next, over a segment between them; `step` is the grid's.
    #[inline(always)]
    #[must_use]
    pub fn new(from: f32, to: f32, segment: &Segment, step: f32) -> Self {
        let rise = to - from;
        Self { first: from + rise * segment.offset, slope: rise * step }
    }

    /// The line, so much louder.
    #[inline(always)]
    #[must_use]
    pub fn louder(self, level: f32) -> Self {
        Self { first: self.first * level, slope: self.slope * level }
    }

    /// Whether it is 0 at every sample.
    #[inline(always)]
    #[must_use]
    pub fn is_zero(self) -> bool {
        self.first == 0.0 && self.slope == 0.0
    }

    /// Its values at some samples, counted from the segment's first.
    #[inline(always)]
    #[must_use]
    pub fn at<const L: usize>(&self, sample: F32<L>) -> F32<L> {
        sample * self.slope + self.first
    }
}

/// A control signal at the audio rate; it must have as many samples as the grid has control samples.
#[must_use]
pub fn upsample(control: &[f32], grid: &Grid) -> Vec<f32> {
    assert_eq!(control.len(), grid.controls(), "a control signal of this grid");
    let mut out = Vec::with_capacity(grid.frames());
    for (ends, segment) in control.windows(2).zip(grid.segments()) {
        let line = Line::new(ends[0], ends[1], segment, grid.step());
        out.extend((0..segment.count).map(|i| line.at(F32([i as f32])).0[0]));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use auralis_engine::SampleRate;

    #[test]
    fn a_straight_control_signal_stays_straight_to_the_last_sample() {
        let grid = Grid::new(0.5, SampleRate::Hz44100).unwrap();
        let control: Vec<f32> = (0..grid.controls()).map(|k| k as f32).collect();
        let out = upsample(&control, &grid);
        assert_eq!(out.len(), grid.frames());
        let last = (grid.controls() - 1) as f64;
        for (n, x) in out.iter().enumerate() {
            let expected = n as f64 * last / (grid.frames() - 1) as f64;
            assert!((f64::from(*x) - expected).abs() < 3e-5, "{n}: {x}");
        }
    }
}
