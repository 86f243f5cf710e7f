//! Movements: where a session can be entered.
//!
//! A session is a chain of movements of about two and a half minutes. Where movement k begins is known without knowing anything of
//! those before it, `k·L` plus a random deviation below L/8, so any moment of any year is one movement's rendering away.

use crate::random::Stream;
use crate::time::{CONTROL, Frame, SampleRate};

/// The mean length of a movement, in seconds.
pub const LENGTH_SECONDS: f64 = 150.0;
/// How long a movement may ring on into the next, in seconds.
pub const TAIL_SECONDS: f64 = 30.0;
/// How long before a movement begins its first harmony is decided, so that the one before can lead into it, in seconds.
pub const PLANNING_SECONDS: f64 = 20.0;

/// Where a movement lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MovementSpan {
    /// Which one it is, from 0.
    pub index: u64,
    /// Its first frame, on the control grid.
    pub start: Frame,
    /// The first frame of the next movement.
    pub end: Frame,
}

/// No session goes on for longer than this: more movements than there are until [`Frame::LAST`], and few enough that no sum overflows.
const LAST_INDEX: u64 = 1 << 32;

impl MovementSpan {
    /// The span of movement `index`; from 2³² on (20 000 years), of that one.
    #[must_use]
    pub fn of(seed: u64, rate: SampleRate, index: u64) -> Self {
        let index = index.min(LAST_INDEX);
        Self { index, start: start(seed, rate, index), end: start(seed, rate, index + 1) }
    }

    /// The movement that plays at `frame` (the one before it may still be ringing), or at [`Frame::LAST`] where that lies before it.
    #[must_use]
    pub fn at(seed: u64, rate: SampleRate, frame: Frame) -> Self {
        let frame = frame.min(Frame::LAST);
        let guess = frame.0 / rate.frames(LENGTH_SECONDS);
        // The deviation is below an eighth of the length: the guess is at most one off.
        let first = guess.saturating_sub(1);
        let mut span = Self::of(seed, rate, first);
        while span.end <= frame {
            span = Self::of(seed, rate, span.index + 1);
        }
        span
    }

    /// The frame from which on it is silent: its tail has ended.
    #[must_use]
    pub fn silent_from(&self, rate: SampleRate) -> Frame {
        (self.end + rate.frames(TAIL_SECONDS)).control_ceil()
    }

    /// The frame whose settings decide its first harmony.
    #[must_use]
    pub fn planning_frame(&self, rate: SampleRate) -> Frame {
        self.start.saturating_sub(rate.frames(PLANNING_SECONDS))
    }
}

fn start(seed: u64, rate: SampleRate, index: u64) -> Frame {
    if index == 0 {
        return Frame::ZERO;
    }
    let length = rate.frames(LENGTH_SECONDS);
    // 15/128 of the length is just below an eighth.
    let deviation = f64::from(Stream::new(seed, "movement", index).signed()) * length as f64 * (15.0 / 128.0);
    let frame = (index * length) as i64 + deviation as i64;
    Frame(frame as u64 / CONTROL as u64 * CONTROL as u64)
}
