//! A session as an Ogg Opus file that begins now (RFC 7845).
//!
//! The packets are everybody's; the pages are each listener's own, since each one's file begins at its first packet: pages are numbered
//! from 0 on, and positions count from there.

use std::sync::Arc;

use auralis_protocol::frame::{Header, packets};
use axum::body::{Body, Bytes};
use ogg::{PacketWriteEndInfo, PacketWriter};

use super::body::endless;
use crate::api::Wrong;
use crate::audio::{CHANNELS, PACKET};
use crate::metrics::Kind;
use crate::relay::Relay;
use crate::session::Room;

/// How many samples players are to leave out at first. A decoder that begins in the middle of a stream needs 80 ms to find its way.
const PRE_SKIP: u16 = 3840;

pub(super) async fn body(relay: Arc<Relay>, room: Arc<Room>) -> Result<Body, Wrong> {
    let mut file = File::new(rand::random());
    let tags = [
        ("TITLE", room.title()),
        ("ARTIST", "Auralis".into()),
        ("ALBUM", room.name().into()),
        ("GENRE", "Ambient".into()),
    ];
    let head = file.begin(room.session().rate.hz(), &tags);
    let pack = move |chunk: &crate::audio::Chunk| {
        let frame = chunk.opus().unwrap_or_default();
        Header::read(&frame).map(|(_, payload)| file.page(packets(payload))).unwrap_or_default()
    };
    endless(&relay, room, Kind::Ogg, head, pack).await
}

/// A file that is being written.
struct File {
    writer: PacketWriter<'static, Vec<u8>>,
    serial: u32,
    /// How many samples the packets so far decode to.
    samples: u64,
}

impl File {
    fn new(serial: u32) -> Self {
        Self { writer: PacketWriter::new(Vec::new()), serial, samples: 0 }
    }

    /// Its two headers, each on a page of its own.
    fn begin(&mut self, rate: u32, tags: &[(&str, String)]) -> Bytes {
        self.write(opus_head(rate), PacketWriteEndInfo::EndPage);
        self.write(opus_tags(tags), PacketWriteEndInfo::EndPage);
        self.taken()
    }

    /// A page of these packets.
    fn page<'a>(&mut self, packets: impl Iterator<Item = &'a [u8]>) -> Bytes {
        let mut packets = packets.peekable();
        while let Some(packet) = packets.next() {
            self.samples += PACKET as u64;
            let last = packets.peek().is_none();
            let end = if last { PacketWriteEndInfo::EndPage } else { PacketWriteEndInfo::NormalPacket };
            self.write(packet.to_vec(), end);
        }
        self.taken()
    }

    fn write(&mut self, packet: Vec<u8>, end: PacketWriteEndInfo) {
        // Memory takes whatever is written.
        let _ = self.writer.write_packet(packet, self.serial, end, self.samples);
    }

    fn taken(&mut self) -> Bytes {
        std::mem::take(self.writer.inner_mut()).into()
    }
}

/// What the file is (section 5.1).
fn opus_head(rate: u32) -> Vec<u8> {
    let mut head = b"OpusHead".to_vec();
    // The version, and how many channels.
    head.extend([1, CHANNELS]);
    head.extend(PRE_SKIP.to_le_bytes());
    // The rate that it was made of, for information only.
    head.extend(rate.to_le_bytes());
    // No gain, and the channels as they come.
    head.extend([0, 0, 0]);
    head
}

/// What it is called (section 5.2).
fn opus_tags(tags: &[(&str, String)]) -> Vec<u8> {
    let text = |text: &str| [&(text.len() as u32).to_le_bytes(), text.as_bytes()].concat();
    let mut packet = b"OpusTags".to_vec();
    packet.extend(text(concat!("auralis-relay ", env!("CARGO_PKG_VERSION"))));
    packet.extend((tags.len() as u32).to_le_bytes());
    for (name, value) in tags {
        packet.extend(text(&format!("{name}={value}")));
    }
    packet
}

#[cfg(test)]
mod tests {
    use super::*;
    use opus_pure::OggOpusReader;

    #[test]
    fn another_program_reads_it() {
        let mut file = File::new(7);
        let mut bytes = file.begin(44_100, &[("TITLE", "Sleep".into())]).to_vec();
        // Packets of silence; long ones, too, which take more than one segment.
        let (short, long) = (vec![0xfc, 0xff, 0xfe], [&[0xfc][..], &[9; 700]].concat());
        bytes.extend(file.page([&short[..], &long].into_iter()));
        bytes.extend(file.page(std::iter::empty()));
        bytes.extend(file.page([&long[..]].into_iter()));
        let mut reader = OggOpusReader::new(&bytes[..]).unwrap();
        assert_eq!((reader.serial(), reader.head().pre_skip), (7, PRE_SKIP));
        assert_eq!((reader.head().channel_count, reader.head().input_sample_rate), (2, 44_100));
        assert_eq!(reader.tags().get("title"), Some("Sleep"));
        let packets: Vec<_> = reader.packets().map(|packet| packet.unwrap()).collect();
        assert!(packets.iter().map(|packet| &packet.data).eq([&short, &long, &long]));
        assert_eq!(packets.iter().map(|packet| packet.page_granule).collect::<Vec<_>>(), [1920, 1920, 2880]);
    }
}
