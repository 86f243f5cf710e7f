//! Bells: a struck bar as a sum of decaying partials, eight lanes to a bell.
//!
//! Each lane is a point that turns on a shrinking circle: `z ← z · r·e^(iθ)`, two states and four products a frame, stable for minutes.
//! The partials are those of a bar that is free at both ends, 1 : 2.756 : 5.404 : 8.933 (Fletcher and Rossing, *The Physics of Musical
//! Instruments*, 2.12), with the second drawn towards the octave and twelfth as the maker of a vibraphone does by carving; each sounds twice, a
//! fraction of a hertz apart, on either side, so that it shimmers.

use crate::lanes::{F32x8, LANES};
use crate::math::{equal_power, exp2_scalar, midi_hz, sin_phase_scalar};
use crate::mix::StereoBlock;
use crate::random::Stream;
use crate::score::Note;
use crate::time::{CONTROL, SampleRate};
use crate::voice::bank::Control;
use crate::voice::half::{HALF, HalfBlock};
use crate::voice::{LaneFrame, gather_sides};

/// Most bells that ring at once.
const BELLS: usize = 10;
/// How many notes can wait for a bell to fade.
const WAITING: usize = 4;
/// How many control intervals a bell takes to fade, at its end or when another note wants it: 6 ms.
const FADE: u32 = 4;
/// Partials of the two kinds of bell: a carved bar and a plain one.
const RATIOS: [[f32; 4]; 2] = [[1.0, 2.0, 3.984, 6.72], [1.0, 2.756, 5.404, 8.933]];
const LOUDNESS: [[f32; 4]; 2] = [[1.0, 0.28, 0.16, 0.05], [1.0, 0.22, 0.07, 0.03]];

/// A bell: eight partials.
#[derive(Clone, Copy, Debug, Default)]
pub struct Bell {
    /// The turning points.
    pub x: F32x8,
    /// See [`Self::x`].
    pub y: F32x8,
    /// The turn and shrinking of a frame.
    pub cos: F32x8,
    /// See [`Self::cos`].
    pub sin: F32x8,
    /// How loud each partial is on the left.
    pub left: F32x8,
    /// How loud each partial is on the right.
    pub right: F32x8,
    /// Control intervals left to ring; the last [`FADE`] fade.
    life: u32,
    /// Whether the strike still has to be softened.
    fresh: bool,
}

impl Bell {
    /// Moves on by a control interval: how loud the bell is when it begins and when it ends.
    #[inline(always)]
    fn age(&mut self) -> (f32, f32) {
        let level = |life: u32| life.min(FADE) as f32 * (1.0 / FADE as f32);
        let from = if core::mem::take(&mut self.fresh) { 0.0 } else { level(self.life) };
        self.life -= 1;
        (from, level(self.life))
    }
}

/// All the bells.
#[derive(Clone, Debug, Default)]
pub struct Bells {
    bells: [Bell; BELLS],
    /// Notes that wait for those that they replace to fade, each with how many bells may ring.
    waiting: [Option<(Note, usize)>; WAITING],
}

impl Bells {
    /// Strikes a bell, of which at most `bells` ring. If they all do, the one that has least left fades within 6 ms, and is struck anew
    /// then. Where as many notes wait already as can, this one is left out.
    pub fn play(&mut self, note: &Note, bells: usize, rate: SampleRate) {
        let bells = bells.min(BELLS);
        if bells == 0 || self.strike(note, bells, rate) {
            return;
        }
        let Some(place) = self.waiting.iter_mut().find(|w| w.is_none()) else { return };
        // Those that fade already make room for others.
        if let Some(bell) = self.bells[..bells].iter_mut().filter(|b| b.life > FADE).min_by_key(|b| b.life) {
            bell.life = FADE;
        }
        *place = Some((*note, bells));
    }

    /// Strikes a bell that rests; false if there is none.
    fn strike(&mut self, note: &Note, bells: usize, rate: SampleRate) -> bool {
        let Some(slot) = self.bells[..bells].iter_mut().find(|b| b.life == 0) else { return false };
        let mut stream = Stream::new(note.dice, "bell", 0);
        let kind = usize::from(stream.chance(0.4));
        let hz = midi_hz(f32::from(note.pitch));
        let decay = (rate.seconds(note.duration) as f32) * 1.6;
        let loud = note.velocity * note.velocity * 0.8;
        let mut bell = Bell { fresh: true, ..Bell::default() };
        for lane in 0..LANES {
            let partial = lane % 4;
            let side = if lane < 4 { 1.0 } else { -1.0 };
            let beat = side * stream.range(0.1, 0.45);
            let f = hz * RATIOS[kind][partial] + beat;
            if f > rate.hz_f32() * 0.45 {
                continue;
            }
            // High partials die sooner, as they do in metal.
            let t60 = decay / RATIOS[kind][partial];
            let shrink = exp2_scalar(-9.965_784 / (t60 * rate.hz_f32()));
            let phase = rate.phase_step(f);
            bell.cos.0[lane] = shrink * sin_phase_scalar(phase.wrapping_add(0x4000_0000));
            bell.sin.0[lane] = shrink * sin_phase_scalar(phase);
            // Harder strikes are brighter.
            let soft = exp2_scalar(-(partial as f32) * (1.0 - note.velocity) * 1.5);
            bell.x.0[lane] = LOUDNESS[kind][partial] * soft * loud * 0.5;
            let (left, right) = equal_power((note.pan + side * 0.35).clamp(-1.0, 1.0));
            bell.left.0[lane] = left;
            bell.right.0[lane] = right;
        }
        bell.life = rate.controls(decay * 1.3);
        *slot = bell;
        true
    }

    /// A bell, by its number.
    pub fn bell(&mut self, number: usize) -> Option<&mut Bell> {
        self.bells.get_mut(number)
    }

    /// How many bells ring.
    #[must_use]
    pub fn active(&self) -> u32 {
        self.bells.iter().filter(|b| b.life > 0).count() as u32
    }

    /// Adds a control interval to a stereo block.
    #[inline(always)]
    pub fn render<const W: usize>(&mut self, rate: SampleRate, out: &mut StereoBlock) {
        self.add::<CONTROL, W>(rate, &mut out.left, &mut out.right);
    }

    /// As [`Bells::render`], at half the rate; false if nothing rings.
    #[inline(always)]
    pub fn render_half<const W: usize>(&mut self, rate: SampleRate, out: &mut HalfBlock) -> bool {
        self.add::<HALF, W>(rate, &mut out.left, &mut out.right)
    }

    /// Adds a control interval to two channels; false if nothing rings. (A bell waits only while the one before it rings.)
    #[cfg_attr(target_family = "wasm", inline(never))]
    #[cfg_attr(not(target_family = "wasm"), inline(always))]
    fn add<const N: usize, const W: usize>(
        &mut self,
        rate: SampleRate,
        left: &mut [f32; N],
        right: &mut [f32; N],
    ) -> bool {
        if self.active() == 0 {
            return false;
        }
        let mut lanes = [[F32x8::ZERO; 2]; N];
        for bell in self.bells.iter_mut().filter(|b| b.life > 0) {
            let (from, to) = bell.age();
            for part in 0..LANES / W {
                ring::<N, W>(bell, part, from, to, &mut lanes);
            }
        }
        gather_sides(&lanes, left, right);
        if self.waiting[0].is_some() {
            self.serve(rate);
        }
        true
    }

    /// Moves on by a control interval of `N` frames without any sound of its own: `take` gets the number of every bell that rings, the bell as
    /// it was struck, and what it is to do, with the gain of either side in front of the partials' own.
    pub fn control<const N: usize>(&mut self, rate: SampleRate, mut take: impl FnMut(usize, &Bell, Control)) {
        for (n, bell) in self.bells.iter_mut().enumerate().filter(|(_, b)| b.life > 0) {
            let started = bell.fresh;
            let (from, to) = bell.age();
            let step = (to - from) * (1.0 / N as f32);
            take(n, bell, Control { started, gains: [from; 2], steps: [step; 2], level: to });
        }
        if self.waiting[0].is_some() {
            self.serve(rate);
        }
    }

    /// Strikes what waits for as long as there is a bell that rests.
    #[inline(never)]
    fn serve(&mut self, rate: SampleRate) {
        let mut left = 0;
        for i in 0..WAITING {
            let Some((note, bells)) = self.waiting[i].take() else { continue };
            if !self.strike(&note, bells, rate) {
                self.waiting[left] = Some((note, bells));
                left += 1;
            }
        }
    }
}

#[inline(always)]
fn ring<const N: usize, const W: usize>(
    bell: &mut Bell,
    part: usize,
    from: f32,
    to: f32,
    out: &mut [LaneFrame; N],
) {
    let lanes = [bell.x, bell.y, bell.cos, bell.sin, bell.left, bell.right];
    let [mut x, mut y, mut cos, mut sin, mut left, mut right] = lanes.map(|l| l.part::<W>(part));
    if N < CONTROL {
        // Partials that half the rate cannot carry (a turn of more than 81° a frame) are left out; the others turn twice as far.
        for lane in 0..W {
            if cos.0[lane] < 0.156 {
                left.0[lane] = 0.0;
                right.0[lane] = 0.0;
            }
        }
        (cos, sin) = (cos * cos - sin * sin, cos * sin * 2.0);
    }
    let step = (to - from) * (1.0 / N as f32);
    for (n, frame) in out.iter_mut().enumerate() {
        let turned = x * cos - y * sin;
        y = x * sin + y * cos;
        x = turned;
        let sound = y * (from + step * n as f32);
        frame[0].set_part(part, frame[0].part(part) + sound * left);
        frame[1].set_part(part, frame[1].part(part) + sound * right);
    }
    bell.x.set_part(part, x);
    bell.y.set_part(part, y);
}
