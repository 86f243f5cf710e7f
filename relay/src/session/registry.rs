//! Which sessions there are.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use auralis_engine::{ChangeLog, Session};
use auralis_protocol::MAIN_SESSION;

use super::clock::Clock;
use super::room::Room;
use super::store::{Kept, Store, StoreError};
use crate::audio::Studio;
use crate::metrics::Metrics;

/// The longest name, in bytes.
const LONGEST_NAME: usize = 64;

/// All sessions of a relay.
pub struct Registry {
    rooms: RwLock<BTreeMap<String, Arc<Room>>>,
    store: Arc<Store>,
    most: usize,
    studio: Arc<Studio>,
    metrics: Arc<Metrics>,
    /// One begins at a time: two of one name, or one too many, never do.
    beginning: Mutex<()>,
}

impl Registry {
    /// The sessions that are kept, with [`MAIN_SESSION`], which begins now if it is not there.
    ///
    /// # Errors
    /// If they can't be read or kept.
    pub fn open(
        store: Store,
        first: Session,
        most: usize,
        studio: impl Into<Studio>,
    ) -> Result<Self, StoreError> {
        let (store, studio) = (Arc::new(store), Arc::new(studio.into()));
        let metrics = Arc::new(Metrics::default());
        studio.tell(&metrics);
        let rooms = store.sessions()?.into_iter().map(|kept| {
            (kept.name.clone(), Arc::new(Room::new(kept, store.clone(), studio.clone(), &metrics)))
        });
        let rooms = RwLock::new(rooms.collect());
        let registry = Self { rooms, store, most, studio, metrics, beginning: Mutex::new(()) };
        if registry.find(MAIN_SESSION).is_none() {
            registry.add(MAIN_SESSION, first, None, false)?;
        }
        Ok(registry)
    }

    fn add(
        &self,
        name: &str,
        session: Session,
        host: Option<[u8; 32]>,
        streams_only: bool,
    ) -> Result<Arc<Room>, StoreError> {
        let (name, clock, log) = (name.to_owned(), Clock::begin(session.rate), ChangeLog::new());
        let kept = Kept { name: name.clone(), session, log, clock, host, wished: None, streams_only };
        self.store.add(&kept)?;
        let room = Arc::new(Room::new(kept, self.store.clone(), self.studio.clone(), &self.metrics));
        self.rooms.write().unwrap_or_else(PoisonError::into_inner).insert(name, room.clone());
        Ok(room)
    }

    /// What renders them.
    pub const fn studio(&self) -> &Arc<Studio> {
        &self.studio
    }

    /// How they fare.
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// The session of a name.
    pub fn find(&self, name: &str) -> Option<Arc<Room>> {
        self.rooms.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    /// All of them, by name.
    pub fn all(&self) -> Vec<Arc<Room>> {
        self.rooms.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    /// Begins a session, whose sound nobody makes but the relay if it is streams only. Blocks until it is kept.
    ///
    /// # Errors
    /// If there is one of that name, or no room for another, or it can't be kept.
    pub fn create(
        &self,
        name: &str,
        session: Session,
        host: Option<[u8; 32]>,
        streams_only: bool,
    ) -> Result<Arc<Room>, CreateError> {
        if name.is_empty()
            || name.len() > LONGEST_NAME
            || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        {
            return Err(CreateError::Name(name.into()));
        }
        let _turn = self.beginning.lock().unwrap_or_else(PoisonError::into_inner);
        if self.find(name).is_some() {
            return Err(CreateError::Taken(name.into()));
        }
        if self.all().len() >= self.most {
            return Err(CreateError::Full(self.most));
        }
        Ok(self.add(name, session, host, streams_only)?)
    }

    /// Ends a session, and forgets it. Says whether there was one; [`MAIN_SESSION`] never ends. Blocks until that is kept.
    ///
    /// # Errors
    /// If that can't be kept.
    pub fn end(&self, name: &str) -> Result<bool, StoreError> {
        let Some(room) = self.find(name).filter(|_| name != MAIN_SESSION) else { return Ok(false) };
        self.store.remove(name)?;
        room.ended().cancel();
        self.rooms.write().unwrap_or_else(PoisonError::into_inner).remove(name);
        Ok(true)
    }
}

/// Why a session can't begin.
#[derive(Debug)]
pub enum CreateError {
    /// That is no name.
    Name(String),
    /// There is one of that name.
    Taken(String),
    /// There are as many as there may be.
    Full(usize),
    /// It can't be kept.
    Store(StoreError),
}

impl fmt::Display for CreateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => {
                write!(f, "name cannot be {name:?}; allowed: 1 to {LONGEST_NAME} letters, digits, - and _")
            }
            Self::Taken(name) => write!(f, "name cannot be {name:?}: there is such a session already"),
            Self::Full(most) => write!(
                f,
                "there are {most} sessions, which is the most that this relay keeps (AURALIS_MAX_SESSIONS): end one first"
            ),
            Self::Store(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for CreateError {}

impl From<StoreError> for CreateError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
