//! What the engine knows of the settings: those in force at the beginning of what still sounds, and the changes since.
//!
//! A fixed array, so that a session can be steered for a year in fixed memory: entries that nothing can hear any more are folded
//! into the base.

use crate::session::ChangeLog;
use crate::settings::{LAYERS, Patch, Quality, Settings};
use crate::time::{Frame, SampleRate};
use core::fmt;

/// How many changes can be known at once: those of the last six minutes or so, and those to come.
pub const CAPACITY: usize = 256;

/// How long a change of a continuous setting takes to be fully heard, in seconds.
pub const RAMP_SECONDS: f64 = 2.0;

/// A change could not be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApplyError {
    /// The change lies before what has been rendered, or before an entry that is already known.
    Past {
        /// The change's frame.
        frame: Frame,
        /// The earliest frame that could be taken.
        earliest: Frame,
    },
    /// There are already as many changes within the last minutes as there is room for.
    Full {
        /// How many that is.
        capacity: usize,
    },
}

impl fmt::Display for ApplyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Past { frame, earliest } => write!(
                f,
                "frame cannot be {}, which is in the past; allowed: {} and later",
                frame.0, earliest.0
            ),
            Self::Full { capacity } => {
                write!(
                    f,
                    "there are already {capacity} changes within the last minutes; try again a little later"
                )
            }
        }
    }
}

impl core::error::Error for ApplyError {}

#[derive(Clone, Copy, Debug)]
struct Entry {
    frame: Frame,
    settings: Settings,
}

/// The settings over time, as far as they can be heard.
#[derive(Clone, Debug)]
pub struct Timeline {
    base: Settings,
    entries: [Entry; CAPACITY],
    len: usize,
}

/// The settings that move continuously, at a control point: each is a mean over the last two seconds, so that a change is a straight
/// ramp of that length, and depends on nothing older.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Controls {
    /// See [`Settings::intensity`].
    pub intensity: f32,
    /// See [`Settings::brightness`].
    pub brightness: f32,
    /// See [`Settings::space`].
    pub space: f32,
    /// See [`Settings::layers`].
    pub layers: [f32; LAYERS],
    /// 1 with effects, 0 without.
    pub effects: f32,
    /// 1 at full and rich quality, 0 at reduced.
    pub richness: f32,
    /// 1 at rich quality, 0 at others.
    pub halo: f32,
}

impl Controls {
    fn of(s: &Settings) -> Self {
        Self {
            intensity: s.intensity.get(),
            brightness: s.brightness.get(),
            space: s.space.get(),
            layers: s.layers.map(|l| l.get()),
            effects: if s.effects { 1.0 } else { 0.0 },
            richness: if s.quality == Quality::Reduced { 0.0 } else { 1.0 },
            halo: if s.quality == Quality::Rich { 1.0 } else { 0.0 },
        }
    }

    fn add(&mut self, other: &Self, weight: f32) {
        self.intensity += other.intensity * weight;
        self.brightness += other.brightness * weight;
        self.space += other.space * weight;
        for (a, b) in self.layers.iter_mut().zip(other.layers) {
            *a += b * weight;
        }
        self.effects += other.effects * weight;
        self.richness += other.richness * weight;
        self.halo += other.halo * weight;
    }

    fn clamped(mut self) -> Self {
        let unit = |x: f32| x.clamp(0.0, 1.0);
        self.intensity = unit(self.intensity);
        self.brightness = unit(self.brightness);
        self.space = unit(self.space);
        self.layers = self.layers.map(unit);
        self.effects = unit(self.effects);
        self.richness = unit(self.richness);
        self.halo = unit(self.halo);
        self
    }
}

impl Timeline {
    /// Settings that have not changed yet.
    #[must_use]
    pub fn new(base: Settings) -> Self {
        Self { base, entries: [Entry { frame: Frame::ZERO, settings: base }; CAPACITY], len: 0 }
    }

    /// What a log says from `from` on, of a session that began with `first`, up to `until` (exclusive).
    ///
    /// # Errors
    /// If there are more changes in that span than there is room for.
    pub fn from_log(
        first: &Settings,
        log: &ChangeLog,
        from: Frame,
        until: Frame,
    ) -> Result<Self, ApplyError> {
        let mut timeline = Self::new(log.fold(first, from));
        for change in log.since(from).iter().take_while(|c| c.frame < until) {
            timeline.push(change.frame, &change.patch)?;
        }
        Ok(timeline)
    }

    /// Whether quality is rich anywhere, as far as anything is known.
    #[must_use]
    pub fn is_ever_rich(&self) -> bool {
        let mut all = [&self.base].into_iter().chain(self.entries[..self.len].iter().map(|e| &e.settings));
        all.any(|settings| settings.quality == Quality::Rich)
    }

    /// Adds a change at the end.
    ///
    /// # Errors
    /// If it lies before one that is known, or if there is no room.
    pub fn push(&mut self, frame: Frame, patch: &Patch) -> Result<(), ApplyError> {
        self.push_settings(frame, self.latest().with(patch))
    }

    /// Adds a change at the end, as all the settings that hold from then on.
    ///
    /// # Errors
    /// If it lies before one that is known, or if there is no room.
    pub fn push_settings(&mut self, frame: Frame, settings: Settings) -> Result<(), ApplyError> {
        if let Some(last) = self.entries[..self.len].last().filter(|e| e.frame > frame) {
            return Err(ApplyError::Past { frame, earliest: last.frame });
        }
        if self.len == CAPACITY {
            return Err(ApplyError::Full { capacity: CAPACITY });
        }
        self.entries[self.len] = Entry { frame, settings };
        self.len += 1;
        Ok(())
    }

    /// Folds what lies before `frame` into the base.
    pub fn forget_before(&mut self, frame: Frame) {
        let old = self.entries[..self.len].partition_point(|e| e.frame < frame);
        if old > 0 {
            self.base = self.entries[old - 1].settings;
            self.entries.copy_within(old..self.len, 0);
            self.len -= old;
        }
    }

    /// The settings after all changes that are known.
    #[must_use]
    pub fn latest(&self) -> Settings {
        self.entries[..self.len].last().map_or(self.base, |e| e.settings)
    }

    /// The settings in force at `frame`.
    #[must_use]
    pub fn at(&self, frame: Frame) -> &Settings {
        let count = self.entries[..self.len].partition_point(|e| e.frame <= frame);
        if count == 0 { &self.base } else { &self.entries[count - 1].settings }
    }

    /// The continuous settings at `frame`, each the mean of its value over the two seconds before.
    #[must_use]
    pub fn controls(&self, frame: Frame, rate: SampleRate) -> Controls {
        let length = rate.frames(RAMP_SECONDS);
        let count = self.entries[..self.len].partition_point(|e| e.frame <= frame);
        let settings = |n: usize| if n == 0 { &self.base } else { &self.entries[n - 1].settings };
        let mut controls = Controls::of(settings(count));
        // Each change within the window still counts for less than 1 by the part of the window that lies before it.
        let mut n = count;
        while n > 0 && self.entries[n - 1].frame + length > frame {
            let missing = length - (frame - self.entries[n - 1].frame);
            let weight = missing as f32 / length as f32;
            controls.add(&Controls::of(settings(n - 1)), weight);
            controls.add(&Controls::of(settings(n)), -weight);
            n -= 1;
        }
        if n == count { controls } else { controls.clamped() }
    }
}
