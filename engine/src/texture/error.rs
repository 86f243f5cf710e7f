//! What a texture can't be made of.

use core::fmt;

/// A part of a texture that is refused. Parts are counted from 0, as they were given.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum TextureError {
    /// A frequency that is not above 0 Hz and at most 0.45 of the rate.
    Frequency {
        /// Which part.
        part: usize,
        /// The frequency, in hertz.
        hz: f64,
        /// The highest that is allowed, in hertz.
        highest: f64,
    },
    /// A level, a depth or a place that is no number within its range.
    Amount {
        /// Which part.
        part: usize,
        /// What it is.
        what: &'static str,
        /// What it was given.
        value: f32,
        /// The least and the greatest that are allowed.
        range: (f32, f32),
    },
    /// It begins before the texture does.
    Early {
        /// Which part.
        part: usize,
    },
    /// It begins or lasts too long after the texture's first part begins.
    Long {
        /// Which part.
        part: usize,
    },
}

impl fmt::Display for TextureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Frequency { part, hz, highest } => {
                write!(f, "part {part} cannot sound at {hz} Hz; allowed: above 0, and at most {highest} Hz")
            }
            Self::Amount { part, what, value, range: (least, most) } => {
                write!(f, "the {what} of part {part} cannot be {value}; allowed: {least} to {most}")
            }
            Self::Early { part } => {
                write!(f, "part {part} begins before the texture does; begin the texture there")
            }
            Self::Long { part } => write!(
                f,
                "part {part} ends more than 2^31 control intervals after the first begins; divide the texture in time"
            ),
        }
    }
}

impl core::error::Error for TextureError {}
