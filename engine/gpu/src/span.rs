//! A stretch of frames, and what sounds there.

use auralis_engine::Frame;
use auralis_engine::time::CONTROL;

/// Some frames from a moment on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first frame.
    pub from: Frame,
    /// How many there are.
    pub frames: usize,
}

impl Span {
    /// The control intervals that it touches: the first, and how many.
    #[must_use]
    pub fn intervals(self) -> (u64, usize) {
        let first = self.from.0 / CONTROL as u64;
        let inside = (self.from.0 % CONTROL as u64) as usize;
        (first, if self.frames == 0 { 0 } else { (inside + self.frames).div_ceil(CONTROL) })
    }

    /// How many frames of it lie before `origin`, and the rest.
    #[must_use]
    pub fn after(self, origin: Frame) -> (usize, Self) {
        let before = origin.0.saturating_sub(self.from.0).min(self.frames as u64) as usize;
        (before, self.split(before).1)
    }

    /// The first `frames` of it, and the rest.
    #[must_use]
    pub fn split(self, frames: usize) -> (Self, Self) {
        let frames = frames.min(self.frames);
        let rest = Self { from: self.from + frames as u64, frames: self.frames - frames };
        (Self { frames, ..self }, rest)
    }
}

/// Rendered frames.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stereo {
    /// The left channel.
    pub left: Vec<f32>,
    /// The right channel.
    pub right: Vec<f32>,
}

impl Stereo {
    /// As much silence.
    #[must_use]
    pub fn silence(frames: usize) -> Self {
        Self { left: vec![0.0; frames], right: vec![0.0; frames] }
    }

    /// How many frames there are.
    #[must_use]
    pub const fn frames(&self) -> usize {
        self.left.len()
    }

    /// Both channels.
    #[must_use]
    pub fn sides(&self) -> [&[f32]; 2] {
        [&self.left, &self.right]
    }

    /// Adds another, frame by frame.
    pub fn add(&mut self, other: &Self) {
        for (side, others) in [(&mut self.left, &other.left), (&mut self.right, &other.right)] {
            side.iter_mut().zip(others).for_each(|(x, other)| *x += other);
        }
    }

    /// Goes on with another.
    pub fn append(&mut self, mut other: Self) {
        self.left.append(&mut other.left);
        self.right.append(&mut other.right);
    }
}
