//! What a GPU can fail at.

use std::error::Error;
use std::fmt;
use std::time::Duration;

/// Why something on a GPU did not come about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GpuError {
    /// The adapter gave no device.
    Refused {
        /// What the driver said.
        why: String,
    },
    /// Its memory does not suffice for this; less may.
    OutOfMemory,
    /// A buffer would be greater than the adapter allows; less may fit.
    TooLarge {
        /// What it is for.
        what: &'static str,
        /// Bytes that it would have.
        bytes: u64,
        /// Bytes that are allowed.
        most: u64,
    },
    /// The device is gone: driver reset, card removed, destroyed.
    Lost {
        /// What the driver said.
        why: String,
    },
    /// It did not answer in time.
    Late {
        /// How long was waited.
        waited: Duration,
    },
    /// A call or a kernel was not valid, or the driver failed inside.
    Failed {
        /// What was said of it.
        why: String,
    },
}

impl GpuError {
    /// Whether asking for less at once may help.
    #[must_use]
    pub const fn is_size(&self) -> bool {
        matches!(self, Self::OutOfMemory | Self::TooLarge { .. })
    }
}

impl fmt::Display for GpuError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused { why } => write!(f, "the adapter gave no device ({why})"),
            Self::OutOfMemory => f.write_str("the GPU has not enough memory for this much at once"),
            Self::TooLarge { what, bytes, most } => {
                write!(
                    f,
                    "the {what} would take {bytes} bytes, and this adapter allows {most}; ask for less at once"
                )
            }
            Self::Lost { why } => write!(f, "the GPU is gone ({why})"),
            Self::Late { waited } => {
                write!(f, "the GPU has not answered within {} ms", waited.as_millis())
            }
            Self::Failed { why } => write!(f, "the GPU refused the work ({why})"),
        }
    }
}

impl Error for GpuError {}
