//! A movement whose voices sound elsewhere: here is what they are to do, and what is done with their layers.

use crate::compose::Composer;
use crate::cpu::dispatch;
use crate::mix::StereoBlock;
use crate::movement::Movement;
use crate::session::{MovementSpan, Timeline};
use crate::settings::{LAYERS, Layer};
use crate::texture::{Halos, Supplies};
use crate::time::Frame;
use crate::voice::{Moment, Voices};

/// The layers of a control interval, as voices leave them.
pub type Layers = [StereoBlock; LAYERS];

/// What a movement does in a control interval, but for its voices.
#[derive(Clone, Debug)]
pub struct Cue {
    /// What voices get to see.
    pub moment: Moment,
    /// What surrounds its chords, at rich quality.
    halo: Option<StereoBlock>,
}

/// Where a movement was when it was marked, so that it can be conducted from there again.
#[derive(Clone)]
pub struct Mark {
    span: MovementSpan,
    silent_from: Frame,
    composer: Composer,
    voices: Voices,
    halos: Halos,
}

/// A movement without its own synthesis: [`Movement::conduct`] any number of control intervals, have the voices synthesized by whoever can
/// ([`crate::voice::bank::Bank::control`]), give what they remember back to [`Movement::voices_mut`], and then [`Movement::mix_layers`] of the same
/// intervals, one after the other. After that it is as if it had rendered them itself.
impl Movement {
    /// Starts and releases the voices that the score says for the control interval at `frame`, and tells what is to be done there; `None`
    /// outside of the movement and its tail. Intervals must come in order. `supplies` are what of its halos was rendered ahead.
    pub fn conduct(&mut self, frame: Frame, timeline: &Timeline, supplies: Option<&Supplies>) -> Option<Cue> {
        self.sounds_at(frame).then(|| {
            let moment = self.advance(frame, timeline);
            let halo = self.surround(&moment, supplies);
            Cue { moment, halo }
        })
    }

    /// The voices, of which every instrument must be moved on by one control interval after each [`Movement::conduct`].
    pub const fn voices_mut(&mut self) -> &mut Voices {
        &mut self.voices
    }

    /// Adds a control interval, unmastered, to a block, given its layers as voices leave them. Each cue that was given must come, in order.
    pub fn mix_layers(&mut self, cue: &Cue, layers: &Layers, out: &mut StereoBlock) {
        self.parts.layers = *layers;
        let (this, cue, sum) = (self, cue, out);
        dispatch!(this.simd, |this: &mut Movement, cue: &Cue, sum: &mut StereoBlock| {
            this.refine(&cue.moment);
            if let Some(halo) = &cue.halo {
                this.parts.layers[Layer::Pad.index()].add(halo);
            }
            this.mix(&cue.moment);
            this.parts.sum_into(sum);
        });
    }

    /// Where it is. Allocates.
    #[must_use]
    pub fn mark(&self) -> Mark {
        let Self { span, silent_from, composer, voices, halos, .. } = self;
        let (span, silent_from) = (*span, *silent_from);
        Mark { span, silent_from, composer: composer.clone(), voices: voices.clone(), halos: halos.clone() }
    }

    /// Goes back to where it was marked, as long as nothing that was conducted since has been mixed.
    pub fn rewind(&mut self, mark: Mark) {
        let Mark { span, silent_from, composer, voices, halos } = mark;
        (self.span, self.silent_from) = (span, silent_from);
        (self.composer, self.voices, self.halos) = (composer, voices, halos);
    }
}
