//! An answer that goes on as long as the session does.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use auralis_protocol::Transport;
use axum::body::{Body, Bytes};
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::api::Wrong;
use crate::audio::{Chunk, Form, Next};
use crate::metrics::Kind;
use crate::relay::Relay;
use crate::session::Room;

/// How many chunks wait for a player that is slow, before it loses some.
const QUEUE: usize = 5;
/// How long a player may take nothing: who is slower than that is gone, or might as well be.
const STUCK: Duration = Duration::from_secs(10);
/// How long it may take nothing when the file has come to its end.
const PARTING: Duration = Duration::from_secs(1);

/// A kind of file, while it is written.
pub(super) trait Container: Send + 'static {
    /// What comes before all else.
    fn begin(&mut self) -> Bytes;
    /// A chunk, or what of it can be written now.
    fn pack(&mut self, chunk: &Chunk) -> Bytes;
    /// What comes last, where a file of this kind says that it ends.
    fn end(&mut self) -> Bytes {
        Bytes::new()
    }
}

/// A file that goes on for as long as the session, and ends with it or with the relay. A player that is too slow loses chunks, and hears on with
/// what is live: nobody else waits for it.
///
/// # Errors
/// If there is no place for one more who listens.
pub(super) async fn endless(
    relay: &Relay,
    room: Arc<Room>,
    kind: Kind,
    mut file: impl Container,
) -> Result<Body, Wrong> {
    let (form, transport) = match kind {
        Kind::Ogg => (Form::Opus, Transport::Opus),
        _ => (Form::Samples, Transport::Pcm),
    };
    let place = relay.admit(transport).ok_or(Wrong::Full)?;
    let present = room.meter().enter(kind);
    let stopping = relay.stopping().clone();
    let mut listener = room.listen(form).await;
    let (sender, receiver) = mpsc::channel(QUEUE);
    tokio::spawn(async move {
        let _place = (place, present);
        let meter = room.meter();
        let pass_on = async {
            let mut bytes = file.begin();
            loop {
                if !matches!(timeout(STUCK, sender.send(bytes)).await, Ok(Ok(()))) {
                    return;
                }
                bytes = loop {
                    let next = tokio::select! {
                        next = listener.next() => next,
                        () = sender.closed() => return,
                    };
                    match next {
                        Next::Chunk(chunk) => break file.pack(&chunk),
                        Next::Lost(chunks) => meter.dropped(chunks),
                        Next::Trouble(_) => {}
                    }
                };
            }
        };
        tokio::select! {
            () = pass_on => return,
            () = stopping.cancelled() => {}
            () = room.ended().cancelled() => {}
        }
        let _ = timeout(PARTING, sender.send(file.end())).await;
    });
    let chunks = futures_util::stream::unfold(receiver, async |mut receiver| {
        receiver.recv().await.map(|bytes: Bytes| (Ok::<_, Infallible>(bytes), receiver))
    });
    Ok(Body::from_stream(chunks))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::Pace;
    use crate::session::{Registry, Store};
    use auralis_engine::Session;
    use auralis_protocol::MAIN_SESSION;

    #[tokio::test]
    async fn who_takes_nothing_loses_the_place() {
        let folder = tempfile::tempdir().unwrap();
        let first = Session::new(1);
        let store = Store::open(folder.path()).unwrap();
        let relay = Relay::new(Registry::open(store, first, 1, Pace::default()).unwrap(), &first, 1, true);
        let room = relay.sessions().find(MAIN_SESSION).unwrap();
        struct Bare;
        impl Container for Bare {
            fn begin(&mut self) -> Bytes {
                Bytes::from_static(b"RIFF")
            }
            fn pack(&mut self, chunk: &Chunk) -> Bytes {
                chunk.pcm_samples()
            }
        }
        let listen = || endless(&relay, room.clone(), Kind::Wav, Bare);
        let idle = listen().await.unwrap();
        assert!(matches!(listen().await, Err(Wrong::Full)), "there is one place");
        tokio::time::sleep(STUCK + Duration::from_secs(2)).await;
        let other = listen().await;
        assert!(other.is_ok(), "it is free again");
        // Whoever goes leaves it at once.
        drop((idle, other));
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert!(listen().await.is_ok());
    }
}
