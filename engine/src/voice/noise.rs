//! Wind: four bands of noise on either side, each with a centre and a level that wander, as does the whole between left and right.
//!
//! It has no notes: it is there for as long as its movement, and crosses over with the next one's at equal power.

use crate::dsp::filter::StateVariable;
use crate::dsp::lfo::{Lfo, Shape, sines};
use crate::dsp::noise::White;
use crate::lanes::{F32, F32x8, LANES, U32, U32x8};
use crate::mapping;
use crate::math::{equal_power, exp2};
use crate::mix::StereoBlock;
use crate::random::Stream;
use crate::time::{CONTROL, Frame, SampleRate};
use crate::voice::Moment;
use crate::voice::half::{HALF, HalfBlock};

/// The wind of a movement.
#[derive(Clone, Debug)]
pub struct Wind {
    /// What is filtered.
    pub noise: White,
    /// A band each.
    pub filter: StateVariable,
    /// Each band's place, in octaves from the middle.
    pub place: F32x8,
    /// By how much the phases of the LFOs of centres and levels move each frame.
    pub lfo_step: [U32x8; 2],
    /// Where these were at frame 0.
    pub lfo_offset: [U32x8; 2],
    /// From which side it blows.
    side: Lfo,
    /// How loud each band is, where it has come to.
    pub gain: F32x8,
}

impl Wind {
    /// The wind of movement `index`. Its wandering goes on from movement to movement; only the noise itself is new.
    #[must_use]
    pub fn new(seed: u64, index: u64, rate: SampleRate) -> Self {
        let mut stream = Stream::new(seed, "wind", 0);
        let mut lanes = || core::array::from_fn::<u32, LANES, _>(|_| stream.next_u32());
        let (offset_a, offset_b, a, b) = (lanes(), lanes(), lanes(), lanes());
        // Periods of 10 to 22 s for the centres, 7 to 15 s for the levels.
        let steps = |random: [u32; LANES], slow: f32, fast: f32| {
            U32(random.map(|r| rate.phase_step(slow + (fast - slow) * (r as f32 / 4_294_967_296.0))))
        };
        Self {
            noise: White::new(&mut Stream::new(seed, "wind noise", index)),
            filter: StateVariable::default(),
            place: F32([-1.5, -0.6, 0.4, 1.4, -1.4, -0.5, 0.5, 1.5]),
            lfo_step: [steps(a, 0.045, 0.1), steps(b, 0.066, 0.14)],
            lfo_offset: [U32(offset_a), U32(offset_b)],
            side: Lfo::new(Shape::Triangle, 17.0, rate, &mut stream),
            gain: F32x8::ZERO,
        }
    }

    /// Adds a control interval to a stereo block.
    #[inline(always)]
    pub fn render<const W: usize>(&mut self, moment: &Moment, out: &mut StereoBlock) {
        self.add::<CONTROL, W>(moment, 1.0, &mut out.left, &mut out.right);
    }

    /// As [`Wind::render`], at half the rate; it always sounds. The same noise has twice the power in each band there.
    #[inline(always)]
    pub fn render_half<const W: usize>(&mut self, moment: &Moment, out: &mut HalfBlock) -> bool {
        self.add::<HALF, W>(moment, core::f32::consts::FRAC_1_SQRT_2, &mut out.left, &mut out.right);
        true
    }

    /// How loud it is on the left and on the right at a moment, 1 in the middle.
    #[inline(always)]
    #[must_use]
    pub fn sides(&self, frame: Frame) -> [f32; 2] {
        let (l, r) = equal_power(self.side.at(frame) * 0.4);
        // Equal power gives either side 1/√2 in the middle.
        [l, r].map(|x| x * core::f32::consts::SQRT_2)
    }

    #[cfg_attr(target_family = "wasm", inline(never))]
    #[cfg_attr(not(target_family = "wasm"), inline(always))]
    fn add<const N: usize, const W: usize>(
        &mut self,
        moment: &Moment,
        loud: f32,
        left: &mut [f32; N],
        right: &mut [f32; N],
    ) {
        let base = moment.cutoff::<N>(mapping::noise_cutoff(moment.controls.intensity));
        let wander = sines(moment.frame, self.lfo_step[0], self.lfo_offset[0]);
        let swell = sines(moment.frame, self.lfo_step[1], self.lfo_offset[1]);
        self.filter.set(exp2(self.place + wander * 0.5 + base).min(F32x8::splat(0.3)), F32x8::splat(1.6));
        // Higher bands are quieter: about 4 dB an octave, as wind in trees is.
        let sides = self.sides(moment.frame).map(|x| x * loud);
        let sides = F32(core::array::from_fn(|lane| sides[lane / 4]));
        let target = (swell * 0.45 + 0.55) * exp2(self.place * -0.65) * sides;
        let step = (target - self.gain) * (1.0 / N as f32);
        let mut sounds = [F32x8::ZERO; N];
        for part in 0..LANES / W {
            let (mut noise, mut filter) = (self.noise.part::<W>(part), self.filter.part::<W>(part));
            let (mut gain, step) = (self.gain.part::<W>(part), step.part::<W>(part));
            for sound in &mut sounds {
                gain += step;
                sound.set_part(part, filter.band(noise.sample()) * gain);
            }
            self.noise.set_part(part, noise);
            self.filter.set_part(part, &filter);
        }
        self.gain = target;
        for (n, F32(s)) in sounds.iter().enumerate() {
            left[n] += (s[0] + s[2]) + (s[1] + s[3]);
            right[n] += (s[4] + s[6]) + (s[5] + s[7]);
        }
    }
}
