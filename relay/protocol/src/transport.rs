//! The ways in which a session goes to a client, one of which it chooses when it connects.

use serde::{Deserialize, Serialize};

/// Where WebSockets connect: `/ws/stream?session=main&transport=json`.
pub const STREAM_PATH: &str = "/ws/stream";
/// The session that is there from the start, and meant where none is named.
pub const MAIN_SESSION: &str = "main";

/// A way in which a session goes to a client.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Transport {
    /// Text messages only: 16-bit PCM in base64.
    #[default]
    Json,
    /// 16-bit PCM in binary frames, the rest as text.
    Pcm,
    /// Opus packets in binary frames, the rest as text.
    Opus,
    /// No audio: the session and its log, for a client that synthesizes.
    Score,
}

impl Transport {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Json, Self::Pcm, Self::Opus, Self::Score];

    /// Its name, as in the address.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Pcm => "pcm",
            Self::Opus => "opus",
            Self::Score => "score",
        }
    }

    /// The transport of a name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|transport| transport.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_address_and_of_json() {
        for transport in Transport::ALL {
            assert_eq!(Transport::parse(transport.name()), Some(transport));
            assert_eq!(serde_json::to_value(transport).unwrap(), transport.name());
        }
        assert_eq!(Transport::parse("JSON"), None);
        assert_eq!(Transport::default(), Transport::Json);
    }
}
