//! The times that a station keeps.

use std::time::Duration;

/// Times of a station, and how many bits its music takes.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// How long a chunk is.
    pub chunk: Duration,
    /// How long before it is heard a chunk is ready.
    pub lead: Duration,
    /// How much is kept for those who come, or are slow.
    pub ring: Duration,
    /// How long the thread stays when nobody listens any more.
    pub linger: Duration,
    /// How long after trouble full quality is tried again; twice as long each time that this was too early, up to an hour.
    pub calm: Duration,
    /// How long after it fell silent a session is tried again; twice as long each time that this was in vain, up to five minutes.
    pub rescue: Duration,
    /// How many bits a second of Opus takes.
    pub opus_bits: u32,
    /// How many sessions are rendered at once.
    pub threads: usize,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            chunk: Duration::from_millis(100),
            // A player's device holds 100 to 300 ms of it, the network some more.
            lead: Duration::from_millis(500),
            ring: Duration::from_secs(2),
            linger: Duration::from_secs(5),
            calm: Duration::from_secs(60),
            rescue: Duration::from_secs(5),
            opus_bits: 96_000,
            threads: 1,
        }
    }
}

impl Pace {
    /// How long before it is heard a chunk is ready where nobody hears it, and it is only compared with what others make: changes need not lie
    /// beyond what nobody hears.
    pub(super) fn unheard_lead(&self) -> Duration {
        self.chunk.min(self.lead)
    }

    /// How long a GPU is waited for with a chunk: not longer than the chunk is, since the next one wants its time too, and so shortly that the
    /// thread which waits is not taken for one that hangs.
    #[cfg(feature = "gpu")]
    pub(super) fn answer(&self) -> Duration {
        self.chunk.min(self.lead / 5)
    }

    /// How many chunks are kept.
    pub(super) fn kept(&self) -> usize {
        (self.ring.as_nanos() / self.chunk.as_nanos().max(1)).clamp(2, 4096) as usize
    }

    /// How long a chunk may take until its thread is left: half of the lead the first time, so that another can make it in time, and
    /// half of that when it is made anew.
    pub(super) fn patience(&self, again: bool) -> Duration {
        self.lead / if again { 4 } else { 2 }
    }
}
