//! What to play: form, harmony, melody, bells, percussion, texture.
//!
//! A [`Composer`] composes one movement, bar by bar, and knows nothing but the seed, the movement's number and the settings over time.
//! Each generator has a file and random streams of its own. What is continuous through a session (arcs, loops) is a function of the
//! absolute frame.

pub mod bell;
pub mod drone;
pub mod form;
pub mod grain;
pub mod grid;
pub mod harmony;
pub mod melody;
pub mod percussion;
pub mod queue;
pub mod voicing;

use crate::music::{Chord, Key, Scale};
use crate::random::Stream;
use crate::score::{Event, What};
use crate::session::{MovementSpan, Timeline};
use crate::settings::Settings;
use crate::time::{CONTROL, Frame, SampleRate};
use form::Arcs;
use grid::Grid;
use harmony::Harmony;
use queue::Queue;

/// How long after its bar's beginning the grid of beats lies, in seconds: more than any note leans ahead of it, so that whatever is
/// planned at a bar's beginning comes after it.
const GRID_OFFSET_SECONDS: f64 = 0.12;
/// What is planned at a bar's beginning, one thing each control interval, so that no block costs much more than another.
const STAGES: u64 = 6;

/// What every generator gets to see of the bar that it plans.
#[derive(Clone, Copy, Debug)]
pub struct Bar {
    /// The session's seed.
    pub seed: u64,
    /// Frames per second.
    pub rate: SampleRate,
    /// The movement.
    pub movement: MovementSpan,
    /// The bar's number within the movement.
    pub index: u32,
    /// The bar's number within its phrase, and how many that has.
    pub in_phrase: (u32, u32),
    /// The bar's first frame.
    pub start: Frame,
    /// The next bar's first frame.
    pub end: Frame,
    /// The key.
    pub key: Key,
    /// The scale.
    pub scale: Scale,
    /// The chord.
    pub chord: Chord,
    /// The intensity at the bar's beginning.
    pub intensity: f32,
    /// The arcs of the form, at the bar's beginning.
    pub arcs: form::Values,
}

impl Bar {
    /// A random stream of this bar.
    #[must_use]
    pub fn stream(&self, label: &str) -> Stream {
        Stream::new(self.seed, label, self.movement.index).child("bar", u64::from(self.index))
    }

    /// The moment at `part` (0 .. 1) of the bar's grid of beats, moved by `lean` seconds, on the control grid.
    #[must_use]
    pub fn at(&self, part: f32, lean: f32) -> Frame {
        let length = (self.end - self.start) as f64;
        let lean = GRID_OFFSET_SECONDS + f64::from(lean);
        (self.start + (length * f64::from(part)) as u64 + self.rate.frames(lean)).control_floor()
    }

    /// The scale's pitch classes, as twelve bits, but for those that a note of the chord from outside the scale has taken the place of: a
    /// semitone above it they would grate against it.
    #[must_use]
    pub fn scale_notes(&self) -> u16 {
        let scale = self.scale.pitch_classes(self.key.tonic.pitch_class());
        let foreign = self.chord.pitch_classes() & !scale;
        let above = (foreign << 1 | foreign >> 11) & 0xfff;
        scale & !above
    }

    /// The bar's length in seconds.
    #[must_use]
    pub fn seconds(&self) -> f32 {
        self.rate.seconds(self.end - self.start) as f32
    }

    /// A breath at each phrase's end: 1, but less in its last bar.
    #[must_use]
    pub fn breath(&self) -> f32 {
        if self.in_phrase.0 + 1 == self.in_phrase.1 { 0.6 } else { 1.0 }
    }
}

/// Composes one movement.
#[derive(Clone, Debug)]
pub struct Composer {
    seed: u64,
    rate: SampleRate,
    span: MovementSpan,
    arcs: Arcs,
    grid: Grid,
    key: Key,
    scale: Scale,
    bpm: f32,
    harmony: Harmony,
    drone: drone::Drone,
    melody: melody::Melody,
    percussion: percussion::Percussion,
    queue: Queue,
    bar: Option<Bar>,
    stage: u64,
    /// When the next stage is planned; the end of time when all is.
    next_plan: Frame,
}

/// No further planning.
const NEVER: Frame = Frame(u64::MAX);

impl Composer {
    /// A composer of movement `index`. Does not allocate.
    #[must_use]
    pub fn new(seed: u64, rate: SampleRate, index: u64, timeline: &Timeline) -> Self {
        let span = MovementSpan::of(seed, rate, index);
        let planned = timeline.at(span.planning_frame(rate));
        let mut queue = Queue::default();
        queue.push(Event { frame: span.start, what: What::Movement { index } });
        Self {
            seed,
            rate,
            span,
            arcs: Arcs::new(seed, rate),
            grid: Grid::new(span.start, span.end, planned.bpm, rate),
            key: planned.key,
            scale: planned.scale,
            bpm: planned.bpm.get(),
            harmony: Harmony::new(seed, index, planned),
            drone: drone::Drone::new(span),
            melody: melody::Melody::new(),
            percussion: percussion::Percussion::new(seed, index),
            queue,
            bar: None,
            stage: 0,
            next_plan: span.start,
        }
    }

    /// The movement's span.
    #[must_use]
    pub fn span(&self) -> MovementSpan {
        self.span
    }

    /// The next event; `None` when the movement has no more. Needs to know all the changes until the movement's end.
    pub fn next_event(&mut self, timeline: &Timeline) -> Option<Event> {
        self.event_until(NEVER, timeline)
    }

    /// The next event at or before `at`, planning only what is due by then. Needs to know the changes up to `at`, and no later ones.
    #[inline]
    pub fn event_until(&mut self, at: Frame, timeline: &Timeline) -> Option<Event> {
        loop {
            let first = self.queue.first();
            if self.next_plan <= at && self.next_plan < NEVER && first.is_none_or(|f| self.next_plan <= f) {
                self.plan(timeline);
            } else if first.is_some_and(|f| f <= at) {
                return self.queue.pop();
            } else {
                return None;
            }
        }
    }

    fn plan(&mut self, timeline: &Timeline) {
        if self.stage == 0 {
            self.begin_bar(timeline.at(self.next_plan));
        }
        let Some(bar) = self.bar else { return };
        match self.stage {
            0 => self.drone.plan(&bar, &mut self.queue),
            1 => self.harmony.play(&bar, &mut self.queue),
            2 => self.melody.plan(&bar, &mut self.queue),
            3 => bell::plan(&bar, &mut self.queue),
            4 => self.percussion.plan(&bar, &mut self.queue),
            _ => grain::plan(&bar, &mut self.queue),
        }
        self.stage += 1;
        if self.stage < STAGES {
            self.next_plan = self.next_plan + CONTROL as u64;
        } else {
            self.stage = 0;
            self.next_plan = if bar.end >= self.span.end { NEVER } else { bar.end };
        }
    }

    /// Opens the bar that begins now: the phrase, if one begins, and the chord, if it changes.
    fn begin_bar(&mut self, settings: &Settings) {
        let now = self.next_plan;
        let mut moved = false;
        // The first phrase was planned some time before the movement began; later ones take what is set when they begin.
        if self.grid.phrase_begins() {
            if self.grid.phrase() > 0 {
                let changed =
                    (self.key, self.scale, self.bpm) != (settings.key, settings.scale, settings.bpm.get());
                moved = (self.key, self.scale) != (settings.key, settings.scale);
                if changed {
                    (self.key, self.scale) = (settings.key, settings.scale);
                    self.bpm = settings.bpm.get();
                    self.grid.change_tempo(now, settings.bpm, self.rate);
                }
                if moved {
                    self.drone.release(now, &mut self.queue);
                }
                if changed {
                    self.harmony.interrupt();
                }
            }
            let what = What::Phrase {
                index: self.grid.phrase(),
                key: self.key,
                scale: self.scale,
                bpm: self.bpm,
                bars: self.grid.phrase_bars(),
                bar: self.grid.bar_end() - now,
            };
            self.queue.push(Event { frame: now, what });
        }
        self.queue.push(Event { frame: now, what: What::Bar { index: self.grid.bar() } });
        let arcs = self.arcs.at(now);
        let scene = harmony::Scene {
            seed: self.seed,
            rate: self.rate,
            movement: self.span,
            bar: self.grid.bar(),
            bars_left: self.grid.bars_left(),
            start: now,
            bar_frames: self.grid.bar_end() - now,
            key: self.key,
            scale: self.scale,
            moved,
            settings,
        };
        self.harmony.advance(&scene, &mut self.queue);
        self.bar = Some(Bar {
            seed: self.seed,
            rate: self.rate,
            movement: self.span,
            index: self.grid.bar(),
            in_phrase: self.grid.in_phrase(),
            start: now,
            end: self.grid.bar_end(),
            key: self.key,
            scale: self.scale,
            chord: self.harmony.chord(),
            intensity: settings.intensity.get(),
            arcs,
        });
        self.grid.advance();
    }
}
