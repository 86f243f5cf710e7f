//! Rendering ahead without a gap: on a device as long as it does, on the processor at once when it does not.
//!
//! | what happens | what is done |
//! |---|---|
//! | out of memory, or a buffer too large | the same again in pieces half as long; below [`Piece::SHORTEST`] the device is left |
//! | the device is lost | the processor at once; a new device is opened in the background, [`TRIES`] times, then it is left |
//! | too late, refused, or a block with NaN, infinity or a sample beyond 2 | the processor renders that piece; the next is tried again, and after [`TRIES`] such pieces without [`CALM`] good ones between, the device is left |
//!
//! Each of these is an [`Event`] with its reason. What a device renders lies within a tolerance of the processor's ([`crate::tolerance`]), so that
//! no change is heard.

mod backend;
mod event;
mod rebuild;

pub use backend::{Backend, LOUDEST, Piece, PieceOf, SHORTEST, SoundOf, Work};
pub use event::Event;
pub use rebuild::{Portable, Shared};

use crate::device::GpuError;
use rebuild::{Open, Rebuild, let_go};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// How often a device is tried again.
pub const TRIES: u32 = 3;
/// How many good pieces make up for what was before.
pub const CALM: u32 = 100;

/// Where spans are rendered now.
enum State<B> {
    Device(B),
    /// On the processor, while a device is being opened.
    Opening(Rebuild<B>),
    /// On the processor.
    Left,
}

fn opened_by<B, F>(open: impl Fn() -> F + Portable + Shared + 'static) -> Open<B>
where
    F: Future<Output = Result<B, String>> + 'static,
{
    Arc::new(move || Box::pin(open()) as Pin<Box<dyn Future<Output = _>>>)
}

/// Renders work piece by piece.
pub struct Chain<B: Backend> {
    state: State<B>,
    /// None where a device that is lost is left.
    open: Option<Open<B>>,
    /// The longest piece that a device is given.
    longest: usize,
    /// Bad pieces, and good ones since.
    bad: u32,
    good: u32,
    /// Devices that were opened again, or could not be.
    reopened: u32,
    events: Vec<Event<PieceOf<B>>>,
}

impl<B: Backend + Portable + 'static> Chain<B> {
    /// A chain that opens its device in the background, and renders on the processor until it is there. `open` is called again when the device
    /// is lost; natively in a thread of its own, which may take as long as it wants to. Its error is the reason that is told.
    pub fn new<F>(open: impl Fn() -> F + Portable + Shared + 'static) -> Self
    where
        F: Future<Output = Result<B, String>> + 'static,
    {
        let open = opened_by(open);
        let state = State::Opening(Rebuild::begin(&open));
        Self::with(state, Some(open), usize::MAX)
    }

    /// A chain that begins with this device, and opens another by `open` when that is lost, as [`Chain::new`] does.
    pub fn beginning<F>(device: B, open: impl Fn() -> F + Portable + Shared + 'static) -> Self
    where
        F: Future<Output = Result<B, String>> + 'static,
    {
        Self::with(State::Device(device), Some(opened_by(open)), usize::MAX)
    }

    /// A chain that begins with this device, which is given pieces so long at most, and left for good when it is lost.
    #[must_use]
    pub fn on(device: B, longest: usize) -> Self {
        Self::with(State::Device(device), None, longest)
    }

    const fn with(state: State<B>, open: Option<Open<B>>, longest: usize) -> Self {
        Self { state, open, longest, bad: 0, good: 0, reopened: 0, events: Vec::new() }
    }

    /// Whether spans are rendered on a device now.
    pub fn is_on_device(&mut self) -> bool {
        self.look();
        matches!(self.state, State::Device(_))
    }

    /// Whether no device is used any more.
    #[must_use]
    pub const fn is_left(&self) -> bool {
        matches!(self.state, State::Left)
    }

    /// Waits until its device is there, or can't be had.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn wait(&mut self) {
        while let State::Opening(opening) = &mut self.state {
            opening.wait();
            self.look();
        }
    }

    /// What happened since it was asked last, in order.
    pub fn events(&mut self) -> Vec<Event<PieceOf<B>>> {
        std::mem::take(&mut self.events)
    }

    /// Renders a piece. It comes out whole, whatever happens. Natively the future is ready at once, and takes as long as the rendering.
    pub async fn render(&mut self, work: &B::Work, piece: PieceOf<B>) -> SoundOf<B> {
        let (mut sound, mut rest) = (SoundOf::<B>::default(), piece);
        while rest.length() > 0 {
            self.look();
            let (piece, after) = rest.split(self.longest);
            let State::Device(device) = &mut self.state else {
                B::Work::append(&mut sound, work.twin(rest));
                break;
            };
            let rendered = device.render(work, piece).await;
            match rendered.and_then(|rendered| work.checked(rendered, piece)) {
                Ok(rendered) => {
                    self.forgive();
                    B::Work::append(&mut sound, rendered);
                }
                Err(error) if self.shorten(&error, piece) => continue,
                Err(error) => {
                    self.fail(&error, piece);
                    B::Work::append(&mut sound, work.twin(piece));
                }
            }
            rest = after;
        }
        sound
    }

    /// Takes a device that has come.
    fn look(&mut self) {
        let State::Opening(opening) = &mut self.state else { return };
        match opening.look() {
            None => {}
            Some(Ok(device)) => {
                self.events.push(Event::Device { name: device.name() });
                self.state = State::Device(device);
            }
            Some(Err(why)) if self.reopened == 0 => self.leave(why),
            Some(Err(why)) => self.reopen(why),
        }
    }

    fn forgive(&mut self) {
        self.good += 1;
        if self.good >= CALM {
            self.bad = 0;
        }
    }

    /// Whether the same may fit in shorter pieces.
    fn shorten(&mut self, error: &GpuError, piece: PieceOf<B>) -> bool {
        let length = piece.length() / 2;
        let may = error.is_size() && length >= PieceOf::<B>::SHORTEST;
        if may {
            self.longest = length;
            self.events.push(Event::Shorter { length, why: error.to_string() });
        }
        may
    }

    fn fail(&mut self, error: &GpuError, piece: PieceOf<B>) {
        let why = error.to_string();
        self.events.push(Event::Missed { piece, why: why.clone() });
        self.bad += 1;
        self.good = 0;
        match error {
            GpuError::Lost { .. } => self.reopen(why),
            _ if error.is_size() || self.bad >= TRIES => self.leave(why),
            _ => {}
        }
    }

    fn reopen(&mut self, why: String) {
        match &self.open {
            Some(open) if self.reopened < TRIES => {
                let opening = State::Opening(Rebuild::begin(open));
                self.go_over(opening);
                self.reopened += 1;
                self.bad = 0;
                self.events.push(Event::Reopening { attempt: self.reopened, why });
            }
            _ => self.leave(why),
        }
    }

    /// Uses no device any more, for a reason that whoever renders knows of: it is told as an [`Event::Left`].
    pub fn leave(&mut self, why: String) {
        if !self.is_left() {
            self.events.push(Event::Left { why });
            self.go_over(State::Left);
        }
    }

    fn go_over(&mut self, state: State<B>) {
        if let State::Device(device) = std::mem::replace(&mut self.state, state) {
            let_go(device);
        }
    }
}
