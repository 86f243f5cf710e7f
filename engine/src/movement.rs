//! A movement, sounding.
use crate::{
    cpu::Simd,
    math,
    mix::StereoBlock,
    session::{MovementSpan, Timeline},
    time::{CONTROL, Frame, SampleRate},
};
/// One movement.
pub struct Movement {
    seed: u64,
    rate: SampleRate,
    span: MovementSpan,
    on: bool,
}
impl Movement {
    /// New.
    #[must_use]
    pub fn new(seed: u64, rate: SampleRate, index: u64, _t: &Timeline, _simd: Simd) -> Self {
        Self { seed, rate, span: MovementSpan::of(seed, rate, index), on: true }
    }
    /// Its span.
    #[must_use]
    pub fn span(&self) -> MovementSpan {
        self.span
    }
    /// Restart.
    pub fn restart(&mut self, index: u64, _t: &Timeline) {
        self.span = MovementSpan::of(self.seed, self.rate, index);
        self.on = true;
    }
    /// Silence.
    pub fn silence(&mut self) {
        self.on = false;
    }
    /// Render.
    pub fn render(&mut self, at: Frame, t: &Timeline, out: &mut StereoBlock) {
        if !self.on || at < self.span.start || at >= self.span.end {
            return;
        }
        let step = self.rate.phase_step(math::midi_hz(57.0));
        let g = 0.1 * t.controls(at, self.rate).intensity;
        for n in 0..CONTROL {
            let s = math::sin_phase_scalar(((at.0 + n as u64) as u32).wrapping_mul(step)) * g;
            out.left[n] += s;
            out.right[n] += s;
        }
    }
}
