//! Half the rate: what makes reduced quality cheap.
//!
//! At reduced quality the instruments that have little above 8 kHz run at half the rate: half the oscillators' steps, half the filters'. Their
//! state is the same at either rate (a phase, a filter's charge), so that a sounding voice goes on from one to the other. What they make
//! is brought back to the whole rate here, a layer at a time, by a cubic between neighbours; it comes four frames late, and the step that this
//! makes where quality changes is evened out over a control interval.

use crate::dsp::delay::Block;
use crate::mix::StereoBlock;
use crate::time::CONTROL;

/// How many frames a control interval has at half the rate.
pub const HALF: usize = CONTROL / 2;

/// A control interval of stereo at half the rate.
#[derive(Clone, Copy, Debug)]
pub struct HalfBlock {
    /// The left channel.
    pub left: [f32; HALF],
    /// The right channel.
    pub right: [f32; HALF],
}

impl Default for HalfBlock {
    fn default() -> Self {
        Self { left: [0.0; HALF], right: [0.0; HALF] }
    }
}

/// One channel's past.
#[derive(Clone, Copy, Debug, Default)]
struct Side {
    /// The last three frames at half the rate, the newest last.
    past: [f32; 3],
    /// The last frame that was given out.
    last: f32,
}

impl Side {
    /// A control interval at the whole rate passes; `from_half` if the last one did not.
    #[inline(always)]
    fn pass(&mut self, block: &mut Block, from_half: bool) {
        // As if it had been at half the rate: every second frame.
        self.past = [block[CONTROL - 6], block[CONTROL - 4], block[CONTROL - 2]];
        if from_half {
            even_out(block, self.last);
        }
        self.last = block[CONTROL - 1];
    }

    #[inline(always)]
    fn double(&mut self, half: &[f32; HALF], out: &mut Block, from_whole: bool) {
        let mut x = [0.0; HALF + 3];
        x[..3].copy_from_slice(&self.past);
        x[3..].copy_from_slice(half);
        for i in 0..HALF {
            out[2 * i] = x[i + 1];
            // Between the second and third of four: Lagrange's cubic.
            out[2 * i + 1] = (x[i + 1] + x[i + 2]) * 0.5625 - (x[i] + x[i + 3]) * 0.0625;
        }
        self.past.copy_from_slice(&half[HALF - 3..]);
        if from_whole {
            even_out(out, self.last);
        }
        self.last = out[CONTROL - 1];
    }
}

/// Lets a block begin at `last` instead of where it would, by a difference that dwindles to nothing within it.
#[inline(never)]
fn even_out(block: &mut Block, last: f32) {
    let step = last - block[0];
    for (n, x) in block.iter_mut().enumerate() {
        *x += step * (1.0 - (n + 1) as f32 / CONTROL as f32);
    }
}

/// Brings one layer from half the rate to the whole one, and in and out of that.
#[derive(Clone, Copy, Debug, Default)]
pub struct Doubler {
    sides: [Side; 2],
    halved: bool,
    /// Control intervals since something sounded, up to two: after one, the past is silent too.
    rests: u8,
}

impl Doubler {
    /// A control interval that was made at the whole rate: remembered, and joined to what came before.
    #[inline(always)]
    pub fn pass(&mut self, block: &mut StereoBlock) {
        let from_half = core::mem::replace(&mut self.halved, false);
        self.rests = 0;
        self.sides[0].pass(&mut block.left, from_half);
        self.sides[1].pass(&mut block.right, from_half);
    }

    /// A control interval that was made at half the rate, to be given out at the whole one. `out` is silent; so is `half` if it does not
    /// sound, and then there may be nothing to do.
    #[inline(always)]
    pub fn double(&mut self, half: &HalfBlock, sounds: bool, out: &mut StereoBlock) {
        self.rests = if sounds { 0 } else { self.rests.saturating_add(1).min(2) };
        if self.rests == 2 {
            return;
        }
        let from_whole = !core::mem::replace(&mut self.halved, true);
        self.sides[0].double(&half.left, &mut out.left, from_whole);
        self.sides[1].double(&half.right, &mut out.right, from_whole);
    }
}
