//! Going ahead: a worker renders up to where a session is to be opened, at full speed, and the worklet's engine becomes what that one was.
//!
//! There is a movement to be rendered up to any moment, and the audio thread has little time: there it would take several times as long,
//! in slices none of which may come late. It does so where there is no such worker. The page sends one ahead even before play is pressed.

use super::message::{Opening, ToWorklet};
use super::worker::Seek;
use super::{Player, after};
use auralis_engine::SampleRate;
use js_sys::{Array, ArrayBuffer, Object, Reflect};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::JsValue;

/// What the worker has come to, and who waits for it.
#[derive(Default)]
enum Progress {
    #[default]
    Underway,
    Awaited(Box<dyn FnOnce(Option<ArrayBuffer>)>),
    /// All that there is of its engine; nothing if it failed, or if that was given away.
    Done(Option<ArrayBuffer>),
}

/// A worker on its way to where a session is to be opened, or what it brought from there. Dropped, it ends.
pub struct Ahead {
    opening: Opening,
    rate: SampleRate,
    progress: Rc<RefCell<Progress>>,
    _seek: Seek,
}

impl Ahead {
    /// Sends one, with what [`super::load`] gave. None is needed at a session's first frame, and there is none without such workers.
    #[must_use]
    pub fn start(loaded: &JsValue, opening: Opening, rate: SampleRate) -> Option<Self> {
        if opening.frame == 0 || opening.streamed {
            return None;
        }
        let progress = Rc::<RefCell<Progress>>::default();
        let answered = progress.clone();
        let tell = move |image| match answered.take() {
            Progress::Awaited(tell) => tell(image),
            _ => *answered.borrow_mut() = Progress::Done(image),
        };
        let seek = Seek::start(loaded, &opening, rate.hz(), tell).ok()?;
        Some(Self { opening, rate, progress, _seek: seek })
    }

    /// Whether it goes to where this one is to be opened, and with the same past.
    fn suits(&self, opening: &Opening, rate: SampleRate) -> bool {
        let Opening { turn, ahead, due, .. } = self.opening;
        self.rate == rate && self.opening == Opening { turn, ahead, due, ..opening.clone() }
    }

    /// Gives what it brought, now or when it is there.
    pub(super) fn then(&self, tell: impl FnOnce(Option<ArrayBuffer>) + 'static) {
        match self.progress.take() {
            Progress::Done(image) => {
                *self.progress.borrow_mut() = Progress::Done(None);
                tell(image);
            }
            _ => *self.progress.borrow_mut() = Progress::Awaited(Box::new(tell)),
        }
    }
}

impl Player {
    /// This one is on its way to what will be opened next.
    pub fn expect(&self, ahead: Ahead) {
        *self.ahead.borrow_mut() = Some(ahead);
    }

    /// Sends a worker to where a session is to be opened, if none is on its way there; says whether there is one to wait for.
    pub(super) fn go_ahead(&self, opening: &Opening) -> bool {
        // First away with the one before: the two would share the time.
        let sent = self.ahead.take().filter(|ahead| ahead.suits(opening, self.rate));
        let ahead = sent.or_else(|| Ahead::start(&self.loaded.borrow(), opening.clone(), self.rate));
        *self.ahead.borrow_mut() = ahead;
        self.ahead.borrow().is_some()
    }

    /// The worklet knows what it waits for: what the worker brings is passed on to it.
    pub(super) fn meet(self: &Rc<Self>) {
        let (this, turn) = (Rc::downgrade(self), self.turn.get());
        if let Some(ahead) = &*self.ahead.borrow() {
            ahead.then(move |image| {
                if let Some(this) = this.upgrade().filter(|this| turn == this.turn.get()) {
                    this.arrived(turn, image);
                }
            });
        }
    }

    fn arrived(self: &Rc<Self>, turn: u32, image: Option<ArrayBuffer>) {
        if image.is_none_or(|image| self.hand_over(turn, &image).is_err()) {
            self.post(&ToWorklet::Alone { turn });
        }
        // Not here: this may be called by the worker's own listener.
        let this = self.clone();
        after(0, move || {
            if turn == this.turn.get() {
                this.ahead.take();
            }
        });
    }

    fn hand_over(&self, turn: u32, image: &ArrayBuffer) -> Result<(), JsValue> {
        let message = Object::new();
        Reflect::set(&message, &"type".into(), &"arrive".into())?;
        Reflect::set(&message, &"turn".into(), &turn.into())?;
        self.post_image(&message, image)
    }

    /// Posts a message with what a worker's engine had in its memory, which goes with it.
    pub(super) fn post_image(&self, message: &JsValue, image: &ArrayBuffer) -> Result<(), JsValue> {
        Reflect::set(message, &"memory".into(), image)?;
        match &*self.node.borrow() {
            Some(node) => node.port()?.post_message_with_transferable(message, &Array::of1(image)),
            None => Ok(()),
        }
    }
}
