//! Events that are planned but not yet due, in order, in a fixed array.

use crate::score::{Event, What};
use crate::time::Frame;

/// Room for the events of the densest bar, three times over.
const CAPACITY: usize = 256;

/// A short sorted list of events.
#[derive(Clone, Debug)]
pub struct Queue {
    events: [Event; CAPACITY],
    /// The events lie in `first .. end`.
    first: usize,
    end: usize,
}

impl Default for Queue {
    fn default() -> Self {
        let nothing = Event { frame: Frame::ZERO, what: What::Movement { index: 0 } };
        Self { events: [nothing; CAPACITY], first: 0, end: 0 }
    }
}

impl Queue {
    /// Adds an event, after those of the same frame. What finds no room is left out.
    pub fn push(&mut self, event: Event) {
        if self.end == CAPACITY {
            if self.first == 0 {
                return;
            }
            self.events.copy_within(self.first..self.end, 0);
            self.end -= self.first;
            self.first = 0;
        }
        let mut at = self.end;
        while at > self.first && self.events[at - 1].frame > event.frame {
            self.events[at] = self.events[at - 1];
            at -= 1;
        }
        self.events[at] = event;
        self.end += 1;
    }

    /// When the first event is due.
    #[inline]
    #[must_use]
    pub fn first(&self) -> Option<Frame> {
        (self.first < self.end).then(|| self.events[self.first].frame)
    }

    /// Takes the first event.
    pub fn pop(&mut self) -> Option<Event> {
        if self.first == self.end {
            return None;
        }
        let event = self.events[self.first];
        self.first += 1;
        if self.first == self.end {
            (self.first, self.end) = (0, 0);
        }
        Some(event)
    }
}
