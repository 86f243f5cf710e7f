//! Reverb: a feedback-delay network of eight lines.
//!
//! Jot and Chaigne, *Digital delay networks for designing artificial reverberators*, AES 90 (1991): lines of incommensurate lengths, mixed by
//! an orthogonal matrix (Hadamard's, in three stages of sums and differences), each attenuated so that everything dies away by 60 dB in the
//! given time, highs sooner. The lengths drift a little, each at a rate of its own, against metallic ringing. Before it a pre-delay; after
//! it a high-pass, so that the room never becomes mud.
//!
//! The network runs a control interval at a time: all lines are longer than that, so the block that is read was written long ago, and
//! reading, mixing and writing are straight loops over 64 frames.

use crate::dsp::delay::{Block, DelayLine};
use crate::dsp::filter::{ANTI_DENORMAL, OnePole};
use crate::lanes::{F32, F32x8, LANES, U32};
use crate::math::{exp2_scalar, lerp, one_pole, sin_phase};
use crate::mix::StereoBlock;
use crate::time::{CONTROL, Frame, SampleRate};

/// How many lines there are.
const LINES: usize = 8;
/// Lengths in seconds: ratios of primes, 29 to 97 ms, that share no common beat.
const SECONDS: [f32; LINES] = [0.0297, 0.0371, 0.0437, 0.0533, 0.0613, 0.0719, 0.0831, 0.0967];
/// How far a length drifts either way, in seconds.
const DRIFT: f32 = 0.000_45;
/// How fast each drifts, in Hz.
const SPEED: [f32; LINES] = [0.53, 0.41, 0.67, 0.31, 0.47, 0.59, 0.37, 0.43];
/// Hadamard's matrix of order 8 has eight ones in a row; this makes it orthogonal.
const ORTHOGONAL: f32 = 0.353_553_4;

/// What a room is like.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Room {
    /// Seconds until the sound has died away by 60 dB, at low and middle frequencies.
    pub decay: f32,
    /// Above this frequency, in Hz, it dies away faster (twice as fast an octave or so above).
    pub damping: f32,
}

/// A room's reverberation.
#[derive(Clone, Debug)]
pub struct Reverb {
    before: [DelayLine; 2],
    pre_delay: usize,
    lines: [DelayLine; LINES],
    lengths: [f32; LINES],
    steps: [u32; LINES],
    room: Room,
    gains: [f32; LINES],
    keep: [f32; LINES],
    damped: [f32; LINES],
    high_pass: [OnePole; 2],
    high_pass_hz: f32,
    rate: SampleRate,
    /// Whether there is nothing in any line, and whether there is nothing in every second one.
    silent: bool,
    halved: bool,
}

impl Reverb {
    /// A reverb with a pre-delay (in seconds) and a high-pass behind it (in Hz). Allocates its lines.
    #[must_use]
    pub fn new(room: Room, pre_delay: f32, high_pass: f32, rate: SampleRate) -> Self {
        let lengths = SECONDS.map(|s| (s * rate.hz_f32()) as u32 as f32);
        let pre_delay = (rate.frames(f64::from(pre_delay)) as usize).max(CONTROL);
        let mut reverb = Self {
            before: core::array::from_fn(|_| DelayLine::new(pre_delay)),
            pre_delay,
            lines: core::array::from_fn(|i| {
                DelayLine::new((lengths[i] + DRIFT * rate.hz_f32()) as usize + 2)
            }),
            lengths,
            steps: SPEED.map(|hz| rate.phase_step(hz)),
            room: Room { decay: 0.0, damping: 0.0 },
            gains: [0.0; LINES],
            keep: [0.0; LINES],
            damped: [0.0; LINES],
            high_pass: [OnePole::new(high_pass, rate); 2],
            high_pass_hz: high_pass,
            rate,
            silent: true,
            halved: true,
        };
        reverb.set(room);
        reverb
    }

    /// Forgets everything. Costs nothing if there is nothing to forget.
    pub fn clear(&mut self) {
        if self.silent {
            return;
        }
        self.silent = true;
        self.halved = true;
        for line in self.before.iter_mut().chain(&mut self.lines) {
            line.clear();
        }
        self.damped = [0.0; LINES];
        self.high_pass = [OnePole::new(self.high_pass_hz, self.rate); 2];
    }

    /// Changes the room.
    #[inline]
    pub fn set(&mut self, room: Room) {
        if room == self.room {
            return;
        }
        self.room = room;
        for i in 0..LINES {
            // -60 dB is a factor of 2^-9.97; a line is passed once every `length` frames.
            self.gains[i] =
                exp2_scalar(-9.965_784 * self.lengths[i] / (room.decay * self.rate.hz_f32())) * ORTHOGONAL;
            // A longer line damps more at each pass, so that all lines agree on the rate at which highs die.
            let passes = self.lengths[i] / self.lengths[LINES - 1];
            self.keep[i] = one_pole(room.damping / passes.max(0.3), self.rate.hz_f32());
        }
    }

    /// One control interval in, the room's answer out. At a `richness` of 1 by all eight lines, drifting; at 0 by four, still, at half the
    /// cost; between the two by something between, so that it can move from one to the other unheard.
    #[cfg_attr(target_family = "wasm", inline(never))]
    #[cfg_attr(not(target_family = "wasm"), inline(always))]
    pub fn process(&mut self, frame: Frame, input: &StereoBlock, richness: f32) -> StereoBlock {
        self.silent = false;
        let mut dry = StereoBlock::default();
        self.before[0].read_whole(self.pre_delay, &mut dry.left);
        self.before[1].read_whole(self.pre_delay, &mut dry.right);
        self.before[0].write(&input.left);
        self.before[1].write(&input.right);
        let mut out = StereoBlock::default();
        if richness <= 0.0 {
            if !self.halved {
                self.halve();
            }
            self.run::<4, false>(frame, &dry, 0.0, &mut out);
        } else {
            self.halved = false;
            if richness < 1.0 {
                self.run::<LINES, true>(frame, &dry, richness, &mut out);
            } else {
                self.run::<LINES, false>(frame, &dry, 1.0, &mut out);
            }
        }
        out
    }

    /// Empties the lines that the reduced room leaves out: what they hold would come back out of place.
    #[inline(never)]
    fn halve(&mut self) {
        for i in (1..LINES).step_by(2) {
            self.lines[i].clear();
            self.damped[i] = 0.0;
        }
        self.halved = true;
    }

    #[inline(always)]
    fn run<const N: usize, const BETWEEN: bool>(
        &mut self,
        frame: Frame,
        dry: &StereoBlock,
        richness: f32,
        out: &mut StereoBlock,
    ) {
        // Four lines are every second one of the eight, for the same spread of lengths.
        let every = LINES / N;
        let mut x = [[0.0; CONTROL]; N];
        if N == LINES {
            let drift = DRIFT * self.rate.hz_f32() * richness;
            let lengths = |at: Frame| {
                let turns = U32(self.steps.map(|step| (at.0 as u32).wrapping_mul(step)));
                F32(self.lengths) + sin_phase(turns) * drift
            };
            let (from, to) = (lengths(frame), lengths(frame + CONTROL as u64));
            for i in 0..N {
                self.lines[i].read(from.0[i], to.0[i], &mut x[i]);
            }
        } else {
            for i in 0..N {
                self.lines[i * every].read_whole(self.lengths[i * every] as usize, &mut x[i]);
            }
        }
        let mut keep = [0.0; N];
        let mut gain = [0.0; N];
        let mut take = [0.0; N];
        let mut state = [0.0; N];
        // Hadamard's matrix of order 4 has half as many ones in a row, and four lines give half the power of eight.
        let louder = lerp(core::f32::consts::SQRT_2, 1.0, richness);
        for i in 0..N {
            keep[i] = self.keep[i * every];
            take[i] = 1.0 - keep[i];
            gain[i] = self.gains[i * every] * louder;
            state[i] = self.damped[i * every];
            if BETWEEN && i % 2 == 1 {
                gain[i] *= richness;
            }
        }
        let mut high_pass = self.high_pass;
        for n in 0..CONTROL {
            for i in 0..N {
                state[i] = state[i] * keep[i] + (x[i][n] * take[i] + ANTI_DENORMAL);
                x[i][n] = state[i];
            }
            // Of eight lines, the even ones answer the left side and are heard there, the odd ones on the right; of four, likewise.
            let (left, right) = if N < LINES {
                (state[0] + state[2], state[1] - state[3])
            } else if BETWEEN {
                let odd = (state[1] - state[3]) + (state[5] - state[7]);
                (
                    (state[0] + state[4]) - (state[2] + state[6]) * richness,
                    lerp(state[2] - state[6], odd, richness),
                )
            } else {
                ((state[0] + state[4]) - (state[2] + state[6]), (state[1] - state[3]) + (state[5] - state[7]))
            };
            out.left[n] = high_pass[0].high(left * louder);
            out.right[n] = high_pass[1].high(right * louder);
        }
        self.high_pass = high_pass;
        for i in 0..N {
            self.damped[i * every] = state[i];
        }
        // Eight frames at a time: all lines' parts fit in registers.
        for at in (0..CONTROL).step_by(LANES) {
            let part = |block: &Block| {
                let mut lanes = [0.0; LANES];
                lanes.copy_from_slice(&block[at..at + LANES]);
                F32(lanes)
            };
            let mut mixed = [F32x8::ZERO; N];
            for i in 0..N {
                mixed[i] = part(&x[i]) * gain[i];
            }
            let mut half = N / 2;
            while half > 0 {
                for i in (0..N).filter(|i| i & half == 0) {
                    let (a, b) = (mixed[i], mixed[i + half]);
                    mixed[i] = a + b;
                    mixed[i + half] = a - b;
                }
                half /= 2;
            }
            let sources = [part(&dry.left) * 0.35, part(&dry.right) * 0.35];
            for i in 0..N {
                let source = if BETWEEN && i % 4 == 2 {
                    sources[0] * richness + sources[1] * (1.0 - richness)
                } else {
                    sources[i % 2]
                };
                x[i][at..at + LANES].copy_from_slice(&(mixed[i] + source).0);
            }
        }
        for i in 0..N {
            self.lines[i * every].write(&x[i]);
        }
    }
}
