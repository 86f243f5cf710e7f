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

/// The head of a file, and then each chunk, as `pack` gives it. A player that is too slow loses chunks, and hears on with what is live:
/// nobody else waits for it.
///
/// # Errors
/// If there is no place for one more who listens.
pub(super) async fn endless(
    relay: &Relay,
    room: Arc<Room>,
    kind: Kind,
    head: Bytes,
    mut pack: impl FnMut(&Chunk) -> Bytes + Send + 'static,
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
    let meter = room.meter().clone();
    let pass_on = async move {
        let _place = (place, present);
        let mut bytes = head;
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
                    Next::Chunk(chunk) => break pack(&chunk),
                    Next::Lost(chunks) => meter.dropped(chunks),
                    Next::Trouble(_) => {}
                }
            };
        }
    };
    tokio::spawn(async move {
        tokio::select! {
            () = pass_on => {}
            () = stopping.cancelled() => {}
            () = room.ended().cancelled() => {}
        }
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
        let listen =
            || endless(&relay, room.clone(), Kind::Wav, Bytes::from_static(b"RIFF"), Chunk::pcm_samples);
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
