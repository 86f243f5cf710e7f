//! Playing and steering while one listens.
//!
//! Three threads, none of which waits for another: the **player** renders into a ring, the device's own thread takes frames out of it
//! through the **valve**, and the **desk** shows what plays and reads keys. What steers the music becomes an entry in the session's log;
//! volume and pause come after the engine and are in no log. Where a GPU renders a rich session's **textures** there is a fourth, for which nobody waits
//! either.

pub mod card;
pub mod desk;
pub mod keys;
pub mod outlook;
pub mod player;
pub mod speaker;
pub mod status;
pub mod terminal;
pub mod textures;
pub mod valve;

use auralis_engine::ChangeLog;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What the threads tell each other.
#[derive(Debug, Default)]
pub struct Shared {
    /// Frames of the session that were heard.
    pub played: AtomicU64,
    /// How often the ring was empty when it should not have been.
    pub gaps: AtomicU64,
    /// Whether the listener wants silence for now.
    pub paused: AtomicBool,
    /// Whether it is to end: the sound fades, and then nothing more is heard.
    pub closing: AtomicBool,
    /// Whether the player has rendered all that was asked for.
    pub rendered_all: AtomicBool,
    /// Whether nothing more will be heard, unless a pause ends.
    pub silent: AtomicBool,
    volume: AtomicU32,
    speed: AtomicU32,
    log: Mutex<ChangeLog>,
    trouble: Mutex<Option<String>>,
    notice: Mutex<Option<String>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    /// At the beginning.
    #[must_use]
    pub fn new(log: ChangeLog, volume: f32) -> Self {
        let shared = Self { log: Mutex::new(log), ..Self::default() };
        shared.set_volume(volume);
        shared
    }

    /// The listener's volume, 0 to 1.
    #[must_use]
    pub fn volume(&self) -> f32 {
        f32::from_bits(self.volume.load(Ordering::Relaxed))
    }

    /// Sets it.
    pub fn set_volume(&self, volume: f32) {
        self.volume.store(volume.clamp(0.0, 1.0).to_bits(), Ordering::Relaxed);
    }

    /// How fast the player renders, in seconds of music per second.
    #[must_use]
    pub fn speed(&self) -> f32 {
        f32::from_bits(self.speed.load(Ordering::Relaxed))
    }

    pub(crate) fn set_speed(&self, speed: f32) {
        self.speed.store(speed.to_bits(), Ordering::Relaxed);
    }

    /// The session's log, with the changes made so far.
    #[must_use]
    pub fn log(&self) -> ChangeLog {
        lock(&self.log).clone()
    }

    pub(crate) fn set_log(&self, log: &ChangeLog) {
        lock(&self.log).clone_from(log);
    }

    /// What went so wrong that it cannot go on.
    #[must_use]
    pub fn trouble(&self) -> Option<String> {
        lock(&self.trouble).clone()
    }

    /// Something went so wrong that it cannot go on.
    pub fn set_trouble(&self, what: String) {
        lock(&self.trouble).get_or_insert(what);
    }

    /// The last thing that the listener should know.
    #[must_use]
    pub fn notice(&self) -> Option<String> {
        lock(&self.notice).clone()
    }

    pub(crate) fn set_notice(&self, what: Option<String>) {
        *lock(&self.notice) = what;
    }
}
