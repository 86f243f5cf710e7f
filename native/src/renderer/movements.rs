//! Which movements a rendering needs, and one of them being rendered, batch after batch.

use crate::renderer::{BATCH, Job};
use auralis_engine::Frame;
use auralis_engine::mix::{Master, Parts, StereoBlock};
use auralis_engine::movement::Movement;
use auralis_engine::score::movement_timeline;
use auralis_engine::session::{ApplyError, MovementSpan, Timeline};
use auralis_engine::time::CONTROL;
use std::ops::RangeInclusive;

/// The part of a session that is rendered, with what the master needs before and after it.
#[derive(Debug)]
pub struct Span<'a> {
    job: &'a Job<'a>,
    heard_from: Frame,
    end: Frame,
    movements: RangeInclusive<u64>,
}

impl<'a> Span<'a> {
    /// What a job needs.
    #[must_use]
    pub fn new(job: &'a Job<'a>) -> Self {
        let (seed, rate) = (job.session.seed, job.session.rate);
        let heard_from = job.from.saturating_sub(Master::window(rate)).control_floor();
        let end = ((job.from + job.frames).control_ceil() + Master::LATENCY).max(heard_from + 1);
        let first = MovementSpan::at(seed, rate, heard_from).index;
        let rings = |k: &u64| MovementSpan::of(seed, rate, *k).silent_from(rate) > heard_from;
        let first = first.checked_sub(1).filter(rings).unwrap_or(first);
        let last = MovementSpan::at(seed, rate, end.saturating_sub(1)).index;
        Self { job, heard_from, end, movements: first..=last }
    }

    /// The first frame that the master hears.
    #[must_use]
    pub const fn heard_from(&self) -> Frame {
        self.heard_from
    }

    /// The first frame that it hears no more.
    #[must_use]
    pub const fn end(&self) -> Frame {
        self.end
    }

    /// The batches that the master hears.
    #[must_use]
    pub fn batches(&self) -> RangeInclusive<u64> {
        self.heard_from.0 / BATCH..=(self.end.0 - 1) / BATCH
    }

    /// All movements that are needed.
    #[must_use]
    pub fn movements(&self) -> RangeInclusive<u64> {
        self.movements.clone()
    }

    /// The movements that sound in a batch.
    pub fn movements_in(&self, batch: u64) -> impl Iterator<Item = u64> {
        let (seed, rate) = (self.job.session.seed, self.job.session.rate);
        // At most three: two that follow each other, and the tail of the one before.
        let playing = MovementSpan::at(seed, rate, Frame(batch * BATCH)).index;
        let sounds = move |k: &u64| {
            let span = MovementSpan::of(seed, rate, *k);
            span.start.0 < (batch + 1) * BATCH && span.silent_from(rate).0 > batch * BATCH
        };
        (playing.saturating_sub(1)..=playing + 1).filter(sounds).filter(|k| self.movements.contains(k))
    }

    /// A movement of this span, for those who render many at once.
    ///
    /// # Errors
    /// If the log has more changes in it than the engine has room for.
    #[cfg(feature = "gpu")]
    pub fn part(&self, index: u64) -> Result<auralis_gpu::score::Part, ApplyError> {
        let Job { session, log, .. } = *self.job;
        let span = MovementSpan::of(session.seed, session.rate, index);
        let timeline = Box::new(movement_timeline(session, log, &span)?);
        let until = Frame((self.batches().end() + 1) * BATCH);
        Ok(auralis_gpu::score::Part { seed: session.seed, rate: session.rate, index, timeline, until })
    }

    /// A movement of this span, at its beginning.
    ///
    /// # Errors
    /// If the log has more changes in it than the engine has room for.
    pub fn play(&self, index: u64) -> Result<Playing<'_>, ApplyError> {
        let Job { session, log, simd, .. } = *self.job;
        let span = MovementSpan::of(session.seed, session.rate, index);
        let timeline = Box::new(movement_timeline(session, log, &span)?);
        let movement = Box::new(Movement::new(session.seed, session.rate, index, &timeline, simd));
        Ok(Playing {
            span: self,
            next: span.start,
            until: span.silent_from(session.rate),
            timeline,
            movement,
        })
    }
}

/// A movement that is being rendered.
pub struct Playing<'a> {
    span: &'a Span<'a>,
    next: Frame,
    until: Frame,
    timeline: Box<Timeline>,
    movement: Box<Movement>,
}

impl Playing<'_> {
    /// The batch that comes next; `None` when it is over, or when no more of it is needed.
    #[must_use]
    pub fn upcoming(&self) -> Option<u64> {
        let batch = self.next.0 / BATCH;
        (self.next < self.until && batch <= *self.span.batches().end()).then_some(batch)
    }

    /// Renders the batch that comes next.
    #[must_use]
    pub fn render(&mut self) -> Rendered {
        let stems = self.span.job.stems;
        let start = self.next;
        let end = Frame((start.0 / BATCH + 1) * BATCH).min(self.until);
        let count = (end - start) as usize / CONTROL;
        let mut sums = Vec::with_capacity(if stems { 0 } else { count });
        let mut parts = Vec::with_capacity(if stems { count } else { 0 });
        while self.next < end {
            let mut block = StereoBlock::default();
            self.movement.render(self.next, &self.timeline, &mut block);
            if stems {
                parts.push(*self.movement.parts());
            } else {
                sums.push(block);
            }
            self.next = self.next + CONTROL as u64;
        }
        Rendered { start, batch: if stems { Batch::Parts(parts) } else { Batch::Sums(sums) } }
    }
}

/// What a movement gave for a batch, from some frame on.
#[derive(Debug)]
pub struct Rendered {
    start: Frame,
    batch: Batch,
}

/// Control intervals, one after the other.
#[derive(Debug)]
pub enum Batch {
    /// The movement as it is.
    Sums(Vec<StereoBlock>),
    /// The movement in its parts.
    Parts(Vec<Parts>),
}

impl Rendered {
    /// A movement's part of the batch in which `start` lies, from there on.
    #[cfg(feature = "gpu")]
    #[must_use]
    pub const fn new(start: Frame, batch: Batch) -> Self {
        Self { start, batch }
    }

    /// Which batch it is of.
    #[must_use]
    pub const fn batch_number(&self) -> u64 {
        self.start.0 / BATCH
    }

    /// Its memory, in bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        match &self.batch {
            Batch::Sums(blocks) => size_of_val(blocks.as_slice()),
            Batch::Parts(blocks) => size_of_val(blocks.as_slice()),
        }
    }

    /// At which control interval of the batch it begins, and what it consists of.
    #[must_use]
    pub fn into_parts(self) -> (usize, Batch) {
        ((self.start.0 % BATCH) as usize / CONTROL, self.batch)
    }
}
