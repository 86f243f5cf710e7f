//! What is told of a chain.

use crate::span::Span;
use std::fmt;

/// Something that happened to where spans are rendered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A device is there, and is used from now on.
    Device {
        /// What it is.
        name: String,
    },
    /// The device is given less at once from now on.
    Shorter {
        /// The longest piece, in frames.
        frames: usize,
        /// Why.
        why: String,
    },
    /// The processor rendered a piece that the device should have.
    Missed {
        /// The piece.
        span: Span,
        /// Why.
        why: String,
    },
    /// The processor renders, while the device is opened anew.
    Reopening {
        /// How often this was tried, this time counted.
        attempt: u32,
        /// Why.
        why: String,
    },
    /// The processor renders from now on.
    Left {
        /// Why.
        why: String,
    },
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Device { name } => write!(f, "textures are rendered by {name}"),
            Self::Shorter { frames, why } => {
                write!(f, "the GPU gets {frames} frames at once from now on: {why}")
            }
            Self::Missed { span: Span { from, frames }, why } => {
                write!(f, "the processor rendered {frames} frames from {} on: {why}", from.0)
            }
            Self::Reopening { attempt, why } => {
                write!(f, "the processor renders while the GPU is opened anew (attempt {attempt}): {why}")
            }
            Self::Left { why } => write!(f, "the processor renders from now on: {why}"),
        }
    }
}
