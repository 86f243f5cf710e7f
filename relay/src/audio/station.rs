//! A session's audio: who listens, how much lies ready, and which frame a change is promised.
//!
//! A change of the session is first promised a frame: the thread does not render beyond it until the change is on the disk, or was not
//! to be kept. What lies ready meanwhile is what listeners hear.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use auralis_engine::{Change, Frame, Session};

use super::listener::{Form, Listener};
use super::shared::{Begin, Shared};
use super::studio::Studio;
use crate::metrics::Meter;
use crate::session::Clock;

/// A session's audio.
pub struct Station {
    shared: Arc<Shared>,
}

impl Station {
    /// The station of a session, which may be one that is streams only; silent until somebody listens.
    pub fn new(
        clock: Clock,
        session: &Session,
        streams_only: bool,
        studio: Arc<Studio>,
        meter: Arc<Meter>,
    ) -> Self {
        Self { shared: Arc::new(Shared::new(clock, session, streams_only, studio, meter)) }
    }

    /// How many listen.
    pub fn listeners(&self) -> usize {
        self.shared.listeners.load(Ordering::Relaxed)
    }

    /// How many packets of Opus were encoded so far.
    pub fn packets(&self) -> u64 {
        self.shared.packets.load(Ordering::Relaxed)
    }

    /// What proves the five seconds that begin with a frame, if they were rendered here as a whole a short while ago.
    pub fn proof(&self, frame: Frame) -> Option<u64> {
        self.shared.proofs().of(frame)
    }

    /// How long it took until the last chunk was ready, from when it could be begun.
    pub fn latency(&self) -> Duration {
        self.shared.state().latency
    }

    /// Whether it is being rendered.
    pub fn is_running(&self) -> bool {
        self.shared.state().thread.is_some()
    }

    /// How long a chunk is.
    pub fn chunk_length(&self) -> Duration {
        self.shared.studio.pace.chunk
    }

    /// How much lies ready ahead of what is heard.
    pub fn depth(&self) -> Duration {
        let state = self.shared.state();
        if state.thread.is_some() { self.shared.clock.until(state.next) } else { Duration::ZERO }
    }

    /// Listens: gives what lies ready in a form, and then each chunk as it is made. `begin` gives what a thread needs that has to be
    /// started; it is called while no change can be kept.
    pub fn listen(&self, form: Form, begin: impl FnOnce() -> Begin) -> Listener {
        let mut state = self.shared.state();
        let now = self.shared.clock.now();
        let sent = self.shared.sent.subscribe();
        for counter in self.shared.counters(form) {
            counter.fetch_add(1, Ordering::Relaxed);
        }
        let begins = state.thread.is_none();
        if begins {
            let from = Frame(now.0 / self.shared.frames * self.shared.frames);
            self.shared.begin(&mut state, from, begin());
        }
        let ahead = state.ring.iter().filter(|chunk| chunk.frame >= now && form.is_in(chunk));
        let ready = ahead.cloned().collect();
        drop(state);
        if begins {
            self.shared.studio.watch(&self.shared);
        }
        Listener::new(form, ready, sent, self.shared.clone())
    }

    /// Promises a frame to a change, at `earliest` or later; nothing beyond it is rendered until [`Station::settle`].
    pub fn promise(&self, earliest: Frame) -> Frame {
        let mut state = self.shared.state();
        let frame = if state.thread.is_some() { earliest.max(state.floor) } else { earliest };
        state.promised = Some(frame);
        frame
    }

    /// The change that was promised a frame is kept, or will not be.
    pub fn settle(&self, kept: Option<Change>) {
        let mut state = self.shared.state();
        state.promised = None;
        if let Some(change) = kept.filter(|_| state.thread.is_some()) {
            // In the order of their frames by construction.
            let _ = state.log.push(change);
        }
        drop(state);
        self.shared.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::{Chunk, Next, Pace, Relieved};
    use auralis_engine::ChangeLog;

    async fn chunk(listener: &mut Listener) -> Arc<Chunk> {
        match listener.next().await {
            Next::Chunk(chunk) => chunk,
            Next::Lost(chunks) => panic!("{chunks} chunks were lost"),
            Next::Trouble(trouble) => panic!("{trouble:?}"),
        }
    }

    #[tokio::test]
    async fn many_listeners_share_one_encoder() {
        let session = Session::new(5);
        let studio = Arc::new(Pace::default().into());
        let meter = Meter::new(Arc::default(), "main").into();
        let station = Station::new(Clock::begin(session.rate), &session, false, studio, meter);
        let begin = || Begin { log: ChangeLog::new(), reduced: false, relieve: Arc::new(|_| Relieved::Same) };
        let listen = |form| station.listen(form, begin);
        let mut plain = listen(Form::Samples);
        for _ in 0..3 {
            assert!(chunk(&mut plain).await.opus().is_none(), "nobody takes Opus");
        }
        let mut listeners: Vec<_> = (0..20).map(|_| listen(Form::Opus)).collect();
        let mut first = None;
        for _ in 0..10 {
            let wanted = chunk(&mut listeners[0]).await;
            assert!(wanted.opus().is_some());
            first.get_or_insert(wanted.index);
            for listener in &mut listeners[1..] {
                assert!(Arc::ptr_eq(&wanted, &chunk(listener).await), "the same chunk");
            }
        }
        // Whatever was rendered meanwhile was encoded once: of the first chunk four packets, of each that followed five.
        drop(listeners);
        let encoded = station.packets();
        let rendered = station.shared.state().next.0 / station.shared.frames - first.unwrap_or(0);
        assert!(
            (5 * (rendered - 1) - 1..5 * rendered).contains(&encoded),
            "{encoded} packets of {rendered} chunks"
        );
        // When nobody takes Opus any more, none is made, but for a chunk that was under way.
        let last = first.unwrap_or(0) + 9;
        loop {
            let chunk = chunk(&mut plain).await;
            if chunk.index > last && chunk.opus().is_none() {
                break;
            }
        }
        let encoded = station.packets();
        for _ in 0..5 {
            chunk(&mut plain).await;
        }
        assert_eq!(station.packets(), encoded);
        assert!(chunk(&mut listen(Form::Opus)).await.opus().is_some());
    }
}
