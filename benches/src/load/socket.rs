//! A WebSocket client that takes thousands of connections' audio with next to no processor time, so that what is measured is the relay:
//! it reads frames' heads, and skips what it need not know. It is no client for anything else.

use std::io;
use std::net::Ipv4Addr;

use auralis_protocol::frame::{HEADER, Header};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

/// How much of a message is kept, unless it is text.
const KEPT: usize = HEADER;

/// A connection to a session.
pub struct Socket {
    stream: TcpStream,
    frames: Frames,
    /// How many bytes came.
    received: u64,
}

/// The frame that is being read.
#[derive(Default)]
struct Frames {
    /// Its head as far as it came.
    head: Vec<u8>,
    /// Which frame it is, and how much of it is still to come.
    frame: Option<(u8, u64)>,
    /// What is kept of its payload.
    payload: Vec<u8>,
}

/// What comes from the relay.
#[derive(Debug)]
pub enum Came {
    /// A chunk of audio.
    Chunk(Header),
    /// A text message.
    Text(String),
    /// The connection is closed, with a code.
    Closed(u16),
}

impl Socket {
    /// Connects, with a query such as `?transport=opus`.
    ///
    /// # Errors
    /// If the relay does not take the connection.
    pub async fn connect(port: u16, query: &str) -> io::Result<Self> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
        stream.set_nodelay(true)?;
        // The key is that of RFC 6455's example: nothing here depends on it.
        let request = format!(
            "GET /ws/stream{query} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await?;
        let mut answer = Vec::new();
        // What follows the answer is already frames, so it is read byte by byte: a hundred or two, once.
        while !answer.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.readable().await?;
            match stream.try_read(&mut byte) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(_) => answer.push(byte[0]),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
        }
        if !answer.starts_with(b"HTTP/1.1 101") {
            let line = String::from_utf8_lossy(&answer).lines().next().unwrap_or_default().to_owned();
            return Err(io::Error::other(format!("the relay answered {line}")));
        }
        Ok(Self { stream, frames: Frames::default(), received: 0 })
    }

    /// How many bytes came since the connection was there.
    #[must_use]
    pub const fn received(&self) -> u64 {
        self.received
    }

    /// Waits for something to come, and gives it to `take`. `space` is for what is read, and may be shared by all that are read one
    /// after the other.
    ///
    /// # Errors
    /// If the connection breaks.
    pub async fn read(
        &mut self,
        space: &std::cell::RefCell<Vec<u8>>,
        mut take: impl FnMut(Came),
    ) -> io::Result<()> {
        self.stream.readable().await?;
        let mut pongs = Vec::new();
        {
            let mut space = space.borrow_mut();
            let count = match self.stream.try_read(&mut space) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error),
            };
            self.received += count as u64;
            let mut bytes = &space[..count];
            while !bytes.is_empty() {
                self.frames.parse(&mut bytes, &mut take, &mut pongs);
            }
        }
        if !pongs.is_empty() {
            self.stream.write_all(&pongs).await?;
        }
        Ok(())
    }

    /// Says something.
    ///
    /// # Errors
    /// If the connection breaks.
    pub async fn say(&mut self, text: &str) -> io::Result<()> {
        let mut frame = vec![0x81];
        match text.len() {
            short @ ..126 => frame.push(0x80 | short as u8),
            long => {
                frame.push(0x80 | 126);
                frame.extend_from_slice(&(long as u16).to_be_bytes());
            }
        }
        frame.extend_from_slice(&[0; 4]);
        frame.extend_from_slice(text.as_bytes());
        self.stream.write_all(&frame).await
    }
}

impl Frames {
    /// Takes the next bytes that belong together.
    fn parse(&mut self, bytes: &mut &[u8], take: &mut impl FnMut(Came), pongs: &mut Vec<u8>) {
        let Some((kind, left)) = self.frame else {
            self.head.push(bytes[0]);
            *bytes = &bytes[1..];
            let long =
                |from: usize| self.head[from..].iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte));
            let length = match (self.head.len(), self.head.get(1)) {
                (4, Some(126)) | (10, Some(127)) => Some(long(2)),
                (2, Some(&short @ ..126)) => Some(u64::from(short)),
                _ => None,
            };
            if let Some(length) = length {
                self.frame = Some((self.head[0] & 15, length));
                if length == 0 {
                    self.finish(take, pongs);
                }
            }
            return;
        };
        let part = left.min(bytes.len() as u64) as usize;
        let keep = if kind == 1 || kind == 9 { part } else { part.min(KEPT - self.payload.len().min(KEPT)) };
        self.payload.extend_from_slice(&bytes[..keep]);
        *bytes = &bytes[part..];
        self.frame = Some((kind, left - part as u64));
        if left == part as u64 {
            self.finish(take, pongs);
        }
    }

    /// A frame is whole. The relay sends each message in one.
    fn finish(&mut self, take: &mut impl FnMut(Came), pongs: &mut Vec<u8>) {
        let kind = self.frame.take().map_or(0, |(kind, _)| kind);
        match kind {
            1 => take(Came::Text(String::from_utf8_lossy(&self.payload).into_owned())),
            2 => {
                if let Some((header, _)) = Header::read(&self.payload) {
                    take(Came::Chunk(header));
                }
            }
            8 => {
                let code = self.payload.first_chunk().map_or(1005, |code| u16::from_be_bytes(*code));
                take(Came::Closed(code));
            }
            9 => {
                // What the ping said, masked with zeros.
                pongs.extend_from_slice(&[0x8a, 0x80 | self.payload.len() as u8, 0, 0, 0, 0]);
                pongs.extend_from_slice(&self.payload);
            }
            _ => {}
        }
        self.head.clear();
        self.payload.clear();
        if self.payload.capacity() > 1024 {
            // The whole session, once.
            self.payload = Vec::new();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use auralis_protocol::frame::Payload;

    #[test]
    fn frames_are_read_however_they_come_in_pieces() {
        let header = |n| Header {
            payload: Payload::Opus,
            channels: 2,
            sample_rate: 44_100,
            chunk_index: n,
            frame: 4410 * n,
        };
        let mut bytes = vec![0x81, 3, b'a', b'b', b'c', 0x89, 1, 5, 0x82, 24];
        bytes.extend(header(7).to_bytes());
        for (n, length) in [(8, 1000_u64), (9, 70_000)] {
            bytes.push(0x82);
            match u16::try_from(length) {
                Ok(length) => bytes.extend([&[126][..], &length.to_be_bytes()].concat()),
                Err(_) => bytes.extend([&[127][..], &length.to_be_bytes()].concat()),
            }
            bytes.extend(header(n).to_bytes());
            bytes.resize(bytes.len() + length as usize - HEADER, 3);
        }
        bytes.extend([0x81, 0, 0x88, 2, 3, 0xf5]);
        for piece in [1, 2, 5, 26, 4096, bytes.len()] {
            let (mut frames, mut came, mut pongs) = (Frames::default(), Vec::new(), Vec::new());
            for mut part in bytes.chunks(piece) {
                while !part.is_empty() {
                    frames.parse(&mut part, &mut |it| came.push(format!("{it:?}")), &mut pongs);
                }
            }
            let wanted = [
                Came::Text("abc".into()),
                Came::Chunk(header(7)),
                Came::Chunk(header(8)),
                Came::Chunk(header(9)),
                Came::Text(String::new()),
                Came::Closed(1013),
            ];
            assert_eq!(came, wanted.map(|it| format!("{it:?}")));
            assert_eq!(pongs, [0x8a, 0x81, 0, 0, 0, 0, 5]);
        }
    }
}
