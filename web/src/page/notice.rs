//! A notice: a short sentence that everybody sees and screen readers say, gone again after a while.

use super::dom::{by_id, later, show};
use std::cell::Cell;
use std::rc::Rc;
use web_sys::Element;

/// Milliseconds that it stays: time to read it twice.
const STAYS: i32 = 5000;

/// Where notices appear.
#[derive(Clone)]
pub(super) struct Notice {
    element: Element,
    /// How many there have been, so that the end of one does not take away the next.
    count: Rc<Cell<u32>>,
}

impl Notice {
    pub(super) fn new() -> Self {
        Self { element: by_id("notice"), count: Rc::default() }
    }

    /// Shows a sentence in place of the last.
    pub(super) fn say(&self, text: &str) {
        show(&self.element, text);
        let number = self.count.get().wrapping_add(1);
        self.count.set(number);
        let this = self.clone();
        later(STAYS, move || {
            if this.count.get() == number {
                show(&this.element, "");
            }
        });
    }
}
