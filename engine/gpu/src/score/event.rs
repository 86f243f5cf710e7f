//! What is told of where scores are rendered.

use std::fmt;

/// Some movements, by their numbers in their sessions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Which(pub Vec<u64>);

impl fmt::Display for Which {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_slice() {
            [one] => write!(f, "movement {one}"),
            several => {
                let names: Vec<_> = several.iter().map(u64::to_string).collect();
                write!(f, "movements {}", names.join(", "))
            }
        }
    }
}

/// Something that happened to where movements are rendered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A device is there, and plays voices from now on.
    Device {
        /// What it is.
        name: String,
    },
    /// These movements are the processor's from the start: they have what only it plays.
    Reduced {
        /// Which.
        movements: Which,
    },
    /// The processor renders these movements, which the device should have, from their beginnings.
    Anew {
        /// Which.
        movements: Which,
        /// Why.
        why: String,
    },
    /// The device is given fewer movements at once from now on.
    Fewer {
        /// How many.
        movements: usize,
        /// Why.
        why: String,
    },
    /// A device is opened again for the movements that come next.
    Reopening {
        /// How often this was tried, this time counted.
        attempt: u32,
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
            Self::Device { name } => write!(f, "voices are played by {name}"),
            Self::Reduced { movements } => {
                write!(f, "the processor renders {movements}: the GPU plays full quality only")
            }
            Self::Anew { movements, why } => write!(f, "the processor renders {movements} anew: {why}"),
            Self::Fewer { movements, why } => {
                write!(f, "the GPU gets {movements} movements at once from now on: {why}")
            }
            Self::Reopening { attempt } => write!(f, "the GPU is opened anew (attempt {attempt})"),
            Self::Left { why } => write!(f, "the processor renders from now on: {why}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::GpuError;

    #[test]
    fn each_event_is_a_sentence_with_its_reason() {
        let says = |event: Event| event.to_string();
        let lost = GpuError::Lost { why: "a reset".into() }.to_string();
        assert_eq!(says(Event::Device { name: "a card".into() }), "voices are played by a card");
        assert_eq!(
            says(Event::Anew { movements: Which(vec![3, 4, 5]), why: lost.clone() }),
            "the processor renders movements 3, 4, 5 anew: the GPU is gone (a reset)"
        );
        assert_eq!(
            says(Event::Reduced { movements: Which(vec![7]) }),
            "the processor renders movement 7: the GPU plays full quality only"
        );
        assert_eq!(
            says(Event::Fewer { movements: 8, why: GpuError::OutOfMemory.to_string() }),
            "the GPU gets 8 movements at once from now on: the GPU has not enough memory for this much at once"
        );
        assert_eq!(says(Event::Reopening { attempt: 2 }), "the GPU is opened anew (attempt 2)");
        assert_eq!(
            says(Event::Left { why: lost }),
            "the processor renders from now on: the GPU is gone (a reset)"
        );
    }
}
