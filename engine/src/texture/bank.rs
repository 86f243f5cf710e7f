//! A bank of partials: thousands of sines, each with a pitch, a place, a life and a slow swell. Twin of `engine/gpu/src/bank/bank.wgsl`.
//!
//! Amplitudes are computed at control points and are straight lines between; phases are exact at each, from frame 0.

use super::Texture;
use super::chord::{Chord, chord_of, phase_at};
use super::error::TextureError;
use super::life::{life, swell};
use super::quad::{self, Quad, Table, Voice, add, sum};
use crate::cpu::{Simd, dispatch};
use crate::lanes::{F32, F32x8, LANES, U32, U32x8};
use crate::math::equal_power;
use crate::mix::StereoBlock;
use crate::time::{CONTROL, Frame, SampleRate};
use crate::voice::{LaneBlock, SILENT_LANES};

/// A sine with a life.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Partial {
    /// Its frequency in hertz: above 0, and at most 0.45 of the rate.
    pub hz: f64,
    /// Its phase at frame 0 of the session, of 2³² to a turn.
    pub phase: u32,
    /// Its greatest amplitude, 0 to 1.
    pub level: f32,
    /// Where it is, from -1 (left) to 1 (right), of equal power everywhere.
    pub pan: f32,
    /// When it begins; moved back to the control point there or before.
    pub begin: Frame,
    /// How long it rises, in control intervals; 0 is as 1.
    pub rise: u32,
    /// How long it stays, in control intervals.
    pub hold: u32,
    /// How long it falls, in control intervals; 0 is as 1.
    pub fall: u32,
    /// What the swell's phase moves by in a control interval, of 2³² to a turn.
    pub swell: u32,
    /// The swell's phase at frame 0 of the session.
    pub swell_phase: u32,
    /// How far the swell goes down from the level, as a part of it: 0 to 1.
    pub depth: f32,
}

/// What the twins know of a partial: one value of it, or one for each lane.
#[derive(Clone, Copy, Debug, Default)]
pub struct Prepared<Wide, Word, Real> {
    /// What the phase moves by each frame, of 2⁶⁴ to a turn.
    pub increment: Wide,
    /// The phase at frame 0.
    pub phase: Wide,
    /// The chord of the increment.
    pub chord: Real,
    /// The gains to the left and to the right, the level in them.
    pub sides: [Real; 2],
    /// The control points of begin and end, counted from the bank's origin.
    pub begin: Word,
    /// The control point where it is silent again.
    pub end: Word,
    /// What the rise moves by in an interval.
    pub rise: Real,
    /// What the fall moves by in an interval.
    pub fall: Real,
    /// The swell's movement in an interval.
    pub swell: Word,
    /// The swell's phase at frame 0.
    pub swell_phase: Word,
    /// The swell's depth.
    pub depth: Real,
}

type Eight = Prepared<[u64; LANES], U32x8, F32x8>;
/// One partial.
pub type One = Prepared<u64, u32, f32>;

/// A bank of partials, ready to be rendered.
#[derive(Clone, Debug, Default)]
pub struct Bank {
    partials: Table<Eight>,
    origin: u64,
}

impl Bank {
    /// A bank of these partials at this rate.
    ///
    /// # Errors
    /// If a partial is out of the ranges that [`Partial`] states, or ends more than 2³¹ control intervals after the first begins.
    pub fn new(partials: &[Partial], rate: SampleRate) -> Result<Self, TextureError> {
        let mut bank = Self::with_room(partials.len());
        bank.clear(partials.iter().map(|p| p.begin).min().unwrap_or(Frame::ZERO));
        for partial in partials {
            bank.push(partial, rate)?;
        }
        Ok(bank)
    }

    /// An empty bank with room for so many partials.
    #[must_use]
    pub fn with_room(partials: usize) -> Self {
        Self { partials: Table::with_room(partials), origin: 0 }
    }

    /// Empties it; what is pushed into it may not begin before `origin`. Does not allocate.
    pub fn clear(&mut self, origin: Frame) {
        self.partials.clear();
        self.origin = origin.0 / CONTROL as u64;
    }

    /// Adds a partial. Does not allocate while there is room.
    ///
    /// # Errors
    /// If it is out of the ranges that [`Partial`] states, begins before the origin, or ends more than 2³¹ control intervals after it.
    #[cold]
    pub fn push(&mut self, partial: &Partial, rate: SampleRate) -> Result<(), TextureError> {
        let part = self.partials.len();
        let begin = (partial.begin.0 / CONTROL as u64).checked_sub(self.origin);
        let one = prepare(part, partial, begin.ok_or(TextureError::Early { part })?, rate)?;
        self.partials.push(&one, (one.begin, one.end));
        Ok(())
    }

    /// How many partials there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.partials.len()
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.partials.is_empty()
    }

    /// All partials as a kernel reads them, in their order.
    pub fn prepared(&self) -> impl Iterator<Item = One> + '_ {
        self.partials.iter()
    }

    /// The control point at which the first of them begins.
    #[must_use]
    pub const fn origin(&self) -> Frame {
        Frame(self.origin * CONTROL as u64)
    }

    /// Where a control point lies, counted from the origin; none where nothing of the bank can sound.
    #[must_use]
    pub fn place(&self, control: u64) -> Option<u32> {
        let at = control.checked_sub(self.origin)?;
        // One less than a word's half: the interval's end is a control point, too.
        (at < 0x7fff_ffff).then_some(at as u32)
    }
}

fn prepare(part: usize, partial: &Partial, begin: u64, rate: SampleRate) -> Result<One, TextureError> {
    let increment = increment(part, partial.hz, rate)?;
    let level = amount(part, "level", partial.level, (0.0, 1.0))?;
    let (left, right) = equal_power(amount(part, "pan", partial.pan, (-1.0, 1.0))?);
    let depth = amount(part, "depth", partial.depth, (0.0, 1.0))?;
    let (rise, fall) = (partial.rise.max(1), partial.fall.max(1));
    let end = begin + u64::from(rise) + u64::from(partial.hold) + u64::from(fall);
    if end >= 0x7fff_ffff {
        return Err(TextureError::Long { part });
    }
    Ok(One {
        increment,
        phase: u64::from(partial.phase) << 32,
        chord: chord_of(increment),
        sides: [left * level, right * level],
        begin: begin as u32,
        end: end as u32,
        rise: 1.0 / rise as f32,
        fall: 1.0 / fall as f32,
        swell: partial.swell,
        swell_phase: partial.swell_phase,
        depth,
    })
}

/// What a phase moves by each frame, of 2⁶⁴ to a turn.
pub(super) fn increment(part: usize, hz: f64, rate: SampleRate) -> Result<u64, TextureError> {
    let highest = 0.45 * f64::from(rate.hz());
    if hz > 0.0 && hz <= highest {
        Ok((hz / f64::from(rate.hz()) * 18_446_744_073_709_551_616.0) as u64)
    } else {
        Err(TextureError::Frequency { part, hz, highest })
    }
}

pub(super) fn amount(
    part: usize,
    what: &'static str,
    value: f32,
    range: (f32, f32),
) -> Result<f32, TextureError> {
    if value >= range.0 && value <= range.1 {
        Ok(value)
    } else {
        Err(TextureError::Amount { part, what, value, range })
    }
}

impl quad::Eight for Eight {
    type One = One;

    fn set(&mut self, lane: usize, one: &One) {
        self.increment[lane] = one.increment;
        self.phase[lane] = one.phase;
        self.chord.0[lane] = one.chord;
        self.sides[0].0[lane] = one.sides[0];
        self.sides[1].0[lane] = one.sides[1];
        self.begin.0[lane] = one.begin;
        self.end.0[lane] = one.end;
        self.rise.0[lane] = one.rise;
        self.fall.0[lane] = one.fall;
        self.swell.0[lane] = one.swell;
        self.swell_phase.0[lane] = one.swell_phase;
        self.depth.0[lane] = one.depth;
    }

    fn get(&self, lane: usize) -> One {
        One {
            increment: self.increment[lane],
            phase: self.phase[lane],
            chord: self.chord.0[lane],
            sides: self.sides.map(|side| side.0[lane]),
            begin: self.begin.0[lane],
            end: self.end.0[lane],
            rise: self.rise.0[lane],
            fall: self.fall.0[lane],
            swell: self.swell.0[lane],
            swell_phase: self.swell_phase.0[lane],
            depth: self.depth.0[lane],
        }
    }
}

impl Eight {
    /// The amplitudes at control point `at` from the origin, `control` from frame 0.
    #[inline(always)]
    fn amplitude<const W: usize>(&self, part: usize, at: u32, control: u32) -> F32<W> {
        let alive = life(
            U32::splat(at),
            self.begin.part(part),
            self.end.part(part),
            self.rise.part(part),
            self.fall.part(part),
        );
        let moved = self.swell.part::<W>(part).map(|swell| swell.wrapping_mul(control));
        alive * swell(self.swell_phase.part(part) + moved, self.depth.part(part))
    }

    /// A part of the lanes at the beginning of a control interval.
    #[cfg_attr(target_family = "wasm", inline(never))]
    #[cfg_attr(not(target_family = "wasm"), inline(always))]
    fn voice<const W: usize>(&self, part: usize, at: u32, control: u64) -> Voice<W> {
        let (mut phase, mut increment) = (U32::splat(0), U32::splat(0));
        for i in 0..W {
            let lane = part * W + i;
            phase.0[i] =
                phase_at(self.phase[lane], self.increment[lane], control.wrapping_mul(CONTROL as u64));
            increment.0[i] = (self.increment[lane] >> 32) as u32;
        }
        let amplitude = self.amplitude(part, at, control as u32);
        let next = self.amplitude(part, at + 1, (control as u32).wrapping_add(1));
        Voice {
            chord: Chord::at(phase, increment, self.chord.part(part)),
            amplitude,
            step: (next - amplitude) * (1.0 / CONTROL as f32),
            sides: self.sides.map(|side| side.part(part)),
        }
    }
}

impl Texture for Bank {
    fn interval(&self, simd: Simd, control: u64, out: &mut StereoBlock) {
        let Some(at) = self.place(control) else { return };
        let (mut lanes, quads) = (SILENT_LANES, self.partials.quads());
        let sums = &mut lanes;
        dispatch!(simd, W, |quads: &[Quad<Eight>],
                            at: u32,
                            control: u64,
                            sums: &mut LaneBlock,
                            out: &mut StereoBlock| {
            for quad in quads {
                if quad.sounds(at) {
                    for part in 0..LANES / W {
                        let mut voices =
                            core::array::from_fn(|g| quad.groups[g].voice::<W>(part, at, control));
                        add(&mut voices, part, sums);
                    }
                }
            }
            sum(sums, out);
        });
    }
}

#[cfg(test)]
#[path = "bank_tests.rs"]
mod tests;
