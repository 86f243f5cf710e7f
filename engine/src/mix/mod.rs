//! From layers to the master: effects of a movement (soft top, chorus, delay, reverb), and what follows the sum of movements
//! (saturation, compressor, true-peak limiter).
//!
//! A movement's effects may remember as long as its tail rings. What follows the sum looks at a bounded window, so that it never has to be
//! saved or replayed.

pub mod chorus;
pub mod compressor;
pub mod echo;
pub mod limiter;
pub mod master;
pub mod reverb;
pub mod saturation;
pub mod soft_top;

pub use master::Master;

use crate::dsp::delay::Block;
use crate::dsp::smooth;
use crate::settings::{LAYERS, Layer};
use crate::time::CONTROL;

/// A control interval of stereo.
#[derive(Clone, Copy, Debug)]
pub struct StereoBlock {
    /// The left channel.
    pub left: Block,
    /// The right channel.
    pub right: Block,
}

impl Default for StereoBlock {
    fn default() -> Self {
        Self { left: [0.0; CONTROL], right: [0.0; CONTROL] }
    }
}

impl StereoBlock {
    /// Adds another block at a gain that goes evenly `from` → `to`.
    #[inline(always)]
    pub fn add_ramped(&mut self, other: &Self, from: f32, to: f32) {
        smooth::add_ramped(&mut self.left, &other.left, from, to);
        smooth::add_ramped(&mut self.right, &other.right, from, to);
    }

    /// Adds another block.
    #[inline(always)]
    pub fn add(&mut self, other: &Self) {
        for n in 0..CONTROL {
            self.left[n] += other.left[n];
            self.right[n] += other.right[n];
        }
    }

    /// Multiplies by a gain that goes evenly `from` → `to`.
    #[inline(always)]
    pub fn ramp(&mut self, from: f32, to: f32) {
        smooth::ramp(&mut self.left, from, to);
        smooth::ramp(&mut self.right, from, to);
    }
}

/// A control interval of a movement in parts that add up to it: each layer dry, and what delay and reverb make of them all.
#[derive(Clone, Copy, Debug, Default)]
pub struct Parts {
    /// The layers, by [`Layer`].
    pub layers: [StereoBlock; LAYERS],
    /// Delay and reverb.
    pub space: StereoBlock,
}

impl Parts {
    /// One layer's part.
    #[must_use]
    pub fn layer(&self, layer: Layer) -> &StereoBlock {
        &self.layers[layer.index()]
    }

    /// Adds other parts, each to its own.
    pub fn add(&mut self, other: &Self) {
        for (sum, part) in self.layers.iter_mut().zip(&other.layers) {
            sum.add(part);
        }
        self.space.add(&other.space);
    }

    /// Adds all parts to a block, always in the same order.
    #[inline(always)]
    pub fn sum_into(&self, out: &mut StereoBlock) {
        for n in 0..CONTROL {
            let [a, b, c, d, e, f, g] = &self.layers;
            let s = &self.space;
            out.left[n] += ((a.left[n] + b.left[n]) + (c.left[n] + d.left[n]))
                + ((e.left[n] + f.left[n]) + (g.left[n] + s.left[n]));
            out.right[n] += ((a.right[n] + b.right[n]) + (c.right[n] + d.right[n]))
                + ((e.right[n] + f.right[n]) + (g.right[n] + s.right[n]));
        }
    }
}
