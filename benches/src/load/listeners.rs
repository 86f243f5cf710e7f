//! Many who listen, and what they hear: whether chunks are missing, and how long before they are due they come.

use std::cell::{Cell, RefCell};
use std::io;
use std::rc::Rc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::Value;
use tokio::task::JoinSet;

use super::socket::{Came, Socket};

/// How many connect at once.
const AT_ONCE: usize = 50;

/// What all of them heard.
#[derive(Default)]
pub struct Heard {
    /// Chunks that came.
    pub chunks: Cell<u64>,
    /// Chunks that are missing between two that came.
    pub missing: Cell<u64>,
    /// Times that the relay said `BUFFER_OVERRUN`.
    pub overruns: Cell<u64>,
    /// Times that it said `BUFFER_UNDERRUN`.
    pub underruns: Cell<u64>,
    /// Connections that broke.
    pub broken: Cell<u64>,
    /// Bytes that came.
    pub bytes: Cell<u64>,
    /// Chunks that came after they were due.
    pub late: Cell<u64>,
    /// The least time from a chunk's coming to when it is due, in seconds; less than nothing if it came too late.
    pub least_ahead: Cell<f64>,
    /// The most.
    pub most_ahead: Cell<f64>,
    /// The sum of them.
    pub ahead: Cell<f64>,
    /// Whether what comes counts yet.
    pub counting: Cell<bool>,
}

impl Heard {
    /// Forgets all, and counts from now on.
    pub fn begin(&self) {
        for count in [
            &self.chunks,
            &self.missing,
            &self.overruns,
            &self.underruns,
            &self.broken,
            &self.bytes,
            &self.late,
        ] {
            count.set(0);
        }
        self.least_ahead.set(f64::INFINITY);
        self.most_ahead.set(f64::NEG_INFINITY);
        self.ahead.set(0.0);
        self.counting.set(true);
    }

    /// The mean time from a chunk's coming to when it is due, in seconds.
    #[must_use]
    pub fn mean_ahead(&self) -> f64 {
        self.ahead.get() / self.chunks.get().max(1) as f64
    }

    fn add(count: &Cell<u64>, more: u64) {
        count.set(count.get() + more);
    }

    fn chunk(&self, began: f64, header: &auralis_protocol::frame::Header) {
        if !self.counting.get() {
            return;
        }
        let ahead = began + header.frame as f64 / f64::from(header.sample_rate) - seconds_now();
        Self::add(&self.chunks, 1);
        Self::add(&self.late, u64::from(ahead < 0.0));
        self.least_ahead.set(self.least_ahead.get().min(ahead));
        self.most_ahead.set(self.most_ahead.get().max(ahead));
        self.ahead.set(self.ahead.get() + ahead);
    }
}

/// The time, in seconds since 1970.
#[must_use]
pub fn seconds_now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64())
}

/// When a session began, in seconds since 1970, and all else that a client that synthesizes is told of it.
///
/// # Errors
/// If the relay does not say.
pub async fn session(port: u16, name: &str) -> io::Result<(f64, Value, Socket)> {
    let mut socket = Socket::connect(port, &format!("?transport=score&session={name}")).await?;
    let space = RefCell::new(vec![0; 1 << 16]);
    let mut said = None;
    while said.is_none() {
        socket
            .read(&space, |came| {
                if let Came::Text(text) = came {
                    said = serde_json::from_str::<Value>(&text).ok().filter(|said| said["type"] == "session");
                }
            })
            .await?;
    }
    let said = said.unwrap_or_default();
    Ok((seconds_of(&said["began"])?, said, socket))
}

/// A time as the relay writes it, in seconds since 1970.
///
/// # Errors
/// If it is none.
pub fn seconds_of(text: &Value) -> io::Result<f64> {
    let text = text.as_str().unwrap_or_default();
    let format = &time::format_description::well_known::Rfc3339;
    let time = time::OffsetDateTime::parse(text, format).map_err(io::Error::other)?;
    Ok(time.unix_timestamp_nanos() as f64 / 1e9)
}

/// Connects so many, each to the session and transport of its query, and lets them listen until they are dropped. They share a thread:
/// the one that this runs on, in a [`tokio::task::LocalSet`].
///
/// # Errors
/// If one can't connect.
pub async fn listen(
    port: u16,
    queries: impl IntoIterator<Item = (String, f64)>,
    heard: &Rc<Heard>,
    all: &mut JoinSet<()>,
) -> io::Result<()> {
    let space = Rc::new(RefCell::new(vec![0; 1 << 18]));
    let mut queries = queries.into_iter().peekable();
    while queries.peek().is_some() {
        let mut connecting = JoinSet::new();
        for (query, began) in queries.by_ref().take(AT_ONCE) {
            connecting
                .spawn(async move { Ok::<_, io::Error>((Socket::connect(port, &query).await?, began)) });
        }
        while let Some(connected) = connecting.join_next().await {
            let (socket, began) = connected.map_err(io::Error::other)??;
            all.spawn_local(one(socket, began, heard.clone(), space.clone()));
        }
        // The relay composes and streams meanwhile: nobody comes faster than this.
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}

async fn one(mut socket: Socket, began: f64, heard: Rc<Heard>, space: Rc<RefCell<Vec<u8>>>) {
    let mut last = None;
    loop {
        let (before, mut closed) = (socket.received(), false);
        let read = socket.read(&space, |came| match came {
            Came::Chunk(header) => {
                let missing = last.map_or(0, |last: u64| header.chunk_index.saturating_sub(last + 1));
                last = Some(header.chunk_index);
                if heard.counting.get() {
                    Heard::add(&heard.missing, missing);
                }
                heard.chunk(began, &header);
            }
            Came::Text(text) if text.contains("BUFFER_OVERRUN") => Heard::add(&heard.overruns, 1),
            Came::Text(text) if text.contains("BUFFER_UNDERRUN") => Heard::add(&heard.underruns, 1),
            Came::Text(_) => {}
            Came::Closed(_) => closed = true,
        });
        let broken = read.await.is_err() || closed;
        Heard::add(&heard.bytes, socket.received() - before);
        if broken {
            Heard::add(&heard.broken, 1);
            return;
        }
    }
}
