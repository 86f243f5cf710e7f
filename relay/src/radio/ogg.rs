//! A session as an Ogg Opus file that begins now (RFC 7845).
//!
//! The packets are everybody's; the pages are each listener's own, since each one's file begins at its first packet: pages are numbered
//! from 0 on, and positions count from there. A file has one title. Where the session gets another one, the file ends, and a new one follows in the same
//! stream (a chained stream: RFC 3533, section 4). Its first packets are the last ones of the file before, which a player decodes without
//! playing them: the sound goes on at the very sample.

use std::collections::VecDeque;
use std::sync::Arc;

use auralis_protocol::frame::{Header, packets};
use axum::body::{Body, Bytes};
use ogg::{PacketWriteEndInfo, PacketWriter};

use super::body::{Container, endless};
use crate::api::Wrong;
use crate::audio::{CHANNELS, Chunk, PACKET};
use crate::metrics::Kind;
use crate::relay::Relay;
use crate::session::Room;

/// How many packets players are to decode at first without playing them. A decoder that begins in the middle of a stream needs 80 ms to find its way
/// (section 4.2): then one hears no fault.
const SETTLING: usize = 4;
/// The same where a player has heard the packets before: then it can take its time, until nothing is left of the difference.
const RESETTLING: usize = 10;
/// Every how many chunks the session is asked what it is called.
const TITLE_CHUNKS: u64 = 10;

pub(super) async fn body(relay: Arc<Relay>, room: Arc<Room>) -> Result<Body, Wrong> {
    let stream = Stream {
        title: room.title(),
        room: room.clone(),
        file: File::new(rand::random(), SETTLING),
        recent: VecDeque::new(),
    };
    endless(&relay, room, Kind::Ogg, stream).await
}

/// A file after the other, each with its title.
struct Stream {
    room: Arc<Room>,
    title: String,
    file: File,
    /// The packets that came last.
    recent: VecDeque<Vec<u8>>,
}

impl Container for Stream {
    fn begin(&mut self) -> Bytes {
        let tags = [
            ("TITLE", self.title.clone()),
            ("ARTIST", "Auralis".into()),
            ("ALBUM", self.room.name().into()),
            ("GENRE", "Ambient".into()),
        ];
        self.file.begin(self.room.session().rate.hz(), &tags)
    }

    fn pack(&mut self, chunk: &Chunk) -> Bytes {
        let mut bytes = Vec::new();
        if chunk.index.is_multiple_of(TITLE_CHUNKS) && !self.recent.is_empty() {
            let title = self.room.title();
            if title != self.title {
                self.title = title;
                bytes.extend(self.file.end());
                self.file = File::new(rand::random(), self.recent.len());
                bytes.extend(self.begin());
                bytes.extend(self.file.page(self.recent.iter().map(Vec::as_slice)));
            }
        }
        let frame = chunk.opus().unwrap_or_default();
        if let Some((_, payload)) = Header::read(&frame) {
            bytes.extend(self.file.page(packets(payload)));
            self.recent.extend(packets(payload).map(<[u8]>::to_vec));
            self.recent.drain(..self.recent.len().saturating_sub(RESETTLING));
        }
        bytes.into()
    }

    fn end(&mut self) -> Bytes {
        self.file.end()
    }
}

/// A file that is being written. Its last packet is held back, since that is to say that it is the last.
struct File {
    writer: PacketWriter<'static, Vec<u8>>,
    serial: u32,
    /// How many samples players are to leave out at first.
    skip: u16,
    /// How many samples the packets so far decode to.
    samples: u64,
    held: Option<Vec<u8>>,
}

impl File {
    /// A file of whose packets the first ones are only decoded.
    fn new(serial: u32, settling: usize) -> Self {
        let skip = (settling * PACKET) as u16;
        Self { writer: PacketWriter::new(Vec::new()), serial, skip, samples: 0, held: None }
    }

    /// Its two headers, each on a page of its own.
    fn begin(&mut self, rate: u32, tags: &[(&str, String)]) -> Bytes {
        self.write(opus_head(rate, self.skip), PacketWriteEndInfo::EndPage);
        self.write(opus_tags(tags), PacketWriteEndInfo::EndPage);
        self.taken()
    }

    /// A page of these packets but the last, with the one before them.
    fn page<'a>(&mut self, packets: impl Iterator<Item = &'a [u8]>) -> Bytes {
        let mut ready: Vec<_> = self.held.take().into_iter().chain(packets.map(<[u8]>::to_vec)).collect();
        self.held = ready.pop();
        let mut ready = ready.into_iter().peekable();
        while let Some(packet) = ready.next() {
            let last = ready.peek().is_none();
            self.sound(
                packet,
                if last { PacketWriteEndInfo::EndPage } else { PacketWriteEndInfo::NormalPacket },
            );
        }
        self.taken()
    }

    /// The last page.
    fn end(&mut self) -> Bytes {
        if let Some(packet) = self.held.take() {
            self.sound(packet, PacketWriteEndInfo::EndStream);
        }
        self.taken()
    }

    fn sound(&mut self, packet: Vec<u8>, end: PacketWriteEndInfo) {
        self.samples += PACKET as u64;
        self.write(packet, end);
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
fn opus_head(rate: u32, skip: u16) -> Vec<u8> {
    let mut head = b"OpusHead".to_vec();
    // The version, and how many channels.
    head.extend([1, CHANNELS]);
    head.extend(skip.to_le_bytes());
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
        let mut file = File::new(7, SETTLING);
        let mut bytes = file.begin(44_100, &[("TITLE", "Sleep".into())]).to_vec();
        // Packets of silence; long ones, too, which take more than one segment.
        let (short, long) = (vec![0xfc, 0xff, 0xfe], [&[0xfc][..], &[9; 700]].concat());
        bytes.extend(file.page([&short[..], &long].into_iter()));
        bytes.extend(file.page(std::iter::empty()));
        bytes.extend(file.page([&long[..]].into_iter()));
        bytes.extend(file.end());
        assert!(file.end().is_empty(), "it ends once");
        let mut reader = OggOpusReader::new(&bytes[..]).unwrap();
        assert_eq!((reader.serial(), reader.head().pre_skip), (7, 3840));
        assert_eq!((reader.head().channel_count, reader.head().input_sample_rate), (2, 44_100));
        assert_eq!(reader.tags().get("title"), Some("Sleep"));
        let packets: Vec<_> = reader.packets().map(|packet| packet.unwrap()).collect();
        assert!(packets.iter().map(|packet| &packet.data).eq([&short, &long, &long]));
        assert_eq!(packets.iter().map(|packet| packet.page_granule).collect::<Vec<_>>(), [960, 1920, 2880]);
    }
}
