//! The sleep timer's schedule: how loud it is how long before the end.
//!
//! It counts the seconds of the audio clock, which stands still while the player is paused: the timer waits.

/// The longest fade, in seconds. Never more than half of the time.
pub const LONGEST_FADE: f64 = 600.0;
/// Seconds in which the sound comes back when a fade is called off.
pub const BACK_SECONDS: f64 = 3.0;
/// How many straight pieces a fade is made of.
const PIECES: u32 = 60;

/// Music for so long, and then silence.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sleep {
    /// When it ends, by the audio clock.
    end: f64,
    /// How long it fades before, in seconds.
    fade: f64,
}

/// A gain to be reached at a time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// When, by the audio clock.
    pub at: f64,
    /// The gain, 0 to 1.
    pub gain: f32,
}

impl Sleep {
    /// Silence in so many seconds from now.
    #[must_use]
    pub fn new(now: f64, seconds: f64) -> Self {
        Self { end: now + seconds, fade: (seconds / 2.0).min(LONGEST_FADE) }
    }

    /// The same end, by the clock of another context.
    #[must_use]
    pub fn moved(self, from: f64, to: f64) -> Self {
        Self { end: self.end - from + to, ..self }
    }

    /// Later by so many seconds.
    #[must_use]
    pub fn extended(self, now: f64, seconds: f64) -> Self {
        Self::new(now, self.left(now) + seconds)
    }

    /// How many seconds are left.
    #[must_use]
    pub fn left(self, now: f64) -> f64 {
        (self.end - now).max(0.0)
    }

    /// Whether it is silent.
    #[must_use]
    pub fn is_over(self, now: f64) -> bool {
        now >= self.end
    }

    /// Whether it has begun to fade.
    #[must_use]
    pub fn fades(self, now: f64) -> bool {
        self.left(now) < self.fade
    }

    /// How loud it is: the square of what is left, which the ear takes for even.
    #[must_use]
    pub fn gain(self, now: f64) -> f32 {
        let share = if self.fade > 0.0 { (self.left(now) / self.fade).min(1.0) } else { 0.0 };
        (share * share) as f32
    }

    /// The gains from now to the end, to be joined by straight lines, from one that holds now.
    #[must_use]
    pub fn schedule(self, now: f64, held: f32) -> Vec<Point> {
        let back = if self.fades(now) { 0.0 } else { BACK_SECONDS.min(self.end - self.fade - now) };
        let mut points = vec![Point { at: now, gain: held }];
        if back > 0.0 {
            points.push(Point { at: now + back, gain: 1.0 });
        }
        let from = (self.end - self.fade).max(now + back);
        for i in 0..=PIECES {
            let at = from + (self.end - from) * f64::from(i) / f64::from(PIECES);
            points.push(Point { at, gain: self.gain(at) });
        }
        points
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fade_is_long_but_never_more_than_half() {
        for (minutes, fade) in [(1.0, 30.0), (15.0, 450.0), (20.0, 600.0), (90.0, 600.0)] {
            let sleep = Sleep::new(100.0, 60.0 * minutes);
            let end = 100.0 + 60.0 * minutes;
            assert!(!sleep.fades(end - fade - 1.0) && sleep.fades(end - fade + 1.0), "{minutes} min");
            assert_eq!(sleep.gain(end - fade), 1.0);
            assert_eq!(sleep.gain(end), 0.0);
            assert!((sleep.gain(end - fade / 2.0) - 0.25).abs() < 1e-6);
            assert!(sleep.is_over(end) && !sleep.is_over(end - 0.001));
        }
    }

    #[test]
    fn the_schedule_falls_evenly_to_nothing() {
        let sleep = Sleep::new(10.0, 120.0);
        let points = sleep.schedule(10.0, 1.0);
        assert_eq!(points[0], Point { at: 10.0, gain: 1.0 });
        assert_eq!(points.last(), Some(&Point { at: 130.0, gain: 0.0 }));
        for pair in points.windows(2) {
            assert!(pair[0].at <= pair[1].at && pair[0].gain >= pair[1].gain);
            assert!(pair[0].gain - pair[1].gain < 0.05, "no step is heard");
        }
    }

    #[test]
    fn more_time_in_the_fade_brings_the_sound_back() {
        let sleep = Sleep::new(0.0, 60.0);
        let (now, held) = (50.0, sleep.gain(50.0));
        let more = sleep.extended(now, 900.0);
        assert_eq!(more.left(now), 910.0);
        let points = more.schedule(now, held);
        assert_eq!(points[0].gain, held);
        assert_eq!(points[1], Point { at: now + BACK_SECONDS, gain: 1.0 });
        assert_eq!(points.last().unwrap().gain, 0.0);
    }

    #[test]
    fn in_the_middle_of_the_fade_it_goes_on_from_there() {
        let sleep = Sleep::new(0.0, 60.0).moved(45.0, 2.0);
        assert_eq!(sleep.left(2.0), 15.0);
        let points = sleep.schedule(2.0, 0.25);
        assert_eq!((points[0].gain, points[1].gain), (0.25, 0.25));
        assert_eq!(points.last().unwrap().at, 17.0);
    }

    #[test]
    fn nothing_left_is_silence() {
        let sleep = Sleep::new(5.0, 0.0);
        assert!(sleep.is_over(5.0));
        assert_eq!(sleep.gain(5.0), 0.0);
    }
}
