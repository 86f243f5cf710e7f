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
use crate::math::{exp2_scalar, one_pole, sin_phase_scalar};
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
}

impl Reverb {
    /// A reverb with a pre-delay (in seconds) and a high-pass behind it (in Hz). Allocates its lines.
    #[must_use]
    pub fn new(room: Room, pre_delay: f32, high_pass: f32, rate: SampleRate) -> Self {
        let lengths = SECONDS.map(|s| s * rate.hz_f32());
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
        };
        reverb.set(room);
        reverb
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
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

    /// One control interval in, the room's answer out. `full`: all eight lines, drifting; otherwise four, still, at half the cost.
    #[inline(always)]
    pub fn process(&mut self, frame: Frame, input: &StereoBlock, full: bool) -> StereoBlock {
        let mut dry = StereoBlock::default();
        self.before[0].read_whole(self.pre_delay, &mut dry.left);
        self.before[1].read_whole(self.pre_delay, &mut dry.right);
        self.before[0].write(&input.left);
        self.before[1].write(&input.right);
        let mut x = [[0.0; CONTROL]; LINES];
        if full {
            self.run::<LINES>(frame, &dry, &mut x);
        } else {
            self.run::<4>(frame, &dry, &mut x);
        }
        let mut out = StereoBlock::default();
        for n in 0..CONTROL {
            // Alternating signs: left and right hear the same lines, but not the same sum.
            out.left[n] = (x[0][n] - x[2][n]) + (x[4][n] - x[6][n]);
            out.right[n] = (x[1][n] - x[3][n]) + (x[5][n] - x[7][n]);
        }
        // Four lines give half the power of eight.
        if !full {
            for n in 0..CONTROL {
                out.left[n] *= core::f32::consts::SQRT_2;
                out.right[n] *= core::f32::consts::SQRT_2;
            }
        }
        for n in 0..CONTROL {
            out.left[n] = self.high_pass[0].high(out.left[n]);
            out.right[n] = self.high_pass[1].high(out.right[n]);
        }
        out
    }

    #[inline(always)]
    fn run<const N: usize>(&mut self, frame: Frame, dry: &StereoBlock, x: &mut [Block; LINES]) {
        // Four lines are every second one of the eight, for the same spread of lengths.
        let every = LINES / N;
        let next = frame + CONTROL as u64;
        for i in 0..N {
            let line = i * every;
            if N == LINES {
                let length = |at: Frame| {
                    let drift = sin_phase_scalar((at.0 as u32).wrapping_mul(self.steps[line]));
                    self.lengths[line] + DRIFT * self.rate.hz_f32() * drift
                };
                self.lines[line].read(length(frame), length(next), &mut x[i]);
            } else {
                self.lines[line].read_whole(self.lengths[line] as usize, &mut x[i]);
            }
        }
        let mut keep = [0.0; N];
        let mut gain = [0.0; N];
        let mut take = [0.0; N];
        let mut state = [0.0; N];
        let unmixed = if N == LINES { 1.0 } else { core::f32::consts::SQRT_2 };
        for i in 0..N {
            keep[i] = self.keep[i * every];
            take[i] = 1.0 - keep[i];
            gain[i] = self.gains[i * every] * unmixed;
            state[i] = self.damped[i * every];
        }
        for n in 0..CONTROL {
            for i in 0..N {
                state[i] = state[i] * keep[i] + (x[i][n] * take[i] + ANTI_DENORMAL);
                x[i][n] = state[i];
            }
        }
        let mut mixed = [[0.0; CONTROL]; N];
        for i in 0..N {
            self.damped[i * every] = state[i];
            for n in 0..CONTROL {
                mixed[i][n] = x[i][n] * gain[i];
            }
        }
        let mut half = N / 2;
        while half > 0 {
            for i in (0..N).filter(|i| i & half == 0) {
                for n in 0..CONTROL {
                    let (a, b) = (mixed[i][n], mixed[i + half][n]);
                    mixed[i][n] = a + b;
                    mixed[i + half][n] = a - b;
                }
            }
            half /= 2;
        }
        for i in 0..N {
            let source = if i % 2 == 0 { &dry.left } else { &dry.right };
            for n in 0..CONTROL {
                mixed[i][n] += source[n] * 0.35;
            }
            self.lines[i * every].write(&mixed[i]);
        }
    }
}
