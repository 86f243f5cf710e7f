//! What a station, its threads and its listeners share.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use auralis_engine::{ChangeLog, Frame, Session};
use tokio::sync::broadcast;

use super::backend::Fault;
use super::chunk::Chunk;
use super::listener::{Form, Sent, Trouble};
use super::performer::Performer;
use super::places::Place;
use super::proofs::Proofs;
use super::renderer::Renderer;
use super::studio::Studio;
use super::task::{Spent, Task};
use crate::metrics::Meter;
use crate::session::Clock;

/// How far a change must lie ahead of what is rendered: as far as the engine's limiter looks, and a control interval.
pub(super) const MARGIN: u64 = 704 + 64;
/// How often a chunk is tried again before the next way to make it is taken.
pub(super) const RETRIES: u32 = 3;
/// For how many tries one counts that hung: it has cost half of the lead, and a thread that may never come back.
const HUNG: u32 = 2;

/// Asks that the session be reduced, or no longer be; comes back when that is kept, or can't be.
pub type Relieve = Arc<dyn Fn(bool) -> Relieved + Send + Sync>;

/// What became of a wish to relieve a session.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Relieved {
    /// The session is another from a frame slightly ahead.
    Changed,
    /// It was like that already.
    Same,
    /// That could not be kept.
    Refused,
}

/// What a thread needs that begins to render.
pub struct Begin {
    /// All that was changed so far.
    pub log: ChangeLog,
    /// Whether the session is reduced because there was trouble.
    pub reduced: bool,
    /// How to ask for that.
    pub relieve: Relieve,
}

pub(super) struct Shared {
    pub(super) clock: Clock,
    pub(super) session: Session,
    /// Whether nobody makes its sound but the relay.
    pub(super) streams_only: bool,
    pub(super) studio: Arc<Studio>,
    /// Where is recorded how it goes.
    pub(super) meter: Arc<Meter>,
    /// Frames of a chunk.
    pub(super) frames: u64,
    state: Mutex<State>,
    pub(super) changed: Condvar,
    pub(super) sent: broadcast::Sender<Sent>,
    pub(super) listeners: AtomicUsize,
    /// How many of them take Opus.
    pub(super) opus_listeners: AtomicUsize,
    /// How many make the music themselves, and show that it is this.
    pub(super) witnesses: AtomicUsize,
    /// How many packets were encoded.
    pub(super) packets: AtomicU64,
    proofs: Mutex<Proofs>,
}

#[derive(Default)]
pub(super) struct State {
    /// The number of the thread that renders, if one does: threads of other numbers have been left, and end as soon as they see it.
    pub(super) thread: Option<u64>,
    /// How many threads there were.
    threads: u64,
    /// Where the next chunk begins.
    pub(super) next: Frame,
    /// The first frame to which a change can still be promised.
    pub(super) floor: Frame,
    /// A change that is promised, and not yet kept.
    pub(super) promised: Option<Frame>,
    /// All changes that were kept, while a thread renders.
    pub(super) log: ChangeLog,
    pub(super) relieve: Option<Relieve>,
    /// What the last seconds can be rendered from again, outside of the thread that may hang.
    pub(super) snapshot: Option<Arc<Performer>>,
    /// Since when a thread has been at something, and how long it may be.
    pub(super) busy: Option<Busy>,
    /// How often the next chunk was tried in vain, and what went wrong the last time.
    pub(super) tries: u32,
    pub(super) fault: Option<Fault>,
    /// Whether the session is reduced because of trouble, how long that lasts, and when it last became so.
    pub(super) reduced: bool,
    pub(super) calm: Duration,
    pub(super) stepped: Option<Instant>,
    /// Whether there is nothing but silence, and what is done about it.
    pub(super) silent: bool,
    pub(super) rescue: Rescue,
    /// The frame of sound that was sent last.
    pub(super) last: [f32; 2],
    /// The chunks that were made last.
    pub(super) ring: VecDeque<Arc<Chunk>>,
    /// How long it took until the last chunk was ready, from when it could be begun.
    pub(super) latency: Duration,
}

/// How long a thread has been at something.
pub(super) struct Busy {
    waited: Duration,
    patience: Duration,
    task: Option<Task>,
    /// Free again when it is done, or was left.
    _place: Option<Place>,
    /// What it had done when it was last looked at.
    spent: Option<Spent>,
}

impl Busy {
    pub(super) const fn new(patience: Duration, task: Option<Task>, place: Option<Place>) -> Self {
        Self { waited: Duration::ZERO, patience, task, _place: place, spent: None }
    }

    /// Some time has passed. Gives how long it has been at it if that is too long. What it waited for a processor does not count: another
    /// thread would wait, too.
    fn hangs(&mut self, passed: Duration) -> Option<Duration> {
        let spent = self.task.as_ref().and_then(Task::spent);
        self.waited += match (&spent, &self.spent) {
            (Some(now), Some(before)) => now.since(before, passed),
            (Some(_), None) => Duration::ZERO,
            (None, _) => passed,
        };
        self.spent = spent;
        (self.waited >= self.patience).then_some(self.waited)
    }
}

/// How a session comes back that fell silent.
#[derive(Default)]
pub(super) enum Rescue {
    /// Not at all.
    #[default]
    None,
    /// It is tried at a time; when that fails, after twice this pause.
    At(Instant, Duration),
    /// Somebody tries.
    UnderWay,
    /// Here is what goes on.
    Ready(Performer),
}

impl Shared {
    pub(super) fn new(
        clock: Clock,
        session: &Session,
        streams_only: bool,
        studio: Arc<Studio>,
        meter: Arc<Meter>,
    ) -> Self {
        let pace = studio.pace;
        Self {
            clock,
            session: *session,
            streams_only,
            frames: session.rate.frames(pace.chunk.as_secs_f64()).max(1),
            state: Mutex::default(),
            changed: Condvar::new(),
            sent: broadcast::Sender::new(pace.kept()),
            listeners: AtomicUsize::new(0),
            opus_listeners: AtomicUsize::new(0),
            witnesses: AtomicUsize::new(0),
            packets: AtomicU64::new(0),
            proofs: Mutex::new(Proofs::new(session.rate)),
            studio,
            meter,
        }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        // Nothing is half done where this lock is held.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where whoever takes a form is counted.
    pub(super) fn counters(&self, form: Form) -> impl Iterator<Item = &AtomicUsize> {
        let [listens, opus] = [form != Form::Proofs, form == Form::Opus];
        let all = [(listens, &self.listeners), (opus, &self.opus_listeners), (!listens, &self.witnesses)];
        all.into_iter().filter(|(counts, _)| *counts).map(|(_, counter)| counter)
    }

    /// Whether the music is needed.
    pub(super) fn is_heard(&self) -> bool {
        self.listeners.load(Ordering::Relaxed) + self.witnesses.load(Ordering::Relaxed) > 0
    }

    /// What proves what was rendered.
    pub(super) fn proofs(&self) -> MutexGuard<'_, Proofs> {
        self.proofs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins to render from a frame on. The studio is to be told, after the state is let go.
    pub(super) fn begin(self: &Arc<Self>, state: &mut State, from: Frame, begin: Begin) {
        let Begin { log, reduced, relieve } = begin;
        *state = State {
            threads: state.threads,
            promised: state.promised,
            next: from,
            floor: from + MARGIN,
            log,
            reduced,
            relieve: Some(relieve),
            calm: self.studio.pace.calm,
            ..State::default()
        };
        self.start(state);
    }

    /// Starts a thread; the one before it has been left.
    fn start(self: &Arc<Self>, state: &mut State) {
        state.threads += 1;
        let number = state.threads;
        let shared = self.clone();
        let started =
            thread::Builder::new().name("renderer".into()).spawn(move || Renderer::new(shared, number).run());
        // Without a thread there is no sound, and the next who listens tries again.
        state.thread = started
            .map_err(|error| tracing::error!("a session can't be rendered: {error}"))
            .map(|_| number)
            .ok();
    }

    /// Looks, some time after it last did, whether the thread hangs, and if it does leaves it for another. Says whether there is one.
    pub(super) fn look(self: &Arc<Self>, passed: Duration) -> bool {
        let mut state = self.state();
        if state.thread.is_none() {
            return false;
        }
        if let Some(waited) = state.busy.as_mut().and_then(|busy| busy.hangs(passed)) {
            state.busy = None;
            state.failed(Fault::Hung(waited), HUNG);
            self.meter.failure();
            self.start(&mut state);
        }
        state.thread.is_some()
    }

    /// Tells all who listen, and whoever runs the relay.
    pub(super) fn tell(&self, trouble: Trouble) {
        self.meter.event(trouble.severity, trouble.code, trouble.message.clone());
        // It is nobody's loss if nobody listens.
        let _ = self.sent.send(Sent::Trouble(Arc::new(trouble)));
    }
}

impl State {
    /// The next chunk was tried in vain: it is made again from a while before, so that a change may lie where it begins.
    pub(super) fn failed(&mut self, fault: Fault, tries: u32) {
        self.tries += tries;
        self.fault = Some(fault);
        self.floor =
            self.snapshot.as_ref().map_or(self.next, |snapshot| self.next.max(snapshot.position() + MARGIN));
    }
}
