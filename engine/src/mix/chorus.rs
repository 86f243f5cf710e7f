//! Chorus: a delayed copy on either side, whose delays (17 and 23 ms, hence also Haas's width) drift against each other.

use crate::dsp::delay::{Block, DelayLine};
use crate::math::sin_phase_scalar;
use crate::mix::StereoBlock;
use crate::time::{CONTROL, Frame, SampleRate};

/// Mean delays in seconds, left and right.
const DELAY: [f32; 2] = [0.017, 0.023];
/// How far they move either way, in seconds.
const DEPTH: f32 = 0.0028;
/// How fast, in Hz.
const SPEED: [f32; 2] = [0.31, 0.23];

/// A stereo chorus.
#[derive(Clone, Debug)]
pub struct Chorus {
    lines: [DelayLine; 2],
    steps: [u32; 2],
    rate: SampleRate,
}

impl Chorus {
    /// A chorus. Allocates its lines.
    #[must_use]
    pub fn new(rate: SampleRate) -> Self {
        let longest = rate.frames(0.03) as usize;
        Self {
            lines: core::array::from_fn(|_| DelayLine::new(longest)),
            steps: SPEED.map(|hz| rate.phase_step(hz)),
            rate,
        }
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        for line in &mut self.lines {
            line.clear();
        }
    }

    /// Adds the copies to a block, as loud as `wet` (0 ..= 1).
    #[cfg_attr(target_family = "wasm", inline(never))]
    #[cfg_attr(not(target_family = "wasm"), inline(always))]
    pub fn process(&mut self, frame: Frame, wet: f32, block: &mut StereoBlock) {
        let next = frame + CONTROL as u64;
        let delay = |side: usize, at: Frame| {
            let phase = (at.0 as u32).wrapping_mul(self.steps[side]);
            (DELAY[side] + DEPTH * sin_phase_scalar(phase)) * self.rate.hz_f32()
        };
        let mut copies = StereoBlock::default();
        self.lines[0].read(delay(0, frame), delay(0, next), &mut copies.left);
        self.lines[1].read(delay(1, frame), delay(1, next), &mut copies.right);
        // Each side's copy comes from the other side as well: a mono source becomes wide.
        let mixed = |a: &Block, b: &Block| {
            let mut m = [0.0; CONTROL];
            for n in 0..CONTROL {
                m[n] = a[n] * 0.7 + b[n] * 0.3;
            }
            m
        };
        self.lines[0].write(&mixed(&block.left, &block.right));
        self.lines[1].write(&mixed(&block.right, &block.left));
        block.add_ramped(&copies, wet, wet);
    }
}
