//! When a session's frames are: a session goes on by itself, whether or not anybody listens, from the moment it was begun.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use auralis_engine::{Frame, SampleRate};

/// Says which frame of a session sounds when.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Clock {
    /// When its first frame sounds, in microseconds since 1970.
    epoch: u64,
    rate: SampleRate,
}

const MICROS: u128 = 1_000_000;

impl Clock {
    /// The clock of a session whose first frame sounds so many microseconds after 1970.
    pub const fn new(epoch: u64, rate: SampleRate) -> Self {
        Self { epoch, rate }
    }

    /// The clock of a session that begins now.
    pub fn begin(rate: SampleRate) -> Self {
        Self::new(micros(SystemTime::now()), rate)
    }

    /// When its first frame sounds, in microseconds since 1970.
    pub const fn epoch(&self) -> u64 {
        self.epoch
    }

    /// The frame that sounds at a time; the first one before it has begun.
    pub fn at(&self, time: SystemTime) -> Frame {
        let since = u128::from(micros(time).saturating_sub(self.epoch));
        let frames = since * u128::from(self.rate.hz()) / MICROS;
        Frame(frames.min(u128::from(Frame::LAST.0)) as u64)
    }

    /// The frame that sounds now.
    pub fn now(&self) -> Frame {
        self.at(SystemTime::now())
    }

    /// When a frame sounds.
    pub fn time_of(&self, frame: Frame) -> SystemTime {
        let micros = u128::from(frame.0) * MICROS / u128::from(self.rate.hz());
        UNIX_EPOCH + Duration::from_micros(self.epoch.saturating_add(micros as u64))
    }

    /// How long it is until a frame sounds; nothing if it has.
    pub fn until(&self, frame: Frame) -> Duration {
        self.time_of(frame).duration_since(SystemTime::now()).unwrap_or_default()
    }
}

fn micros(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_micros() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_and_times_are_each_other() {
        let clock = Clock::new(1_700_000_000_000_000, SampleRate::Hz44100);
        let begin = UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        assert_eq!(clock.at(begin), Frame::ZERO);
        assert_eq!(clock.at(begin - Duration::from_secs(5)), Frame::ZERO);
        assert_eq!(clock.at(begin + Duration::from_secs(3600)), Frame(3600 * 44_100));
        assert_eq!(clock.time_of(Frame(44_100)), begin + Duration::from_secs(1));
        // A hundred years on, still to the frame.
        let late = begin + Duration::from_secs(100 * 31_557_600);
        assert_eq!(clock.at(late), Frame(100 * 31_557_600 * 44_100));
        assert_eq!(clock.time_of(clock.at(late)), late);
    }
}
