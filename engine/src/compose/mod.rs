//! What to play.
use crate::{
    score::{Event, What},
    session::{MovementSpan, Timeline},
    time::SampleRate,
};
/// Composes one movement.
pub struct Composer {
    span: MovementSpan,
    done: bool,
}
impl Composer {
    /// A composer of movement `index`.
    #[must_use]
    pub fn new(seed: u64, rate: SampleRate, index: u64, _timeline: &Timeline) -> Self {
        Self { span: MovementSpan::of(seed, rate, index), done: false }
    }
    /// The next event.
    pub fn next_event(&mut self, _timeline: &Timeline) -> Option<Event> {
        if self.done {
            return None;
        }
        self.done = true;
        Some(Event { frame: self.span.start, what: What::Movement { index: self.span.index } })
    }
}
