//! What goes wrong, as a client is told.

use serde::{Deserialize, Serialize};

/// What went wrong.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Code {
    /// A piece of audio could not be made, and was made in another way.
    SynthesisFailed,
    /// There was no audio when it was due.
    BufferUnderrun,
    /// The client was too slow: it lost chunks, and goes on with what is live.
    BufferOverrun,
    /// A message of the client's cannot be followed.
    InvalidControl,
    /// The music could not be composed.
    GenerationError,
    /// There is no room for one more.
    ServerOverload,
}

impl Code {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::SynthesisFailed,
        Self::BufferUnderrun,
        Self::BufferOverrun,
        Self::InvalidControl,
        Self::GenerationError,
        Self::ServerOverload,
    ];

    /// How bad that is.
    #[must_use]
    pub const fn severity(self) -> Severity {
        match self {
            Self::BufferOverrun => Severity::Info,
            Self::SynthesisFailed | Self::BufferUnderrun => Severity::Warning,
            Self::InvalidControl | Self::GenerationError => Severity::Error,
            Self::ServerOverload => Severity::Critical,
        }
    }
}

/// How bad something is.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// For who looks for a fault.
    Debug,
    /// Nothing to be done.
    Info,
    /// It may be heard.
    Warning,
    /// Something was not done.
    Error,
    /// The relay cannot do what it is for.
    Critical,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_written_as_documented() {
        let written = Code::ALL.map(|code| {
            let text = |value| serde_json::to_value(value).unwrap().as_str().unwrap().to_owned();
            (text(serde_json::to_value(code).unwrap()), text(serde_json::to_value(code.severity()).unwrap()))
        });
        let documented = [
            ("SYNTHESIS_FAILED", "warning"),
            ("BUFFER_UNDERRUN", "warning"),
            ("BUFFER_OVERRUN", "info"),
            ("INVALID_CONTROL", "error"),
            ("GENERATION_ERROR", "error"),
            ("SERVER_OVERLOAD", "critical"),
        ];
        for ((code, severity), (wanted, bad)) in written.iter().zip(documented) {
            assert_eq!((code.as_str(), severity.as_str()), (wanted, bad));
        }
    }
}
