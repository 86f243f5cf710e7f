//! Which part of a session is meant.

use auralis_engine::{Frame, SampleRate};

/// How a time is written.
const WRITTEN: &str = "A time is written like 7:12 or 1:02:03.";

/// A part of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Its first frame.
    pub from: Frame,
    /// How many frames it has.
    pub frames: u64,
}

impl Span {
    /// The last seconds before a position; from the session's beginning if there are fewer.
    ///
    /// # Errors
    /// A sentence for people: there is nothing before it.
    pub fn last(seconds: f64, position: Frame, rate: SampleRate) -> Result<Self, String> {
        Self::since(position.saturating_sub(rate.frames(seconds)), position)
    }

    /// From a frame to a position.
    ///
    /// # Errors
    /// A sentence for people: there is nothing between them.
    pub fn since(from: Frame, position: Frame) -> Result<Self, String> {
        if from >= position {
            return Err(
                "Nothing has been played there yet: press play, or choose a span by its times.".into()
            );
        }
        Ok(Self { from, frames: position - from })
    }

    /// From one time of the session's clock to another, as people write them.
    ///
    /// # Errors
    /// A sentence for people.
    pub fn between(from: &str, to: &str, rate: SampleRate) -> Result<Self, String> {
        let frame = |text| clock(text).map(|seconds| Frame(rate.frames(seconds as f64))).ok_or(WRITTEN);
        let (from, to) = (frame(from)?, frame(to)?);
        if from >= to {
            return Err("The end must come after the beginning.".into());
        }
        Ok(Self { from, frames: to - from })
    }

    /// The frame after its last.
    #[must_use]
    pub fn end(&self) -> Frame {
        self.from + self.frames
    }
}

/// Seconds from "12", "7:12" or "1:02:03"; `None` if it is none of them, or later than a session of a thousand years.
#[must_use]
pub fn clock(text: &str) -> Option<u64> {
    let parts: Vec<_> = text.trim().split(':').collect();
    let number = |part: &&str| {
        let digits = (1..=9).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| part.parse::<u64>().ok()).flatten()
    };
    let numbers = parts.iter().map(number).collect::<Option<Vec<_>>>()?;
    let [first, rest @ ..] = numbers.as_slice() else { return None };
    let whole = rest.len() <= 2 && rest.iter().all(|n| *n < 60);
    let seconds = rest.iter().fold(*first, |sum, n| sum * 60 + n);
    (whole && seconds < 1000 * 366 * 86_400).then_some(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: SampleRate = SampleRate::Hz44100;

    #[test]
    fn times_are_read_as_a_clock_shows_them() {
        assert_eq!(
            ["12", " 7:12 ", "1:02:03", "90:00", "0:00"].map(clock),
            [12, 432, 3723, 5400, 0].map(Some)
        );
        for wrong in
            ["", ":", "7:", "7:60", "1:2:3:4", "-1", "1.5", "x", "7:1x", "99999999999", "999999999:00:00"]
        {
            assert_eq!(clock(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_last_minutes_end_where_the_music_is() {
        let position = Frame(RATE.frames(100.0));
        let minute = Span::last(60.0, position, RATE).unwrap();
        assert_eq!((minute.from, minute.end()), (Frame(RATE.frames(40.0)), position));
        assert_eq!(Span::last(180.0, position, RATE).unwrap(), Span { from: Frame(0), frames: position.0 });
        assert!(Span::last(60.0, Frame(0), RATE).unwrap_err().starts_with("Nothing has been played"));
        assert!(Span::since(Frame(9), Frame(9)).is_err());
    }

    #[test]
    fn a_span_by_its_times_has_an_order() {
        let span = Span::between("0:10", "1:10", RATE).unwrap();
        assert_eq!((span.from.0, span.frames), (441_000, 60 * 44_100));
        assert_eq!(
            Span::between("1:10", "1:10", RATE).unwrap_err(),
            "The end must come after the beginning."
        );
        assert_eq!(Span::between("now", "1:10", RATE).unwrap_err(), WRITTEN);
    }
}
