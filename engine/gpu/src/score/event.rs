//! What is told of where scores are rendered.

use crate::chain;
use crate::score::recordings::Movements;
use std::fmt;

/// Something that happened to where voices or textures are rendered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// To where voices are.
    Voices(chain::Event<Movements>),
    /// To where textures are.
    Textures(chain::Event),
}

impl Event {
    /// Whether it is that a device is there.
    #[must_use]
    pub const fn is_device(&self) -> bool {
        matches!(
            self,
            Self::Voices(chain::Event::Device { .. }) | Self::Textures(chain::Event::Device { .. })
        )
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Voices(event) => event.fmt(f),
            Self::Textures(event) => event.fmt(f),
        }
    }
}
