//! What is told of a chain.

use super::backend::Piece;
use crate::span::Span;
use std::fmt;

/// Something that happened to where pieces are rendered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event<P = Span> {
    /// A device is there, and is used from now on.
    Device {
        /// What it is.
        name: String,
    },
    /// The device is given less at once from now on.
    Shorter {
        /// The longest piece: of textures, in frames.
        length: usize,
        /// Why.
        why: String,
    },
    /// The processor rendered a piece that the device should have.
    Missed {
        /// The piece.
        piece: P,
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

impl<P: Piece> fmt::Display for Event<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [what, unit] = P::NAMES;
        match self {
            Self::Device { name } => write!(f, "{what} are rendered by {name}"),
            Self::Shorter { length, why } => {
                write!(f, "the GPU gets {length} {unit} at once from now on: {why}")
            }
            Self::Missed { piece, why } => {
                write!(f, "the processor rendered {}: {why}", piece.described())
            }
            Self::Reopening { attempt, why } => {
                write!(f, "the processor renders while the GPU is opened anew (attempt {attempt}): {why}")
            }
            Self::Left { why } => write!(f, "the processor renders from now on: {why}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::GpuError;
    use auralis_engine::Frame;
    use std::time::Duration;

    #[test]
    fn each_event_is_a_sentence_with_its_reason() {
        let why = GpuError::Late { waited: Duration::from_millis(250) }.to_string();
        let says = |event: Event| event.to_string();
        assert_eq!(
            says(Event::Left { why: why.clone() }),
            "the processor renders from now on: the GPU has not answered within 250 ms"
        );
        assert_eq!(
            says(Event::Missed { piece: Span { from: Frame(7), frames: 9 }, why }),
            "the processor rendered 9 frames from 7 on: the GPU has not answered within 250 ms"
        );
        let why = GpuError::Lost { why: "a reset".into() }.to_string();
        assert_eq!(
            says(Event::Reopening { attempt: 2, why }),
            "the processor renders while the GPU is opened anew (attempt 2): the GPU is gone (a reset)"
        );
        let why = GpuError::TooLarge { what: "sound", bytes: 9, most: 8 }.to_string();
        assert_eq!(
            says(Event::Shorter { length: 1024, why }),
            "the GPU gets 1024 frames at once from now on: the sound would take 9 bytes, and this adapter allows 8; ask for less at once"
        );
        assert_eq!(says(Event::Device { name: "a card".into() }), "textures are rendered by a card");
    }
}
