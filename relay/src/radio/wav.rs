//! A session as a WAV file whose end nobody has seen.

use std::sync::Arc;

use axum::body::{Body, Bytes};

use super::body::{Container, endless};
use crate::api::Wrong;
use crate::audio::{CHANNELS, Chunk};
use crate::metrics::Kind;
use crate::relay::Relay;
use crate::session::Room;

/// Bytes of a sample.
const SAMPLE: u16 = 2;

pub(super) async fn body(relay: Arc<Relay>, room: Arc<Room>) -> Result<Body, Wrong> {
    let file = Wav { rate: room.session().rate.hz() };
    endless(&relay, room, Kind::Wav, file).await
}

struct Wav {
    /// Frames a second.
    rate: u32,
}

impl Container for Wav {
    fn begin(&mut self) -> Bytes {
        Bytes::copy_from_slice(&header(self.rate))
    }

    fn pack(&mut self, chunk: &Chunk) -> Bytes {
        chunk.pcm_samples()
    }
}

/// The header, with the greatest sizes that it can say: players take them for "until it ends".
fn header(rate: u32) -> [u8; 44] {
    let channels = u16::from(CHANNELS);
    let block = channels * SAMPLE;
    let mut header = [0; 44];
    let fields: [&[u8]; 13] = [
        b"RIFF",
        &u32::MAX.to_le_bytes(),
        b"WAVE",
        b"fmt ",
        &16_u32.to_le_bytes(),
        // PCM.
        &1_u16.to_le_bytes(),
        &channels.to_le_bytes(),
        &rate.to_le_bytes(),
        &(rate * u32::from(block)).to_le_bytes(),
        &block.to_le_bytes(),
        &(8 * SAMPLE).to_le_bytes(),
        b"data",
        &u32::MAX.to_le_bytes(),
    ];
    for (byte, value) in header.iter_mut().zip(fields.concat()) {
        *byte = value;
    }
    header
}

#[cfg(test)]
mod tests {
    use super::header;

    #[test]
    fn another_program_reads_the_header() {
        for rate in [44_100, 48_000] {
            let mut header = header(rate);
            assert_eq!(header[40..], [255; 4]);
            // It takes sizes of whole frames only; ffmpeg takes only the greatest for "until it ends".
            header[40] = 252;
            let spec = hound::WavReader::new(&header[..]).unwrap().spec();
            assert_eq!((spec.channels, spec.sample_rate, spec.bits_per_sample), (2, rate, 16));
            assert_eq!(spec.sample_format, hound::SampleFormat::Int);
        }
    }
}
