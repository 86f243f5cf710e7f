//! How long a row is, at the audio and at the control rate, and where one lies in the other.

use auralis_engine::SampleRate;
use std::fmt;

/// The control rate of torchsynth, in hertz.
pub const CONTROL_RATE: u32 = 441;

/// The shortest and the longest row, in seconds. (In a shorter one there would be many more audio samples between two control samples.)
pub const SECONDS: std::ops::RangeInclusive<f64> = 0.05..=600.0;

/// A length that rows cannot have.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BadLength {
    /// The length, in seconds.
    pub seconds: f64,
}

impl fmt::Display for BadLength {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (low, high) = (SECONDS.start(), SECONDS.end());
        write!(f, "seconds cannot be {}; allowed: {low} to {high}", self.seconds)
    }
}

impl std::error::Error for BadLength {}

/// Audio samples between two neighbouring control samples.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Segment {
    /// The first of them.
    pub start: usize,
    /// How many.
    pub count: usize,
    /// Where the first lies between the two control samples, 0 .. 1.
    pub offset: f32,
}

/// Rows of a length: the sizes that `SynthConfig` computes, and the segments of `ControlRateUpsample`, which puts the first and the
/// last control sample on the first and the last audio sample. That is nearly, not exactly, 100 audio samples a control sample.
#[derive(Clone, Debug, PartialEq)]
pub struct Grid {
    rate: SampleRate,
    frames: usize,
    controls: usize,
    step: f32,
    segments: Vec<Segment>,
}

impl Grid {
    /// For rows of so many seconds.
    ///
    /// # Errors
    /// If they would be shorter or longer than [`SECONDS`].
    pub fn new(seconds: f64, rate: SampleRate) -> Result<Self, BadLength> {
        if !SECONDS.contains(&seconds) {
            return Err(BadLength { seconds });
        }
        let hz = f64::from(rate.hz());
        let frames = libm::rint(seconds * hz);
        let controls = libm::rint(frames / hz * f64::from(CONTROL_RATE)) as usize;
        let frames = frames as usize;
        let (audio, control) = (frames - 1, controls - 1);
        let first = |k: usize| (k * audio).div_ceil(control);
        let segment = |k: usize| {
            let start = first(k);
            // The last audio sample lies on the last control sample, which begins no segment.
            let end = if k + 1 == control { frames } else { first(k + 1) };
            let offset = ((start * control - k * audio) as f64 / audio as f64) as f32;
            Segment { start, count: end - start, offset }
        };
        let step = (control as f64 / audio as f64) as f32;
        Ok(Self { rate, frames, controls, step, segments: (0..control).map(segment).collect() })
    }

    /// The audio rate.
    #[must_use]
    pub const fn rate(&self) -> SampleRate {
        self.rate
    }

    /// How many audio samples a row has.
    #[must_use]
    pub const fn frames(&self) -> usize {
        self.frames
    }

    /// How many control samples a row has.
    #[must_use]
    pub const fn controls(&self) -> usize {
        self.controls
    }

    /// What lies between control samples.
    #[must_use]
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// How far an audio sample is from the next, in control samples.
    #[must_use]
    pub const fn step(&self) -> f32 {
        self.step
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_lie_side_by_side_from_the_first_sample_to_the_last() {
        for (seconds, rate) in
            [(4.0, SampleRate::Hz44100), (0.05, SampleRate::Hz44100), (1.234, SampleRate::Hz48000)]
        {
            let grid = Grid::new(seconds, rate).unwrap();
            let mut next = 0;
            for segment in grid.segments() {
                assert_eq!(segment.start, next);
                assert!((0.0..grid.step()).contains(&segment.offset), "{segment:?}");
                next += segment.count;
            }
            assert_eq!(next, grid.frames());
        }
        let grid = Grid::new(4.0, SampleRate::Hz44100).unwrap();
        assert_eq!((grid.frames(), grid.controls(), grid.segments().len()), (176_400, 1764, 1763));
    }

    #[test]
    fn lengths_that_make_no_sense_are_refused() {
        for seconds in [0.0, -1.0, 0.049, 601.0, f64::NAN, f64::INFINITY] {
            let error = Grid::new(seconds, SampleRate::Hz44100).unwrap_err();
            assert!(error.to_string().ends_with("allowed: 0.05 to 600"), "{error}");
        }
    }
}
