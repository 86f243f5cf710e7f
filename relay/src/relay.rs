//! What all that answers shares: the sessions, the places for listeners, and whether the relay is to stop.

use std::sync::{Arc, Mutex, PoisonError};

use auralis_engine::{SampleRate, Session, Settings};
use auralis_protocol::{Code, ServerMessage, Transport};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

use crate::metrics::Metrics;
use crate::overload::Step;
use crate::session::{Registry, Room};
use crate::time;

/// How many clients that synthesize there may be: each costs a connection and hardly more.
const MOST_SCORE: usize = 10_000;

/// The relay.
pub struct Relay {
    sessions: Registry,
    audio: Arc<Semaphore>,
    score: Arc<Semaphore>,
    stopping: CancellationToken,
    overload: Mutex<Step>,
    /// Whether there is Opus.
    opus: bool,
    /// The sample rate and the settings of new sessions.
    rate: SampleRate,
    settings: Settings,
}

impl Relay {
    /// A relay with these sessions, and places for so many who listen to audio, as Opus too or not; what `first` is but for its seed, new
    /// sessions are.
    pub fn new(sessions: Registry, first: &Session, most_clients: usize, opus: bool) -> Self {
        Self {
            sessions,
            rate: first.rate,
            settings: first.settings,
            audio: Arc::new(Semaphore::new(most_clients)),
            score: Arc::new(Semaphore::new(MOST_SCORE)),
            stopping: CancellationToken::new(),
            overload: Mutex::default(),
            opus,
        }
    }

    /// Its sessions.
    pub const fn sessions(&self) -> &Registry {
        &self.sessions
    }

    /// How it fares.
    pub fn metrics(&self) -> &Metrics {
        self.sessions.metrics()
    }

    /// A new session.
    pub const fn first(&self, seed: u64) -> Session {
        Session { seed, rate: self.rate, settings: self.settings }
    }

    /// Whether it takes one more who listens.
    pub fn is_ready(&self) -> bool {
        !self.stopping.is_cancelled()
            && self.overload() < Step::Refusing
            && self.audio.available_permits() > 0
    }

    /// Whether it is to stop.
    pub const fn stopping(&self) -> &CancellationToken {
        &self.stopping
    }

    /// What it does against too much load.
    pub fn overload(&self) -> Step {
        *self.overload.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does something else against it.
    pub fn set_overload(&self, step: Step) {
        *self.overload.lock().unwrap_or_else(PoisonError::into_inner) = step;
    }

    /// The transports that it has.
    pub fn transports(&self) -> impl Iterator<Item = Transport> {
        Transport::ALL.into_iter().filter(|transport| self.opus || *transport != Transport::Opus)
    }

    /// Whether it streams Opus.
    pub const fn has_opus(&self) -> bool {
        self.opus
    }

    /// A place for a client, as long as it is held; nothing if there is none, or the relay has too much to do.
    pub fn admit(&self, transport: Transport) -> Option<OwnedSemaphorePermit> {
        let places = if transport == Transport::Score { &self.score } else { &self.audio };
        let (place, why) = match self.overload() {
            Step::Refusing => (None, "the relay has too much to do"),
            _ => (places.clone().try_acquire_owned().ok(), "all places are taken"),
        };
        if place.is_none() {
            let code = Code::ServerOverload;
            self.metrics().event(code.severity(), code, None, format!("a client was refused: {why}"));
        }
        place
    }

    /// How a session fares.
    pub fn status(&self, room: &Room) -> ServerMessage {
        let station = room.station();
        ServerMessage::Status {
            buffer_depth_ms: station.depth().as_secs_f64() * 1000.0,
            active_clients: station.listeners(),
            synthesis_latency_ms: station.latency().as_secs_f64() * 1000.0,
            server_time: time::now(),
        }
    }
}
