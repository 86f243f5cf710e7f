//! The inner loop of all textures: thirty-two sines at a time, four to a lane. Twin of `engine/gpu/src/kernel/quad.wgsl`.
//!
//! Four recurrences side by side hide each other's latency, and share one addition to the lanes' sums.

use super::chord::Chord;
use crate::lanes::F32;
use crate::mix::StereoBlock;
use crate::voice::{LaneBlock, LaneFrame, gather};

/// How many groups of eight go side by side.
pub const GROUPS: usize = 4;

/// As [`gather`], of which one is enough for all textures where code must be loaded.
#[cfg_attr(target_family = "wasm", inline(never))]
#[cfg_attr(not(target_family = "wasm"), inline(always))]
pub fn sum(lanes: &LaneBlock, out: &mut StereoBlock) {
    gather(lanes, out);
}

/// Sines whose amplitudes move evenly.
#[derive(Clone, Copy, Debug)]
pub struct Voice<const W: usize> {
    /// The sines.
    pub chord: Chord<W>,
    /// The amplitudes now.
    pub amplitude: F32<W>,
    /// What they move by a frame.
    pub step: F32<W>,
    /// The gains to the left and to the right.
    pub sides: [F32<W>; 2],
}

/// Adds a part of the lanes, four groups of it, to as many frames; the voices move on by these.
#[cfg_attr(target_family = "wasm", inline(never))]
#[cfg_attr(not(target_family = "wasm"), inline(always))]
pub fn add<const W: usize>(voices: &mut [Voice<W>; GROUPS], part: usize, out: &mut [LaneFrame]) {
    for frame in out {
        let mut sides = [[F32::ZERO; GROUPS]; 2];
        for g in 0..GROUPS {
            let voice = &mut voices[g];
            let sound = voice.chord.step() * voice.amplitude;
            voice.amplitude += voice.step;
            sides[0][g] = sound * voice.sides[0];
            sides[1][g] = sound * voice.sides[1];
        }
        for side in 0..2 {
            let [a, b, c, d] = sides[side];
            let sum = frame[side].part(part) + ((a + b) + (c + d));
            frame[side].set_part(part, sum);
        }
    }
}
