//! A session that goes on: its log, its audio, and all who are in it.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use auralis_engine::score::{Score, What};
use auralis_engine::session::{MovementSpan, Timeline};
use auralis_engine::{Change, ChangeLog, Engine, Frame, Patch, Preset, Session, Settings};
use auralis_protocol::ServerMessage;
use sha2::{Digest, Sha256};
use tokio::runtime::Handle;
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;

use super::ahead::Ahead;
use super::clock::Clock;
use super::relief::{Relief, Thinning, completed};
use super::store::{Kept, Store, StoreError};
use super::update::Update;
use crate::audio::{Begin, Form, Listener, Relieve, Relieved, Station, Studio};
use crate::metrics::{Meter, Metrics};

/// How far ahead of what is heard a change lies, so that everybody has it in time: who synthesizes has some 0.1 s rendered ahead, and the
/// change has its way to him. Whatever is more is heard as slowness by whoever steers.
const CHANGE_LEAD: Duration = Duration::from_millis(200);
/// The same for what the relay does itself and nobody waits for: the disk has that long before rendering has to wait for it, with all
/// sessions at once.
const RELIEF_LEAD: Duration = Duration::from_secs(1);
/// How many changes wait for a listener who is slow, before he must ask for the whole log again.
const UPDATES: usize = 256;

/// What a session plays at a moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Now {
    /// The phrase that sounds.
    pub phrase: u64,
    /// The settings that hold.
    pub settings: Settings,
    /// How long until the next phrase.
    pub next_phrase: Duration,
}

/// What the session is relieved of, and what was wished for where that is something else than the log says.
#[derive(Default)]
struct Steering {
    relief: Relief,
    wished: Option<Settings>,
}

/// A session that goes on.
pub struct Room {
    name: String,
    session: Session,
    clock: Clock,
    host: Option<[u8; 32]>,
    streams_only: bool,
    log: Mutex<ChangeLog>,
    /// One change at a time: their places in the log are the order in which they are kept.
    changing: tokio::sync::Mutex<Steering>,
    thinning: Mutex<Thinning>,
    station: Station,
    meter: Arc<Meter>,
    ahead: Ahead,
    updates: broadcast::Sender<Arc<Update>>,
    ended: CancellationToken,
    store: Arc<Store>,
}

impl Room {
    /// The room of a session that is kept.
    pub fn new(kept: Kept, store: Arc<Store>, studio: Arc<Studio>, metrics: &Arc<Metrics>) -> Self {
        let Kept { name, session, log, clock, host, wished, streams_only } = kept;
        let meter = Arc::new(Meter::new(metrics.clone(), &name));
        let station = Station::new(clock, &session, streams_only, studio, meter.clone());
        let ahead = Ahead::default();
        let updates = broadcast::Sender::new(UPDATES);
        // Whatever it was relieved of when the relay ended is over, and is given back as soon as somebody looks.
        let changing = tokio::sync::Mutex::new(Steering { relief: Relief::default(), wished });
        let ended = CancellationToken::new();
        let (log, thinning) = (Mutex::new(log), Mutex::default());
        Self {
            name,
            session,
            clock,
            host,
            streams_only,
            log,
            changing,
            thinning,
            station,
            meter,
            ahead,
            updates,
            ended,
            store,
        }
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the session began with.
    pub const fn session(&self) -> &Session {
        &self.session
    }

    /// When its frames are.
    pub const fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Its audio.
    pub const fn station(&self) -> &Station {
        &self.station
    }

    /// Where its parts record what they see.
    pub const fn meter(&self) -> &Arc<Meter> {
        &self.meter
    }

    /// Whether everybody may steer it.
    pub const fn is_open(&self) -> bool {
        self.host.is_none()
    }

    /// Whether nobody makes its sound but the relay.
    pub const fn is_streams_only(&self) -> bool {
        self.streams_only
    }

    /// Whether a token is that of its host. In a session that everybody may steer, anything will do.
    pub fn admits(&self, token: Option<&str>) -> bool {
        self.host.is_none_or(|host| token.is_some_and(|token| hash(token) == host))
    }

    /// All that was changed so far.
    pub fn log(&self) -> ChangeLog {
        self.changes().clone()
    }

    fn changes(&self) -> MutexGuard<'_, ChangeLog> {
        // Nothing is half done where this lock is held.
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Listens to its audio, in a form.
    pub async fn listen(self: &Arc<Self>, form: Form) -> Listener {
        // A thread that begins now has the whole log, and every change that is kept from now on.
        let steering = self.changing.lock().await;
        let begin = || Begin { log: self.log(), reduced: steering.relief.reduced, relieve: self.relieving() };
        self.station.listen(form, begin)
    }

    /// How the thread that renders asks for reduced quality.
    fn relieving(self: &Arc<Self>) -> Relieve {
        let (room, runtime) = (Arc::downgrade(self), Handle::current());
        Arc::new(move |reduced| {
            room.upgrade().map_or(Relieved::Refused, |room| runtime.block_on(room.reduce(reduced)))
        })
    }

    /// Whether it has ended: who is in it is to go.
    pub const fn ended(&self) -> &CancellationToken {
        &self.ended
    }

    /// Hears of every change from now on.
    pub fn watch(&self) -> broadcast::Receiver<Arc<Update>> {
        self.updates.subscribe()
    }

    /// Changes the session, for everybody, at a frame slightly ahead. When this gives the frame, the change is kept for good.
    ///
    /// # Errors
    /// If there were too many changes lately, or it can't be kept.
    pub async fn change(self: &Arc<Self>, patch: Patch) -> Result<Frame, Refusal> {
        // A task of its own: whoever asked may go meanwhile, and what is promised must still be kept and told.
        let room = self.clone();
        let changed = tokio::spawn(async move { room.make(patch).await });
        let changed = changed.await.unwrap_or_else(|error| {
            tracing::error!("a change was not made: {error}");
            Err(Refusal::Lost)
        });
        self.meter.control(changed.is_ok());
        changed
    }

    async fn make(&self, patch: Patch) -> Result<Frame, Refusal> {
        let mut steering = self.changing.lock().await;
        let latest = self.latest();
        let wished = steering.wished.unwrap_or(latest).with(&patch);
        let left = steering.relief.of(&wished);
        let patch = completed(&patch, &latest, &left);
        self.keep(&mut steering, CHANGE_LEAD, patch, wished, left).await
    }

    /// Takes quality from the session, or gives it back.
    async fn reduce(&self, reduced: bool) -> Relieved {
        // What can't be made waits for it.
        let lead = if reduced { CHANGE_LEAD } else { RELIEF_LEAD };
        self.relieve(lead, |relief| relief.reduced = reduced).await
    }

    /// Thins the session's music, for everybody, at a frame slightly ahead, or no longer does.
    pub async fn thin(&self, thinning: Thinning) -> Relieved {
        let relieved = self.relieve(RELIEF_LEAD, |relief| relief.thinning = thinning).await;
        if relieved != Relieved::Refused {
            *self.thinning.lock().unwrap_or_else(PoisonError::into_inner) = thinning;
        }
        relieved
    }

    /// How much its music is thinned.
    pub fn thinning(&self) -> Thinning {
        *self.thinning.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn relieve(&self, lead: Duration, change: impl FnOnce(&mut Relief)) -> Relieved {
        let mut steering = self.changing.lock().await;
        let latest = self.latest();
        let wished = steering.wished.unwrap_or(latest);
        let mut relief = steering.relief;
        change(&mut relief);
        let left = relief.of(&wished);
        let patch = completed(&Patch::default(), &latest, &left);
        if !patch.is_empty()
            && let Err(refusal) = self.keep(&mut steering, lead, patch, wished, left).await
        {
            tracing::warn!("the session {:?} can't be relieved: {refusal}", self.name);
            return Relieved::Refused;
        }
        steering.relief = relief;
        if patch.is_empty() { Relieved::Same } else { Relieved::Changed }
    }

    /// The settings after all changes.
    fn latest(&self) -> Settings {
        self.changes().fold(&self.session.settings, Frame(u64::MAX))
    }

    /// Keeps a change, by which the settings become what is `left` of what is `wished`, and tells everybody.
    async fn keep(
        &self,
        steering: &mut Steering,
        lead: Duration,
        patch: Patch,
        wished: Settings,
        left: Settings,
    ) -> Result<Frame, Refusal> {
        let lead = self.session.rate.frames(lead.as_secs_f64());
        let (place, last) = {
            let log = self.changes();
            (log.changes().len(), log.changes().last().map_or(Frame::ZERO, |change| change.frame))
        };
        let frame = self.station.promise((self.clock.now() + lead).max(last));
        let change = Change { frame, patch };
        if let Err(refusal) = self.fits(&change) {
            self.station.settle(None);
            return Err(refusal);
        }
        let (store, name) = (self.store.clone(), self.name.clone());
        let wished = (wished != left).then_some(wished);
        let keep = tokio::task::spawn_blocking(move || store.append(&name, place, &change, wished.as_ref()));
        let refused = match keep.await {
            Ok(Ok(())) => None,
            Ok(Err(error)) => {
                let why = if matches!(error, StoreError::Full) { Refusal::Full } else { Refusal::Lost };
                Some((why, error.to_string()))
            }
            Err(error) => Some((Refusal::Lost, error.to_string())),
        };
        if let Some((refusal, error)) = refused {
            self.station.settle(None);
            tracing::error!("a change of the session {:?} can't be kept: {error}", self.name);
            return Err(refusal);
        }
        // In the order of their frames by construction.
        let _ = self.changes().push(change);
        self.station.settle(Some(change));
        steering.wished = wished;
        // While nobody else can change it: who listens hears of changes in their order.
        let _ = self.updates.send(Arc::new(Update::new(change, place)));
        Ok(frame)
    }

    /// Whether the engine has room for one more change.
    fn fits(&self, change: &Change) -> Result<(), Refusal> {
        let Session { seed, rate, settings } = self.session;
        let from = Engine::history_for(seed, rate, change.frame);
        let until = Engine::known_until(change.frame) + rate.frames(1.0);
        let mut timeline =
            Timeline::from_log(&settings, &self.changes(), from, until).map_err(|_| Refusal::TooMany)?;
        timeline.push(change.frame, &change.patch).map_err(|_| Refusal::TooMany)
    }

    /// What it plays now.
    pub fn now(&self) -> Now {
        let began = Instant::now();
        let (session, log, position) = (&self.session, self.log(), self.clock.now());
        let settings = log.fold(&session.settings, position + 1);
        let from = MovementSpan::at(session.seed, session.rate, position).start;
        let mut now = Now { phrase: 0, settings, next_phrase: Duration::ZERO };
        for event in Score::new(session, &log, from).into_iter().flatten() {
            if let What::Phrase { index, .. } = event.what {
                if event.frame > position {
                    let wait = session.rate.seconds(event.frame.0 - position.0);
                    now.next_phrase = Duration::from_secs_f64(wait);
                    break;
                }
                now.phrase = u64::from(index);
            }
        }
        self.meter.composed(began.elapsed());
        now
    }

    /// Composes ahead, if it is time to, and gives how many phrases are known that are still to come.
    pub fn compose_ahead(&self) -> usize {
        self.ahead.refill(&self.session, &self.log(), self.clock.now(), |took| self.meter.composed(took))
    }

    /// What it is called in a player: the preset that was chosen last, or the key where none was.
    pub fn title(&self) -> String {
        let log = self.log();
        let chosen = log.changes().iter().rev().find_map(|change| change.patch.preset);
        let begun = || Preset::ALL.into_iter().find(|preset| preset.settings() == self.session.settings);
        match chosen.or_else(begun) {
            Some(preset) => {
                let (first, rest) = preset.name().split_at(1);
                format!("{}{rest}", first.to_uppercase())
            }
            None => log.fold(&self.session.settings, self.clock.now() + 1).key.to_string(),
        }
    }

    /// What it plays now, as everybody is told when it was changed.
    pub fn update(&self) -> ServerMessage {
        let Now { phrase, settings, next_phrase } = self.now();
        ServerMessage::GenerationUpdate {
            phrase_id: phrase,
            key: settings.key.to_string(),
            scale: settings.scale.to_string(),
            bpm: settings.bpm.get(),
            intensity: settings.intensity.get(),
            next_phrase_in_ms: next_phrase.as_millis() as u64,
        }
    }
}

/// What of a host token is kept.
pub fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// Why a session can't be changed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Refusal {
    /// There were too many changes within the last minutes.
    TooMany,
    /// There is no room left where sessions are kept.
    Full,
    /// It could not be kept, and is not made.
    Lost,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooMany => "there were too many changes within the last minutes; try again a little later",
            Self::Full => "this relay has no room left to keep changes, so that it is not made; whoever runs it can give it more \
                           (AURALIS_MAX_DISK_MB)",
            Self::Lost => "the change could not be kept, and is not made; whoever runs the relay finds the reason in its log",
        })
    }
}

impl std::error::Error for Refusal {}
