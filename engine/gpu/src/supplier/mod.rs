//! A session's textures, rendered on a device ahead of the music, by a thread beside it.
//!
//! ```text
//! whoever steers   Supplier::follow(session, log)        Supplier::events()
//!                           |                                  ^
//! this thread      what sounds ahead (Feed) -> Chain -> pages -+- a ring
//!                           ^                                  |
//! the audio thread  Pages::at(frame)                    Pages::take, supply
//! ```
//!
//! Nobody waits for it. What does not come, or too late, or is of another past, the engine renders itself: so nothing that happens to the device, or to this
//! thread, is a gap. The device is opened when the first texture lies ahead; what happens to it is told ([`Event`]), and when it is left this
//! thread ends: also where it is too slow. What it renders lies within [`TEXTURE`](crate::tolerance::TEXTURE) of the engine's own and is never hashed,
//! nor told to others as the session's own.
//!
//! | file | what |
//! |---|---|
//! | `feed.rs` | which pages are to be rendered next: also for whoever renders without a thread, with a [`Chain`] of his own |
//! | `page.rs` | a sheet of it, rendered, and cut as engines take it |
//! | `worker.rs` | the thread |
//! | `speed.rs` | whether the device is fast enough to be of use |
//! | `pages.rs` | the audio thread's end |

mod feed;
mod page;
mod pages;
mod speed;
mod worker;

pub use feed::{Feed, STRETCH, is_rich};
pub use page::{Page, lasts, render};
pub use pages::Pages;
pub use speed::Speed;

use crate::beside::Beside;
use crate::chain::{Backend, Chain, Event};
use crate::device::{Gpu, Software, Wanted};
use crate::plan::Plan;
use auralis_engine::texture::supply::PAGES;
use auralis_engine::{ChangeLog, Session};
use pages::Place;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use worker::{Order, Worker};

/// Renders a session's textures ahead, until it is dropped.
#[derive(Debug)]
pub struct Supplier {
    /// Dropped to end the thread.
    orders: Option<Sender<Order>>,
    events: Receiver<Event>,
    /// None where there was none to be had.
    thread: Option<Beside>,
}

impl Supplier {
    /// Starts the thread, which rests until it is told a session. `open` opens the device, in the background; it is called when there is something to render, and
    /// again when the device is lost ([`Chain::new`]). Its error is the reason that is told. The [`Pages`] are for the audio thread.
    pub fn new<B, F>(open: impl Fn() -> F + Send + Sync + 'static) -> (Self, Pages)
    where
        B: Backend<Work = Plan> + Send + 'static,
        F: Future<Output = Result<B, String>> + 'static,
    {
        let (orders, received) = channel();
        let (tell, events) = channel();
        // As many as an engine has room for.
        let (ring, pages) = rtrb::RingBuffer::new(PAGES);
        let place = Arc::new(Place::new());
        let worker = Worker {
            orders: received,
            events: tell.clone(),
            ring,
            place: Arc::clone(&place),
            begin: Some(Box::new(move || Chain::new(open))),
            chain: None,
            played: None,
            feed: None,
            speed: Speed::default(),
        };
        let failed = tell.clone();
        let thread = Beside::begin("textures", move || {
            if catch_unwind(AssertUnwindSafe(|| worker.run())).is_err() {
                let why = "the thread that renders textures broke down; this is a fault of the program";
                let _ = failed.send(Event::Left { why: why.into() });
            }
        });
        if let Err(error) = &thread {
            // The other end is here.
            let _ = tell.send(Event::Left { why: format!("there is no thread to be had ({error})") });
        }
        (Self { orders: Some(orders), events, thread: thread.ok() }, Pages::new(pages, place))
    }

    /// As [`Supplier::new`], with the adapter that is chosen for what is wanted ([`crate::device::choice`]), probed before it is used.
    #[must_use]
    pub fn on(wanted: Wanted, software: Software) -> (Self, Pages) {
        Self::new(move || async move {
            crate::open(wanted, software, Gpu::PATIENCE).await.map_err(|unavailable| unavailable.to_string())
        })
    }

    /// The session that is played from now on, with all that is known of its log: to be told again whenever that changes. Where it is played the audio thread
    /// says ([`Pages::at`]). It is not waited for.
    pub fn follow(&self, session: &Session, log: &ChangeLog) {
        if let Some(orders) = &self.orders {
            // A thread that is at its end has said why.
            let _ = orders.send((*session, log.clone()));
        }
    }

    /// What has happened to the device since it was asked last, in order.
    #[must_use]
    pub fn events(&self) -> Vec<Event> {
        self.events.try_iter().collect()
    }
}

impl Drop for Supplier {
    /// Ends the thread, and waits for two seconds at most until it has.
    fn drop(&mut self) {
        self.orders = None;
        if let Some(thread) = &self.thread {
            thread.wait();
        }
    }
}
