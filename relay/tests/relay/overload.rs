//! What becomes of sessions when the relay has too much to do: the load is what the test says.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use auralis_engine::settings::{Layer, Quality};
use auralis_engine::{Frame, Patch, Performance, Preset, Session, Settings};
use auralis_protocol::{MAIN_SESSION, Transport};
use auralis_relay::audio::{Form, Next, Pace};
use auralis_relay::overload::{LoadSource, Step, govern};
use auralis_relay::relay::Relay;
use auralis_relay::session::{Registry, Room, Store};

/// The load in thousandths.
#[derive(Clone, Default)]
struct Said(Arc<AtomicU64>);

impl Said {
    fn say(&self, load: f64) {
        self.0.store((1000.0 * load) as u64, Ordering::SeqCst);
    }
}

impl LoadSource for Said {
    fn load(&mut self) -> f64 {
        self.0.load(Ordering::SeqCst) as f64 / 1000.0
    }
}

fn latest(room: &Room) -> Settings {
    room.log().fold(&room.session().settings, Frame(u64::MAX))
}

async fn until(what: &str, holds: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !holds() {
        assert!(Instant::now() < deadline, "not yet: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_music_thins_for_everybody_and_comes_back_as_the_host_wants_it() {
    let folder = tempfile::tempdir().unwrap();
    let first = Session { settings: Preset::Focus.settings(), ..Session::new(9) };
    // Much time, since other tests run beside it.
    let pace = Pace { lead: Duration::from_secs(1), ring: Duration::from_secs(60), ..Pace::default() };
    let sessions = Registry::open(Store::open(folder.path()).unwrap(), first, 2, pace).unwrap();
    let idle = sessions.create("idle", first, None, false).unwrap();
    let relay = Arc::new(Relay::new(sessions, &first, 5, true));
    let room = relay.sessions().find(MAIN_SESSION).unwrap();
    let mut listener = room.listen(Form::Samples).await;
    let said = Said::default();
    let governing = tokio::spawn(govern(relay.clone(), said.clone(), Duration::from_millis(10)));
    let settings = || latest(&room);
    let level = |layer: Layer| settings().layers[layer.index()].get();

    said.say(0.59);
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!((relay.overload(), room.log().changes().len()), (Step::Calm, 0));

    said.say(0.7);
    until("the melody thins", || level(Layer::Lead) < 1.0).await;
    assert!(level(Layer::Lead) > 0.0 && level(Layer::Pad) == 1.0);
    assert_eq!((settings().quality, room.log().changes().len()), (Quality::Reduced, 1));

    said.say(0.85);
    until("only chords are left", || level(Layer::Lead) == 0.0).await;
    assert!(level(Layer::Bell) == 0.0 && level(Layer::Pad) == 1.0 && level(Layer::Drone) == 1.0);
    assert!(relay.admit(Transport::Pcm).is_some() && relay.is_ready());

    // What the host wants is kept, though not all of it is heard.
    let mut patch = Patch::default();
    for (name, value) in [("preset", "bright"), ("layers.lead", "0.7"), ("bpm", "66")] {
        patch.set(name, value).unwrap();
    }
    room.change(patch).await.unwrap();
    let wanted = first.settings.with(&patch);
    assert_eq!((level(Layer::Lead), settings().bpm, settings().key), (0.0, wanted.bpm, wanted.key));

    said.say(0.97);
    until("nobody is let in", || relay.overload() == Step::Refusing).await;
    assert!(relay.admit(Transport::Opus).is_none() && relay.admit(Transport::Score).is_none());
    assert!(!relay.is_ready());

    said.say(0.1);
    until("all is as the host wants it", || settings() == wanted).await;
    until("everybody is let in", || relay.admit(Transport::Pcm).is_some()).await;
    assert_eq!(idle.log().changes(), [], "what nobody hears costs nothing");

    // What was heard is the session, to the bit.
    let mut performance = Performance::new(room.session(), room.log());
    let mut begun = false;
    let last = room.log().changes().last().unwrap().frame + 44_100;
    loop {
        let chunk = match listener.next().await {
            Next::Chunk(chunk) => chunk,
            Next::Trouble(_) => continue,
            Next::Lost(chunks) => panic!("{chunks} chunks were lost"),
        };
        if !std::mem::replace(&mut begun, true) {
            performance.seek(chunk.frame).unwrap();
        }
        let mut own = vec![0.0; chunk.samples().len()];
        while performance.position() <= chunk.frame {
            performance.render_interleaved(&mut own).unwrap();
        }
        assert!(own == chunk.samples(), "chunk {}", chunk.index);
        if chunk.frame > last {
            break;
        }
    }
    relay.stopping().cancel();
    governing.await.unwrap();
}
