//! The reference scene *pad64* (see [`crate::scene`]) from the engine's own public blocks.
//!
//! As many voices share every instruction as a register has lanes, sixteen at most (see `auralis_engine::lanes`). They play one after the
//! other, 64 frames at a time, and all add up in the same eight lanes, which are summed once. What moves slowly (cutoff, envelope) is
//! computed for each group of sixteen once in 64 frames; the envelope goes in straight lines between, as it is.

use auralis_engine::cpu::{Simd, dispatch};
use auralis_engine::dsp::filter::StateVariable;
use auralis_engine::dsp::noise::White;
use auralis_engine::dsp::oscillator::Phase;
use auralis_engine::lanes::{F32, F32x8, LANES, U32};
use auralis_engine::math::sin_phase;
use auralis_engine::mix::StereoBlock;
use auralis_engine::mix::echo::{Echo, EchoShape};
use auralis_engine::mix::reverb::{Reverb, Room};
use auralis_engine::random::Stream;
use auralis_engine::time::{CONTROL, Frame, SampleRate};
use auralis_engine::voice::{LaneBlock, SILENT_LANES, gather};

use crate::scene;

const RATE: SampleRate = SampleRate::Hz48000;

/// How many voices a group has: as many as the widest register holds lanes.
const GROUP: usize = 16;

/// Sixteen voices. The last group may have fewer: its other lanes rest, or run unheard.
#[derive(Clone, Debug)]
struct Group {
    saws: [Phase<GROUP>; 2],
    noise: White<GROUP>,
    filter: StateVariable<GROUP>,
    /// Where each lane's cutoff is in its cycle when the scene begins, as a phase.
    cutoff_offset: U32<GROUP>,
    /// Where each lane's envelope is in its cycle when the scene begins, in frames.
    cycle_offset: U32<GROUP>,
    /// How loud each lane is on the left and on the right.
    pan: [F32<GROUP>; 2],
    /// The envelope at the last control point.
    level: F32<GROUP>,
    /// How many lanes are voices.
    voices: usize,
}

impl Group {
    fn new(first: u32, voices: u32) -> Self {
        let mut group = Self {
            saws: [Phase::default(); 2],
            noise: White::new(&mut Stream::new(u64::from(first), "pad64", 0)),
            filter: StateVariable::default(),
            cutoff_offset: U32::default(),
            cycle_offset: U32::default(),
            pan: [F32::ZERO; 2],
            level: F32::ZERO,
            voices: GROUP.min((voices - first) as usize),
        };
        for lane in 0..GROUP {
            let voice = first + lane as u32;
            for which in 0..2 {
                let saw = &mut group.saws[which];
                saw.set_hz(lane, scene::frequencies(voice)[which] as f32, RATE);
                saw.position.0[lane] = (scene::start_phases(voice)[which] * 2f64.powi(32)) as u32;
            }
            group.cutoff_offset.0[lane] = voice.wrapping_mul(u32::MAX / scene::VOICES + 1);
            group.cycle_offset.0[lane] = RATE.frames(scene::cycle_offset(voice)) as u32;
            if voice < voices {
                let [left, right] = scene::pan_levels(scene::position(voice));
                // Sources are as wide as a phase, 2³¹, until here.
                let level = scene::VOICE_LEVEL * scene::SAW_LEVEL / 2f64.powi(31);
                group.pan[0].0[lane] = (left * level) as f32;
                group.pan[1].0[lane] = (right * level) as f32;
            }
        }
        group.level = group.envelope(Frame::ZERO);
        group
    }

    /// The envelope: the least of its straight lines, attack and decay above the sustain, release down to nothing.
    #[inline(always)]
    fn envelope(&self, frame: Frame) -> F32<GROUP> {
        const CYCLE: u32 = (scene::CYCLE * RATE.hz() as f64) as u32;
        // Two cycles of less than 2²⁰ frames: exact in an f32.
        let now = U32::splat((frame.0 % u64::from(CYCLE)) as u32) + self.cycle_offset;
        let second = (scene::CYCLE * f64::from(RATE.hz())) as f32;
        let at = now.to_signed_f32();
        let at = at.map(|x| if x >= second { x - second } else { x }) * (1.0 / RATE.hz_f32());
        let line = |from: f64, to: f64, high: f64, low: f64| {
            let slope = (low - high) / (to - from);
            at * slope as f32 + (high - slope * from) as f32
        };
        let attack = line(0.0, scene::ATTACK, 0.0, 1.0);
        let decay = line(scene::ATTACK, scene::ATTACK + scene::DECAY, 1.0, scene::SUSTAIN);
        let release = line(scene::GATE, scene::GATE + scene::RELEASE, scene::SUSTAIN, 0.0);
        attack.min(decay.max(F32::splat(scene::SUSTAIN as f32))).min(release).max(F32::ZERO)
    }

    /// Adds 64 frames to the lanes, `W` voices at a time.
    #[inline(always)]
    fn add<const W: usize>(&mut self, frame: Frame, lanes: &mut LaneBlock) {
        const SLOW: f64 = 0.1 * 4_294_967_296.0 / RATE.hz() as f64;
        let turn = U32::splat((frame.0 as f64 * SLOW) as u64 as u32) + self.cutoff_offset;
        let hz = sin_phase(turn) * 900.0 + 1500.0;
        self.filter.set(hz * (1.0 / RATE.hz_f32()), F32::splat(scene::FILTER_Q as f32));
        let level = self.envelope(frame + CONTROL as u64);
        let step = (level - self.level) * (1.0 / CONTROL as f32);
        for part in 0..self.voices.div_ceil(W) {
            self.add_part::<W>(part, &step, lanes);
        }
        self.level = level;
    }

    /// Adds the voices from `part · W` on, whose envelope moves by `step` each frame.
    #[inline(always)]
    fn add_part<const W: usize>(&mut self, part: usize, step: &F32<GROUP>, lanes: &mut LaneBlock) {
        let mut a: Phase<W> = self.saws[0].part(part);
        let mut b: Phase<W> = self.saws[1].part(part);
        let mut noise: White<W> = self.noise.part(part);
        let mut filter: StateVariable<W> = self.filter.part(part);
        let (level, step): (F32<W>, F32<W>) = (self.level.part(part), step.part(part));
        let [pan_left, pan_right]: [F32<W>; 2] = [self.pan[0].part(part), self.pan[1].part(part)];
        let (mut left, mut right) = (pan_left * level, pan_right * level);
        let (left_step, right_step) = (pan_left * step, pan_right * step);
        let noise_level = F32::splat((scene::NOISE_LEVEL / scene::SAW_LEVEL) as f32);
        for sums in lanes.iter_mut() {
            let source = a.saw_wide() + b.saw_wide() + noise.sample_wide() * noise_level;
            let voice = filter.low(source);
            left += left_step;
            right += right_step;
            add_to(&mut sums[0], part, voice * left);
            add_to(&mut sums[1], part, voice * right);
        }
        self.saws[0].position.set_part(part, a.position);
        self.saws[1].position.set_part(part, b.position);
        self.noise.set_part(part, noise);
        self.filter.set_part(part, &filter);
    }
}

/// Adds voices to the eight sums, in the same order whatever the width: each sum takes every eighth voice.
#[inline(always)]
fn add_to<const W: usize>(sums: &mut F32x8, part: usize, voices: F32<W>) {
    if W > LANES {
        for eight in 0..W / LANES {
            *sums += voices.part::<LANES>(eight);
        }
    } else {
        let at = part % (LANES / W).max(1);
        sums.set_part(at, sums.part::<W>(at) + voices);
    }
}

/// The scene, playing.
pub struct Pad64 {
    groups: Vec<Group>,
    echo: Echo,
    reverb: Reverb,
    simd: Simd,
    next: Frame,
}

impl Pad64 {
    /// The scene at its beginning, with all its memory already taken.
    #[must_use]
    pub fn new(voices: u32, simd: Simd) -> Self {
        let [left, right] = scene::DELAY_SECONDS.map(|s| s as f32);
        let shape = EchoShape {
            seconds: [left, right],
            feedback: scene::DELAY_FEEDBACK as f32,
            cross: 0.0,
            low_pass: scene::DELAY_CUTOFF as f32,
            high_pass: 0.0,
            drift: 0.0,
        };
        let room = Room { decay: scene::REVERB_SECONDS as f32, damping: 8000.0 };
        Self {
            groups: (0..voices).step_by(GROUP).map(|first| Group::new(first, voices)).collect(),
            echo: Echo::new(shape, RATE),
            reverb: Reverb::new(room, 0.0, 20.0, RATE),
            simd,
            next: Frame::ZERO,
        }
    }

    /// Fills two channels of the same length with what comes next. Lengths are whole blocks of 64, but for the last.
    pub fn render(&mut self, left: &mut [f32], right: &mut [f32]) {
        for (left, right) in left.chunks_mut(CONTROL).zip(right.chunks_mut(CONTROL)) {
            let (mut dry, mut block) = (StereoBlock::default(), StereoBlock::default());
            let (this, dry, out) = (&mut *self, &mut dry, &mut block);
            dispatch!(this.simd, WIDTH up to 16, |this: &mut Pad64, dry: &mut StereoBlock| {
                this.voices::<WIDTH>(dry);
            });
            // A function of its own: both in one are a twentieth slower.
            dispatch!(this.simd, _WIDTH up to 16, |this: &mut Pad64,
                                                   dry: &mut StereoBlock,
                                                   out: &mut StereoBlock| {
                this.effects(dry, out);
            });
            left.copy_from_slice(&block.left[..left.len()]);
            right.copy_from_slice(&block.right[..right.len()]);
        }
    }

    #[inline(always)]
    fn voices<const W: usize>(&mut self, dry: &mut StereoBlock) {
        let mut lanes = SILENT_LANES;
        for group in &mut self.groups {
            group.add::<W>(self.next, &mut lanes);
        }
        gather(&lanes, dry);
    }

    #[inline(always)]
    fn effects(&mut self, dry: &StereoBlock, out: &mut StereoBlock) {
        let echo = self.echo.process(self.next, dry);
        let room = self.reverb.process(self.next, dry, 1.0);
        let (d, r) = (scene::DELAY_SEND as f32, scene::REVERB_SEND as f32);
        out.add(dry);
        out.add_ramped(&echo, d, d);
        out.add_ramped(&room, r, r);
        for side in [&mut out.left, &mut out.right] {
            for part in side.as_chunks_mut::<LANES>().0 {
                *part = tanh(F32(*part)).0;
            }
        }
        self.next = self.next + CONTROL as u64;
    }
}

/// tanh(x) by Lambert's continued fraction, cut after the seventh term and clipped where that leaves ±1: within 2e-5 for |x| < 3, 2e-4 anywhere.
#[inline(always)]
#[must_use]
pub fn tanh(x: F32x8) -> F32x8 {
    let x = x.max(F32x8::splat(-4.97)).min(F32x8::splat(4.97));
    let s = x * x;
    let above = ((s + 378.0) * s + 17_325.0) * s + 135_135.0;
    let below = ((s * 28.0 + 3_150.0) * s + 62_370.0) * s + 135_135.0;
    x * above / below
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(voices: u32, simd: Simd, seconds: usize) -> [Vec<f32>; 2] {
        let frames = seconds * RATE.hz() as usize;
        let [mut left, mut right] = [vec![f32::NAN; frames], vec![f32::NAN; frames]];
        Pad64::new(voices, simd).render(&mut left, &mut right);
        [left, right]
    }

    fn db(samples: &[f32]) -> f64 {
        10.0 * (samples.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>() / samples.len() as f64).log10()
    }

    #[test]
    fn the_scene_has_the_same_bits_with_any_instructions() {
        let [left, right] = rendered(64, Simd::Baseline, 9);
        for simd in Simd::ALL.into_iter().filter(|simd| simd.is_here()) {
            assert!([&left, &right] == rendered(64, simd, 9).each_ref(), "{}", simd.name());
        }
        assert!(left.iter().chain(&right).all(|x| x.abs() <= 1.0));
        // As loud as FunDSP's, whose test has these limits too, and always sounding.
        for second in left.chunks(48_000).chain(right.chunks(48_000)) {
            assert!((-30.0..-3.0).contains(&db(second)), "{}", db(second));
        }
    }

    #[test]
    fn voices_that_fill_no_group_are_played_all_the_same() {
        let [three, eight] = [3, 8].map(|voices| db(&rendered(voices, Simd::detect(), 3)[1]));
        assert!(three > -60.0 && eight > three + 2.0, "{three}, {eight}");
    }

    #[test]
    fn envelopes_are_the_scene_s() {
        for first in [0, 8, 48] {
            let group = Group::new(first, 64);
            for frame in (0..20 * 48_000).step_by(6400) {
                let level = group.envelope(Frame(frame));
                for lane in 0..GROUP {
                    let wanted = scene::envelope(first + lane as u32, frame as f64 / 48_000.0);
                    assert!((f64::from(level.0[lane]) - wanted).abs() < 1e-4, "{first} {lane} {frame}");
                }
            }
        }
    }

    #[test]
    fn tanh_is_tanh() {
        for n in -800..=800 {
            let x = n as f32 * 0.01;
            let error = (tanh(F32x8::splat(x)).0[3] - x.tanh()).abs();
            assert!(error < if x.abs() < 3.0 { 2e-5 } else { 2e-4 }, "{x}: {error}");
        }
    }
}
