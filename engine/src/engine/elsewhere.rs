//! An engine whose voices sound elsewhere, span by span: on a GPU, with those of other engines.
//!
//! Between two spans all is here, so that each span may be rendered where one likes, and an engine is at any time what it would be if it had
//! rendered everything itself, but for what is rounded otherwise there.

use super::Engine;
use crate::mix::StereoBlock;
use crate::movement::conducted::{Cue, Layers, Mark};
use crate::session::MovementSpan;
use crate::time::{CONTROL, Frame};
use crate::voice::{Moment, Voices};
use alloc::vec::Vec;

/// Whoever synthesizes voices.
pub trait Elsewhere {
    /// Takes down what the voices of a movement are to do in a control interval, and moves them on by it ([`crate::voice::bank::Bank::control`]). Intervals of a movement come in
    /// order. In the first of a span every voice that sounds goes on from what it remembers here.
    fn note(&mut self, movement: u64, moment: &Moment, voices: &mut Voices);

    /// Synthesizes what was taken down; false if that failed, and then the engine does.
    fn play(&mut self) -> bool;

    /// The layers of a movement, `interval` control intervals after the first of it that was taken down.
    fn layers(&self, movement: u64, interval: usize) -> Option<&Layers>;

    /// Has the voices of a movement remember what they do after the last interval.
    fn give_back(&self, movement: u64, voices: &mut Voices);

    /// Forgets the span.
    fn clear(&mut self);
}

/// Where an engine was.
struct Marks {
    movements: [Mark; 2],
    playing: MovementSpan,
    next: Frame,
}

/// A movement in a control interval of a span.
struct Noted {
    /// Which interval of the span it is, and which of those in which the movement sounds.
    interval: usize,
    of_movement: usize,
    slot: usize,
    movement: u64,
    cue: Cue,
}

impl Engine {
    /// Renders interleaved frames, as [`Engine::render_interleaved`] does, with voices that sound elsewhere. What fails there, and reduced quality, is rendered here: then this is false, and the bits
    /// are the engine's own. Allocates; not for threads that must be in time.
    pub fn render_elsewhere(&mut self, out: &mut [f32], voices: &mut impl Elsewhere) -> bool {
        let intervals = (out.len() / 2).saturating_sub(CONTROL - self.used).div_ceil(CONTROL);
        if intervals == 0 {
            self.render_interleaved(out);
            return true;
        }
        let marks = self.marks();
        voices.clear();
        let sums = self.conduct(intervals, voices).and_then(|noted| self.mix(intervals, &noted, voices));
        let Some(sums) = sums else {
            self.rewind(marks);
            self.render_interleaved(out);
            return false;
        };
        let mut sums = sums.iter();
        for frame in out.chunks_exact_mut(2) {
            if self.used == CONTROL
                && let Some(sum) = sums.next()
            {
                self.ready = self.master.process(sum, self.simd);
                self.used = 0;
            }
            frame[0] = self.ready.left[self.used];
            frame[1] = self.ready.right[self.used];
            self.used += 1;
        }
        true
    }

    fn marks(&self) -> Marks {
        let [one, other] = &self.movements;
        Marks { movements: [one.mark(), other.mark()], playing: self.playing, next: self.next }
    }

    fn rewind(&mut self, marks: Marks) {
        (self.playing, self.next) = (marks.playing, marks.next);
        for (movement, mark) in self.movements.iter_mut().zip(marks.movements) {
            movement.rewind(mark);
        }
    }

    /// Conducts the control intervals that come next; nothing if one of them is of reduced quality, whose voices run at half the rate.
    fn conduct(&mut self, intervals: usize, voices: &mut impl Elsewhere) -> Option<Vec<Noted>> {
        let mut noted: Vec<Noted> = Vec::with_capacity(2 * intervals);
        for interval in 0..intervals {
            self.go_on();
            for slot in self.in_order() {
                let this = &mut self.movements[slot];
                let Some(cue) = this.conduct(self.next, &self.timeline, Some(&self.supplies)) else {
                    continue;
                };
                if cue.moment.is_halved() {
                    return None;
                }
                let movement = this.span().index;
                voices.note(movement, &cue.moment, this.voices_mut());
                let before = noted.iter().rev().find(|noted| noted.movement == movement);
                let of_movement = before.map_or(0, |noted| noted.of_movement + 1);
                noted.push(Noted { interval, of_movement, slot, movement, cue });
            }
            self.next = self.next + CONTROL as u64;
        }
        Some(noted)
    }

    /// The sums of the movements in each control interval; nothing if their layers are not to be had.
    fn mix(
        &mut self,
        intervals: usize,
        noted: &[Noted],
        voices: &mut impl Elsewhere,
    ) -> Option<Vec<StereoBlock>> {
        if !voices.play() {
            return None;
        }
        // All of them, or nothing is mixed.
        let layers = noted.iter().map(|noted| voices.layers(noted.movement, noted.of_movement));
        let layers = layers.collect::<Option<Vec<_>>>()?;
        let mut sums = alloc::vec![StereoBlock::default(); intervals];
        for (noted, layers) in noted.iter().zip(layers) {
            self.movements[noted.slot].mix_layers(&noted.cue, layers, &mut sums[noted.interval]);
        }
        for movement in &mut self.movements {
            voices.give_back(movement.span().index, movement.voices_mut());
        }
        Some(sums)
    }
}
