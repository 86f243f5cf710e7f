//! What renders a session while somebody listens, a little ahead of the clock, and hands the chunks to all of them.
//!
//! A change of the session is first promised a frame: the thread does not render beyond it until the change is on the disk, or was not
//! to be kept. What lies ready meanwhile is what listeners hear.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use auralis_engine::{Change, ChangeLog, Frame, Performance, SampleRate, Session};
use tokio::sync::broadcast;

use super::chunk::Chunk;
use super::opus::{Bundle, Opus};
use crate::session::Clock;

/// How far a change must lie ahead of what is rendered: as far as the engine's limiter looks, and a control interval.
const MARGIN: u64 = 704 + 64;

/// Times of a station, and how many bits its music takes.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// How long a chunk is.
    pub chunk: Duration,
    /// How long before it is heard a chunk is ready.
    pub lead: Duration,
    /// How much is kept for those who come, or are slow.
    pub ring: Duration,
    /// How long the thread stays when nobody listens any more.
    pub linger: Duration,
    /// How many bits a second of Opus takes.
    pub opus_bits: u32,
}

/// In which form a listener takes chunks.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Form {
    /// As samples, which every chunk has.
    Samples,
    /// As Opus, which is encoded as long as anybody takes it.
    Opus,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            chunk: Duration::from_millis(100),
            lead: Duration::from_millis(400),
            ring: Duration::from_secs(2),
            linger: Duration::from_secs(5),
            opus_bits: 96_000,
        }
    }
}

/// What the thread and everybody else share.
struct Shared {
    clock: Clock,
    pace: Pace,
    /// Frames of a chunk.
    frames: u64,
    state: Mutex<State>,
    changed: Condvar,
    chunks: broadcast::Sender<Arc<Chunk>>,
    listeners: AtomicUsize,
    /// How many of them take Opus.
    opus_listeners: AtomicUsize,
    /// How many packets were encoded.
    packets: AtomicU64,
}

#[derive(Default)]
struct State {
    running: bool,
    /// What is not rendered yet.
    head: Frame,
    /// A change that is promised, and not yet kept.
    promised: Option<Frame>,
    /// Changes that were kept, and that the thread does not know.
    kept: Vec<Change>,
    /// The chunks that were made last.
    ring: VecDeque<Arc<Chunk>>,
    /// How long the last chunk took.
    latency: Duration,
}

/// A session's audio.
pub struct Station {
    shared: Arc<Shared>,
}

impl Station {
    /// The station of a session; silent until somebody listens.
    pub fn new(clock: Clock, session: &Session, pace: Pace) -> Self {
        let frames = session.rate.frames(pace.chunk.as_secs_f64()).max(1);
        let capacity = (pace.ring.as_nanos() / pace.chunk.as_nanos().max(1)).clamp(2, 4096) as usize;
        let shared = Shared {
            clock,
            pace,
            frames,
            state: Mutex::default(),
            changed: Condvar::new(),
            chunks: broadcast::Sender::new(capacity),
            listeners: AtomicUsize::new(0),
            opus_listeners: AtomicUsize::new(0),
            packets: AtomicU64::new(0),
        };
        Self { shared: Arc::new(shared) }
    }

    /// How many listen.
    pub fn listeners(&self) -> usize {
        self.shared.listeners.load(Ordering::Relaxed)
    }

    /// How many packets of Opus were encoded so far.
    pub fn packets(&self) -> u64 {
        self.shared.packets.load(Ordering::Relaxed)
    }

    /// How long the last chunk took to render.
    pub fn latency(&self) -> Duration {
        self.shared.state().latency
    }

    /// How much lies ready ahead of what is heard.
    pub fn depth(&self) -> Duration {
        let state = self.shared.state();
        if state.running { self.shared.clock.until(state.head) } else { Duration::ZERO }
    }

    /// Listens: gives what lies ready in a form, and then each chunk as it is made. `begin` gives the session with its whole log, for a thread that
    /// has to be started; it is called while no change can be kept.
    pub fn listen(&self, form: Form, begin: impl FnOnce() -> (Session, ChangeLog)) -> Listener {
        let mut state = self.shared.state();
        let now = self.shared.clock.now();
        let ahead = state.ring.iter().filter(|chunk| chunk.frame >= now && form.is_in(chunk));
        let ready = ahead.cloned().collect();
        let chunks = self.shared.chunks.subscribe();
        if form == Form::Opus {
            self.shared.opus_listeners.fetch_add(1, Ordering::Relaxed);
        }
        self.shared.listeners.fetch_add(1, Ordering::Relaxed);
        if !state.running {
            state.running = true;
            state.kept.clear();
            state.ring.clear();
            state.head = Frame(now.0 / self.shared.frames * self.shared.frames);
            let (session, log) = begin();
            let (shared, head) = (self.shared.clone(), state.head);
            // Without a thread there is no sound, and the next who listens tries again.
            let started = thread::Builder::new().name("renderer".into()).spawn(move || {
                let renderer = Renderer { shared: &shared, rate: session.rate, opus: None };
                renderer.run(&session, log, head);
            });
            if let Err(error) = started {
                tracing::error!("a session can't be rendered: {error}");
                state.running = false;
            }
        }
        Listener { form, ready, chunks, shared: self.shared.clone() }
    }

    /// Promises a frame to a change, at `earliest` or later; nothing beyond it is rendered until [`Station::settle`].
    pub fn promise(&self, earliest: Frame) -> Frame {
        let mut state = self.shared.state();
        let frame = if state.running { earliest.max(state.head + MARGIN) } else { earliest };
        state.promised = Some(frame);
        frame
    }

    /// The change that was promised a frame is kept, or will not be.
    pub fn settle(&self, kept: Option<Change>) {
        let mut state = self.shared.state();
        state.promised = None;
        if state.running {
            state.kept.extend(kept);
        }
        drop(state);
        self.shared.changed.notify_all();
    }
}

impl Form {
    fn is_in(self, chunk: &Chunk) -> bool {
        self == Self::Samples || chunk.opus().is_some()
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing is half done where this lock is held.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Who listens. Dropped, he no longer does.
pub struct Listener {
    form: Form,
    ready: VecDeque<Arc<Chunk>>,
    chunks: broadcast::Receiver<Arc<Chunk>>,
    shared: Arc<Shared>,
}

/// What comes next to a listener.
pub enum Next {
    /// A chunk.
    Chunk(Arc<Chunk>),
    /// The listener was too slow: so many chunks are lost.
    Lost(u64),
}

impl Listener {
    /// The next chunk. Whoever asks too seldom loses the oldest. Nothing is lost if this is cancelled.
    pub async fn next(&mut self) -> Next {
        if let Some(chunk) = self.ready.pop_front() {
            return Next::Chunk(chunk);
        }
        loop {
            match self.chunks.recv().await {
                Ok(chunk) if self.form.is_in(&chunk) => return Next::Chunk(chunk),
                // From before this listener came, or what the encoder begins with: no packet was whole.
                Ok(_) => {}
                Err(broadcast::error::RecvError::Lagged(lost)) => return Next::Lost(lost),
                // The sender lives as long as the station, which this holds.
                Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
            }
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        if self.form == Form::Opus {
            self.shared.opus_listeners.fetch_sub(1, Ordering::Relaxed);
        }
        self.shared.listeners.fetch_sub(1, Ordering::Relaxed);
        self.shared.changed.notify_all();
    }
}

/// The thread.
struct Renderer<'a> {
    shared: &'a Shared,
    rate: SampleRate,
    /// The encoder, while somebody takes Opus.
    opus: Option<Opus>,
}

impl Renderer<'_> {
    fn run(mut self, session: &Session, log: ChangeLog, from: Frame) {
        let mut performance = Performance::new(session, log);
        if let Err(error) = performance.seek(from) {
            tracing::error!("a session can't be rendered from frame {}: {error}", from.0);
            self.shared.state().running = false;
            return;
        }
        let mut head = from;
        while let Some(changes) = self.wait(head) {
            for change in changes {
                if let Err(error) = performance.apply(change) {
                    tracing::error!("a change at frame {} can't be heard: {error}", change.frame.0);
                }
            }
            let began = Instant::now();
            let mut samples = vec![0.0; 2 * self.shared.frames as usize];
            if let Err(error) = performance.render_interleaved(&mut samples) {
                tracing::error!("a session can't be rendered at frame {}: {error}", head.0);
            }
            let due = self.shared.clock.time_of(head);
            let index = head.0 / self.shared.frames;
            let latency = began.elapsed();
            let bundle = self.encode(head, &samples);
            let chunk = Chunk::new(index, head, due, self.rate, samples);
            let chunk = Arc::new(bundle.iter().fold(chunk, Chunk::with_opus));
            head = head + self.shared.frames;
            let mut state = self.shared.state();
            state.latency = latency;
            state.ring.push_back(chunk.clone());
            let most = (self.shared.pace.ring.as_nanos() / self.shared.pace.chunk.as_nanos().max(1)) as usize;
            while state.ring.len() > most.max(1) {
                state.ring.pop_front();
            }
            drop(state);
            // What nobody can hear any more is not sent: after a seek the thread is a little late.
            if due + self.shared.pace.chunk > std::time::SystemTime::now() {
                let _ = self.shared.chunks.send(chunk);
            }
        }
    }

    /// The packets that are whole with what was rendered, if anybody takes them.
    fn encode(&mut self, frame: Frame, samples: &[f32]) -> Option<Bundle> {
        if self.shared.opus_listeners.load(Ordering::Relaxed) == 0 {
            self.opus = None;
            return None;
        }
        let encoded = match self.opus.take() {
            Some(opus) => Ok(opus),
            None => Opus::new(self.rate, self.shared.pace.opus_bits),
        }
        .and_then(|opus| self.opus.insert(opus).encode(frame, samples));
        match encoded {
            Ok(bundle) => {
                let packets = bundle.as_ref().map_or(0, |bundle| bundle.packets);
                self.shared.packets.fetch_add(packets, Ordering::Relaxed);
                bundle
            }
            Err(error) => {
                tracing::error!("a session can't be encoded at frame {}: {error}", frame.0);
                self.opus = None;
                None
            }
        }
    }

    /// Waits until the chunk at `head` is to be made; gives the changes that were kept meanwhile, or nothing when nobody has listened
    /// for a while.
    fn wait(&self, head: Frame) -> Option<Vec<Change>> {
        let (clock, pace) = (&self.shared.clock, &self.shared.pace);
        let end = head + self.shared.frames;
        let mut alone: Option<Instant> = None;
        let mut state = self.shared.state();
        loop {
            if self.shared.listeners.load(Ordering::Relaxed) > 0 {
                alone = None;
            } else if alone.get_or_insert_with(Instant::now).elapsed() >= pace.linger {
                state.running = false;
                return None;
            }
            let early = clock.until(head).saturating_sub(pace.lead);
            let promised = state.promised.is_some_and(|frame| frame.0 < end.0 + MARGIN);
            if early.is_zero() && !promised {
                state.head = end;
                return Some(std::mem::take(&mut state.kept));
            }
            // While a change is being kept, it is told when that is over; a listener who goes tells, too.
            let pause =
                if promised { Duration::from_millis(100) } else { early.min(Duration::from_millis(100)) };
            state = self.shared.changed.wait_timeout(state, pause).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn chunk(listener: &mut Listener) -> Arc<Chunk> {
        match listener.next().await {
            Next::Chunk(chunk) => chunk,
            Next::Lost(chunks) => panic!("{chunks} chunks were lost"),
        }
    }

    #[tokio::test]
    async fn many_listeners_share_one_encoder() {
        let session = Session::new(5);
        let station = Station::new(Clock::begin(session.rate), &session, Pace::default());
        let listen = |form| station.listen(form, || (session, ChangeLog::new()));
        let mut plain = listen(Form::Samples);
        for _ in 0..3 {
            assert!(chunk(&mut plain).await.opus().is_none(), "nobody takes Opus");
        }
        let mut listeners: Vec<_> = (0..20).map(|_| listen(Form::Opus)).collect();
        let mut first = None;
        for _ in 0..10 {
            let wanted = chunk(&mut listeners[0]).await;
            assert!(wanted.opus().is_some());
            first.get_or_insert(wanted.index);
            for listener in &mut listeners[1..] {
                assert!(Arc::ptr_eq(&wanted, &chunk(listener).await), "the same chunk");
            }
        }
        // Whatever was rendered meanwhile was encoded once: of the first chunk four packets, of each that followed five.
        drop(listeners);
        let encoded = station.packets();
        let rendered = station.shared.state().head.0 / station.shared.frames - first.unwrap_or(0);
        assert!(
            (5 * (rendered - 1) - 1..5 * rendered).contains(&encoded),
            "{encoded} packets of {rendered} chunks"
        );
        // When nobody takes Opus any more, none is made, but for a chunk that was under way.
        let last = first.unwrap_or(0) + 9;
        loop {
            let chunk = chunk(&mut plain).await;
            if chunk.index > last && chunk.opus().is_none() {
                break;
            }
        }
        let encoded = station.packets();
        for _ in 0..5 {
            chunk(&mut plain).await;
        }
        assert_eq!(station.packets(), encoded);
        assert!(chunk(&mut listen(Form::Opus)).await.opus().is_some());
    }
}
