//! A client of the WebSocket, and what it is to hear.

use std::net::TcpStream;
use std::time::{Duration, SystemTime};

use auralis_engine::session::SessionFile;
use auralis_engine::{Frame, Performance};
use serde_json::{Value, json};
use tungstenite::stream::MaybeTlsStream;
use tungstenite::{Message, WebSocket};

use super::Relay;

/// A connection to a session.
pub(crate) struct Client(pub(crate) WebSocket<MaybeTlsStream<TcpStream>>);

impl Client {
    pub(crate) fn connect(relay: &Relay, query: &str) -> Self {
        let (socket, _) =
            tungstenite::connect(format!("ws://127.0.0.1:{}/ws/stream{query}", relay.port)).unwrap();
        let MaybeTlsStream::Plain(stream) = socket.get_ref() else { panic!("no TLS here") };
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        Self(socket)
    }

    pub(crate) fn say(&mut self, message: &Value) {
        self.0.send(Message::text(message.to_string())).unwrap();
    }

    pub(crate) fn message(&mut self) -> Message {
        loop {
            match self.0.read().unwrap() {
                Message::Ping(_) | Message::Pong(_) => {}
                message => return message,
            }
        }
    }

    /// The next text message of a type.
    pub(crate) fn hear(&mut self, kind: &str) -> Value {
        loop {
            if let Message::Text(text) = self.message() {
                let value: Value = serde_json::from_str(&text).unwrap();
                if value["type"] == kind {
                    return value;
                }
            }
        }
    }

    pub(crate) fn close_code(&mut self) -> u16 {
        loop {
            if let Message::Close(frame) = self.message() {
                return frame.unwrap().code.into();
            }
        }
    }

    /// The session as a score client is told it.
    pub(crate) fn session(&mut self) -> SessionFile {
        let said = self.hear("session");
        let file = json!({
            "auralis": 1, "sound_version": said["sound_version"], "seed": said["seed"], "sample_rate": said["sample_rate"],
            "settings": said["settings"], "changes": said["changes"],
        });
        SessionFile::parse(&file.to_string()).unwrap()
    }
}

/// What the session's own samples are, as 16 bits.
pub(crate) fn reference(file: &SessionFile, from: u64, frames: usize) -> Vec<u8> {
    let samples = rendered(file, from, frames);
    samples.iter().flat_map(|x| ((x.clamp(-1.0, 1.0) * 32767.0).round() as i16).to_le_bytes()).collect()
}

/// The session's own samples, interleaved.
pub(crate) fn rendered(file: &SessionFile, from: u64, frames: usize) -> Vec<f32> {
    let mut performance = Performance::new(&file.session, file.log.clone());
    performance.seek(Frame(from)).unwrap();
    let mut samples = vec![0.0; 2 * frames];
    performance.render_interleaved(&mut samples).unwrap();
    samples
}

pub(crate) fn time_of(value: &Value) -> SystemTime {
    let text = value.as_str().unwrap();
    time::OffsetDateTime::parse(text, &time::format_description::well_known::Rfc3339).unwrap().into()
}
