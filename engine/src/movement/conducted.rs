//! A movement whose voices sound elsewhere: here is what they are to do, and what is done with their layers.

use crate::cpu::{Simd, dispatch};
use crate::mix::{Parts, StereoBlock};
use crate::movement::Movement;
use crate::session::{MovementSpan, Timeline};
use crate::settings::LAYERS;
use crate::time::{Frame, SampleRate};
use crate::voice::{Moment, Voices};

/// A movement without its own synthesis: [`Conducted::conduct`] any number of control intervals, have the voices synthesized by whoever
/// can ([`crate::voice::bank::Bank::control`]), and then [`Conducted::mix`] the same intervals, one after the other.
#[derive(Clone)]
pub struct Conducted(Movement);

impl Conducted {
    /// Movement `index` of a session, at its beginning. Allocates all that it will ever use.
    #[must_use]
    pub fn new(seed: u64, rate: SampleRate, index: u64, timeline: &Timeline, simd: Simd) -> Self {
        Self(Movement::new(seed, rate, index, timeline, simd))
    }

    /// Where it lies.
    #[must_use]
    pub fn span(&self) -> MovementSpan {
        self.0.span
    }

    /// Starts and releases the voices that the score says for the control interval at `frame`, and tells what they get to see there; `None`
    /// outside of the movement and its tail. Intervals must come in order from the movement's start.
    pub fn conduct(&mut self, frame: Frame, timeline: &Timeline) -> Option<Moment> {
        self.0.sounds_at(frame).then(|| self.0.advance(frame, timeline))
    }

    /// The voices, of which every instrument must be moved on by one control interval after each [`Conducted::conduct`].
    pub fn voices(&mut self) -> &mut Voices {
        &mut self.0.voices
    }

    /// Adds a control interval, unmastered, to a block, given its layers as voices leave them. Each moment that was told must come, in
    /// order. Rich quality's halos are not among layers and not in it.
    pub fn mix(&mut self, moment: &Moment, layers: &[StereoBlock; LAYERS], out: &mut StereoBlock) {
        self.0.parts.layers = *layers;
        let (this, sum) = (&mut self.0, out);
        dispatch!(this.simd, |this: &mut Movement, moment: &Moment, sum: &mut StereoBlock| {
            this.refine(moment);
            this.mix(moment);
            this.parts.sum_into(sum);
        });
    }

    /// What the last interval that was mixed consisted of: layers and space, which add up to what [`Conducted::mix`] added.
    #[must_use]
    pub fn parts(&self) -> &Parts {
        &self.0.parts
    }
}
