//! Which step follows from the load.

use std::fmt;

use crate::session::Thinning;

/// How many looks in a row must say that a step is needed, before it is taken.
const UP: u32 = 2;
/// How many must say that it is not, at first; twice as many each time that it was given up too early.
const DOWN: u32 = 30;
/// The most that this becomes: a quarter of an hour.
const MOST_DOWN: u32 = 900;

/// What is done against too much load.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub enum Step {
    /// Nothing.
    #[default]
    Calm,
    /// The melody thins.
    Melody,
    /// Only chords are left.
    Chords,
    /// And no one more is let in.
    Refusing,
}

impl Step {
    /// Above which load it is taken, and below which it is given up. Between them lies what it saves: a session that is thinned takes half
    /// of the time, so that it could come back too early.
    const fn bounds(self) -> (f64, f64) {
        match self {
            Self::Calm => (0.0, 0.0),
            Self::Melody => (0.60, 0.25),
            Self::Chords => (0.80, 0.45),
            Self::Refusing => (0.95, 0.80),
        }
    }

    const fn below(self) -> Self {
        match self {
            Self::Calm | Self::Melody => Self::Calm,
            Self::Chords => Self::Melody,
            Self::Refusing => Self::Chords,
        }
    }

    /// The highest one that a load needs.
    fn needed(load: f64) -> Self {
        let all = [Self::Refusing, Self::Chords, Self::Melody];
        all.into_iter().find(|step| load > step.bounds().0).unwrap_or_default()
    }

    /// What becomes of the music.
    #[must_use]
    pub const fn thinning(self) -> Thinning {
        match self {
            Self::Calm => Thinning::None,
            Self::Melody => Thinning::Melody,
            Self::Chords | Self::Refusing => Thinning::Chords,
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Calm => "all is as it was",
            Self::Melody => "the melody thins",
            Self::Chords => "only chords are left",
            Self::Refusing => "no one more is let in",
        })
    }
}

/// The steps, up and down.
#[derive(Clone, Copy, Debug)]
pub struct Ladder {
    step: Step,
    /// What the last looks needed at least, and how many they were.
    needed: (Step, u32),
    /// How many looks in a row did not need the step.
    calm: u32,
    /// How many it takes.
    patience: u32,
    /// How many looks ago a step was given up.
    given_up: u32,
}

impl Default for Ladder {
    fn default() -> Self {
        Self { step: Step::Calm, needed: (Step::Calm, 0), calm: 0, patience: DOWN, given_up: u32::MAX }
    }
}

impl Ladder {
    /// Where it stands.
    #[must_use]
    pub const fn step(&self) -> Step {
        self.step
    }

    /// A look at the load, as a share of what the machine can do; where it stands then.
    pub fn look(&mut self, load: f64) -> Step {
        self.given_up = self.given_up.saturating_add(1);
        let needed = Step::needed(load);
        if needed > self.step {
            let least = if self.needed.1 == 0 { needed } else { needed.min(self.needed.0) };
            self.needed = (least, self.needed.1 + 1);
            if self.needed.1 >= UP {
                // It was too early to give it up.
                let early = self.given_up <= 2 * self.patience;
                self.patience = if early { (2 * self.patience).min(MOST_DOWN) } else { DOWN };
                (self.step, self.calm) = (self.needed.0, 0);
                self.needed = (Step::Calm, 0);
            }
            return self.step;
        }
        self.needed = (Step::Calm, 0);
        if load < self.step.bounds().1 {
            self.calm += 1;
            if self.calm >= self.patience {
                (self.step, self.calm, self.given_up) = (self.step.below(), 0, 0);
            }
        } else {
            self.calm = 0;
        }
        self.step
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(ladder: &mut Ladder, load: f64, looks: u32) -> Step {
        for _ in 0..looks {
            ladder.look(load);
        }
        ladder.step()
    }

    #[test]
    fn it_goes_up_where_the_load_stays_and_down_step_by_step() {
        let mut ladder = Ladder::default();
        assert_eq!(after(&mut ladder, 0.6, 100), Step::Calm);
        assert_eq!(after(&mut ladder, 0.99, 1), Step::Calm, "once is an accident");
        assert_eq!(after(&mut ladder, 0.5, 1), Step::Calm);
        assert_eq!(after(&mut ladder, 0.61, 2), Step::Melody);
        assert_eq!(after(&mut ladder, 0.81, 2), Step::Chords);
        assert_eq!(after(&mut ladder, 0.96, 2), Step::Refusing);
        assert_eq!(after(&mut ladder, 0.81, 1000), Step::Refusing, "it is still needed");
        assert_eq!(after(&mut ladder, 0.79, DOWN), Step::Chords);
        assert_eq!(after(&mut ladder, 0.46, 1000), Step::Chords);
        assert_eq!(after(&mut ladder, 0.1, DOWN - 1), Step::Chords);
        assert_eq!(after(&mut ladder, 0.5, 1), Step::Chords, "a look in between counts anew");
        assert_eq!(after(&mut ladder, 0.1, DOWN), Step::Melody);
        assert_eq!(after(&mut ladder, 0.1, DOWN), Step::Calm);
        assert_eq!(after(&mut ladder, 0.0, 1000), Step::Calm);
    }

    #[test]
    fn it_takes_the_step_that_all_looks_need() {
        let mut ladder = Ladder::default();
        ladder.look(0.97);
        assert_eq!(ladder.look(0.7), Step::Melody);
        let mut ladder = Ladder::default();
        assert_eq!(after(&mut ladder, 2.0, 2), Step::Refusing);
    }

    #[test]
    fn what_was_given_up_too_early_is_kept_longer() {
        let mut ladder = Ladder::default();
        let mut kept = Vec::new();
        for _ in 0..8 {
            after(&mut ladder, 0.7, 2);
            let mut looks = 0;
            while ladder.look(0.1) != Step::Calm {
                looks += 1;
            }
            kept.push(looks + 1);
        }
        assert_eq!(kept[..3], [DOWN, 2 * DOWN, 4 * DOWN]);
        assert_eq!(kept[7], MOST_DOWN);
        after(&mut ladder, 0.1, 2 * MOST_DOWN + 1);
        after(&mut ladder, 0.7, 2);
        assert_eq!(after(&mut ladder, 0.1, DOWN), Step::Calm, "long ago");
    }
}
