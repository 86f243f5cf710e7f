//! Instruments: one a file, each eight voices (or eight partials) at a time.

pub mod bank;
pub mod bell;
pub mod drone;
pub mod grain;
pub mod half;
pub mod hat;
pub mod kick;
pub mod lead;
pub mod noise;
pub mod pad;
pub mod swell;
pub mod voices;

pub use voices::Voices;

use crate::lanes::{F32x8, LANES};
use crate::mix::StereoBlock;
use crate::session::timeline::Controls;
use crate::time::{CONTROL, Frame, SampleRate};

/// What all voices get to see at a control point.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// The control point.
    pub frame: Frame,
    /// Frames per second.
    pub rate: SampleRate,
    /// The continuous settings.
    pub controls: Controls,
    /// What brightness (the setting's and the form's) does to every cutoff, as a factor.
    pub openness: f32,
}

impl Moment {
    /// log₂ of a cutoff in hertz as a part of the rate at which `N` frames make a control interval, opened by brightness: what voices
    /// add their own movement to.
    #[must_use]
    pub fn cutoff<const N: usize>(&self, hz: f32) -> f32 {
        libm::log2f(hz * self.openness / (self.rate.hz_f32() * (N as f32 / CONTROL as f32)))
    }

    /// Whether instruments that can run at half the rate do.
    #[must_use]
    pub fn is_halved(&self) -> bool {
        self.controls.richness <= 0.0
    }
}

/// A frame of eight lanes, left and right.
pub type LaneFrame = [F32x8; 2];

/// A control interval of eight lanes.
pub type LaneBlock = [LaneFrame; CONTROL];

/// Nothing in any lane.
pub const SILENT_LANES: LaneBlock = [[F32x8::ZERO; 2]; CONTROL];

/// Adds the sums of the lanes to a stereo block.
#[inline(always)]
pub fn gather(lanes: &LaneBlock, out: &mut StereoBlock) {
    gather_sides(lanes, &mut out.left, &mut out.right);
}

/// As [`gather`], for any number of frames that is a multiple of eight.
#[cfg_attr(target_family = "wasm", inline(never))]
#[cfg_attr(not(target_family = "wasm"), inline(always))]
pub fn gather_sides<const N: usize>(lanes: &[LaneFrame; N], left: &mut [f32; N], right: &mut [f32; N]) {
    gather_side(lanes, 0, left);
    gather_side(lanes, 1, right);
}

/// Eight frames at a time: their sums are found side by side, in three steps, each of which adds halves and leaves half as many vectors.
/// The order of additions is that of [`F32x8::sum`].
#[inline(always)]
fn gather_side<const N: usize>(lanes: &[LaneFrame; N], side: usize, out: &mut [f32; N]) {
    for part in 0..N / LANES {
        let at = part * LANES;
        let mut fours = [F32x8::ZERO; 4];
        for n in 0..4 {
            fours[n] = lanes[at + n][side].fold(lanes[at + n + 4][side], 4);
        }
        let mut pairs = [F32x8::ZERO; 2];
        for n in 0..2 {
            pairs[n] = fours[n].fold(fours[n + 2], 2);
        }
        let sums = pairs[0].fold(pairs[1], 1);
        for n in 0..LANES {
            out[at + n] += sums.0[n];
        }
    }
}
