//! Text messages: JSON objects with a `type`.
//!
//! Unknown fields are ignored in both directions, so that either side may be the newer one.

use crate::{Code, Severity};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What a client says.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ClientMessage {
    /// Changes the session, for everybody.
    Control(Control),
    /// Asks for a [`ServerMessage::Pong`].
    Ping {
        /// The client's own time, in any form: it comes back as it is.
        #[serde(default)]
        client_time: Value,
    },
    /// Asks for a [`ServerMessage::Status`].
    StatusRequest {},
    /// Shows what a client that synthesizes has rendered of the session.
    Proof {
        /// The version of its sound.
        sound_version: u32,
        /// The first frame of a span of five seconds: a multiple of five seconds.
        frame: u64,
        /// What proves it: a decimal string, since it has 64 bits (`auralis_engine::session::Proof`).
        hash: String,
    },
    /// Proves who the client is, where the session has a host.
    Authenticate {
        /// The session's host token.
        token: String,
    },
}

/// A wish to change some of a session's settings.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Control {
    /// When the client sent it, in any form; only for the client's own use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<Value>,
    /// Everything else: settings by their names, and what this version does not know.
    #[serde(flatten)]
    pub settings: Map<String, Value>,
}

/// What the relay says.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerMessage {
    /// A chunk of audio.
    Audio {
        /// The samples, 16 bit, little endian, interleaved, in base64.
        data: String,
        /// When it is to be heard, RFC 3339 in UTC.
        timestamp: String,
        /// The chunk's number.
        chunk_index: u64,
        /// In hertz.
        sample_rate: u32,
        /// How many channels are interleaved.
        channels: u8,
        /// `int16_le`.
        format: String,
    },
    /// How the session fares.
    Status {
        /// How much audio lies ready ahead of what is heard.
        buffer_depth_ms: f64,
        /// How many listen to audio.
        active_clients: usize,
        /// How long the last chunk took to render.
        synthesis_latency_ms: f64,
        /// The relay's time, RFC 3339 in UTC.
        server_time: String,
    },
    /// What the session plays, after somebody changed it: to whoever changed it this says that the change is kept for good.
    GenerationUpdate {
        /// The phrase that sounds.
        phrase_id: u64,
        /// Its key.
        key: String,
        /// Its scale.
        scale: String,
        /// Its tempo, in quarter notes a minute.
        bpm: f32,
        /// The session's intensity, 0 to 1.
        intensity: f32,
        /// When the next phrase begins.
        next_phrase_in_ms: u64,
    },
    /// The session, to a client that synthesizes it.
    Session {
        /// What it is called.
        name: String,
        /// The version of the sound: whose engine makes another must not play it.
        sound_version: u32,
        /// Whether the relay alone makes its sound: a `move` follows, and there are no proofs.
        streams_only: bool,
        /// A decimal string, since it has 64 bits.
        seed: String,
        /// In hertz.
        sample_rate: u32,
        /// The settings at the first frame.
        settings: Value,
        /// All that was changed so far: each with its frame and the settings that it changed.
        changes: Vec<Value>,
        /// When the first frame sounds, RFC 3339 in UTC.
        began: String,
        /// The relay's time, RFC 3339 in UTC.
        server_time: String,
    },
    /// A change that was taken, to a client that synthesizes.
    Change {
        /// Its place in the log: one more than the last.
        place: usize,
        /// The change: its frame and the settings that it changes.
        change: Value,
    },
    /// What a client synthesizes is not the session: it is to hear another transport instead.
    Move {
        /// Which transport.
        transport: String,
        /// Why, in a sentence for people.
        message: String,
    },
    /// Something went wrong.
    Error {
        /// What.
        code: Code,
        /// A sentence for people.
        message: String,
        /// How bad it is.
        severity: Severity,
        /// RFC 3339 in UTC.
        timestamp: String,
    },
    /// The answer to a ping.
    Pong {
        /// The client's time, as it came.
        client_time: Value,
        /// The relay's, RFC 3339 in UTC.
        server_time: String,
    },
}

impl ClientMessage {
    /// Reads a message.
    ///
    /// # Errors
    /// A sentence: what is wrong with it.
    pub fn read(text: &str) -> Result<Self, String> {
        let value: Value = serde_json::from_str(text).map_err(|error| format!("this is no JSON: {error}"))?;
        let kinds = "allowed: control, ping, status_request, authenticate, proof";
        match value.get("type") {
            None => return Err(format!("the message has no type; {kinds}")),
            Some(Value::String(kind)) if !KINDS.contains(&kind.as_str()) => {
                return Err(format!("type cannot be \"{kind}\"; {kinds}"));
            }
            Some(Value::String(_)) => {}
            Some(other) => return Err(format!("type cannot be {other}; {kinds}")),
        }
        serde_json::from_value(value).map_err(|error| format!("the message cannot be read: {error}"))
    }
}

/// The types of a client's messages.
const KINDS: [&str; 5] = ["control", "ping", "status_request", "authenticate", "proof"];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn what_a_client_says_is_read() {
        let read = |value: Value| ClientMessage::read(&value.to_string());
        let settings = json!({ "bpm": 60, "key": "D minor" });
        let control = read(json!({ "type": "control", "bpm": 60, "key": "D minor", "timestamp": "now" }));
        let wanted =
            Control { timestamp: Some("now".into()), settings: settings.as_object().unwrap().clone() };
        assert_eq!(control, Ok(ClientMessage::Control(wanted)));
        assert_eq!(
            read(json!({ "type": "ping", "client_time": 12.5, "more": [] })),
            Ok(ClientMessage::Ping { client_time: json!(12.5) })
        );
        assert_eq!(read(json!({ "type": "ping" })), Ok(ClientMessage::Ping { client_time: Value::Null }));
        assert_eq!(read(json!({ "type": "status_request" })), Ok(ClientMessage::StatusRequest {}));
    }

    #[test]
    fn what_cannot_be_followed_is_named() {
        for (text, part) in [
            ("{", "no JSON"),
            ("[]", "has no type"),
            ("{\"kind\":\"ping\"}", "has no type"),
            ("{\"type\":\"dance\"}", "type cannot be \"dance\"; allowed: control, ping"),
            ("{\"type\":7}", "type cannot be 7"),
            ("{\"type\":\"authenticate\"}", "token"),
            ("{\"type\":\"proof\",\"sound_version\":3,\"frame\":-1,\"hash\":\"7\"}", "-1"),
        ] {
            let error = ClientMessage::read(text).unwrap_err();
            assert!(error.contains(part), "{error}");
        }
    }

    #[test]
    fn what_the_relay_says_is_written_as_documented() {
        let written = |message: ServerMessage| serde_json::to_value(message).unwrap();
        assert_eq!(
            written(ServerMessage::Error {
                code: Code::ServerOverload,
                message: "full".into(),
                severity: Severity::Critical,
                timestamp: "2026-01-01T00:00:00Z".into(),
            }),
            json!({
                "type": "error", "code": "SERVER_OVERLOAD", "message": "full", "severity": "critical",
                "timestamp": "2026-01-01T00:00:00Z",
            })
        );
        let update = ServerMessage::GenerationUpdate {
            phrase_id: 3,
            key: "A minor".into(),
            scale: "aeolian".into(),
            bpm: 70.0,
            intensity: 0.5,
            next_phrase_in_ms: 1200,
        };
        assert_eq!(written(update)["type"], "generation_update");
    }

    proptest! {
        #[test]
        fn anything_may_come(text: String, kind in "control|ping|status_request|authenticate|proof", rest in "[ -~]{0,40}") {
            let _ = ClientMessage::read(&text);
            let _ = ClientMessage::read(&format!("{{\"type\":\"{kind}\",{rest}}}"));
        }
    }
}
