//! Movements whose voices a GPU plays, many at once.

use crate::error::{Error, Result};
use crate::renderer::BATCH;
use crate::renderer::movements::{Batch, Rendered, Span};
use crate::renderer::source::Source;
use auralis_gpu::Plan;
use auralis_gpu::chain::Backend;
use auralis_gpu::score::{Event, Group, Passage, Recordings, SPAN, Scores};
use std::collections::{BTreeMap, VecDeque};

// A span of a movement is what the mixer takes.
const _: () = assert!(BATCH == SPAN);

/// Gives batches of movements that are rendered in groups, as many together as there is memory for.
pub struct OnDevice<'a, B: Backend<Work = Recordings>, T: Backend<Work = Plan>> {
    span: &'a Span<'a>,
    scores: Scores<B, T>,
    /// What is told of where it is rendered.
    tell: &'a mut dyn FnMut(&Event),
    group: Option<Group>,
    /// The first movement of the group that is at hand, and of the one after it.
    first: u64,
    next: u64,
    /// What waits for the mixer.
    ready: BTreeMap<u64, VecDeque<Rendered>>,
}

impl<'a, B, T> OnDevice<'a, B, T>
where
    B: Backend<Work = Recordings> + Send + 'static,
    T: Backend<Work = Plan> + Send + 'static,
{
    /// Movements of a span.
    #[must_use]
    pub fn new(span: &'a Span<'a>, scores: Scores<B, T>, tell: &'a mut dyn FnMut(&Event)) -> Self {
        let next = *span.movements().start();
        Self { span, scores, tell, group: None, first: next, next, ready: BTreeMap::new() }
    }

    /// The batch, if it is there. What came before it is wanted no more.
    fn ready(&mut self, movement: u64, batch: u64) -> Option<Rendered> {
        let waiting = self.ready.get_mut(&movement)?;
        while waiting.front().is_some_and(|rendered| rendered.batch_number() < batch) {
            waiting.pop_front();
        }
        waiting.pop_front()
    }

    fn begin(&mut self) -> Result<Group> {
        self.first = self.next;
        let last = self.span.movements().end().min(&(self.first + self.scores.most() as u64 - 1)) + 1;
        let parts = (self.first..last).map(|movement| self.span.part(movement)).collect::<Result<_, _>>()?;
        self.next = last;
        Ok(self.scores.begin(parts))
    }

    fn keep(&mut self, passage: Passage) {
        let movement = self.first + passage.place as u64;
        let Passage { start, sums, parts, .. } = passage;
        let batch = if parts.is_empty() { Batch::Sums(sums) } else { Batch::Parts(parts) };
        let rendered = Rendered::new(start, batch);
        if rendered.batch_number() >= *self.span.batches().start() {
            self.ready.entry(movement).or_default().push_back(rendered);
        }
    }
}

impl<B, T> Source for OnDevice<'_, B, T>
where
    B: Backend<Work = Recordings> + Send + 'static,
    T: Backend<Work = Plan> + Send + 'static,
{
    fn take(&mut self, movement: u64, batch: u64) -> Result<Rendered> {
        loop {
            if let Some(rendered) = self.ready(movement, batch) {
                return Ok(rendered);
            }
            let group = match self.group.take().filter(|group| !group.is_over()) {
                Some(group) => group,
                None if self.next <= *self.span.movements().end() => self.begin()?,
                None => {
                    return Err(Error::Failed(
                        "a movement is missing; this is a fault of the program".into(),
                    ));
                }
            };
            let group = self.group.insert(group);
            let passages = self.scores.advance(group);
            passages.into_iter().for_each(|passage| self.keep(passage));
            self.scores.events().iter().for_each(|event| (self.tell)(event));
        }
    }
}
