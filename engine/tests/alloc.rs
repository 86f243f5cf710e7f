//! `render`, `apply` and `seek` never ask for memory; what does not fit is refused by name.

mod common;

use auralis_engine::music::{Key, Scale};
use auralis_engine::session::timeline::CAPACITY;
use auralis_engine::session::{ApplyError, MovementSpan, Timeline};
use auralis_engine::{Change, Engine, Frame, Patch, Preset, Quality, SampleRate, Session};
use common::{busy_log, patch, session};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// Counts what each thread asks for.
struct Counting;

thread_local! {
    static COUNT: Cell<usize> = const { Cell::new(0) };
}

fn count() {
    // A thread that is ending has no cell any more, and is not being measured.
    let _ = COUNT.try_with(|c| c.set(c.get() + 1));
}

// SAFETY: everything is passed on to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: as this function's own contract.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        count();
        // SAFETY: as this function's own contract.
        unsafe { System.dealloc(at, layout) }
    }
    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        // SAFETY: as this function's own contract.
        unsafe { System.realloc(at, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// How often `work` asks for memory or gives some back.
fn allocations(work: impl FnOnce()) -> usize {
    let before = COUNT.get();
    work();
    COUNT.get() - before
}

#[test]
fn the_counter_counts() {
    assert_eq!(allocations(|| drop(std::hint::black_box(vec![1_u8; 100]))), 2);
}

#[test]
#[cfg_attr(coverage, ignore = "renders minutes, which counting lines slows a hundredfold")]
fn rendering_applying_and_seeking_ask_for_no_memory() {
    for rate in SampleRate::ALL {
        let mut s = session(1, rate, Preset::Bright);
        s.settings.quality = Quality::Rich;
        let log = busy_log(rate, 2.0);
        let mut engine = Engine::new(&s);
        let (mut left, mut right) = (vec![0.0; 700], vec![0.0; 700]);
        let mut interleaved = vec![0.0; 2 * 50_000];
        // Across a movement's boundary, to where the one before is about to fall silent.
        let boundary = MovementSpan::of(s.seed, rate, 1).start;
        let timeline = Timeline::new(s.settings);
        let counted = allocations(|| {
            for change in log.changes() {
                engine.apply(change).unwrap();
            }
            for _ in 0..200 {
                engine.render(&mut left, &mut right);
            }
            engine.seek(Frame(boundary.0 - 30_000), &timeline);
            for _ in 0..8 {
                engine.render_interleaved(&mut interleaved);
                std::hint::black_box(engine.parts());
            }
            engine.begin_seek(Frame(1_390_000_000_000), &timeline);
            for _ in 0..300 {
                engine.seek_some(5);
            }
            engine.seek(Frame(0), &timeline);
            engine.render(&mut left, &mut right);
        });
        assert_eq!(counted, 0, "at {} Hz", rate.hz());
    }
}

#[test]
fn being_refused_asks_for_no_memory() {
    let mut engine = Engine::new(&Session::new(1));
    let change = |frame| Change { frame: Frame(frame), patch: Patch::default() };
    let counted = allocations(|| {
        for i in 0..CAPACITY as u64 {
            engine.apply(&change(1000 + i)).unwrap();
        }
        assert_eq!(engine.apply(&change(5000)), Err(ApplyError::Full { capacity: CAPACITY }));
        assert_eq!(
            engine.apply(&change(3)),
            Err(ApplyError::Past { frame: Frame(3), earliest: engine.earliest_change() })
        );
    });
    assert_eq!(counted, 0);
}

#[test]
fn changes_in_the_past_are_refused() {
    let mut engine = Engine::new(&Session::new(1));
    let mut out = vec![0.0; 20_000];
    engine.render_interleaved(&mut out);
    let earliest = engine.earliest_change();
    assert!(earliest.0 > 10_000 && earliest.0 < 10_000 + 44_100 / 50, "{earliest:?}");
    let change = |frame| Change { frame, patch: patch("intensity=0.9") };
    let past = Frame(earliest.0 - 1);
    assert_eq!(engine.apply(&change(past)), Err(ApplyError::Past { frame: past, earliest }));
    engine.apply(&change(earliest)).unwrap();
    engine.apply(&change(Frame(100_000))).unwrap();
    // Before a change that was taken earlier.
    assert_eq!(
        engine.apply(&change(Frame(99_999))),
        Err(ApplyError::Past { frame: Frame(99_999), earliest: Frame(100_000) })
    );
    let text = ApplyError::Past { frame: past, earliest }.to_string();
    assert!(text.contains("frame cannot be") && text.contains("allowed"), "{text}");
    let text = ApplyError::Full { capacity: CAPACITY }.to_string();
    assert!(text.contains("256"), "{text}");
}

#[test]
#[cfg_attr(coverage, ignore = "renders minutes, which counting lines slows a hundredfold")]
fn a_session_can_be_steered_for_ever_in_fixed_memory() {
    // A change every five seconds for twenty minutes: more than there is room for at once, but old ones are forgotten.
    let s = Session::new(8);
    let mut engine = Engine::new(&s);
    let mut timeline = Timeline::new(s.settings);
    let mut taken = 0;
    for i in 0..240 * 4 {
        let at = Frame(i * 5 * 44_100);
        let span = MovementSpan::at(s.seed, s.rate, at);
        timeline.forget_before(span.planning_frame(s.rate).saturating_sub(s.rate.frames(300.0)));
        let words = if i % 2 == 0 { "intensity=0.3" } else { "intensity=0.7" };
        timeline.push(at, &patch(words)).unwrap();
        taken += 1;
    }
    assert!(taken > CAPACITY);
    // The engine itself forgets as it goes from movement to movement.
    let far = MovementSpan::of(s.seed, s.rate, 2).end;
    engine.seek(Frame(far.0 - 3 * 44_100), &Timeline::new(s.settings));
    for i in 0..CAPACITY as u64 {
        engine.apply(&Change { frame: engine.earliest_change() + i, patch: Patch::default() }).unwrap();
    }
    assert!(engine.apply(&Change { frame: far + 10, patch: Patch::default() }).is_err());
    let mut out = vec![0.0; 2 * 44_100 * 4];
    engine.render_interleaved(&mut out);
    // They are within the last minutes still: nothing may be forgotten that the movement's first phrase was planned from.
    assert_eq!(
        engine.apply(&Change { frame: engine.earliest_change(), patch: Patch::default() }),
        Err(ApplyError::Full { capacity: CAPACITY })
    );
}

#[test]
fn the_engine_tells_where_it_is_and_what_holds() {
    let s = Session { settings: Preset::Dawn.settings(), ..Session::new(u64::MAX) };
    let mut engine = Engine::new(&s);
    assert_eq!((engine.seed(), engine.rate(), engine.position()), (u64::MAX, s.rate, Frame(0)));
    assert_eq!(*engine.settings(), s.settings);
    engine.apply(&Change { frame: Frame(5000), patch: patch("key=C_major") }).unwrap();
    let mut out = [0.0; 2 * 5001];
    engine.render_interleaved(&mut out[..2 * 4999]);
    assert_eq!(engine.settings().key, s.settings.key);
    engine.render_interleaved(&mut out[..2 * 2]);
    assert_eq!(engine.position(), Frame(5001));
    assert_eq!(engine.settings().key, Key::parse("C major").unwrap());
    assert_eq!(engine.settings().scale, Scale::Major);
}
