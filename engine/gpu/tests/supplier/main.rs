//! A session that is played with textures from beside it: on devices that are made for the purpose, and on every adapter of the machine. What comes out is compared with the
//! engine's own.
#![cfg(feature = "wgpu")]

mod play;

use auralis_engine::cpu::Simd;
use auralis_engine::session::{MovementSpan, Timeline};
use auralis_engine::texture::supply::FRAMES;
use auralis_engine::{ChangeLog, Engine, Quality, SampleRate, Session};
use auralis_gpu::device::{Adapters, Gpu, GpuError, Software, Wanted};
use auralis_gpu::open::open_adapter;
use auralis_gpu::supplier::{Feed, Pages, Supplier, render};
use auralis_gpu::tolerance::{TEXTURE, apart};
use auralis_gpu::{Backend, Chain, Event, Plan, Span, Stereo};
use play::{BLOCK, FROM, Play, rich, wait};
use pollster::block_on;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

/// What a scripted device does with a span.
enum Act {
    Fail(GpuError),
    Spoil,
    Wait(Duration),
    /// It answers when this is dropped.
    Hang(mpsc::Receiver<()>),
    Panic,
}

/// Renders as the twins do, off by a little, so that it can be told from them.
#[derive(Clone, Default)]
struct Script {
    acts: Arc<Mutex<VecDeque<Act>>>,
}

impl Script {
    fn doing(acts: impl IntoIterator<Item = Act>) -> Self {
        Self { acts: Arc::new(Mutex::new(acts.into_iter().collect())) }
    }

    fn supplier(&self) -> (Supplier, Pages) {
        let script = self.clone();
        Supplier::new(move || {
            let script = script.clone();
            async { Ok(script) }
        })
    }

    fn is_done(&self) -> bool {
        self.acts.lock().unwrap().is_empty()
    }
}

impl Backend for Script {
    type Work = Plan;

    fn name(&self) -> String {
        "a script".into()
    }

    async fn render(&mut self, plan: &Plan, span: Span) -> Result<Stereo, GpuError> {
        let act = self.acts.lock().unwrap().pop_front();
        let mut sound = plan.twin(Simd::detect(), span);
        sound.left.iter_mut().for_each(|x| *x += 1e-6);
        match act {
            None => {}
            Some(Act::Fail(error)) => return Err(error),
            Some(Act::Spoil) => sound.right[9] = f32::NAN,
            Some(Act::Wait(long)) => std::thread::sleep(long),
            Some(Act::Hang(until)) => drop(until.recv()),
            Some(Act::Panic) => panic!("as the script has it"),
        }
        Ok(sound)
    }
}

/// Plays until what was told is enough.
fn told_while_playing(supplier: &Supplier, play: &mut Play, enough: impl Fn(&[Event]) -> bool) -> Vec<Event> {
    let mut events = Vec::new();
    wait(&mut || {
        play.blocks(1);
        events.extend(supplier.events());
        enough(&events)
    });
    events
}

fn failed() -> Act {
    Act::Fail(GpuError::Failed { why: "a whim".into() })
}

fn lost() -> Act {
    Act::Fail(GpuError::Lost { why: "a reset".into() })
}

#[test]
fn what_comes_from_beside_is_heard_and_within_the_tolerance() {
    let script = Script::default();
    let (supplier, pages) = script.supplier();
    let session = rich(3);
    supplier.follow(&session, &ChangeLog::new());
    let mut play = Play::new(&session, pages, FROM);
    for _ in 0..20 {
        play.meet();
        play.blocks(8 * 4);
    }
    let by = play.apart();
    assert!(by > 0.0 && by <= TEXTURE && play.taken >= 40, "{by}, {}", play.taken);
    assert_eq!(supplier.events(), [Event::Device { name: "a script".into() }]);
}

/// A device without a sound.
struct Mute;

impl Backend for Mute {
    type Work = Plan;

    fn name(&self) -> String {
        "a mute device".into()
    }

    async fn render(&mut self, _: &Plan, span: Span) -> Result<Stereo, GpuError> {
        Ok(Stereo::silence(span.frames))
    }
}

#[test]
fn nothing_of_any_halo_is_left_to_the_engine_where_there_is_time() {
    // Over a seam, where halos of two movements sound. Silent halos leave what full quality has.
    let session = rich(3);
    let seam = MovementSpan::of(session.seed, session.rate, 0).end;
    let (from, frames) = (seam.saturating_sub(44_100 * 25), 44_100 * 40);
    let mut chain = Chain::on(Mute, usize::MAX);
    let mut feed = Feed::new(&session, &ChangeLog::new(), from);
    let mut engine = Engine::new(&session);
    engine.seek(from, &Timeline::new(session.settings));
    let mut expected = Engine::new(&Session::new(3));
    expected.seek(from, &Timeline::new(Session::new(3).settings));
    let (mut prints, mut sound) = (std::collections::BTreeSet::new(), Vec::new());
    while sound.len() < 2 * frames {
        feed.at(engine.earliest_change());
        while let Some(sheet) = feed.sheet() {
            for page in render(&mut chain, feed.session(), sheet) {
                assert!(page.supply(&mut engine));
                prints.insert(page.print());
            }
        }
        let mut block = [0.0; 2 * BLOCK];
        engine.render_interleaved(&mut block);
        sound.extend(block);
    }
    let mut own = vec![0.0; sound.len()];
    expected.render_interleaved(&mut own);
    // What was heard before the first frame still rings, and is in the compressor's window.
    let after = 2 * 44_100 * 18;
    let by = apart(&sound[after..], &own[after..]);
    assert!(by < 1e-6 && prints.len() > 1, "{by}, {} halos", prints.len());
}

#[test]
fn nobody_waits_for_a_device_that_hangs_and_what_is_heard_is_the_engine_s_own() {
    let (release, until) = mpsc::channel::<()>();
    let script = Script::doing([Act::Hang(until)]);
    let (supplier, pages) = script.supplier();
    let session = rich(3);
    supplier.follow(&session, &ChangeLog::new());
    let mut play = Play::new(&session, pages, FROM);
    play.blocks(1);
    wait(&mut || script.is_done());
    play.blocks(200);
    assert_eq!((play.apart(), play.taken), (0.0, 0));
    // Nor at the end, more than a moment.
    drop(supplier);
    drop(release);
}

#[test]
fn whatever_a_device_does_there_is_no_gap_and_it_is_told() {
    let late = || Act::Fail(GpuError::Late { waited: Duration::from_millis(5) });
    let slow = || Act::Wait(Duration::from_millis(400));
    let cases: Vec<(Vec<Act>, &[&str])> = vec![
        (vec![failed(), Act::Spoil], &["are rendered by a script", "a whim", "can't be music"]),
        (
            vec![late(), failed(), failed()],
            &["are rendered by", "not answered", "a whim", "a whim", "from now on"],
        ),
        (vec![lost()], &["are rendered by", "a reset", "(attempt 1)", "are rendered by a script"]),
        (vec![Act::Fail(GpuError::OutOfMemory)], &["are rendered by", "8192 frames at once"]),
        ((0..8).map(|_| slow()).collect(), &["are rendered by", "ready in time"]),
    ];
    for (acts, told) in cases {
        let script = Script::doing(acts);
        let (supplier, pages) = script.supplier();
        let session = rich(5);
        supplier.follow(&session, &ChangeLog::new());
        let mut play = Play::new(&session, pages, FROM);
        let events = told_while_playing(&supplier, &mut play, |events| events.len() >= told.len());
        play.blocks(300);
        let by = play.apart();
        assert!(by <= TEXTURE && script.is_done(), "{by}");
        for (event, told) in events.iter().zip(told) {
            assert!(event.to_string().contains(told), "{told}: {events:?}");
        }
        assert_eq!(events.len(), told.len(), "{events:?}");
    }
}

#[test]
fn a_device_that_cannot_be_opened_is_told_and_nothing_is_taken() {
    let (supplier, pages) = Supplier::new(|| async { Err::<Script, _>("no adapter".into()) });
    let session = rich(5);
    supplier.follow(&session, &ChangeLog::new());
    let mut play = Play::new(&session, pages, FROM);
    let events = told_while_playing(&supplier, &mut play, |events| !events.is_empty());
    assert_eq!(events, [Event::Left { why: "no adapter".into() }]);
    supplier.follow(&session, &ChangeLog::new());
    play.blocks(100);
    assert_eq!((play.apart(), play.taken), (0.0, 0));
    assert!(supplier.events().is_empty());
}

#[test]
fn a_thread_that_breaks_down_is_a_reason_like_any_other() {
    let (supplier, pages) = Script::doing([Act::Panic]).supplier();
    let session = rich(5);
    supplier.follow(&session, &ChangeLog::new());
    let mut play = Play::new(&session, pages, FROM);
    let events =
        told_while_playing(&supplier, &mut play, |events| matches!(events.last(), Some(Event::Left { .. })));
    assert!(events[1].to_string().contains("broke down"), "{events:?}");
    play.blocks(100);
    assert_eq!(play.apart(), 0.0);
}

#[test]
fn it_follows_seeks_changes_and_other_sessions() {
    let (supplier, pages) = Script::default().supplier();
    let mut session = rich(8);
    session.settings.quality = Quality::Full;
    supplier.follow(&session, &ChangeLog::new());
    let mut play = Play::new(&session, pages, FROM);
    play.blocks(200);
    // Nothing is opened where nothing is rich.
    assert!(supplier.events().is_empty() && play.taken == 0);
    play.change("quality", "rich");
    supplier.follow(&session, &play.log);
    for _ in 0..10 {
        play.meet();
        play.blocks(32);
    }
    assert_eq!(supplier.events(), [Event::Device { name: "a script".into() }]);
    assert!((f32::MIN_POSITIVE..=TEXTURE).contains(&play.apart()), "{}", play.apart());
    // Another harmony: pages of the past that might have been are not heard.
    play.change("key", "F# minor");
    supplier.follow(&session, &play.log);
    for _ in 0..60 {
        play.meet();
        play.blocks(32);
    }
    assert!(play.apart() <= TEXTURE, "{}", play.apart());
    // Farther on, and back.
    for to in [FROM + 44_100 * 600, FROM + 44_100 * 20] {
        play.seek(to);
        // What is still of before goes past.
        play.blocks(10);
        for _ in 0..10 {
            play.meet();
            play.blocks(32);
        }
        let by = play.apart();
        assert!(by > 0.0 && by <= TEXTURE, "{to:?}: {by}");
    }
    // The same numbers at another rate are another session: nothing of the first is taken.
    let other = Session { rate: SampleRate::Hz48000, ..rich(8) };
    let mut engine = Engine::new(&other);
    engine.seek(FROM, &Timeline::new(other.settings));
    let mut ahead = play.engine.position();
    wait(&mut || {
        // All that there was room for may have been taken: it goes on, so that there is more.
        ahead = ahead + FRAMES as u64;
        play.pages.at(ahead);
        play.pages.take(|page| assert!(!page.supply(&mut engine))) > 0
    });
    supplier.follow(&other, &ChangeLog::new());
    wait(&mut || play.pages.supply(&mut engine) > 0);
    // Out of rich: soon there is nothing more to take.
    let mut play = Play { engine, session: other, log: ChangeLog::new(), ..play };
    play.change("quality", "full");
    supplier.follow(&other, &play.log);
    wait(&mut || {
        play.blocks(100);
        let before = play.taken;
        play.blocks(100);
        std::thread::sleep(Duration::from_millis(50));
        play.blocks(8);
        play.taken == before
    });
}

#[test]
fn every_adapter_of_the_machine_supplies_and_a_device_that_is_destroyed_comes_back() {
    let count = block_on(Adapters::find()).found().len();
    if count == 0 {
        println!("skipped: no adapter");
    }
    for at in 0..count {
        let opened: Arc<Mutex<Vec<Arc<Gpu>>>> = Arc::default();
        let kept = Arc::clone(&opened);
        let (supplier, pages) = Supplier::new(move || {
            let kept = Arc::clone(&kept);
            async move {
                let textures = open_adapter(&Adapters::find().await, at, Gpu::PATIENCE).await;
                let textures = textures.map_err(|error| error.to_string())?;
                kept.lock().unwrap().push(Arc::clone(textures.gpu()));
                Ok(textures)
            }
        });
        let session = rich(3);
        supplier.follow(&session, &ChangeLog::new());
        let mut play = Play::new(&session, pages, FROM);
        for _ in 0..4 {
            play.meet();
            play.blocks(32);
        }
        opened.lock().unwrap()[0].destroy();
        wait(&mut || {
            play.blocks(1);
            opened.lock().unwrap().len() > 1
        });
        play.meet();
        play.blocks(32);
        let by = play.apart();
        println!("{:.1} dB", 20.0 * by.log10());
        assert!(by > 0.0 && by <= TEXTURE, "{by}");
        let told: Vec<_> = supplier.events().iter().map(ToString::to_string).collect();
        assert!(
            told[0].contains("textures are rendered by") && told.iter().any(|e| e.contains("attempt 1")),
            "{told:?}"
        );
    }
}

#[test]
fn the_processor_may_be_asked_for() {
    let (supplier, pages) = Supplier::on(Wanted::Cpu, Software::Allowed);
    supplier.follow(&rich(1), &ChangeLog::new());
    pages.at(FROM);
    let mut events = Vec::new();
    wait(&mut || {
        events.extend(supplier.events());
        !events.is_empty()
    });
    assert_eq!(events, [Event::Left { why: "CPU: cpu was asked for".into() }]);
}
