//! Rendering ahead without a gap: on a device as long as it does, on the processor at once when it does not.
//!
//! | what happens | what is done |
//! |---|---|
//! | out of memory, or a buffer too large | the same frames again in pieces half as long; below [`SHORTEST`] frames the device is left |
//! | the device is lost | the processor at once; a new device is opened in the background, [`TRIES`] times, then it is left |
//! | too late, refused, or a block with NaN, infinity or a sample beyond 2 | the processor renders that piece; the next is tried again, and after [`TRIES`] such pieces without [`CALM`] good ones between, the device is left |
//!
//! Each of these is an [`Event`] with its reason. What a device renders lies within [`crate::tolerance::TEXTURE`] of the processor's, so that no
//! change is heard.

mod backend;
mod event;
mod rebuild;

pub use backend::{Backend, LOUDEST};
pub use event::Event;
pub use rebuild::{Portable, Shared};

use crate::device::GpuError;
use crate::plan::Plan;
use crate::span::{Span, Stereo};
use auralis_engine::cpu::Simd;
use rebuild::{Open, Rebuild};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// How often a device is tried again.
pub const TRIES: u32 = 3;
/// How many good pieces make up for what was before.
pub const CALM: u32 = 100;
/// The shortest piece that a device is given when its memory is short, in frames.
pub const SHORTEST: usize = 1024;

/// Where spans are rendered now.
enum State<B> {
    Device(B),
    /// On the processor, while a device is being opened.
    Opening(Rebuild<B>),
    /// On the processor.
    Left,
}

/// Renders plans span by span.
pub struct Chain<B> {
    state: State<B>,
    open: Open<B>,
    simd: Simd,
    /// The longest piece that a device is given, in frames.
    piece: usize,
    /// Bad pieces, and good ones since.
    bad: u32,
    good: u32,
    /// Devices that were opened again, or could not be.
    reopened: u32,
    events: Vec<Event>,
}

impl<B: Backend + Portable + 'static> Chain<B> {
    /// A chain that opens its device in the background, and renders on the processor until it is there. `open` is called again when the device
    /// is lost; natively in a thread of its own, which may take as long as it wants to. Its error is the reason that is told.
    pub fn new<F>(open: impl Fn() -> F + Portable + Shared + 'static) -> Self
    where
        F: Future<Output = Result<B, String>> + 'static,
    {
        let open: Open<B> = Arc::new(move || Box::pin(open()) as Pin<Box<dyn Future<Output = _>>>);
        let state = State::Opening(Rebuild::begin(&open));
        let simd = Simd::detect();
        Self { state, open, simd, piece: usize::MAX, bad: 0, good: 0, reopened: 0, events: Vec::new() }
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

    /// What happened since it was asked last, in order.
    pub fn events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }

    /// Renders a span. It comes out whole, whatever happens. Natively the future is ready at once, and takes as long as the rendering.
    pub async fn render(&mut self, plan: &Plan, span: Span) -> Stereo {
        let (mut sound, mut rest) = (Stereo::default(), span);
        while rest.frames > 0 {
            self.look();
            let (piece, after) = rest.split(self.piece);
            let State::Device(device) = &mut self.state else {
                sound.append(plan.twin(self.simd, rest));
                break;
            };
            let rendered = device.render(plan, piece).await;
            match rendered.and_then(|rendered| backend::checked(rendered, piece)) {
                Ok(rendered) => {
                    self.forgive();
                    sound.append(rendered);
                }
                Err(error) if self.shorten(&error, piece) => continue,
                Err(error) => {
                    self.fail(&error, piece);
                    sound.append(plan.twin(self.simd, piece));
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

    /// Whether the same frames may fit in shorter pieces.
    fn shorten(&mut self, error: &GpuError, piece: Span) -> bool {
        let shorter = piece.frames / 2;
        let may = error.is_size() && shorter >= SHORTEST;
        if may {
            self.piece = shorter;
            self.events.push(Event::Shorter { frames: shorter, why: error.to_string() });
        }
        may
    }

    fn fail(&mut self, error: &GpuError, piece: Span) {
        let why = error.to_string();
        self.events.push(Event::Missed { span: piece, why: why.clone() });
        self.bad += 1;
        self.good = 0;
        match error {
            GpuError::Lost { .. } => self.reopen(why),
            _ if error.is_size() || self.bad >= TRIES => self.leave(why),
            _ => {}
        }
    }

    fn reopen(&mut self, why: String) {
        if self.reopened == TRIES {
            self.leave(why);
        } else {
            self.reopened += 1;
            self.bad = 0;
            self.events.push(Event::Reopening { attempt: self.reopened, why });
            self.state = State::Opening(Rebuild::begin(&self.open));
        }
    }

    fn leave(&mut self, why: String) {
        self.events.push(Event::Left { why });
        self.state = State::Left;
    }
}
