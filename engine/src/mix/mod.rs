//! Mix.
use crate::{
    cpu::Simd,
    dsp::delay::Block,
    time::{CONTROL, SampleRate},
};
/// A control interval of stereo.
#[derive(Clone, Copy, Debug)]
pub struct StereoBlock {
    /// Left.
    pub left: Block,
    /// Right.
    pub right: Block,
}
impl Default for StereoBlock {
    fn default() -> Self {
        Self { left: [0.0; CONTROL], right: [0.0; CONTROL] }
    }
}
/// Master.
pub struct Master;
impl Master {
    /// New.
    #[must_use]
    pub fn new(_rate: SampleRate) -> Self {
        Self
    }
    /// Window.
    #[must_use]
    pub fn window(_rate: SampleRate) -> u64 {
        0
    }
    /// Reset.
    pub fn reset(&mut self) {}
    /// Process.
    #[must_use]
    pub fn process(&mut self, sum: &StereoBlock, _simd: Simd) -> StereoBlock {
        *sum
    }
}
