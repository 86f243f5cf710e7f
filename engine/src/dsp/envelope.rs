//! Envelopes for eight voices at a time, moved on once every control interval.
//!
//! A segment goes from one level to another in a given time, along a straight line or an exponential: `level ← level · keep + add`
//! covers both. `curve` counts the time constants that fit into the segment: 0 is a straight line, 5 falls fast first and then
//! lingers, as plucked strings and rooms do. Segments reach their end exactly. Between control points the level is a straight line
//! of 64 frames.

use crate::lanes::{F32x8, LANES};
use crate::math::exp2_scalar;
use crate::time::SampleRate;

/// The shape of an envelope: attack, decay, sustain, release.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Adsr {
    /// Seconds from silence to full level.
    pub attack: f32,
    /// Seconds from full level to `sustain`.
    pub decay: f32,
    /// The level that is held, 0 ..= 1.
    pub sustain: f32,
    /// Seconds from wherever the level is to silence.
    pub release: f32,
    /// Time constants in a segment: 0 straight, up to about 8 strongly bent.
    pub curve: f32,
}

/// What an envelope is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stage {
    /// Nothing: the lane is free.
    #[default]
    Idle,
    /// Rising to full level.
    Attack,
    /// Falling to the sustained level.
    Decay,
    /// Holding.
    Sustain,
    /// Falling to silence.
    Release,
    /// Falling to silence at once, because another note wants the lane.
    Fade,
}

/// No end in sight.
const FOREVER: u32 = u32::MAX;

/// Eight envelopes.
#[derive(Clone, Debug)]
pub struct Envelopes {
    level: F32x8,
    keep: F32x8,
    add: F32x8,
    /// Control intervals left in the segment.
    left: [u32; LANES],
    /// Control intervals left until the key is let go.
    gate: [u32; LANES],
    end: [f32; LANES],
    stage: [Stage; LANES],
    shape: [Adsr; LANES],
    active: u32,
}

impl Default for Envelopes {
    fn default() -> Self {
        let silent = Adsr { attack: 0.0, decay: 0.0, sustain: 0.0, release: 0.0, curve: 0.0 };
        Self {
            level: F32x8::ZERO,
            keep: F32x8::ZERO,
            add: F32x8::ZERO,
            left: [FOREVER; LANES],
            gate: [FOREVER; LANES],
            end: [0.0; LANES],
            stage: [Stage::Idle; LANES],
            shape: [silent; LANES],
            active: 0,
        }
    }
}

impl Envelopes {
    /// Starts a lane's envelope from silence; the key is let go after `gate` seconds.
    pub fn start(&mut self, lane: usize, shape: Adsr, gate: f32, rate: SampleRate) {
        self.shape[lane] = shape;
        self.gate[lane] = rate.controls(gate);
        self.level.0[lane] = 0.0;
        self.enter(lane, Stage::Attack, rate);
    }

    /// Lets a lane's key go, if it is held.
    pub fn release(&mut self, lane: usize, rate: SampleRate) {
        if matches!(self.stage[lane], Stage::Attack | Stage::Decay | Stage::Sustain) {
            self.enter(lane, Stage::Release, rate);
        }
    }

    /// Takes a lane to silence within 6 ms.
    pub fn fade(&mut self, lane: usize, rate: SampleRate) {
        if self.stage[lane] != Stage::Idle {
            self.enter(lane, Stage::Fade, rate);
        }
    }

    /// What a lane is doing.
    #[must_use]
    pub fn stage(&self, lane: usize) -> Stage {
        self.stage[lane]
    }

    /// A lane's level, 0 ..= 1.
    #[must_use]
    pub fn level(&self, lane: usize) -> f32 {
        self.level.0[lane]
    }

    /// How many lanes are not idle.
    #[must_use]
    pub fn active(&self) -> u32 {
        self.active
    }

    /// Moves all lanes on by one control interval; gives the levels at its start and at its end.
    #[cfg_attr(target_family = "wasm", inline(never))]
    #[cfg_attr(not(target_family = "wasm"), inline(always))]
    pub fn advance(&mut self, rate: SampleRate) -> (F32x8, F32x8) {
        let from = self.level;
        self.level = self.level * self.keep + self.add;
        let mut due = false;
        for i in 0..LANES {
            self.left[i] = self.left[i].wrapping_sub(1);
            self.gate[i] = self.gate[i].wrapping_sub(1);
            due |= (self.left[i] == 0) | (self.gate[i] == 0);
        }
        if due {
            self.turn(rate);
        }
        (from, self.level)
    }

    /// Takes the lanes whose segment or gate has ended to what comes next.
    #[inline(never)]
    fn turn(&mut self, rate: SampleRate) {
        for lane in 0..LANES {
            if self.left[lane] == 0 {
                self.level.0[lane] = self.end[lane];
                let next = match self.stage[lane] {
                    Stage::Attack => Stage::Decay,
                    Stage::Decay | Stage::Sustain => Stage::Sustain,
                    Stage::Release | Stage::Fade | Stage::Idle => Stage::Idle,
                };
                self.enter(lane, next, rate);
            }
            if self.gate[lane] == 0 {
                self.gate[lane] = FOREVER;
                self.release(lane, rate);
            }
        }
    }

    fn enter(&mut self, lane: usize, stage: Stage, rate: SampleRate) {
        let shape = self.shape[lane];
        // Attacks are bent less: a level that leaps up first sounds like a struck thing.
        let (end, seconds, curve) = match stage {
            Stage::Attack => (1.0, shape.attack, shape.curve * 0.25),
            Stage::Decay => (shape.sustain, shape.decay, shape.curve),
            Stage::Sustain => (shape.sustain, f32::INFINITY, 0.0),
            Stage::Release => (0.0, shape.release, shape.curve),
            Stage::Fade => (0.0, 0.005, 0.0),
            Stage::Idle => (0.0, f32::INFINITY, 0.0),
        };
        self.stage[lane] = stage;
        self.end[lane] = end;
        let start = self.level.0[lane];
        if seconds == f32::INFINITY {
            (self.left[lane], self.keep.0[lane], self.add.0[lane]) = (FOREVER, 0.0, end);
            self.level.0[lane] = end;
        } else {
            let steps = rate.controls(seconds);
            self.left[lane] = steps;
            if curve > 0.01 {
                let keep = exp2_scalar(-curve * core::f32::consts::LOG2_E / steps as f32);
                let whole = exp2_scalar(-curve * core::f32::consts::LOG2_E);
                // The asymptote that makes the exponential pass through `end` when the segment does.
                let asymptote = (end - start * whole) / (1.0 - whole);
                (self.keep.0[lane], self.add.0[lane]) = (keep, asymptote * (1.0 - keep));
            } else {
                (self.keep.0[lane], self.add.0[lane]) = (1.0, (end - start) / steps as f32);
            }
        }
        self.active = self.stage.iter().filter(|s| **s != Stage::Idle).count() as u32;
    }
}
