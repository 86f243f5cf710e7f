//! Where the mixer takes the batches of movements from: it renders them itself, or threads do.

use crate::error::{Error, Result};
use crate::renderer::movements::{Playing, Rendered, Span};
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Gives batches of movements.
pub trait Source {
    /// The batch of a movement. Each movement is asked for its batches in order.
    ///
    /// # Errors
    /// If the movement cannot be rendered.
    fn take(&mut self, movement: u64, batch: u64) -> Result<Rendered>;
}

/// How many bytes may wait for the mixer: what lets each thread be a movement ahead, but a gigabyte at most.
#[must_use]
pub fn budget(threads: usize) -> usize {
    (threads * (64 << 20)).min(1 << 30)
}

/// Renders in the mixer's own thread, when asked.
pub struct Inline<'a> {
    span: &'a Span<'a>,
    playing: BTreeMap<u64, Playing<'a>>,
}

impl<'a> Inline<'a> {
    /// Movements of a span.
    #[must_use]
    pub const fn new(span: &'a Span<'a>) -> Self {
        Self { span, playing: BTreeMap::new() }
    }
}

impl Source for Inline<'_> {
    fn take(&mut self, movement: u64, batch: u64) -> Result<Rendered> {
        // What has ended is asked for no more.
        self.playing.retain(|_, p| p.upcoming().is_some());
        if !self.playing.contains_key(&movement) {
            self.playing.insert(movement, self.span.play(movement)?);
        }
        let playing = self.playing.get_mut(&movement).ok_or_else(crashed)?;
        while let Some(upcoming) = playing.upcoming() {
            let rendered = playing.render();
            if upcoming == batch {
                return Ok(rendered);
            }
        }
        Err(crashed())
    }
}

/// Renders on threads that run ahead of the mixer, a movement each.
pub struct Threads<'a> {
    span: &'a Span<'a>,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// The movement that the next free thread takes.
    next: u64,
    /// The latest movement that the mixer has asked for: it must go on even beyond the budget.
    needed: u64,
    /// What waits for the mixer.
    ready: BTreeMap<u64, VecDeque<Result<Rendered>>>,
    bytes: usize,
    threads: usize,
    over: bool,
}

impl<'a> Threads<'a> {
    /// Movements of a span; [`Threads::work`] is to be run by each thread.
    #[must_use]
    pub fn new(span: &'a Span<'a>) -> Self {
        let state = State { next: *span.movements().start(), ..State::default() };
        Self { span, state: Mutex::new(state), changed: Condvar::new() }
    }

    /// Renders movements until there are no more, or until the end is called. Never waits for another thread's movement.
    pub fn work(&self) {
        self.lock().threads += 1;
        let _end = EndOnPanic(self);
        while let Some(movement) = self.next_movement() {
            let mut playing = match self.span.play(movement) {
                Ok(playing) => playing,
                Err(error) => {
                    self.put(movement, Err(error.into()));
                    return;
                }
            };
            while let Some(batch) = playing.upcoming() {
                let rendered = playing.render();
                let heard = batch >= *self.span.batches().start();
                if (heard && !self.put(movement, Ok(rendered))) || self.lock().over {
                    return;
                }
            }
        }
    }

    /// Ends the threads when it is dropped.
    #[must_use]
    pub fn end_on_drop(&self) -> impl Drop + use<'_, 'a> {
        EndOnDrop(self)
    }

    fn next_movement(&self) -> Option<u64> {
        let mut state = self.lock();
        let movement = state.next;
        let more = !state.over && self.span.movements().contains(&movement);
        more.then(|| {
            state.next += 1;
            movement
        })
    }

    /// Hands a batch over when there is room; false when nobody wants it any more.
    fn put(&self, movement: u64, rendered: Result<Rendered>) -> bool {
        let mut state = self.lock();
        while !state.over && state.bytes >= budget(state.threads) && movement > state.needed {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.bytes += rendered.as_ref().map_or(0, Rendered::bytes);
        state.ready.entry(movement).or_default().push_back(rendered);
        self.changed.notify_all();
        !state.over
    }

    fn end(&self) {
        self.lock().over = true;
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Source for &Threads<'_> {
    fn take(&mut self, movement: u64, _batch: u64) -> Result<Rendered> {
        let mut state = self.lock();
        if movement > state.needed {
            state.needed = movement;
            // Nobody asks again for what came before the one before.
            state.ready.retain(|k, waiting| *k + 2 >= movement || !waiting.is_empty());
            self.changed.notify_all();
        }
        loop {
            if let Some(rendered) = state.ready.get_mut(&movement).and_then(VecDeque::pop_front) {
                state.bytes -= rendered.as_ref().map_or(0, Rendered::bytes);
                self.changed.notify_all();
                return rendered;
            }
            if state.over {
                return Err(crashed());
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

fn crashed() -> Error {
    Error::Failed("a rendering thread ended early; this is a fault of the program".into())
}

struct EndOnDrop<'b, 'a>(&'b Threads<'a>);

impl Drop for EndOnDrop<'_, '_> {
    fn drop(&mut self) {
        self.0.end();
    }
}

struct EndOnPanic<'b, 'a>(&'b Threads<'a>);

impl Drop for EndOnPanic<'_, '_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.end();
        }
    }
}
