//! Binary frames: audio with what places it in the session.
//!
//! | bytes | what |
//! |---|---|
//! | 0 | version of this layout, 1 |
//! | 1 | what the payload is: 1 PCM (16 bit, little endian, interleaved), 2 Opus (packets, each after its length as u16) |
//! | 2 | channels |
//! | 3 | 0 |
//! | 4..8 | the session's sample rate in hertz, u32: the payload's, too, but for Opus, which is always of 48 kHz |
//! | 8..16 | the chunk's number, u64: one more than the one before, unless some were left out |
//! | 16..24 | the session's frame with which the payload begins, u64 |
//! | 24.. | the payload |
//!
//! All numbers are little endian.

/// The version of the layout.
pub const FRAME_VERSION: u8 = 1;
/// How many bytes come before the payload.
pub const HEADER: usize = 24;

/// What the payload of a binary frame is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u8)]
pub enum Payload {
    /// 16-bit samples, little endian, interleaved.
    Pcm = 1,
    /// Opus packets, each after its length as a 16-bit number.
    Opus = 2,
}

/// What is known of a chunk of audio.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Header {
    /// What the payload is.
    pub payload: Payload,
    /// How many channels are interleaved in it.
    pub channels: u8,
    /// The session's, in hertz.
    pub sample_rate: u32,
    /// The chunk's number.
    pub chunk_index: u64,
    /// The session's frame with which the payload begins.
    pub frame: u64,
}

impl Header {
    /// The header's bytes.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; HEADER] {
        let mut bytes = [0; HEADER];
        bytes[..3].copy_from_slice(&[FRAME_VERSION, self.payload as u8, self.channels]);
        bytes[4..8].copy_from_slice(&self.sample_rate.to_le_bytes());
        bytes[8..16].copy_from_slice(&self.chunk_index.to_le_bytes());
        bytes[16..].copy_from_slice(&self.frame.to_le_bytes());
        bytes
    }

    /// A frame's header and its payload; nothing if it is cut off, or of a version or kind that this program does not know.
    #[must_use]
    pub fn read(frame: &[u8]) -> Option<(Self, &[u8])> {
        let (header, rest) = frame.split_first_chunk::<HEADER>()?;
        let payload = match header[1] {
            1 => Payload::Pcm,
            2 => Payload::Opus,
            _ => return None,
        };
        let long = |from: usize| {
            let mut bytes = [0; 8];
            bytes.copy_from_slice(&header[from..from + 8]);
            u64::from_le_bytes(bytes)
        };
        (header[0] == FRAME_VERSION).then_some((
            Self {
                payload,
                channels: header[2],
                sample_rate: u32::from_le_bytes([header[4], header[5], header[6], header[7]]),
                chunk_index: long(8),
                frame: long(16),
            },
            rest,
        ))
    }
}

/// Puts a packet into an Opus payload. Packets are of 65 535 bytes at most, which Opus' own limit of 1 275 for 20 ms keeps far from.
pub fn push_packet(payload: &mut Vec<u8>, packet: &[u8]) {
    let length = u16::try_from(packet.len()).unwrap_or(u16::MAX);
    payload.extend_from_slice(&length.to_le_bytes());
    payload.extend_from_slice(&packet[..usize::from(length)]);
}

/// The packets of an Opus payload, as far as it is whole.
pub fn packets(mut payload: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let (length, rest) = payload.split_first_chunk::<2>()?;
        let (packet, after) = rest.split_at_checked(u16::from_le_bytes(*length).into())?;
        payload = after;
        Some(packet)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_written_is_read(opus: bool, channels: u8, sample_rate: u32, chunk_index: u64, frame: u64, payload: Vec<u8>) {
            let kind = if opus { Payload::Opus } else { Payload::Pcm };
            let header = Header { payload: kind, channels, sample_rate, chunk_index, frame };
            let bytes = [&header.to_bytes()[..], &payload].concat();
            prop_assert_eq!(Header::read(&bytes), Some((header, &payload[..])));
            prop_assert_eq!(Header::read(&bytes[..HEADER - 1]), None);
        }

        #[test]
        fn packets_are_those_that_were_put_in(all: Vec<Vec<u8>>, cut in 0..50_usize) {
            let mut payload = Vec::new();
            for packet in &all {
                push_packet(&mut payload, packet);
            }
            prop_assert_eq!(packets(&payload).collect::<Vec<_>>(), all.iter().map(Vec::as_slice).collect::<Vec<_>>());
            payload.truncate(payload.len().saturating_sub(cut));
            prop_assert!(packets(&payload).zip(&all).all(|(got, put)| got == put));
        }

        #[test]
        fn anything_may_come(bytes: Vec<u8>) {
            let _ = Header::read(&bytes);
            let _ = packets(&bytes).count();
        }
    }

    #[test]
    fn other_versions_and_kinds_are_refused() {
        let header =
            Header { payload: Payload::Pcm, channels: 2, sample_rate: 44_100, chunk_index: 3, frame: 4 };
        let bytes = header.to_bytes();
        for (at, other) in [(0, 0), (0, 2), (1, 0), (1, 3)] {
            let mut changed = bytes;
            changed[at] = other;
            assert_eq!(Header::read(&changed), None);
        }
    }
}
