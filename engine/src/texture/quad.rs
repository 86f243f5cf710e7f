//! What all textures share: a table of parts, and the inner loop, thirty-two sines at a time, four to a lane. The loop is the twin of `engine/gpu/src/kernel/quad.wgsl`.
//!
//! Four recurrences side by side hide each other's latency, and share one addition to the lanes' sums.

use super::chord::Chord;
use crate::lanes::{F32, LANES};
use crate::mix::StereoBlock;
use crate::voice::{LaneBlock, LaneFrame, gather};
use alloc::vec::Vec;

/// How many groups of eight go side by side.
pub const GROUPS: usize = 4;

/// What a lane of eight holds, in a form of its own.
pub trait Eight: Default {
    /// One part.
    type One;

    /// Puts a part into a lane.
    fn set(&mut self, lane: usize, one: &Self::One);

    /// The part in a lane.
    fn get(&self, lane: usize) -> Self::One;
}

/// Thirty-two parts.
#[derive(Clone, Debug, Default)]
pub struct Quad<E> {
    /// The parts.
    pub groups: [E; GROUPS],
    /// From the first begin to the last end.
    alive: (u32, u32),
}

impl<E> Quad<E> {
    /// Whether one of them may sound in the interval `at`.
    #[inline(always)]
    pub const fn sounds(&self, at: u32) -> bool {
        self.alive.0 <= at && at < self.alive.1
    }
}

/// The parts of a texture, thirty-two by thirty-two, in their order.
#[derive(Clone, Debug, Default)]
pub struct Table<E> {
    quads: Vec<Quad<E>>,
    parts: usize,
}

impl<E: Eight> Table<E> {
    /// An empty one with room for so many parts.
    pub fn with_room(parts: usize) -> Self {
        Self { quads: Vec::with_capacity(parts.div_ceil(LANES * GROUPS)), parts: 0 }
    }

    /// Empties it. Does not allocate.
    pub fn clear(&mut self) {
        self.quads.clear();
        self.parts = 0;
    }

    /// Adds a part that sounds from one control point to another. Does not allocate while there is room.
    pub fn push(&mut self, one: &E::One, (begin, end): (u32, u32)) {
        let (group, lane) = (self.parts / LANES % GROUPS, self.parts % LANES);
        if group == 0 && lane == 0 {
            self.quads.push(Quad { alive: (begin, end), ..Quad::default() });
        }
        if let Some(quad) = self.quads.last_mut() {
            quad.alive = (quad.alive.0.min(begin), quad.alive.1.max(end));
            quad.groups[group].set(lane, one);
        }
        self.parts += 1;
    }

    /// How many parts there are.
    pub const fn len(&self) -> usize {
        self.parts
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.parts == 0
    }

    /// The parts one by one.
    pub fn iter(&self) -> impl Iterator<Item = E::One> + '_ {
        (0..self.parts)
            .map(|at| self.quads[at / (LANES * GROUPS)].groups[at / LANES % GROUPS].get(at % LANES))
    }

    /// The parts as they are rendered.
    pub fn quads(&self) -> &[Quad<E>] {
        &self.quads
    }
}

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
