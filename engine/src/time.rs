//! Time is a count of frames: exact, the same everywhere, and never a float that drifts.
//!
//! Seconds are for people. Inside the engine a moment is a [`Frame`], counted from the session's start, and
//! everything that decides something (envelopes, filters' coefficients, events, changes of settings) does
//! so on the **control grid**: every [`CONTROL`] frames, counted from frame 0. Blocks that the caller asks for
//! never move that grid, which is why their size cannot change a single bit of the music.

use core::ops::{Add, Sub};

/// Frames between two control points: 64, that is 1.45 ms at 44 100 Hz. Short enough that nobody hears the grid in
/// an onset, long enough that what is decided there costs next to nothing.
pub const CONTROL: usize = 64;

/// A moment, in frames (samples per channel) from the session's start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Frame(pub u64);

impl Frame {
    /// The session's first frame.
    pub const ZERO: Self = Self(0);

    /// The last frame that a session can be entered at, 2⁵³ - 1: the greatest whole number that JavaScript has, and 5 900 years away.
    pub const LAST: Self = Self((1 << 53) - 1);

    /// The last control point at or before this moment.
    #[must_use]
    pub const fn control_floor(self) -> Self {
        Self(self.0 - self.0 % CONTROL as u64)
    }

    /// The first control point at or after this moment; where there is none any more, the last one.
    #[must_use]
    pub const fn control_ceil(self) -> Self {
        match self.0.checked_next_multiple_of(CONTROL as u64) {
            Some(frame) => Self(frame),
            None => self.control_floor(),
        }
    }

    /// This moment moved back by `frames`, but not past the session's start.
    #[must_use]
    pub const fn saturating_sub(self, frames: u64) -> Self {
        Self(self.0.saturating_sub(frames))
    }
}

impl Add<u64> for Frame {
    type Output = Self;
    fn add(self, frames: u64) -> Self {
        Self(self.0.saturating_add(frames))
    }
}

impl Sub for Frame {
    type Output = u64;
    fn sub(self, earlier: Self) -> u64 {
        self.0 - earlier.0
    }
}

/// Frames per second. Only the two rates that the sound is defined for exist as values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SampleRate {
    /// 44 100 Hz, the default.
    #[default]
    Hz44100,
    /// 48 000 Hz.
    Hz48000,
}

impl SampleRate {
    /// Every rate there is.
    pub const ALL: [Self; 2] = [Self::Hz44100, Self::Hz48000];

    /// The rate in hertz.
    #[must_use]
    pub const fn hz(self) -> u32 {
        match self {
            Self::Hz44100 => 44_100,
            Self::Hz48000 => 48_000,
        }
    }

    /// The rate with this many hertz, if there is one.
    #[must_use]
    pub const fn from_hz(hz: u32) -> Option<Self> {
        match hz {
            44_100 => Some(Self::Hz44100),
            48_000 => Some(Self::Hz48000),
            _ => None,
        }
    }

    /// The rate in hertz, as a float.
    #[must_use]
    pub const fn hz_f32(self) -> f32 {
        self.hz() as f32
    }

    /// The nearest whole number of frames in `seconds` (below zero: none).
    #[must_use]
    pub fn frames(self, seconds: f64) -> u64 {
        (seconds * f64::from(self.hz()) + 0.5) as u64
    }

    /// The nearest whole number of control intervals in `seconds`, at least one.
    #[must_use]
    pub fn controls(self, seconds: f32) -> u32 {
        ((seconds * self.hz_f32() / CONTROL as f32 + 0.5) as u32).max(1)
    }

    /// `frames` in seconds.
    #[must_use]
    pub fn seconds(self, frames: u64) -> f64 {
        frames as f64 / f64::from(self.hz())
    }

    /// What a `u32` phase moves by each frame to go round `hz` times a second.
    #[must_use]
    pub fn phase_step(self, hz: f32) -> u32 {
        (f64::from(hz) * 4_294_967_296.0 / f64::from(self.hz())) as u32
    }
}
