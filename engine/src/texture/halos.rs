//! The halos of a movement, sounding: rendered here, or taken from what was rendered ahead.

use super::Texture;
use super::course::{AT_ONCE, Courses};
use super::halo::Halo;
use super::supply::Supplies;
use crate::cpu::Simd;
use crate::dsp::smooth::Ramp;
use crate::mix::StereoBlock;
use crate::time::{CONTROL, Frame, SampleRate};

/// The halos of a movement.
#[derive(Clone, Debug)]
pub struct Halos {
    courses: Courses,
    halos: [Halo; AT_ONCE],
    level: Ramp,
    rate: SampleRate,
}

impl Halos {
    /// None yet. Allocates all that they will ever use.
    #[must_use]
    pub fn new(seed: u64, rate: SampleRate) -> Self {
        let halos = core::array::from_fn(|_| Halo::new(rate));
        Self { courses: Courses::new(seed, rate), halos, level: Ramp::new(0.0), rate }
    }

    /// As if made anew, where so much is heard of them. Does not allocate.
    pub fn restart(&mut self, seed: u64, level: f32) {
        self.courses = Courses::new(seed, self.rate);
        self.level = Ramp::new(level);
    }

    /// The harmony has moved to a chord of these pitch classes.
    pub const fn harmony(&mut self, chord: u16) {
        self.courses.harmony(chord);
    }

    /// Renders the control interval at `frame`: so much is heard of them at its end, of which nothing stands for no halos at all. `plays` is false where the movement only rings on.
    /// False if there is nothing to hear. Does not allocate.
    pub fn render(
        &mut self,
        (frame, simd): (Frame, Simd),
        (level, plays): (f32, bool),
        supplies: Option<&Supplies>,
        out: &mut StereoBlock,
    ) -> bool {
        let (from, to) = self.level.to(level);
        let wanted = plays && (from > 0.0 || to > 0.0);
        if let Some(place) = self.courses.step(frame, wanted)
            && let Some(course) = &self.courses.slots()[place]
        {
            self.halos[place].begin(course.ground);
        }
        let control = frame.0 / CONTROL as u64;
        let mut sounds = false;
        for (course, halo) in self.courses.slots().iter().zip(&mut self.halos) {
            let Some(course) = course else { continue };
            halo.reach(control);
            let gains = [frame, frame + CONTROL as u64].map(|at| course.gain(at, self.rate));
            let supplied = supplies.and_then(|supplies| supplies.get(course.ground.print(), control));
            let block = supplied.unwrap_or_else(|| {
                let mut block = StereoBlock::default();
                halo.interval(simd, control, &mut block);
                block
            });
            out.add_ramped(&block, gains[0] * from, gains[1] * to);
            sounds = true;
        }
        sounds
    }
}
