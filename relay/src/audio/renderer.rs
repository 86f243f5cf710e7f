//! The thread that renders a session while somebody listens, a little ahead of the clock.
//!
//! What can't be made is made anew from a snapshot of the second before, which takes some milliseconds and gives the same bits. After
//! three retries the session is reduced, by an entry in its log where the chunk begins; when that fails, too, there is silence, and
//! [`super::rescue`] looks for a way back. A thread that hangs finds that it has been left, and ends.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant, SystemTime};

use auralis_engine::{Change, Frame};
use auralis_protocol::{Code, Severity};

use super::backend::Fault;
use super::chunk::Chunk;
use super::course::Course;
use super::listener::{Sent, Trouble};
use super::opus::{Bundle, Opus};
use super::performer::{Performer, Source};
use super::rescue;
use super::shared::{Busy, MARGIN, RETRIES, Relieved, Rescue, Shared, State};
use super::task::Task;

/// How long it is from one snapshot to the next, in seconds.
const SNAPSHOT_SECONDS: f64 = 1.0;
/// How long a seek may take, which is a second or two where a processor is free.
const SEEK: Duration = Duration::from_secs(30);
/// How long music takes to fall silent, and to come back, in seconds.
const FADE_SECONDS: f64 = 0.03;
/// The longest time after trouble until full quality is tried again.
const LONGEST_CALM: Duration = Duration::from_secs(3600);

pub(super) struct Renderer {
    shared: Arc<Shared>,
    /// Which thread this is.
    number: u64,
    task: Option<Task>,
    performer: Option<Performer>,
    /// The encoder, while somebody takes Opus.
    opus: Option<Opus>,
    /// The last chunk was silence.
    was_silent: bool,
    course: Course,
    /// Since when there was no trouble.
    calm_since: Instant,
}

/// A chunk that is to be made.
struct Turn {
    frame: Frame,
    changes: Vec<Change>,
    source: Option<Source>,
    /// Whether there is no snapshot.
    unsaved: bool,
    silent: bool,
    last: [f32; 2],
}

/// What became of it.
struct Made {
    samples: Vec<f32>,
    snapshot: Option<Performer>,
    bundle: Option<Bundle>,
    /// How long rendering it took, without what others' work was waited for; and how long that was.
    rendering: Duration,
    waited: Duration,
}

impl Renderer {
    pub(super) fn new(shared: Arc<Shared>, number: u64) -> Self {
        let (performer, opus, course) = (None, None, Course::begin());
        let (was_silent, calm_since) = (false, Instant::now());
        Self { shared, number, task: None, performer, opus, was_silent, course, calm_since }
    }

    pub(super) fn run(mut self) {
        self.task = Task::current();
        while self.mend()
            && let Some(mut turn) = self.wait()
        {
            let (began, seeks) = (Instant::now(), matches!(turn.source, Some(Source::Session(_))));
            let made = self.make(&mut turn);
            // Whoever comes first costs a second or two, once: that is no load. Nor is what a GPU was waited for.
            if !seeks {
                let waited = made.as_ref().map_or(Duration::ZERO, |made| made.waited);
                self.shared.studio.add_work(began.elapsed().saturating_sub(waited));
            }
            let shared = self.shared.clone();
            let mut state = shared.state();
            if state.thread != Some(self.number) {
                return;
            }
            state.busy = None;
            match made {
                Ok(made) => self.publish(&mut state, &turn, made),
                Err(fault) => {
                    self.performer = None;
                    state.failed(fault, 1);
                    shared.meter.failure();
                }
            }
        }
    }

    /// Looks what went wrong, and finds another way if the present one failed too often. False if this thread has been left.
    fn mend(&mut self) -> bool {
        let shared = self.shared.clone();
        let mut state = shared.state();
        if state.thread != Some(self.number) {
            return false;
        }
        let Some(fault) = state.fault.take() else {
            drop(state);
            self.end_relief();
            return true;
        };
        let (tries, reduced, relieve) = (state.tries, state.reduced, state.relieve.clone());
        drop(state);
        let warn = |what: &str| {
            let message = format!("a piece of the music could not be made ({fault}): {what}");
            shared.tell(Trouble { code: fault.code(), severity: fault.code().severity(), message });
        };
        if tries <= RETRIES {
            // Once is enough for listeners.
            if tries <= 2 {
                warn("it is made anew");
            }
            return true;
        }
        let relieved = match relieve {
            Some(relieve) if !reduced => relieve(true),
            _ => Relieved::Same,
        };
        let mut state = shared.state();
        if state.thread != Some(self.number) {
            return false;
        }
        state.tries = 0;
        self.calm_since = Instant::now();
        if relieved == Relieved::Changed {
            let often = state.stepped.is_some_and(|before| before.elapsed() < LONGEST_CALM);
            state.calm = if often { (2 * state.calm).min(LONGEST_CALM) } else { shared.studio.pace.calm };
            state.stepped = Some(Instant::now());
            state.reduced = true;
            warn("it goes on at reduced quality");
        } else {
            state.silent = true;
            // Whatever comes back begins elsewhere.
            state.snapshot = None;
            state.rescue = Rescue::At(Instant::now() + shared.studio.pace.rescue, shared.studio.pace.rescue);
            let message = format!(
                "there is silence, since no way is left to make the music ({fault}); it is tried again"
            );
            shared.tell(Trouble { code: fault.code(), severity: Severity::Critical, message });
        }
        true
    }

    /// Undoes what was done for relief, when there was no trouble for a while.
    fn end_relief(&mut self) {
        let state = self.shared.state();
        let over = state.reduced && !state.silent && self.calm_since.elapsed() >= state.calm;
        let Some(relieve) = state.relieve.clone().filter(|_| over) else { return };
        drop(state);
        self.calm_since = Instant::now();
        if relieve(false) != Relieved::Refused {
            self.shared.state().reduced = false;
            tracing::info!("a session is no longer reduced: the trouble is over");
        }
    }

    /// Waits until the next chunk is to be made; nothing when nobody has listened for a while, or this thread has been left.
    fn wait(&mut self) -> Option<Turn> {
        let (shared, pace) = (&self.shared, &self.shared.studio.pace);
        let mut alone: Option<Instant> = None;
        let mut place = None;
        let mut state = shared.state();
        loop {
            if state.thread != Some(self.number) {
                return None;
            }
            if shared.is_heard() {
                alone = None;
            } else if alone.get_or_insert_with(Instant::now).elapsed() >= pace.linger {
                state.thread = None;
                return None;
            }
            let end = state.next + shared.frames;
            let heard = shared.listeners.load(Ordering::Relaxed) > 0;
            let lead = if heard { pace.lead } else { pace.unheard_lead() };
            let early = shared.clock.until(state.next).saturating_sub(lead);
            let promised = state.promised.is_some_and(|frame| frame.0 < end.0 + MARGIN);
            if early.is_zero() && !promised {
                let seeks = self.performer.is_none() && state.snapshot.is_none();
                let elsewhere = self.performer.as_ref().is_some_and(Performer::is_elsewhere);
                if seeks || elsewhere || state.silent || place.is_some() {
                    break;
                }
                // Not with the state in hand: a change may be kept meanwhile.
                drop(state);
                place = Some(shared.studio.place());
                state = shared.state();
                continue;
            }
            // While a change is being kept, it is told when that is over; a listener who goes tells, too.
            let pause =
                if promised { Duration::from_millis(100) } else { early.min(Duration::from_millis(100)) };
            state = shared
                .changed
                .wait_timeout(state, pause)
                .unwrap_or_else(std::sync::PoisonError::into_inner)
                .0;
        }
        if let Some(rescued) = rescue::look(shared, &mut state) {
            self.performer = Some(rescued);
            self.calm_since = Instant::now();
        }
        state.floor = state.floor.max(state.next + shared.frames + MARGIN);
        let source = match (&self.performer, &state.snapshot) {
            (Some(_), _) => None,
            (None, Some(snapshot)) => Some(Source::Snapshot(snapshot.clone())),
            (None, None) => Some(Source::Session(state.log.clone())),
        };
        let given = match (&self.performer, &source) {
            (Some(performer), _) => performer.given(),
            (None, Some(Source::Snapshot(snapshot))) => snapshot.given(),
            (None, _) => state.log.changes().len(),
        };
        let seeks = matches!(source, Some(Source::Session(_)));
        state.busy = Some(Busy::new(
            if seeks { SEEK } else { pace.patience(state.tries > 0) },
            self.task.clone(),
            place,
        ));
        Some(Turn {
            frame: state.next,
            changes: state.log.changes()[given..].to_vec(),
            source,
            unsaved: state.snapshot.is_none(),
            silent: state.silent,
            last: state.last,
        })
    }

    /// Makes a chunk.
    fn make(&mut self, turn: &mut Turn) -> Result<Made, Fault> {
        let (began, frames) = (Instant::now(), self.shared.frames);
        let (mut snapshot, mut waited) = (None, Duration::ZERO);
        let mut samples = if turn.silent {
            self.performer = None;
            self.silence(turn)
        } else {
            let mut performer = match (self.performer.take(), turn.source.take()) {
                (Some(performer), _) => performer,
                (None, Some(source)) => source.performer(&self.shared, turn.frame)?,
                (None, None) => return Err(Fault::Failed("there is nothing to render with".into())),
            };
            performer.take(&turn.changes)?;
            performer.go_on_to(turn.frame, frames)?;
            if turn.unsaved || self.is_for_snapshot(turn.frame) {
                snapshot = Some(performer.copy()?);
            }
            let samples = performer.render(frames)?;
            waited = performer.waited();
            self.performer = Some(performer);
            samples
        };
        if !turn.silent && self.was_silent {
            let fade = self.fade();
            for (n, x) in samples.iter_mut().take(2 * fade).enumerate() {
                *x *= (n / 2) as f32 / fade as f32;
            }
        }
        self.was_silent = turn.silent;
        let rendering = began.elapsed().saturating_sub(waited);
        let bundle = self.encode(turn.frame, &samples);
        Ok(Made { samples, snapshot, bundle, rendering, waited })
    }

    /// A chunk of silence, into which what was heard last falls.
    fn silence(&self, turn: &Turn) -> Vec<f32> {
        let mut samples = vec![0.0; 2 * self.shared.frames as usize];
        let fade = self.fade();
        for (n, frame) in samples.as_chunks_mut::<2>().0.iter_mut().take(fade).enumerate() {
            let left = 1.0 - n as f32 / fade as f32;
            *frame = turn.last.map(|x| x * left * left);
        }
        samples
    }

    /// How long a fade is, in frames.
    fn fade(&self) -> usize {
        self.shared.session.rate.frames(FADE_SECONDS).min(self.shared.frames) as usize
    }

    /// Whether nobody can hear the chunk at a frame any more.
    fn is_over(&self, frame: Frame) -> bool {
        self.shared.clock.time_of(frame) + self.shared.studio.pace.chunk <= SystemTime::now()
    }

    /// Whether this chunk is one in a second, counted from the session's first frame.
    fn is_for_snapshot(&self, frame: Frame) -> bool {
        let every = (self.shared.session.rate.frames(SNAPSHOT_SECONDS) / self.shared.frames).max(1);
        (frame.0 / self.shared.frames).is_multiple_of(every)
    }

    /// A chunk is made: it goes out, unless nobody can hear it any more.
    fn publish(&mut self, state: &mut State, turn: &Turn, made: Made) {
        let Made { samples, snapshot, bundle, rendering, .. } = made;
        let (shared, pace) = (&self.shared, &self.shared.studio.pace);
        state.tries = 0;
        state.next = turn.frame + shared.frames;
        // What was rendered from it is music: so is what it holds.
        if let Some(snapshot) = snapshot {
            state.snapshot = Some(Arc::new(snapshot));
        }
        if !turn.silent {
            shared.proofs().take(turn.frame, &samples);
        }
        state.last = samples.last_chunk().copied().unwrap_or_default();
        let due = shared.clock.time_of(turn.frame);
        let chunk = Chunk::new(turn.frame.0 / shared.frames, turn.frame, due, shared.session.rate, samples);
        let chunk = Arc::new(bundle.iter().fold(chunk, Chunk::with_opus));
        state.ring.push_back(chunk.clone());
        while state.ring.len() > pace.kept() {
            state.ring.pop_front();
        }
        if shared.listeners.load(Ordering::Relaxed) == 0 {
            // What nobody hears is late for nobody.
            self.course = Course::begin();
        }
        let (latency, turned_late) = self.course.record(&shared.meter, pace, &chunk, rendering);
        state.latency = latency;
        if turned_late {
            let message = "audio comes later than it is due: the relay has too much to do".to_owned();
            let code = Code::BufferUnderrun;
            shared.tell(Trouble { code, severity: code.severity(), message });
        }
        if !self.is_over(turn.frame) {
            let _ = shared.sent.send(Sent::Chunk(chunk));
        }
    }

    /// The packets that are whole with what was rendered, if anybody takes them.
    fn encode(&mut self, frame: Frame, samples: &[f32]) -> Option<Bundle> {
        // What nobody will hear any more need not be encoded, least of all where there is no time.
        if self.shared.opus_listeners.load(Ordering::Relaxed) == 0 || self.is_over(frame) {
            self.opus = None;
            return None;
        }
        let encoded = match self.opus.take() {
            Some(opus) => Ok(opus),
            None => Opus::new(self.shared.session.rate, self.shared.studio.pace.opus_bits),
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
}
