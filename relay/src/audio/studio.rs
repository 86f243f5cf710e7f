//! What the stations of a relay share.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};

use auralis_engine::{ChangeLog, Session};

use super::backend::{Backend, Maker, cpu};
#[cfg(feature = "gpu")]
use super::ensemble::{Ensemble, OnDevice};
use super::pace::Pace;
use super::places::{Place, Places};
use super::shared::Shared;
use crate::metrics::Metrics;

/// How often it is looked whether a thread hangs.
const TICK: Duration = Duration::from_millis(20);

/// What renders, at which pace, and how much of that there is.
pub struct Studio {
    /// The times that stations keep.
    pub pace: Pace,
    /// What renders a session.
    make: Maker,
    /// What renders voices of sessions that are streams only, where there may be a GPU for them.
    #[cfg(feature = "gpu")]
    ensemble: Option<Arc<Ensemble>>,
    /// How many chunks all stations together have rendered and encoded, and how long that took, in nanoseconds.
    chunks: AtomicU64,
    worked: AtomicU64,
    places: Arc<Places>,
    watched: Mutex<Watched>,
}

/// The stations that a thread looks at, and whether there is that thread.
#[derive(Default)]
struct Watched {
    stations: Vec<Weak<Shared>>,
    running: bool,
}

impl From<Pace> for Studio {
    /// One that renders with the processor.
    fn from(pace: Pace) -> Self {
        Self::new(pace, Arc::new(cpu))
    }
}

impl Studio {
    /// One that renders with whatever `make` makes.
    pub fn new(pace: Pace, make: Maker) -> Self {
        let [chunks, worked] = [0, 0].map(AtomicU64::new);
        let places = Places::new(pace.threads);
        Self {
            pace,
            make,
            #[cfg(feature = "gpu")]
            ensemble: None,
            chunks,
            worked,
            places,
            watched: Mutex::default(),
        }
    }

    /// The same, with the voices of sessions that are streams only elsewhere.
    #[cfg(feature = "gpu")]
    #[must_use]
    pub fn with(self, ensemble: Option<Ensemble>) -> Self {
        Self { ensemble: ensemble.map(Arc::new), ..self }
    }

    /// Lets go of what all share, and waits for some seconds at most until it is gone. What is still rendered is rendered without.
    pub fn close(&self) {
        #[cfg(feature = "gpu")]
        if let Some(ensemble) = &self.ensemble {
            ensemble.close();
        }
    }

    /// Where it is told what happens to what all share.
    pub(crate) fn tell(&self, metrics: &Arc<Metrics>) {
        #[cfg(feature = "gpu")]
        if let Some(ensemble) = &self.ensemble {
            ensemble.tell(metrics);
        }
        #[cfg(not(feature = "gpu"))]
        let _ = metrics;
    }

    /// What renders a session with a log.
    pub(super) fn backend(&self, session: &Session, log: ChangeLog, streams_only: bool) -> Box<dyn Backend> {
        #[cfg(feature = "gpu")]
        if let Some(ensemble) = self.ensemble.as_ref().filter(|_| streams_only) {
            return Box::new(OnDevice::new(session, log, ensemble.clone()));
        }
        #[cfg(not(feature = "gpu"))]
        let _ = streams_only;
        (self.make)(session, log)
    }

    /// How many chunks all stations together have rendered and encoded, and how long that took by the clock.
    pub fn work(&self) -> (u64, Duration) {
        let worked = Duration::from_nanos(self.worked.load(Ordering::Relaxed));
        (self.chunks.load(Ordering::Relaxed), worked)
    }

    /// Waits until one more chunk may be made.
    pub(super) fn place(&self) -> Place {
        self.places.take()
    }

    pub(super) fn add_work(&self, time: Duration) {
        self.chunks.fetch_add(1, Ordering::Relaxed);
        self.worked.fetch_add(time.as_nanos() as u64, Ordering::Relaxed);
    }

    /// Looks after the threads of a station until it has none.
    pub(super) fn watch(self: &Arc<Self>, station: &Arc<Shared>) {
        let mut watched = self.watched();
        let station = Arc::downgrade(station);
        if !watched.stations.iter().any(|known| known.ptr_eq(&station)) {
            watched.stations.push(station);
        }
        if !watched.running {
            let studio = self.clone();
            let started = thread::Builder::new().name("watchdog".into()).spawn(move || studio.look());
            if let Err(error) = &started {
                tracing::error!("nobody looks whether a session hangs: {error}");
            }
            watched.running = started.is_ok();
        }
    }

    fn watched(&self) -> std::sync::MutexGuard<'_, Watched> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn look(&self) {
        loop {
            let before = Instant::now();
            thread::sleep(TICK);
            // Where this thread did not come to run either, the machine stood still or has too much to do.
            let passed = before.elapsed().min(2 * TICK);
            let mut watched = self.watched();
            watched.stations.retain(|station| station.upgrade().is_some_and(|station| station.look(passed)));
            if watched.stations.is_empty() {
                watched.running = false;
                return;
            }
        }
    }
}
