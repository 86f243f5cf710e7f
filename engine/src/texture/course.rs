//! When which halo begins and is let go: decided by the chords and the settings alone, so that who renders ahead decides the same.

use super::halo::Ground;
use crate::random::Stream;
use crate::time::{Frame, SampleRate};

/// How many halos sound at once at most: one plays, and those before it fall.
pub const AT_ONCE: usize = 3;
/// The least time between the beginnings of two, in seconds, and how long one that was let go falls: [`AT_ONCE`] are then enough.
const LEAST: f64 = 4.0;
const FALL: f64 = 6.0;
/// How long it rises, in seconds: its partials bloom by themselves, its grains do not.
const RISE: f64 = 3.0;

/// A halo that sounds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Course {
    /// What it is a function of.
    pub ground: Ground,
    /// When it was let go.
    pub released: Option<Frame>,
}

impl Course {
    /// How loud it is at a control point, 0 to 1.
    #[must_use]
    pub fn gain(&self, frame: Frame, rate: SampleRate) -> f32 {
        let passed = |since: Frame, seconds: f64| {
            let whole = rate.frames(seconds);
            frame.0.saturating_sub(since.0).min(whole) as f32 / whole as f32
        };
        let smooth = |x: f32| x * x * (3.0 - 2.0 * x);
        let risen = smooth(passed(self.ground.begin, RISE));
        self.released.map_or(risen, |released| risen * smooth(1.0 - passed(released, FALL)))
    }

    /// Whether nothing of it is left.
    #[must_use]
    pub fn is_over(&self, frame: Frame, rate: SampleRate) -> bool {
        self.released.is_some_and(|released| frame >= released + rate.frames(FALL))
    }
}

/// The halos of a movement, one after the other.
#[derive(Clone, Debug)]
pub struct Courses {
    seed: u64,
    rate: SampleRate,
    chord: u16,
    slots: [Option<Course>; AT_ONCE],
    /// Where the last one lies.
    last: usize,
}

impl Courses {
    /// None yet, in a session of this seed and rate.
    #[must_use]
    pub const fn new(seed: u64, rate: SampleRate) -> Self {
        Self { seed, rate, chord: 0, slots: [None; AT_ONCE], last: 0 }
    }

    /// Those that sound, each in its place.
    #[must_use]
    pub const fn slots(&self) -> &[Option<Course>; AT_ONCE] {
        &self.slots
    }

    /// The harmony has moved to a chord of these pitch classes.
    pub const fn harmony(&mut self, chord: u16) {
        self.chord = chord;
    }

    /// A control interval begins at `frame`; halos are `wanted`, or not. Gives the place of one that begins now.
    pub fn step(&mut self, frame: Frame, wanted: bool) -> Option<usize> {
        for slot in &mut self.slots {
            if slot.is_some_and(|course| course.is_over(frame, self.rate)) {
                *slot = None;
            }
        }
        let now = self.slots[self.last].as_mut().filter(|course| course.released.is_none());
        if let Some(course) = now {
            let stays = wanted && course.ground.chord == self.chord;
            if stays || wanted && frame < course.ground.begin + self.rate.frames(LEAST) {
                return None;
            }
            course.released = Some(frame);
        }
        let place = self.slots.iter().position(Option::is_none).filter(|_| wanted && self.chord != 0)?;
        let dice = Stream::new(self.seed, "halo", frame.0).next_u64();
        self.slots[place] =
            Some(Course { ground: Ground { dice, begin: frame, chord: self.chord }, released: None });
        self.last = place;
        Some(place)
    }
}
