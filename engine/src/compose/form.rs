//! Form: slow arcs over minutes, that make one minute denser, brighter or barer than another.
//!
//! Each arc is the mean of three sines whose periods (in seconds) are primes, at places in their turns that the seed decides: functions of
//! the absolute frame that come back to the same state after more than a year.

use crate::dsp::lfo::{Lfo, Shape};
use crate::random::Stream;
use crate::time::{Frame, SampleRate};

/// The arcs at a moment, each -1 ..= 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Values {
    /// How much happens.
    pub density: f32,
    /// How open the filters are.
    pub brightness: f32,
    /// How present the melody is.
    pub lead: f32,
    /// How present the bells are.
    pub bell: f32,
    /// How present the grains are.
    pub grains: f32,
}

/// The session's arcs.
#[derive(Clone, Copy, Debug)]
pub struct Arcs {
    lfos: [[Lfo; 3]; 5],
}

/// Periods in seconds. Density moves over 2 to 10 minutes, brightness over 1 to 5.
const PERIODS: [[f32; 3]; 5] = [
    [131.0, 277.0, 593.0],
    [67.0, 151.0, 293.0],
    [101.0, 229.0, 487.0],
    [113.0, 211.0, 433.0],
    [89.0, 197.0, 379.0],
];

impl Arcs {
    /// The arcs of a session.
    #[must_use]
    pub fn new(seed: u64, rate: SampleRate) -> Self {
        let mut stream = Stream::new(seed, "arcs", 0);
        Self { lfos: PERIODS.map(|p| p.map(|period| Lfo::new(Shape::Sine, period, rate, &mut stream))) }
    }

    /// The arcs at a moment.
    #[must_use]
    pub fn at(&self, frame: Frame) -> Values {
        let arc = |n: usize| self.lfos[n].iter().map(|l| l.at(frame)).sum::<f32>() * (1.0 / 3.0);
        Values { density: arc(0), brightness: arc(1), lead: arc(2), bell: arc(3), grains: arc(4) }
    }

    /// Only the arc of brightness, for what needs it often.
    #[must_use]
    pub fn brightness(&self, frame: Frame) -> f32 {
        self.lfos[1].iter().map(|l| l.at(frame)).sum::<f32>() * (1.0 / 3.0)
    }
}
