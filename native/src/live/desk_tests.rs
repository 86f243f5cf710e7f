//! Playing on devices made for the purpose.

use super::*;
use crate::live::player::Steer;
use crate::live::speaker::{Fill, Nothing, OnTrouble};
use crate::live::textures::{Renderer, Told};
use auralis_engine::{Frame, Performance, Session};
use std::sync::Mutex;

/// Takes frames as fast as they come, and keeps them.
#[derive(Clone, Default)]
struct Recorder {
    heard: Arc<Mutex<Vec<f32>>>,
}

struct Taker(Arc<AtomicBool>, Option<std::thread::JoinHandle<()>>);

impl Drop for Taker {
    fn drop(&mut self) {
        self.0.store(true, Relaxed);
        self.1.take().unwrap().join().unwrap();
    }
}

impl Speaker for Recorder {
    fn open(&self, hz: u32, fill: Box<dyn FnOnce(u32) -> Fill>, _trouble: OnTrouble) -> Result<Open> {
        let (stop, heard) = (Arc::new(AtomicBool::new(false)), Arc::clone(&self.heard));
        let (mut fill, stopped) = (fill(hz), Arc::clone(&stop));
        let thread = std::thread::spawn(move || {
            let mut buffer = [0.0; 2 * 128];
            while !stopped.load(Relaxed) {
                fill(&mut buffer);
                heard.lock().unwrap().extend(buffer);
                std::thread::sleep(Duration::from_micros(500));
            }
        });
        Ok(Open { name: "recorder".into(), hz, stream: Box::new(Taker(stop, Some(thread))) })
    }
}

/// A device that fails at once, or later.
struct Broken(bool);

impl Speaker for Broken {
    fn open(&self, hz: u32, _fill: Box<dyn FnOnce(u32) -> Fill>, mut trouble: OnTrouble) -> Result<Open> {
        if self.0 {
            return Err(Error::Failed("no sound card".into()));
        }
        trouble("the sound device stopped: unplugged".into());
        Ok(Open { name: "broken".into(), hz, stream: Box::new(()) })
    }
}

/// Presses keys, one each time it is asked after a while, and keeps what is shown.
#[derive(Clone, Default)]
struct Hands {
    keys: Arc<Mutex<Vec<Action>>>,
    shown: Arc<Mutex<Vec<String>>>,
}

impl Hands {
    fn pressing(keys: &[Action]) -> Self {
        Self { keys: Arc::new(Mutex::new(keys.iter().rev().copied().collect())), ..Self::default() }
    }
}

impl Terminal for Hands {
    fn action(&mut self, _at_most: Duration) -> Option<Action> {
        std::thread::sleep(Duration::from_millis(60));
        self.keys.lock().unwrap().pop()
    }

    fn show(&mut self, line: &dyn Fn(usize) -> String) {
        self.shown.lock().unwrap().push(line(160));
    }

    fn tell(&mut self, _told: &Told) {}
}

fn plan(seconds: Option<f64>) -> Plan {
    let session = Session::new(4);
    let frames = seconds.map(|s| session.rate.frames(s));
    Plan { session, log: ChangeLog::new(), from: Frame(20_000), frames }
}

#[test]
fn all_that_was_asked_for_is_heard_and_it_is_the_session() {
    let (plan, recorder) = (plan(Some(1.0)), Recorder::default());
    let heard = play(&plan, 1.0, &recorder, &AtomicBool::new(false), None, |open| {
        assert_eq!((open.name.as_str(), open.hz), ("recorder", 44_100));
        Hands::default()
    })
    .unwrap();
    assert_eq!((heard.frames, heard.interrupted, heard.trouble), (44_100, false, None));
    let mut expected = vec![0.0; 2 * 44_100];
    let mut performance = Performance::new(&plan.session, plan.log);
    performance.seek(plan.from).unwrap();
    performance.render_interleaved(&mut expected).unwrap();
    // Without gaps, after the fade-in and whatever silence came before the first frame: to the bit.
    if heard.gaps == 0 {
        let recorded = recorder.heard.lock().unwrap();
        let tail = &expected[2 * 10_000..2 * 10_200];
        assert!(recorded.windows(tail.len()).any(|w| w == tail));
    }
}

#[test]
fn keys_pause_steer_and_quit() {
    use Action::{Pause, Quit, Steer as S, Volume};
    let keys = [S(Steer::Tempo(2.0)), Volume(-0.5), Pause, Pause, S(Steer::NextPreset), Quit];
    let hands = Hands::pressing(&keys);
    let screen = hands.clone();
    let heard =
        play(&plan(None), 0.8, &Recorder::default(), &AtomicBool::new(false), None, |_| screen).unwrap();
    assert!(!heard.interrupted && heard.frames > 0);
    let changes = heard.log.changes();
    assert!(!changes.is_empty() && changes[0].frame > Frame(20_000));
    let shown = hands.shown.lock().unwrap();
    assert!(shown[0].contains("volume 80 %") && shown.iter().any(|l| l.contains("volume 30 %")));
    assert!(shown.iter().any(|l| l.starts_with("||")), "{shown:?}");
}

#[test]
fn ctrl_c_ends_it_as_a_key_and_as_a_signal() {
    let speaker = Recorder::default();
    let hands = Hands::pressing(&[Action::Interrupt]);
    assert!(play(&plan(None), 1.0, &speaker, &AtomicBool::new(false), None, |_| hands).unwrap().interrupted);
    let stop = AtomicBool::new(true);
    assert!(play(&plan(None), 1.0, &Nothing, &stop, None, |_| Hands::default()).unwrap().interrupted);
}

#[test]
fn a_device_that_fails_says_so() {
    let stop = AtomicBool::new(false);
    let error = play(&plan(None), 1.0, &Broken(true), &stop, None, |_| Hands::default()).unwrap_err();
    assert_eq!((error.exit_code(), error.to_string().as_str()), (1, "no sound card"));
    let heard = play(&plan(None), 1.0, &Broken(false), &stop, None, |_| Hands::default()).unwrap();
    assert_eq!(heard.trouble.as_deref(), Some("the sound device stopped: unplugged"));
}

/// Says what it is told of, and when.
struct Beside {
    played: Arc<AtomicBool>,
    told: Vec<Told>,
}

impl Renderer for Beside {
    fn follow(&mut self, session: &Session, log: &ChangeLog) {
        assert!(self.played.load(Relaxed), "the first sound comes before");
        let sentence = format!("seed {} with {} changes", session.seed, log.changes().len());
        self.told.push(Told { sentence, is_warning: false });
    }

    fn told(&mut self) -> Vec<Told> {
        std::mem::take(&mut self.told)
    }
}

/// Steers when the first sentence has come, and quits after the second.
#[derive(Clone, Default)]
struct Listener(Arc<Mutex<Vec<String>>>);

impl Terminal for Listener {
    fn action(&mut self, _at_most: Duration) -> Option<Action> {
        std::thread::sleep(Duration::from_millis(5));
        match self.0.lock().unwrap().len() {
            0 => None,
            1 => Some(Action::Steer(Steer::Tempo(2.0))),
            _ => Some(Action::Quit),
        }
    }

    fn show(&mut self, _line: &dyn Fn(usize) -> String) {}

    fn tell(&mut self, told: &Told) {
        self.0.lock().unwrap().push(told.sentence.clone());
    }
}

#[test]
fn textures_follow_what_is_heard_and_what_happens_is_told() {
    let played = Arc::new(AtomicBool::new(false));
    let textures = Textures::new(Beside { played: Arc::clone(&played), told: Vec::new() });
    let supply: Supply = Box::new(move |engine| {
        played.store(true, Relaxed);
        assert!(engine.position() >= Frame(20_000));
    });
    let (listener, stop, beside) = (Listener::default(), AtomicBool::new(false), Some((textures, supply)));
    let terminal = listener.clone();
    play(&plan(None), 1.0, &Recorder::default(), &stop, beside, |_| terminal).unwrap();
    let told = listener.0.lock().unwrap();
    assert_eq!(told[..2], ["seed 4 with 0 changes", "seed 4 with 1 changes"]);
}
