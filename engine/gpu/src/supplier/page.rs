//! A page of a texture, rendered: what an engine takes in place of what it would render itself.

use crate::chain::{Backend, Chain};
use crate::plan::Plan;
use crate::span::Span;
use auralis_engine::texture::Sheet;
use auralis_engine::texture::supply::FRAMES;
use auralis_engine::{Engine, Frame, SampleRate, Session};
use std::time::Duration;

/// [`FRAMES`] frames of one texture of one session. It lies where it is, without a pointer, so that a ring of pages is all the memory they need.
#[derive(Clone, Debug)]
pub struct Page {
    seed: u64,
    rate: SampleRate,
    print: u64,
    number: u64,
    left: [f32; FRAMES],
    right: [f32; FRAMES],
}

impl Page {
    fn new(session: &Session, print: u64, number: u64, sides: [&[f32; FRAMES]; 2]) -> Self {
        let [left, right] = sides.map(|side| *side);
        Self { seed: session.seed, rate: session.rate, print, number, left, right }
    }

    /// What tells its texture from every other of the session.
    #[must_use]
    pub const fn print(&self) -> u64 {
        self.print
    }

    /// Which page of the texture it is, counted from frame 0 of the session.
    #[must_use]
    pub const fn number(&self) -> u64 {
        self.number
    }

    /// Both channels.
    #[must_use]
    pub const fn sides(&self) -> [&[f32; FRAMES]; 2] {
        [&self.left, &self.right]
    }

    /// Hands it to an engine. False if that plays another session, or the samples cannot be played. Neither allocates nor waits.
    pub fn supply(&self, engine: &mut Engine) -> bool {
        // A texture's print says nothing of the rate.
        (engine.seed(), engine.rate()) == (self.seed, self.rate)
            && engine.supply(self.print, self.number, &self.left, &self.right)
    }
}

/// How long a sheet is played.
#[must_use]
pub fn lasts(sheet: &Sheet, rate: SampleRate) -> Duration {
    Duration::from_secs_f64((sheet.pages * FRAMES as u64) as f64 / f64::from(rate.hz()))
}

/// Renders a sheet of a session, and cuts it into pages, in order. It takes as long as the rendering.
pub fn render<B: Backend<Work = Plan> + Send + 'static>(
    chain: &mut Chain<B>,
    session: &Session,
    sheet: Sheet,
) -> Vec<Page> {
    let Sheet { print, page, pages, bank, cloud } = sheet;
    let span = Span { from: Frame(page * FRAMES as u64), frames: pages as usize * FRAMES };
    let sound = pollster::block_on(chain.render(&Plan { bank, cloud }, span));
    let sides = sound.left.as_chunks().0.iter().zip(sound.right.as_chunks().0);
    (page..)
        .zip(sides)
        .map(|(number, (left, right))| Page::new(session, print, number, [left, right]))
        .collect()
}
