//! A cloud of grains: thousands at once, each a short sine, or a band of noise, under a Hann window. Twin of
//! `engine/gpu/src/grains/grains.wgsl`.
//!
//! Amplitudes are computed every 16 frames and are straight lines between, which is as fine as a window of a hundredth of a second needs.

use super::Texture;
use super::bank::{amount, increment};
use super::chord::{Chord, chord_of};
use super::error::TextureError;
use super::quad::{self, GROUPS, Quad, Table, Voice, add, sum};
use crate::cpu::{Simd, dispatch};
use crate::lanes::{F32, F32x8, LANES, U32, U32x8};
use crate::math::{HALF_TURNS, equal_power, sin_phase};
use crate::mix::StereoBlock;
use crate::time::{CONTROL, Frame, SampleRate};
use crate::voice::{LaneBlock, SILENT_LANES};

/// Frames between two amplitudes.
pub const TILE: usize = 16;

/// The longest grain, in control intervals: 24 s at 44 100 Hz.
pub const LONGEST: u32 = 1 << 14;

/// A short sound.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Grain {
    /// When it begins; moved back to the control point there or before.
    pub begin: Frame,
    /// How long it is, in control intervals: 1 to [`LONGEST`], and taken as the nearer of these where it is out of them.
    pub length: u32,
    /// Its frequency, or the middle of its band, in hertz: above 0, and at most 0.45 of the rate.
    pub hz: f64,
    /// Its phase where it begins, of 2³² to a turn.
    pub phase: u32,
    /// Its greatest amplitude, 0 to 1.
    pub level: f32,
    /// Where it is, from -1 (left) to 1 (right), of equal power everywhere.
    pub pan: f32,
    /// How much of it is a band of noise instead of a sine, 0 to 1.
    pub noise: f32,
    /// How wide the band is: noise goes along straight lines of 16 · 2^`narrow` frames, so the band is rate / 16 / 2^`narrow` wide. 0 to 16,
    /// and taken as 16 above.
    pub narrow: u32,
    /// What the noise is drawn from.
    pub seed: u32,
}

/// What the twins know of a grain: one value of it, or one for each lane.
#[derive(Clone, Copy, Debug, Default)]
pub struct Prepared<Word, Real> {
    /// What the phase moves by each frame, of 2³² to a turn.
    pub increment: Word,
    /// The phase where it begins.
    pub phase: Word,
    /// The chord of the increment.
    pub chord: Real,
    /// The gains to the left and to the right, the level in them.
    pub sides: [Real; 2],
    /// The control points of begin and end, counted from the cloud's origin.
    pub begin: Word,
    /// The control point where it has ended.
    pub end: Word,
    /// What half the window's phase moves by each frame.
    pub window: Word,
    /// How much is noise.
    pub noise: Real,
    /// How many bits of a frame lie between two points of the noise.
    pub shift: Word,
    /// What the noise is drawn from.
    pub seed: Word,
}

type Eight = Prepared<U32x8, F32x8>;
/// One grain.
pub type One = Prepared<u32, f32>;

/// A cloud of grains, ready to be rendered. Grains that begin near each other should be given near each other: thirty-two neighbours of
/// which none sounds cost nothing.
#[derive(Clone, Debug, Default)]
pub struct Cloud {
    grains: Table<Eight>,
    origin: u64,
}

impl Cloud {
    /// A cloud of these grains at this rate.
    ///
    /// # Errors
    /// If a grain is out of the ranges that [`Grain`] states, or ends more than 2³¹ control intervals after the first begins.
    pub fn new(grains: &[Grain], rate: SampleRate) -> Result<Self, TextureError> {
        let mut cloud = Self::with_room(grains.len());
        cloud.clear(grains.iter().map(|g| g.begin).min().unwrap_or(Frame::ZERO));
        for grain in grains {
            cloud.push(grain, rate)?;
        }
        Ok(cloud)
    }

    /// An empty cloud with room for so many grains.
    #[must_use]
    pub fn with_room(grains: usize) -> Self {
        Self { grains: Table::with_room(grains), origin: 0 }
    }

    /// Empties it; what is pushed into it may not begin before `origin`. Does not allocate.
    pub fn clear(&mut self, origin: Frame) {
        self.grains.clear();
        self.origin = origin.0 / CONTROL as u64;
    }

    /// Adds a grain. Does not allocate while there is room.
    ///
    /// # Errors
    /// If it is out of the ranges that [`Grain`] states, begins before the origin, or ends more than 2³¹ control intervals after it.
    #[cold]
    pub fn push(&mut self, grain: &Grain, rate: SampleRate) -> Result<(), TextureError> {
        let part = self.grains.len();
        let begin = (grain.begin.0 / CONTROL as u64).checked_sub(self.origin);
        let one = prepare(part, grain, begin.ok_or(TextureError::Early { part })?, rate)?;
        self.grains.push(&one, (one.begin, one.end));
        Ok(())
    }

    /// How many grains there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.grains.len()
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.grains.is_empty()
    }

    /// All grains as a kernel reads them, in their order.
    pub fn prepared(&self) -> impl Iterator<Item = One> + '_ {
        self.grains.iter()
    }

    /// The control point at which the first of them begins.
    #[must_use]
    pub const fn origin(&self) -> Frame {
        Frame(self.origin * CONTROL as u64)
    }

    /// Where a control point lies, counted from the origin; none where nothing of the cloud can sound.
    #[must_use]
    pub fn place(&self, control: u64) -> Option<u32> {
        let at = control.checked_sub(self.origin)?;
        (at < 0x7fff_ffff).then_some(at as u32)
    }
}

fn prepare(part: usize, grain: &Grain, begin: u64, rate: SampleRate) -> Result<One, TextureError> {
    let increment = (increment(part, grain.hz, rate)? >> 32) as u32;
    let level = amount(part, "level", grain.level, (0.0, 1.0))?;
    let (left, right) = equal_power(amount(part, "pan", grain.pan, (-1.0, 1.0))?);
    let noise = amount(part, "noise", grain.noise, (0.0, 1.0))?;
    let length = grain.length.clamp(1, LONGEST);
    let end = begin + u64::from(length);
    if end >= 0x7fff_ffff {
        return Err(TextureError::Long { part });
    }
    Ok(One {
        increment,
        phase: grain.phase,
        chord: chord_of(u64::from(increment) << 32),
        sides: [left * level, right * level],
        begin: begin as u32,
        end: end as u32,
        window: (1 << 31) / (length * CONTROL as u32),
        noise,
        shift: 4 + grain.narrow.min(16),
        seed: grain.seed,
    })
}

/// A number that shows nothing of what it is made from: `lowbias32` of Chris Wellons (*Prospecting for Hash Functions*, 2018).
#[inline(always)]
fn hash<const W: usize>(x: U32<W>) -> U32<W> {
    x.map(|x| {
        let x = (x ^ (x >> 16)).wrapping_mul(0x7feb_352d);
        let x = (x ^ (x >> 15)).wrapping_mul(0x846c_a68b);
        x ^ (x >> 16)
    })
}

/// The noise at a point of its grid, -1 to 1.
#[inline(always)]
fn point<const W: usize>(index: U32<W>) -> F32<W> {
    hash(index).to_signed_f32() * HALF_TURNS
}

impl quad::Eight for Eight {
    type One = One;

    fn set(&mut self, lane: usize, one: &One) {
        self.increment.0[lane] = one.increment;
        self.phase.0[lane] = one.phase;
        self.chord.0[lane] = one.chord;
        self.sides[0].0[lane] = one.sides[0];
        self.sides[1].0[lane] = one.sides[1];
        self.begin.0[lane] = one.begin;
        self.end.0[lane] = one.end;
        self.window.0[lane] = one.window;
        self.noise.0[lane] = one.noise;
        self.shift.0[lane] = one.shift;
        self.seed.0[lane] = one.seed;
    }

    fn get(&self, lane: usize) -> One {
        One {
            increment: self.increment.0[lane],
            phase: self.phase.0[lane],
            chord: self.chord.0[lane],
            sides: self.sides.map(|side| side.0[lane]),
            begin: self.begin.0[lane],
            end: self.end.0[lane],
            window: self.window.0[lane],
            noise: self.noise.0[lane],
            shift: self.shift.0[lane],
            seed: self.seed.0[lane],
        }
    }
}

impl Eight {
    /// 1 in the lanes that sound in the interval `at`, 0 in the others.
    #[inline(always)]
    fn sounding<const W: usize>(&self, part: usize, at: u32) -> F32<W> {
        let mut sounding = F32::ZERO;
        for i in 0..W {
            let lane = part * W + i;
            sounding.0[i] = if self.begin.0[lane] <= at && at < self.end.0[lane] { 1.0 } else { 0.0 };
        }
        sounding
    }

    /// The amplitudes at these frames of each grain.
    #[inline(always)]
    fn amplitude<const W: usize>(&self, part: usize, frame: U32<W>) -> F32<W> {
        let (window, seed, shift): (U32<W>, U32<W>, U32<W>) =
            (self.window.part(part), self.seed.part(part), self.shift.part(part));
        let (mut half, mut index, mut rest) = (U32::splat(0), U32::splat(0), F32::ZERO);
        for i in 0..W {
            half.0[i] = frame.0[i].wrapping_mul(window.0[i]);
            index.0[i] = seed.0[i].wrapping_add(frame.0[i] >> shift.0[i]);
            let bits = frame.0[i] & ((1 << shift.0[i]) - 1);
            rest.0[i] = bits as i32 as f32 / (1_u32 << shift.0[i]) as i32 as f32;
        }
        let (here, next) = (point(index), point(index + U32::splat(1)));
        let noise = here + (next - here) * rest;
        let share = self.noise.part(part);
        let window = sin_phase(half);
        window * window * (F32::splat(1.0) + share * (noise - F32::splat(1.0)))
    }

    /// Which frames of the grains a control interval begins at.
    #[inline(always)]
    fn frame<const W: usize>(&self, part: usize, at: u32) -> U32<W> {
        (U32::splat(at) - self.begin.part(part)) << 6
    }

    /// A part of the lanes at the beginning of a control interval, still silent.
    #[cfg_attr(target_family = "wasm", inline(never))]
    #[cfg_attr(not(target_family = "wasm"), inline(always))]
    fn voice<const W: usize>(&self, part: usize, at: u32) -> Voice<W> {
        let frame = self.frame::<W>(part, at);
        let (mut phase, increment): (U32<W>, U32<W>) = (self.phase.part(part), self.increment.part(part));
        for i in 0..W {
            phase.0[i] = phase.0[i].wrapping_add(increment.0[i].wrapping_mul(frame.0[i]));
        }
        Voice {
            chord: Chord::at(phase, increment, self.chord.part(part)),
            amplitude: F32::ZERO,
            step: F32::ZERO,
            sides: self.sides.map(|side| side.part(part)),
        }
    }

    /// The amplitudes where a tile of a control interval begins, 0 in lanes that do not sound there.
    #[cfg_attr(target_family = "wasm", inline(never))]
    #[cfg_attr(not(target_family = "wasm"), inline(always))]
    fn level<const W: usize>(&self, part: usize, at: u32, tile: usize) -> F32<W> {
        let frame = self.frame(part, at) + U32::splat((tile * TILE) as u32);
        self.amplitude(part, frame) * self.sounding(part, at)
    }
}

impl Quad<Eight> {
    #[inline(always)]
    fn render<const W: usize>(&self, part: usize, at: u32, sums: &mut LaneBlock) {
        let mut voices: [Voice<W>; GROUPS] = core::array::from_fn(|g| self.groups[g].voice(part, at));
        let mut now: [F32<W>; GROUPS] = core::array::from_fn(|g| self.groups[g].level(part, at, 0));
        for (tile, sums) in sums.chunks_exact_mut(TILE).enumerate() {
            for g in 0..GROUPS {
                let next = self.groups[g].level(part, at, tile + 1);
                voices[g].amplitude = now[g];
                voices[g].step = (next - now[g]) * (1.0 / TILE as f32);
                now[g] = next;
            }
            add(&mut voices, part, sums);
        }
    }
}

impl Texture for Cloud {
    fn interval(&self, simd: Simd, control: u64, out: &mut StereoBlock) {
        let Some(at) = self.place(control) else { return };
        let (mut lanes, quads) = (SILENT_LANES, self.grains.quads());
        let sums = &mut lanes;
        dispatch!(simd, W, |quads: &[Quad<Eight>], at: u32, sums: &mut LaneBlock, out: &mut StereoBlock| {
            for quad in quads {
                if quad.sounds(at) {
                    for part in 0..LANES / W {
                        quad.render::<W>(part, at, sums);
                    }
                }
            }
            sum(sums, out);
        });
    }
}

#[cfg(test)]
#[path = "grains_tests.rs"]
mod tests;
