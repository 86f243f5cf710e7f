//! Gains that move in straight lines from control point to control point.

use crate::dsp::delay::Block;
use crate::time::CONTROL;

/// Adds `source`, at a gain that goes evenly `from` → `to`, to `target`. Does nothing where both are 0.
#[inline(always)]
pub fn add_ramped(target: &mut Block, source: &Block, from: f32, to: f32) {
    if from == 0.0 && to == 0.0 {
        return;
    }
    let step = (to - from) * (1.0 / CONTROL as f32);
    for n in 0..CONTROL {
        target[n] += source[n] * (from + step * n as f32);
    }
}

/// Multiplies a block by a gain that goes evenly `from` → `to`.
#[inline(always)]
pub fn ramp(block: &mut Block, from: f32, to: f32) {
    if from == 1.0 && to == 1.0 {
        return;
    }
    let step = (to - from) * (1.0 / CONTROL as f32);
    for (n, x) in block.iter_mut().enumerate() {
        *x *= from + step * n as f32;
    }
}

/// A value that was set at the last control point and is being approached until the next.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ramp {
    from: f32,
}

impl Ramp {
    /// A ramp that starts at `value`.
    #[must_use]
    pub const fn new(value: f32) -> Self {
        Self { from: value }
    }

    /// The pair (from, to) for this interval, and remembers `to` for the next.
    #[inline(always)]
    pub fn to(&mut self, to: f32) -> (f32, f32) {
        let from = self.from;
        self.from = to;
        (from, to)
    }
}
