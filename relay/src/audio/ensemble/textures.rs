//! Textures of rich sessions: asked for ahead of the music, and taken when they are there. Nobody waits for them.

use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use auralis_engine::texture::Sheet;
use auralis_engine::{Performance, Session};
use auralis_gpu::chain::{Backend, Chain};
use auralis_gpu::plan::Plan;
use auralis_gpu::supplier::{Feed, Page, Speed, lasts, render};

use super::desk::Desk;

/// How much may be on its way to a session: of a movement three textures sound at once at most.
const MOST: usize = 4;

/// Some pages of a texture, whom they are for, and since when they are wanted.
pub(super) struct Order {
    session: Session,
    sheet: Sheet,
    answer: SyncSender<Vec<Page>>,
    asked: Instant,
}

/// Renders an order.
pub(super) fn serve<B>(chain: &mut Chain<B>, order: Order, speed: &mut Speed)
where
    B: Backend<Work = Plan> + Send + 'static,
{
    let lasts = lasts(&order.sheet, order.session.rate);
    // What has waited for longer than all that is on its way to a session lasts is for music that has been played: a device with too much to do leaves it out.
    let is_over = order.asked.elapsed() > lasts * MOST as u32;
    // The engine renders as well as a twin here would, and to the bit.
    if is_over || !chain.is_on_device() {
        return;
    }
    let begun = Instant::now();
    let pages = render(chain, &order.session, order.sheet);
    speed.judge(chain, begun.elapsed(), lasts);
    // Whoever asked may be gone.
    let _ = order.answer.send(pages);
}

/// A session's textures on their way.
#[derive(Default)]
pub(super) struct Textures {
    /// None until it is known where the session is, and after each change.
    feed: Option<Feed>,
    /// Behind a lock only since snapshots go from thread to thread, which a receiver alone must not.
    coming: Mutex<Vec<Receiver<Vec<Page>>>>,
}

impl Textures {
    /// The session was changed, or is elsewhere.
    pub(super) fn begin(&mut self) {
        self.feed = None;
    }

    /// Hands over what has come, and asks for more. Neither waits.
    pub(super) fn go_on(&mut self, performance: &mut Performance, desk: &Desk<Order>) {
        let (session, position) = (*performance.session(), performance.position());
        let feed = self.feed.get_or_insert_with(|| Feed::new(&session, performance.log(), position));
        if feed.is_silent() {
            return;
        }
        desk.need();
        let coming = self.coming.get_mut().unwrap_or_else(PoisonError::into_inner);
        coming.retain(|pages| match pages.try_recv() {
            Ok(pages) => {
                for page in &pages {
                    let [left, right] = page.sides();
                    performance.supply(page.print(), page.number(), left, right);
                }
                false
            }
            Err(error) => error == TryRecvError::Empty,
        });
        feed.at(position);
        while coming.len() < MOST
            && desk.is_on_device()
            && let Some(sheet) = feed.sheet()
        {
            let (answer, pages) = sync_channel(1);
            if desk.ask(Order { session, sheet, answer, asked: Instant::now() }) {
                coming.push(pages);
            }
        }
    }
}
