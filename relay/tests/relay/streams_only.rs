//! Sessions whose sound is the relay's alone: their voices are a GPU's where there is one, those of all sessions at once, and whatever it does nobody
//! hears it; who would make their music himself is told to hear the relay.

use std::future::Future;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use auralis_engine::{Patch, Performance, Preset, Quality, SOUND_VERSION, Session};
use auralis_gpu::chain::{Backend, Chain};
use auralis_gpu::device::{Adapters, GpuError};
use auralis_gpu::score::open::open_adapter;
use auralis_gpu::score::{GpuOrchestra, Movements, Played, Recordings};
use auralis_gpu::tolerance::SCORE;
use auralis_gpu::{GpuTextures, Plan, Span, Stereo};
use auralis_protocol::Code;
use auralis_relay::audio::{Chunk, Ensemble, Form, Listener, Next, Pace, Studio};
use auralis_relay::session::{Registry, Room, Store};
use serde_json::{Value, json};
use tungstenite::Message;

use crate::support::client::Client;
use crate::support::{Relay, folder_with_site, program};

/// Much time for everything, since other tests run beside it, and the device is a program.
const PATIENCE: Duration = Duration::from_secs(60);
const ANSWER: Duration = Duration::from_millis(700);

fn pace() -> Pace {
    Pace { lead: Duration::from_secs(6), ring: Duration::from_secs(30), ..Pace::default() }
}

/// What a device did.
#[derive(Default)]
struct Deeds {
    /// How many movements each submission had.
    movements: Mutex<Vec<usize>>,
    /// Whether it fails, and whether it does not answer.
    fails: AtomicBool,
    hangs: AtomicBool,
    opened: AtomicBool,
    /// How many spans of textures there were.
    spans: AtomicUsize,
}

/// A device that is watched.
struct Watched(GpuOrchestra, Arc<Deeds>);

impl Backend for Watched {
    type Work = Recordings;

    fn name(&self) -> String {
        self.0.name()
    }

    async fn render(&mut self, work: &Recordings, piece: Movements) -> Result<Vec<Option<Played>>, GpuError> {
        let deeds = &self.1;
        deeds.movements.lock().unwrap().push(piece.count);
        if deeds.fails.load(Ordering::SeqCst) {
            return Err(GpuError::Lost { why: "a reset".into() });
        }
        if deeds.hangs.load(Ordering::SeqCst) {
            std::thread::sleep(ANSWER + Duration::from_secs(1));
        }
        self.0.render(work, piece).await
    }
}

/// The same, for textures.
struct Painter(GpuTextures, Arc<Deeds>);

impl Backend for Painter {
    type Work = Plan;

    fn name(&self) -> String {
        self.0.name()
    }

    async fn render(&mut self, plan: &Plan, span: Span) -> Result<Stereo, GpuError> {
        self.1.spans.fetch_add(1, Ordering::SeqCst);
        self.0.render(plan, span).await
    }
}

/// Textures on the first adapter that there is.
fn textures(deeds: &Arc<Deeds>) -> impl FnOnce() -> Chain<Painter> + use<> {
    let deeds = deeds.clone();
    move || {
        Chain::new(move || {
            let deeds = deeds.clone();
            async move {
                let adapters = Adapters::find().await;
                let opened = auralis_gpu::open::open_adapter(&adapters, 0, PATIENCE).await;
                Ok(Painter(opened.map_err(|error| error.to_string())?, deeds))
            }
        })
    }
}

/// Sessions on the first adapter that there is; none where there is no adapter.
struct Stage {
    rooms: Vec<Arc<Room>>,
    deeds: Arc<Deeds>,
    registry: Registry,
    _folder: tempfile::TempDir,
}

impl Stage {
    fn new(sessions: usize) -> Option<Self> {
        let adapters = pollster::block_on(Adapters::find());
        if adapters.found().is_empty() {
            println!("skipped: no adapter");
            return None;
        }
        let deeds = Arc::new(Deeds::default());
        let given = deeds.clone();
        let open = move || -> Opening {
            let adapters = pollster::block_on(Adapters::find());
            given.opened.store(true, Ordering::SeqCst);
            let opened = open_adapter(&adapters, 0, PATIENCE).map_err(|error| error.to_string());
            Box::pin(std::future::ready(opened.map(|device| Watched(device, given.clone()))))
        };
        let ensemble = Ensemble::new(move || Chain::new(open), textures(&deeds), true, ANSWER);
        let folder = tempfile::tempdir().unwrap();
        let studio = Studio::from(pace()).with(Some(ensemble));
        let store = Store::open(folder.path()).unwrap();
        let registry = Registry::open(store, Session::new(1), 99, studio).unwrap();
        let begin = |n: usize| {
            let mut settings = Preset::ALL[n % Preset::ALL.len()].settings();
            // Every second one is rich.
            settings.quality = if n.is_multiple_of(2) { Quality::Rich } else { Quality::Full };
            let session = Session { settings, ..Session::new(70 + n as u64) };
            registry.create(&format!("s{n}"), session, None, true).unwrap()
        };
        let rooms = (0..sessions).map(begin).collect();
        Some(Self { rooms, deeds, registry, _folder: folder })
    }

    async fn listen(&self) -> Vec<Heard> {
        let mut all = Vec::new();
        for room in &self.rooms {
            let listener = room.listen(Form::Samples).await;
            all.push(Heard { room: room.clone(), listener, chunks: Vec::new() });
        }
        all
    }

    /// The movements of the submissions since this was asked last.
    fn submitted(&self) -> Vec<usize> {
        std::mem::take(&mut *self.deeds.movements.lock().unwrap())
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.registry.studio().close();
    }
}

type Opening = std::pin::Pin<Box<dyn Future<Output = Result<Watched, String>>>>;

/// What a listener heard.
struct Heard {
    room: Arc<Room>,
    listener: Listener,
    chunks: Vec<Arc<Chunk>>,
}

impl Heard {
    async fn chunks(&mut self, count: usize) {
        let wanted = self.chunks.len() + count;
        while self.chunks.len() < wanted {
            match tokio::time::timeout(PATIENCE, self.listener.next()).await.unwrap() {
                Next::Chunk(chunk) => self.chunks.push(chunk),
                // A machine that does other things as well.
                Next::Trouble(trouble) if trouble.code == Code::BufferUnderrun => {}
                Next::Trouble(trouble) => panic!("{trouble:?}"),
                Next::Lost(chunks) => panic!("{chunks} chunks were lost"),
            }
        }
    }

    /// How far it is from the session's own sound, and in how many chunks it is not its very bits.
    fn compared(&self) -> (f32, usize) {
        let first = self.chunks[0].frame;
        let mut performance = Performance::new(self.room.session(), self.room.log());
        performance.seek(first).unwrap();
        let (mut most, mut others) = (0.0_f32, 0);
        for chunk in &self.chunks {
            let mut own = vec![0.0; chunk.samples().len()];
            // What nobody could hear any more was not sent.
            while performance.position() <= chunk.frame {
                performance.render_interleaved(&mut own).unwrap();
            }
            others += usize::from(own != chunk.samples());
            most = own.iter().zip(chunk.samples()).fold(most, |most, (a, b)| most.max((a - b).abs()));
        }
        (most, others)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn voices_of_many_sessions_are_played_together_within_the_tolerance() {
    let Some(stage) = Stage::new(4) else { return };
    let mut all = stage.listen().await;
    let mut patch = Patch::default();
    patch.set("intensity", "0.9").unwrap();
    stage.rooms[0].change(patch).await.unwrap();
    for heard in &mut all {
        heard.chunks(90).await;
    }
    for heard in &all {
        let (by, others) = heard.compared();
        println!("{}: {:.0} dB, {others} of {} chunks", heard.room.name(), 20.0 * by.log10(), 90);
        assert!(by <= SCORE, "{by}");
        assert!(others > 0, "nothing was the device's");
    }
    let spans = stage.deeds.spans.load(Ordering::SeqCst);
    println!("{spans} spans of textures");
    assert!(spans > 0, "no texture was the device's");
    let submitted = stage.submitted();
    assert!(submitted.iter().any(|movements| *movements > 1), "{submitted:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_a_device_does_nobody_hears_it() {
    for hangs in [true, false] {
        let Some(stage) = Stage::new(1) else { return };
        let mut heard = stage.listen().await.remove(0);
        // Until it is well ahead.
        heard.chunks(70).await;
        let trouble = if hangs { &stage.deeds.hangs } else { &stage.deeds.fails };
        trouble.store(true, Ordering::SeqCst);
        heard.chunks(5).await;
        trouble.store(false, Ordering::SeqCst);
        heard.chunks(30).await;
        let (by, _) = heard.compared();
        assert!(by <= SCORE, "{by}");
        let gaps = heard.chunks[60..].windows(2).filter(|pair| pair[1].index != pair[0].index + 1);
        assert_eq!(gaps.count(), 0, "chunks are missing");
        assert!(!stage.submitted().is_empty());
        assert_eq!(stage.rooms[0].log().changes().len(), 0, "nothing was reduced");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn other_sessions_have_their_own_bits_and_no_device_is_opened_for_them() {
    let deeds = Arc::new(Deeds::default());
    let given = deeds.clone();
    let open = move || -> Opening {
        given.opened.store(true, Ordering::SeqCst);
        Box::pin(std::future::ready(Err("none here".to_owned())))
    };
    let folder = tempfile::tempdir().unwrap();
    let studio = Studio::from(pace()).with(Some(Ensemble::new(
        move || Chain::new(open),
        textures(&deeds),
        true,
        ANSWER,
    )));
    let registry = Registry::open(Store::open(folder.path()).unwrap(), Session::new(1), 9, studio).unwrap();
    let hear = async |name: &str| {
        let room = registry.find(name).unwrap();
        let listener = room.listen(Form::Samples).await;
        let mut heard = Heard { room, listener, chunks: Vec::new() };
        heard.chunks(10).await;
        heard.compared()
    };
    assert_eq!(hear("main").await, (0.0, 0));
    assert!(!deeds.opened.load(Ordering::SeqCst));
    // Where there is no device, a session that is streams only is the processor's, and so has its own bits.
    registry.create("far", Session::new(2), None, true).unwrap();
    assert_eq!(hear("far").await, (0.0, 0));
    let until = Instant::now() + PATIENCE;
    while !registry.metrics().events(None).iter().any(|event| event.sentence.contains("none here")) {
        assert!(Instant::now() < until, "nothing was told");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(deeds.opened.load(Ordering::SeqCst));
}

#[test]
fn who_would_make_the_music_himself_is_told_to_hear_the_relay_also_after_a_restart() {
    let data = tempfile::tempdir().unwrap();
    let kept = data.path().to_str().unwrap();
    let start = || {
        let folder = folder_with_site();
        let options = ["--host", "127.0.0.1", "--port", "0", "--data-dir", kept];
        Relay::start_with(program(folder.path()), folder, &options)
    };
    let mut relay = start();
    let address = format!("http://127.0.0.1:{}/api/v1/sessions", relay.port);
    let request = relay.agent.post(address).header("content-type", "application/json");
    let mut begun = request.send(json!({ "name": "far", "streams_only": true }).to_string()).unwrap();
    let begun: Value = serde_json::from_str(&begun.body_mut().read_to_string().unwrap()).unwrap();
    assert_eq!(begun["session"]["streams_only"], true, "{begun}");
    relay.end();
    let relay = start();
    let mut client = Client::connect(&relay, "?session=far&transport=score");
    let mut session = json!(null);
    let moved = loop {
        let Message::Text(text) = client.message() else { panic!("text") };
        let message: Value = serde_json::from_str(&text).unwrap();
        match message["type"].as_str() {
            Some("session") => session = message,
            Some("move") => break message,
            _ => {}
        }
    };
    assert_eq!(session["streams_only"], true);
    assert_eq!(moved["transport"], "opus");
    assert!(moved["message"].as_str().unwrap().contains("the relay’s alone"), "{moved}");
    // There are no hashes of it: whatever is proved is not judged.
    for _ in 0..3 {
        client.say(&json!({ "type": "proof", "sound_version": SOUND_VERSION, "frame": 0, "hash": "1" }));
    }
    client.say(&json!({ "type": "status_request" }));
    loop {
        let Message::Text(text) = client.message() else { panic!("text") };
        let message: Value = serde_json::from_str(&text).unwrap();
        match message["type"].as_str() {
            Some("status") => break,
            Some("move" | "error") => panic!("{message}"),
            _ => {}
        }
    }
    let mut listener = Client::connect(&relay, "?session=far&transport=pcm");
    listener.message();
    let mut main = Client::connect(&relay, "?transport=score");
    assert_eq!(main.hear("session")["streams_only"], false);
}
