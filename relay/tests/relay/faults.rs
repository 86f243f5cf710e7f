//! What listeners hear when a session can't be rendered, by backends that fail as they are told.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use auralis_engine::settings::Quality;
use auralis_engine::{Change, ChangeLog, Frame, Patch, Performance, Session, Settings};
use auralis_protocol::{Code, MAIN_SESSION, Severity};
use auralis_relay::audio::{Backend, Chunk, Fault, Form, Listener, Next, Pace, Studio, Trouble};
use auralis_relay::config::Origins;
use auralis_relay::server::router;
use auralis_relay::session::{Registry, Room, Store};
use auralis_relay::site::Page;
use tempfile::TempDir;

const CHUNK: u64 = 4410;

/// How a backend fails.
#[derive(Clone, Copy, Debug)]
enum Way {
    Sample(f32),
    Error,
    Panic,
    Hang,
}

/// When backends fail: all the copies together.
struct Plan {
    way: Way,
    /// From which frame on.
    from: AtomicU64,
    /// How often yet.
    left: AtomicU64,
    /// Whether only at full quality.
    full_only: AtomicBool,
}

impl Plan {
    fn new(way: Way) -> Arc<Self> {
        let [from, left] = [u64::MAX, 0].map(AtomicU64::new);
        Arc::new(Self { way, from, left, full_only: AtomicBool::new(false) })
    }

    /// From a frame on it fails so often.
    fn fail(&self, from: u64, times: u64) {
        self.left.store(times, Ordering::SeqCst);
        self.from.store(from, Ordering::SeqCst);
    }

    fn strikes(&self, end: u64, settings: &Settings) -> bool {
        end > self.from.load(Ordering::SeqCst)
            && (settings.quality == Quality::Full || !self.full_only.load(Ordering::SeqCst))
            && self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok()
    }
}

#[derive(Clone)]
struct Faulty {
    inner: Performance,
    plan: Arc<Plan>,
}

impl Backend for Faulty {
    fn seek(&mut self, frame: Frame) -> Result<(), Fault> {
        Ok(self.inner.seek(frame)?)
    }

    fn apply(&mut self, change: Change) -> Result<(), Fault> {
        Ok(self.inner.apply(change)?)
    }

    fn render(&mut self, out: &mut [f32]) -> Result<(), Fault> {
        let position = self.inner.position();
        let settings = self.inner.log().fold(&self.inner.session().settings, position + 1);
        self.inner.render_interleaved(out)?;
        if self.plan.strikes(position.0 + out.len() as u64 / 2, &settings) {
            match self.plan.way {
                Way::Sample(x) => out[100] = x,
                Way::Error => return Err(Fault::Failed("the device is lost".into())),
                Way::Panic => panic!("as planned"),
                Way::Hang => std::thread::sleep(Duration::from_secs(10)),
            }
        }
        Ok(())
    }

    fn copy(&self) -> Box<dyn Backend> {
        Box::new(self.clone())
    }
}

/// A relay's only session, and what makes it fail.
struct Stage {
    room: Arc<Room>,
    plan: Arc<Plan>,
    pace: Pace,
    _folder: TempDir,
}

impl Stage {
    fn new(way: Way) -> Self {
        let plan = Plan::new(way);
        // Much time for everything, since other tests run beside it.
        let pace = Pace {
            lead: Duration::from_secs(2),
            ring: Duration::from_secs(20),
            calm: Duration::from_secs(3),
            rescue: Duration::from_millis(500),
            ..Pace::default()
        };
        let folder = tempfile::tempdir().unwrap();
        let room = Self::open(&plan, pace, &folder);
        Self { room, plan, pace, _folder: folder }
    }

    fn open(plan: &Arc<Plan>, pace: Pace, folder: &TempDir) -> Arc<Room> {
        let plan = plan.clone();
        let make = move |session: &Session, log: ChangeLog| {
            Box::new(Faulty { inner: Performance::new(session, log), plan: plan.clone() }) as Box<dyn Backend>
        };
        let store = Store::open(folder.path()).unwrap();
        // A session in which something sounds from the start.
        let session = Session { settings: auralis_engine::Preset::Bright.settings(), ..Session::new(3) };
        let rooms = Registry::open(store, session, 1, Studio::new(pace, Arc::new(make))).unwrap();
        rooms.find(MAIN_SESSION).unwrap()
    }

    async fn listen(&self) -> Heard {
        Heard { listener: self.room.listen(Form::Samples).await, chunks: Vec::new(), troubles: Vec::new() }
    }
}

/// What a listener heard.
struct Heard {
    listener: Listener,
    chunks: Vec<Arc<Chunk>>,
    troubles: Vec<Arc<Trouble>>,
}

impl Heard {
    async fn chunk(&mut self) -> Arc<Chunk> {
        loop {
            match tokio::time::timeout(Duration::from_secs(60), self.listener.next()).await.unwrap() {
                Next::Chunk(chunk) => {
                    self.chunks.push(chunk.clone());
                    return chunk;
                }
                Next::Trouble(trouble) => self.troubles.push(trouble),
                Next::Lost(chunks) => panic!("{chunks} chunks were lost"),
            }
        }
    }

    async fn chunks(&mut self, count: usize) {
        for _ in 0..count {
            self.chunk().await;
        }
    }

    async fn until(&mut self, what: &str, holds: impl Fn(&Self) -> bool) {
        let deadline = Instant::now() + Duration::from_secs(60);
        while !holds(self) {
            assert!(Instant::now() < deadline, "not yet: {what}");
            self.chunk().await;
        }
    }

    fn has_told(&self, code: Code, severity: Severity) -> bool {
        self.troubles.iter().any(|trouble| (trouble.code, trouble.severity) == (code, severity))
    }

    /// No gap is longer than a chunk.
    fn has_no_gap(&self) {
        for pair in self.chunks.windows(2) {
            assert!(
                (1..=2).contains(&(pair[1].index - pair[0].index)),
                "{} after {}",
                pair[1].index,
                pair[0].index
            );
        }
    }

    /// From a frame on, what was heard is the session, to the bit.
    fn is_the_session(&self, room: &Room, from: u64) {
        let first = self.chunks.iter().find(|chunk| chunk.frame.0 >= from).unwrap();
        let mut performance = Performance::new(room.session(), room.log());
        performance.seek(first.frame).unwrap();
        for chunk in self.chunks.iter().filter(|chunk| chunk.frame.0 >= from) {
            let mut wanted = vec![0.0; 2 * CHUNK as usize];
            while performance.position() <= chunk.frame {
                performance.render_interleaved(&mut wanted).unwrap();
            }
            assert!(wanted == chunk.samples(), "chunk {}", chunk.index);
        }
    }

    /// There is no click: a step from one sample to the next that is no music.
    fn has_no_click(&self) {
        let samples: Vec<f32> =
            self.chunks.iter().flat_map(|chunk| chunk.samples().iter().copied()).collect();
        let step = samples.windows(3).map(|x| (x[2] - x[0]).abs()).fold(0.0, f32::max);
        assert!(step < 0.2, "a step of {step}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_fails_for_a_moment_is_made_anew_and_nobody_hears_it() {
    for (way, times) in [
        (Way::Sample(f32::NAN), 1),
        (Way::Sample(f32::NEG_INFINITY), 3),
        (Way::Sample(2.5), 2),
        (Way::Error, 3),
        (Way::Panic, 3),
        (Way::Hang, 1),
    ] {
        let stage = Stage::new(way);
        let mut heard = stage.listen().await;
        let first = heard.chunk().await;
        stage.plan.fail(first.frame.0 + 27 * CHUNK, times);
        heard.chunks(45).await;
        assert_eq!(stage.plan.left.load(Ordering::SeqCst), 0, "{way:?} struck");
        assert!(stage.room.meter().failures() >= times, "{way:?} is counted");
        heard.has_no_gap();
        heard.is_the_session(&stage.room, 0);
        assert!(heard.has_told(Code::SynthesisFailed, Severity::Warning), "{way:?}: {:?}", heard.troubles);
        assert_eq!(stage.room.log(), ChangeLog::new());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_that_comes_while_something_fails_is_heard_at_its_frame() {
    let stage = Stage::new(Way::Error);
    let mut heard = stage.listen().await;
    let first = heard.chunk().await;
    stage.plan.fail(first.frame.0 + 25 * CHUNK, 3);
    let mut patch = Patch::default();
    for n in 0..8 {
        patch.set("intensity", if n % 2 == 0 { "0.2" } else { "0.9" }).unwrap();
        stage.room.change(patch).await.unwrap();
        heard.chunks(3).await;
    }
    heard.chunks(20).await;
    assert_eq!(stage.plan.left.load(Ordering::SeqCst), 0);
    assert_eq!(stage.room.log().changes().len(), 8);
    heard.has_no_gap();
    heard.is_the_session(&stage.room, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_fails_at_full_quality_goes_on_reduced_for_everybody_until_the_trouble_is_over() {
    for way in [Way::Sample(f32::NAN), Way::Hang] {
        let stage = Stage::new(way);
        let mut heard = stage.listen().await;
        let first = heard.chunk().await;
        stage.plan.full_only.store(true, Ordering::SeqCst);
        stage.plan.fail(first.frame.0 + 25 * CHUNK, u64::MAX);
        heard.until("it is reduced", |_| !stage.room.log().changes().is_empty()).await;
        let change = stage.room.log().changes()[0];
        assert_eq!(change.patch.quality, Some(Quality::Reduced));
        assert_eq!(change.frame.0 % CHUNK, 0, "at a chunk's beginning");
        assert!(heard.has_told(Code::SynthesisFailed, Severity::Warning) || !heard.troubles.is_empty());
        // What the host changes meanwhile stays as the host wants it, quality too: it is given back later.
        let mut patch = Patch::default();
        patch.set("bpm", "63").unwrap();
        patch.set("quality", "full").unwrap();
        stage.room.change(patch).await.unwrap();
        assert_eq!(
            stage.room.log().fold(&stage.room.session().settings, Frame(u64::MAX)).quality,
            Quality::Reduced
        );
        stage.plan.fail(u64::MAX, 0);
        heard.until("it is no longer reduced", |_| stage.room.log().changes().len() == 3).await;
        heard.chunks(40).await;
        let settings = stage.room.log().fold(&stage.room.session().settings, Frame(u64::MAX));
        assert_eq!((settings.quality, settings.bpm.get()), (Quality::Full, 63.0));
        heard.has_no_gap();
        heard.is_the_session(&stage.room, 0);
        assert!(!heard.troubles.iter().any(|trouble| trouble.severity == Severity::Critical));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_nothing_helps_there_is_silence_without_a_click_and_then_the_session_again() {
    let stage = Stage::new(Way::Error);
    let mut heard = stage.listen().await;
    let first = heard.chunk().await;
    stage.plan.fail(first.frame.0 + 25 * CHUNK, u64::MAX);
    heard.until("there is silence", |heard| heard.has_told(Code::SynthesisFailed, Severity::Critical)).await;
    let is_silent = |chunk: &Chunk| chunk.samples().iter().all(|x| *x == 0.0);
    heard.until("there is nothing to hear", |heard| is_silent(heard.chunks.last().unwrap())).await;
    stage.plan.fail(u64::MAX, 0);
    let silent = heard.chunks.len();
    heard
        .until("the music is back", |heard| heard.chunks[silent..].iter().any(|chunk| !is_silent(chunk)))
        .await;
    let back = heard.chunks.last().unwrap().frame.0;
    assert!(heard.has_told(Code::SynthesisFailed, Severity::Info));
    heard.until("quality is full again", |_| stage.room.log().changes().len() == 2).await;
    heard.chunks(40).await;
    let indices: Vec<_> = heard.chunks.windows(2).map(|pair| pair[1].index - pair[0].index).collect();
    assert!(indices.iter().all(|step| *step == 1), "silence comes in time: {indices:?}");
    heard.is_the_session(&stage.room, back + CHUNK);
    heard.has_no_click();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_taken_is_given_back_after_the_relay_was_ended() {
    use auralis_relay::session::Thinning;
    let plan = Plan::new(Way::Error);
    let folder = tempfile::tempdir().unwrap();
    let stage = Stage {
        room: Stage::open(&plan, Pace::default(), &folder),
        plan,
        pace: Pace::default(),
        _folder: folder,
    };
    let wished = stage.room.session().settings;
    stage.room.thin(Thinning::Chords).await;
    let latest = |room: &Room| room.log().fold(&room.session().settings, Frame(u64::MAX));
    assert_ne!(latest(&stage.room), wished);
    let Stage { room, plan, pace, _folder: folder } = stage;
    drop(room);
    let room = Stage::open(&plan, pace, &folder);
    assert_ne!(latest(&room), wished);
    room.thin(Thinning::None).await;
    assert_eq!(latest(&room), wished);
}

/// What is told once is told to who listens over a socket.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_is_told_over_its_socket() {
    let plan = Plan::new(Way::Panic);
    let folder = tempfile::tempdir().unwrap();
    let make = {
        let plan = plan.clone();
        move |session: &Session, log: ChangeLog| {
            Box::new(Faulty { inner: Performance::new(session, log), plan: plan.clone() }) as Box<dyn Backend>
        }
    };
    let first = Session::new(3);
    let store = Store::open(folder.path()).unwrap();
    let rooms = Registry::open(store, first, 1, Studio::new(Pace::default(), Arc::new(make))).unwrap();
    let relay = Arc::new(auralis_relay::relay::Relay::new(rooms, &first, 1, true));
    let router = router(Page::Folder(folder.path().into()), relay, &Origins::These(Vec::new()));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let serving = tokio::spawn(axum::serve(listener, router).into_future());
    let told = Arc::new(Mutex::new(String::new()));
    let client = {
        let (plan, told) = (plan.clone(), told.clone());
        tokio::task::spawn_blocking(move || {
            let url = format!("ws://127.0.0.1:{port}/ws/stream?transport=pcm");
            let (mut socket, _) = tungstenite::connect(url).unwrap();
            loop {
                match socket.read().unwrap() {
                    tungstenite::Message::Text(text) if text.contains("SYNTHESIS_FAILED") => {
                        *told.lock().unwrap() = text.to_string();
                        return;
                    }
                    tungstenite::Message::Binary(_) => plan.from.store(0, Ordering::SeqCst),
                    _ => {}
                }
            }
        })
    };
    plan.left.store(1, Ordering::SeqCst);
    tokio::time::timeout(Duration::from_secs(60), client).await.unwrap().unwrap();
    serving.abort();
    let told: serde_json::Value = serde_json::from_str(&told.lock().unwrap()).unwrap();
    assert_eq!((&told["type"], &told["severity"]), (&"error".into(), &"warning".into()));
    assert!(told["message"].as_str().unwrap().contains("made anew"), "{told}");
}
