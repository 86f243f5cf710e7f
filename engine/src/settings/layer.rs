//! The layers that the music is made of.

/// How many layers there are.
pub const LAYERS: usize = 7;

/// A layer: one kind of sound, in its own range, with its own level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Layer {
    /// The ground, 30-120 Hz.
    Drone,
    /// The harmony, 300-800 Hz.
    Pad,
    /// The melody.
    Lead,
    /// Struck tones on coprime loops.
    Bell,
    /// A cloud of short tones.
    Grains,
    /// Wind: filtered noise.
    Noise,
    /// Kick, swell and hi-hat.
    Percussion,
}

impl Layer {
    /// All of them, from the ground up.
    pub const ALL: [Self; LAYERS] =
        [Self::Drone, Self::Pad, Self::Lead, Self::Bell, Self::Grains, Self::Noise, Self::Percussion];

    /// Its place among all.
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The name that settings and files use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Drone => "drone",
            Self::Pad => "pad",
            Self::Lead => "lead",
            Self::Bell => "bell",
            Self::Grains => "grains",
            Self::Noise => "noise",
            Self::Percussion => "percussion",
        }
    }

    /// Reads a name, in any case.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|l| l.name().eq_ignore_ascii_case(text.trim()))
    }
}
