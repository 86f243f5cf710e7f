//! The thread beside the music.

use super::feed::Feed;
use super::page::{Page, lasts, render};
use super::pages::Place;
use super::speed::Speed;
use crate::chain::{Backend, Chain, Event};
use crate::plan::Plan;
use auralis_engine::{ChangeLog, Session};
use rtrb::Producer;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

/// How often is looked where the music is. A stretch lasts a third of a second.
const LOOK: Duration = Duration::from_millis(20);

/// A session that is played now, with its log.
pub(super) type Order = (Session, ChangeLog);

/// When to look again.
enum Next {
    Now,
    Soon,
    /// When another session is played.
    WhenTold,
    /// No more: there is no device.
    Never,
}

pub(super) struct Worker<B: Backend<Work = Plan>> {
    pub(super) orders: Receiver<Order>,
    pub(super) events: Sender<Event>,
    pub(super) ring: Producer<Page>,
    pub(super) place: Arc<Place>,
    /// Begins to open the device, which is done when there is something to render.
    pub(super) begin: Option<Box<dyn FnOnce() -> Chain<B> + Send>>,
    pub(super) chain: Option<Chain<B>>,
    pub(super) played: Option<Order>,
    pub(super) feed: Option<Feed>,
    pub(super) speed: Speed,
}

impl<B: Backend<Work = Plan> + Send + 'static> Worker<B> {
    /// Renders until nobody gives orders any more, or no device is left.
    pub(super) fn run(mut self) {
        let mut next = Next::WhenTold;
        loop {
            let order = match next {
                Next::Now => self.orders.recv_timeout(Duration::ZERO),
                Next::Soon => self.orders.recv_timeout(LOOK),
                Next::WhenTold => self.orders.recv().map_err(|_| RecvTimeoutError::Disconnected),
                Next::Never => break,
            };
            match order {
                Ok(order) => (self.played, self.feed) = (Some(order), None),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            next = self.go();
        }
        self.settle();
    }

    /// Renders some pages of one texture, if there is something to render, room for it, and a device.
    fn go(&mut self) -> Next {
        let Some((session, log)) = &self.played else { return Next::WhenTold };
        let Some(position) = self.place.get() else { return Next::Soon };
        let feed = self.feed.get_or_insert_with(|| Feed::new(session, log, position));
        feed.at(position);
        if !feed.has_sheet() {
            return if feed.is_silent() { Next::WhenTold } else { Next::Soon };
        }
        if let Some(begin) = self.begin.take() {
            self.chain = Some(begin());
        }
        let Some(chain) = &mut self.chain else { return Next::Never };
        // The engine renders as well as the twins would here, and to the bit.
        let is_on_device = chain.is_on_device();
        tell(chain, &self.events);
        if !is_on_device {
            return if chain.is_left() { Next::Never } else { Next::Soon };
        }
        // After a leap there may be pages that nobody has taken yet.
        if self.ring.slots() < super::STRETCH as usize {
            return Next::Soon;
        }
        let Some(sheet) = feed.sheet() else { return Next::Soon };
        let (begun, lasts) = (Instant::now(), lasts(&sheet, session.rate));
        let pages = render(chain, session, sheet);
        self.speed.judge(chain, begun.elapsed(), lasts);
        tell(chain, &self.events);
        for page in pages {
            // There is room: it was asked for above.
            let _ = self.ring.push(page);
        }
        Next::Now
    }

    /// Waits for a device that is just being opened: a program must not end in the middle of that.
    fn settle(&mut self) {
        if let Some(chain) = &mut self.chain {
            chain.wait();
        }
    }
}

fn tell<B: Backend<Work = Plan> + Send + 'static>(chain: &mut Chain<B>, events: &Sender<Event>) {
    for event in chain.events() {
        // Nobody may want to hear it any more.
        let _ = events.send(event);
    }
}
