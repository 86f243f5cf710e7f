//! A thread with a device, of which sessions ask things.

use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use auralis_gpu::beside::Beside;
use auralis_gpu::chain::{Backend, Chain, Event, PieceOf};
use auralis_protocol::{Code, Severity};

use crate::metrics::Metrics;

/// How often it is looked whether a device is there again.
const LOOK: Duration = Duration::from_millis(100);

type Begin<O> = Box<dyn FnOnce(Receiver<O>, &Watch) + Send>;

/// What is known of the thread.
#[derive(Default)]
struct Watch {
    on_device: AtomicBool,
    metrics: OnceLock<Arc<Metrics>>,
}

impl Watch {
    /// Tells whoever runs the relay.
    fn warn(&self, what: String) {
        let sentence = format!("in streams-only sessions {what}");
        match self.metrics.get() {
            Some(metrics) => metrics.event(Severity::Warning, Code::SynthesisFailed, None, sentence),
            None => tracing::warn!("{sentence}"),
        }
    }
}

/// Where things are asked for.
pub(super) struct Desk<O> {
    state: Mutex<State<O>>,
    watch: Arc<Watch>,
}

enum State<O> {
    /// Nobody has needed it: this is how its thread begins.
    Unneeded(Begin<O>),
    /// What is asked goes to a thread.
    Open {
        orders: Sender<O>,
        thread: Beside,
    },
    Closed,
}

impl<O: Send + 'static> Desk<O> {
    /// A desk at which `serve` does what is asked for with a chain, whose device is opened when somebody needs it. That there never was one is worth a warning only where it was
    /// `asked_for`.
    pub(super) fn new<B>(
        chain: impl FnOnce() -> Chain<B> + Send + 'static,
        asked_for: bool,
        serve: impl FnMut(&mut Chain<B>, O, &Receiver<O>) + Send + 'static,
    ) -> Self
    where
        B: Backend + Send + 'static,
    {
        let begin: Begin<O> = Box::new(move |orders, watch| work(chain(), &orders, watch, asked_for, serve));
        Self { state: Mutex::new(State::Unneeded(begin)), watch: Arc::default() }
    }

    fn state(&self) -> MutexGuard<'_, State<O>> {
        // Nothing is half done where this lock is held.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where it is told what happens to the device.
    pub(super) fn tell(&self, metrics: &Arc<Metrics>) {
        // There are no others.
        let _ = self.watch.metrics.set(metrics.clone());
    }

    /// Somebody needs it.
    pub(super) fn need(&self) {
        let mut state = self.state();
        *state = match mem::replace(&mut *state, State::Closed) {
            State::Unneeded(begin) => self.open(begin),
            state => state,
        };
    }

    fn open(&self, begin: Begin<O>) -> State<O> {
        let (orders, received) = channel();
        let watch = self.watch.clone();
        let serve = move || {
            if catch_unwind(AssertUnwindSafe(|| begin(received, &watch))).is_err() {
                watch.on_device.store(false, Ordering::Relaxed);
                watch.warn(
                    "the thread of a GPU broke down, and it is not used any more: a fault of the relay"
                        .into(),
                );
            }
        };
        match Beside::begin("gpu desk", serve) {
            Ok(thread) => State::Open { orders, thread },
            Err(error) => {
                tracing::warn!("no GPU is used, since there is no thread for it: {error}");
                State::Closed
            }
        }
    }

    /// Whether there is a device now.
    pub(super) fn is_on_device(&self) -> bool {
        self.watch.on_device.load(Ordering::Relaxed)
    }

    /// Nothing is asked any more until the thread is back from what it is at.
    pub(super) fn pause(&self) {
        self.watch.on_device.store(false, Ordering::Relaxed);
    }

    /// Asks for something; false if nobody will do it.
    pub(super) fn ask(&self, order: O) -> bool {
        matches!(&*self.state(), State::Open { orders, .. } if orders.send(order).is_ok())
    }

    /// Ends, and waits a short while until the device is let go.
    pub(super) fn close(&self) {
        let state = mem::replace(&mut *self.state(), State::Closed);
        self.pause();
        if let State::Open { orders, thread } = state {
            drop(orders);
            thread.wait();
        }
    }
}

/// Serves until nobody can ask any more, or the device is left.
fn work<B, O>(
    mut chain: Chain<B>,
    orders: &Receiver<O>,
    watch: &Watch,
    asked_for: bool,
    mut serve: impl FnMut(&mut Chain<B>, O, &Receiver<O>),
) where
    B: Backend + Send + 'static,
{
    let mut found = false;
    loop {
        watch.on_device.store(chain.is_on_device(), Ordering::Relaxed);
        for event in chain.events() {
            found |= matches!(event, Event::Device { .. });
            report::<B>(&event, watch, found || asked_for);
        }
        if chain.is_left() {
            return;
        }
        match orders.recv_timeout(LOOK) {
            Ok(order) => serve(&mut chain, order, orders),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                watch.on_device.store(false, Ordering::Relaxed);
                // One that is just being opened, too, is let go in peace.
                return chain.wait();
            }
        }
    }
}

/// Tells whoever runs the relay what happened to the device.
fn report<B: Backend>(event: &Event<PieceOf<B>>, watch: &Watch, matters: bool) {
    match event {
        Event::Device { .. } => tracing::info!("in streams-only sessions {event}"),
        // Without a card everything is as ever.
        Event::Left { why } if !matters => tracing::debug!("no GPU for streams-only sessions: {why}"),
        _ => watch.warn(event.to_string()),
    }
}
