//! Who listens to a station, and what comes to them.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use auralis_protocol::{Code, Severity};
use tokio::sync::broadcast;

use super::chunk::Chunk;
use super::shared::Shared;

/// In which form a listener takes chunks.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Form {
    /// As samples, which every chunk has.
    Samples,
    /// As Opus, which is encoded as long as anybody takes it.
    Opus,
    /// Not at all: whoever makes the music himself has it rendered here, too, so that the two can be compared.
    Proofs,
}

impl Form {
    pub(super) fn is_in(self, chunk: &Chunk) -> bool {
        match self {
            Self::Samples => true,
            Self::Opus => chunk.opus().is_some(),
            Self::Proofs => false,
        }
    }
}

/// What went wrong with a session's audio, as all who hear it are told.
#[derive(Clone, Debug, PartialEq)]
pub struct Trouble {
    /// What.
    pub code: Code,
    /// How bad that is.
    pub severity: Severity,
    /// A sentence for people.
    pub message: String,
}

/// What a station sends to all its listeners.
#[derive(Clone)]
pub(super) enum Sent {
    Chunk(Arc<Chunk>),
    Trouble(Arc<Trouble>),
}

/// Who listens. Dropped, he no longer does.
pub struct Listener {
    form: Form,
    ready: VecDeque<Arc<Chunk>>,
    sent: broadcast::Receiver<Sent>,
    shared: Arc<Shared>,
}

/// What comes next to a listener.
pub enum Next {
    /// A chunk.
    Chunk(Arc<Chunk>),
    /// Something went wrong.
    Trouble(Arc<Trouble>),
    /// The listener was too slow: so many chunks are lost.
    Lost(u64),
}

impl Listener {
    /// One more, who has counted already.
    pub(super) const fn new(
        form: Form,
        ready: VecDeque<Arc<Chunk>>,
        sent: broadcast::Receiver<Sent>,
        shared: Arc<Shared>,
    ) -> Self {
        Self { form, ready, sent, shared }
    }

    /// The next chunk. Whoever asks too seldom loses the oldest. Nothing is lost if this is cancelled.
    pub async fn next(&mut self) -> Next {
        if let Some(chunk) = self.ready.pop_front() {
            return Next::Chunk(chunk);
        }
        loop {
            match self.sent.recv().await {
                Ok(Sent::Chunk(chunk)) if self.form.is_in(&chunk) => return Next::Chunk(chunk),
                // From before this listener came, or what the encoder begins with: no packet was whole.
                Ok(Sent::Chunk(_)) => {}
                Ok(Sent::Trouble(trouble)) => return Next::Trouble(trouble),
                Err(broadcast::error::RecvError::Lagged(lost)) => return Next::Lost(lost),
                // The sender lives as long as the station, which this holds.
                Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
            }
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        for counter in self.shared.counters(self.form) {
            counter.fetch_sub(1, Ordering::Relaxed);
        }
        self.shared.changed.notify_all();
    }
}
