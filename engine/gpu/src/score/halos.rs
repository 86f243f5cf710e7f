//! The halos of a movement that is being rendered: what of them sounds in a span, and what came of it.

use crate::score::SPAN;
use crate::score::player::Part;
use crate::supplier::Page;
use auralis_engine::texture::supply::FRAMES;
use auralis_engine::texture::{Ahead, Sheet, Supplies};
use auralis_engine::{Frame, Session};

// A span that begins where a page does is as many pages, and a movement's first span is shorter.
const _: () = assert!(SPAN.is_multiple_of(FRAMES as u64));

pub(super) struct Halos {
    ahead: Ahead,
    supplies: Supplies,
}

impl Halos {
    /// Those of a movement; nothing where quality is never rich.
    pub(super) fn of(part: &Part) -> Option<Self> {
        part.timeline.is_ever_rich().then(|| Self {
            ahead: Ahead::of_movement(&session(part), part.index, (*part.timeline).clone()),
            supplies: Supplies::new(),
        })
    }

    /// What sounds from a frame to the next multiple of [`SPAN`].
    pub(super) fn sheets(&mut self, from: Frame) -> Vec<Sheet> {
        let (page, end) = (from.0 / FRAMES as u64, (from.0 / SPAN + 1) * SPAN);
        self.ahead.sheets(from, end / FRAMES as u64 - page)
    }

    /// Takes pages of it.
    pub(super) fn supply(&mut self, pages: &[Page]) {
        for page in pages {
            let [left, right] = page.sides();
            // What is no sound is rendered here.
            self.supplies.put(page.print(), page.number(), left, right);
        }
    }

    pub(super) const fn supplies(&self) -> &Supplies {
        &self.supplies
    }
}

/// The session that a movement is of, as far as textures are functions of it.
pub(super) fn session(part: &Part) -> Session {
    Session { rate: part.rate, ..Session::new(part.seed) }
}
