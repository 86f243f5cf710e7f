//! Echo: a stereo feedback delay whose sides have unrelated times, feed each other, darken and drift.

use crate::dsp::delay::DelayLine;
use crate::dsp::filter::OnePole;
use crate::math::sin_phase_scalar;
use crate::mix::StereoBlock;
use crate::time::{CONTROL, Frame, SampleRate};

/// What an echo is like.
#[derive(Clone, Copy, Debug)]
pub struct EchoShape {
    /// Delays in seconds, left and right.
    pub seconds: [f32; 2],
    /// How much of what comes out goes in again.
    pub feedback: f32,
    /// How much of that comes from the other side, 0 ..= 1.
    pub cross: f32,
    /// The low-pass in the loop, in Hz.
    pub low_pass: f32,
    /// The high-pass in the loop, in Hz; 0 for none.
    pub high_pass: f32,
    /// How far the delays drift, in seconds.
    pub drift: f32,
}

/// A stereo feedback delay.
#[derive(Clone, Debug)]
pub struct Echo {
    shape: EchoShape,
    lines: [DelayLine; 2],
    low: [OnePole; 2],
    high: [OnePole; 2],
    steps: [u32; 2],
    rate: SampleRate,
    /// Whether there is nothing in the lines.
    silent: bool,
}

impl Echo {
    /// An echo of this shape. Allocates its lines.
    #[must_use]
    pub fn new(shape: EchoShape, rate: SampleRate) -> Self {
        let line = |side: usize| {
            DelayLine::new(rate.frames(f64::from(shape.seconds[side] + shape.drift)) as usize + 2)
        };
        Self {
            shape,
            lines: [line(0), line(1)],
            low: [OnePole::new(shape.low_pass, rate); 2],
            high: [OnePole::new(shape.high_pass.max(0.001), rate); 2],
            steps: [rate.phase_step(0.083), rate.phase_step(0.061)],
            rate,
            silent: true,
        }
    }

    /// Forgets everything. Costs nothing if there is nothing to forget.
    pub fn clear(&mut self) {
        if self.silent {
            return;
        }
        self.silent = true;
        for line in &mut self.lines {
            line.clear();
        }
        self.low = [OnePole::new(self.shape.low_pass, self.rate); 2];
        self.high = [OnePole::new(self.shape.high_pass.max(0.001), self.rate); 2];
    }

    /// One control interval in, the echoes out.
    #[cfg_attr(target_family = "wasm", inline(never))]
    #[cfg_attr(not(target_family = "wasm"), inline(always))]
    pub fn process(&mut self, frame: Frame, input: &StereoBlock) -> StereoBlock {
        self.silent = false;
        let next = frame + CONTROL as u64;
        let delay = |side: usize, at: Frame| {
            let drift = sin_phase_scalar((at.0 as u32).wrapping_mul(self.steps[side]));
            (self.shape.seconds[side] + self.shape.drift * drift) * self.rate.hz_f32()
        };
        let mut out = StereoBlock::default();
        self.lines[0].read(delay(0, frame), delay(0, next), &mut out.left);
        self.lines[1].read(delay(1, frame), delay(1, next), &mut out.right);
        let own = self.shape.feedback * (1.0 - self.shape.cross);
        let other = self.shape.feedback * self.shape.cross;
        let high_pass = self.shape.high_pass > 0.0;
        let mut back = StereoBlock::default();
        for n in 0..CONTROL {
            let l = self.low[0].low(input.left[n] + out.left[n] * own + out.right[n] * other);
            let r = self.low[1].low(input.right[n] + out.right[n] * own + out.left[n] * other);
            back.left[n] = if high_pass { self.high[0].high(l) } else { l };
            back.right[n] = if high_pass { self.high[1].high(r) } else { r };
        }
        self.lines[0].write(&back.left);
        self.lines[1].write(&back.right);
        out
    }
}
