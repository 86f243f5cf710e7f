//! A chunk of a session's audio: rendered once, encoded once in each form that somebody wants, shared by all who listen.

use std::sync::OnceLock;

use auralis_engine::{Frame, SampleRate};
use auralis_protocol::ServerMessage;
use auralis_protocol::frame::{HEADER, Header, Payload};
use axum::body::Bytes;
use axum::extract::ws::Utf8Bytes;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::opus::Bundle;
use crate::time;

/// How many channels there are: left and right.
pub const CHANNELS: u8 = 2;

/// A chunk of audio.
pub struct Chunk {
    /// Its number: its place in the session, in chunks.
    pub index: u64,
    /// The session's frame with which it begins.
    pub frame: Frame,
    /// When it is to be heard.
    pub due: std::time::SystemTime,
    rate: SampleRate,
    samples: Vec<f32>,
    pcm: OnceLock<Bytes>,
    json: OnceLock<Utf8Bytes>,
    opus: Option<Bytes>,
}

impl Chunk {
    /// A chunk of interleaved samples.
    pub fn new(
        index: u64,
        frame: Frame,
        due: std::time::SystemTime,
        rate: SampleRate,
        samples: Vec<f32>,
    ) -> Self {
        let (pcm, json) = (OnceLock::new(), OnceLock::new());
        Self { index, frame, due, rate, samples, pcm, json, opus: None }
    }

    /// It, with the packets that were whole when it was made.
    #[must_use]
    pub(super) fn with_opus(mut self, bundle: &Bundle) -> Self {
        let header = Header {
            payload: Payload::Opus,
            channels: CHANNELS,
            sample_rate: self.rate.hz(),
            chunk_index: self.index,
            frame: bundle.frame.0,
        };
        self.opus = Some([&header.to_bytes()[..], &bundle.payload].concat().into());
        self
    }

    /// The interleaved samples.
    pub fn samples(&self) -> &[f32] {
        &self.samples
    }

    /// It as a binary frame.
    pub fn pcm(&self) -> Bytes {
        let make = || {
            let header = Header {
                payload: Payload::Pcm,
                channels: CHANNELS,
                sample_rate: self.rate.hz(),
                chunk_index: self.index,
                frame: self.frame.0,
            };
            [&header.to_bytes()[..], &self.bytes()].concat().into()
        };
        self.pcm.get_or_init(make).clone()
    }

    /// Its samples as 16 bits, little endian, interleaved.
    pub fn pcm_samples(&self) -> Bytes {
        self.pcm().slice(HEADER..)
    }

    /// Its Opus packets as a binary frame: nothing if it was made while nobody listened to them.
    pub fn opus(&self) -> Option<Bytes> {
        self.opus.clone()
    }

    /// It as a text message.
    pub fn json(&self) -> Utf8Bytes {
        let make = || {
            let message = ServerMessage::Audio {
                data: STANDARD.encode(self.bytes()),
                timestamp: time::text(self.due),
                chunk_index: self.index,
                sample_rate: self.rate.hz(),
                channels: CHANNELS,
                format: "int16_le".into(),
            };
            serde_json::to_string(&message).unwrap_or_default().into()
        };
        self.json.get_or_init(make).clone()
    }

    /// The samples as 16 bits, little endian: rounded, since the engine's own noise hides the steps.
    fn bytes(&self) -> Vec<u8> {
        let sample = |x: &f32| (x.clamp(-1.0, 1.0) * f32::from(i16::MAX)).round() as i16;
        self.samples.iter().flat_map(|x| sample(x).to_le_bytes()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::UNIX_EPOCH;

    #[test]
    fn its_forms_hold_the_same_samples() {
        let samples = vec![0.0, -1.0, 0.5, 1.0];
        let chunk = Chunk::new(3, Frame(9), UNIX_EPOCH, SampleRate::Hz44100, samples);
        let wanted: Vec<u8> = [0, -32767, 16384, 32767_i16].iter().flat_map(|x| x.to_le_bytes()).collect();
        let frame = chunk.pcm();
        let (header, payload) = Header::read(&frame).unwrap();
        assert_eq!((header.chunk_index, header.frame, header.sample_rate), (3, 9, 44_100));
        assert_eq!(payload, wanted);
        let text = chunk.json();
        let Ok(ServerMessage::Audio { data, timestamp, .. }) = serde_json::from_str(&text) else {
            panic!("{text}")
        };
        assert_eq!(STANDARD.decode(data).unwrap(), wanted);
        assert_eq!(timestamp, "1970-01-01T00:00:00Z");
    }
}
