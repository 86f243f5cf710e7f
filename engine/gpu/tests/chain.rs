//! The chain gives every frame whatever its device does: injected failures of every kind, and a real device that is destroyed. What comes
//! out is compared with what the processor renders undisturbed.
#![cfg(feature = "wgpu")]

mod common;

use auralis_engine::Frame;
use auralis_engine::cpu::Simd;
use auralis_engine::random::Stream;
use auralis_gpu::chain::{CALM, SHORTEST, TRIES};
use auralis_gpu::device::{Adapters, Gpu, GpuError};
use auralis_gpu::open::open_adapter;
use auralis_gpu::tolerance::{TEXTURE, difference};
use auralis_gpu::{Backend, Chain, Event, GpuTextures, Plan, Span, Stereo};
use common::plan;
use pollster::block_on;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

/// What a scripted device does with a span.
#[derive(Clone, Debug)]
enum Act {
    Render,
    Fail(GpuError),
    /// One sample becomes this.
    Spoil(f32),
    /// A frame too few.
    Cut,
}

#[derive(Clone, Default)]
struct Script {
    acts: Arc<Mutex<VecDeque<Act>>>,
    /// The longest span that there is memory for.
    memory: Option<usize>,
}

impl Backend for Script {
    type Work = Plan;

    fn name(&self) -> String {
        "a script".into()
    }

    async fn render(&mut self, plan: &Plan, span: Span) -> Result<Stereo, GpuError> {
        if self.memory.is_some_and(|most| span.frames > most) {
            return Err(GpuError::OutOfMemory);
        }
        let act = self.acts.lock().unwrap().pop_front().unwrap_or(Act::Render);
        let mut sound = plan.twin(Simd::Baseline, span);
        // As a device that is off by a little, so that it can be told from the processor.
        sound.left.iter_mut().for_each(|x| *x += 1e-5);
        match act {
            Act::Render => {}
            Act::Fail(error) => return Err(error),
            Act::Spoil(with) => sound.right[span.frames / 2] = with,
            Act::Cut => drop(sound.left.pop()),
        }
        Ok(sound)
    }
}

const SPAN: usize = 3_000;

/// A chain in use: it renders span after span, and compares each.
struct Use<B: Backend> {
    chain: Chain<B>,
    plan: Plan,
    at: u64,
    events: Vec<Event>,
}

impl Use<Script> {
    fn of(script: &Script) -> Self {
        let script = script.clone();
        let mut it = Self::new(Chain::new(move || {
            let script = script.clone();
            async { Ok(script) }
        }));
        it.settle();
        assert!(it.chain.is_on_device());
        it.spans(1);
        assert_eq!(it.told(), [Event::Device { name: "a script".into() }]);
        it
    }
}

impl<B: Backend<Work = Plan> + Send + 'static> Use<B> {
    fn new(chain: Chain<B>) -> Self {
        let plan = plan(5, 60, 300, 1 << 33, 300_000);
        Self { chain, plan, at: 1 << 33, events: Vec::new() }
    }

    /// Waits until a device that is being opened has come, or is given up.
    fn settle(&mut self) {
        while !self.chain.is_on_device() && !self.chain.is_left() {
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    fn span(&mut self, frames: usize) {
        let span = Span { from: Frame(self.at), frames };
        let sound = block_on(self.chain.render(&self.plan, span));
        let by = difference(&sound, &self.plan.twin(Simd::Baseline, span));
        assert!(by <= TEXTURE, "at {}: {by}", self.at);
        self.at += frames as u64;
        self.events.append(&mut self.chain.events());
    }

    fn spans(&mut self, count: usize) {
        (0..count).for_each(|_| self.span(SPAN));
    }

    fn told(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }
}

fn failed() -> Act {
    Act::Fail(GpuError::Failed { why: "a whim".into() })
}

fn lost() -> Act {
    Act::Fail(GpuError::Lost { why: "a reset".into() })
}

#[test]
fn one_bad_block_is_rendered_by_the_processor_and_the_next_by_the_device() {
    let late = Act::Fail(GpuError::Late { waited: Duration::from_millis(5) });
    let spoiled = [f32::NAN, f32::INFINITY, -f32::INFINITY, 2.001, -3.0].map(Act::Spoil);
    for bad in spoiled.into_iter().chain([Act::Cut, late, failed()]) {
        let script = Script::default();
        let mut it = Use::of(&script);
        let from = Frame(it.at);
        script.acts.lock().unwrap().push_back(bad.clone());
        it.spans(1);
        let told = it.told();
        let span = Span { from, frames: SPAN };
        assert!(
            matches!(&told[..], [Event::Missed { piece: missed, .. }] if *missed == span),
            "{bad:?}: {told:?}"
        );
        it.spans(3);
        assert!(it.told().is_empty() && it.chain.is_on_device(), "{bad:?}");
    }
}

#[test]
fn a_device_that_is_often_bad_is_left_but_calm_makes_up_for_it() {
    let script = Script::default();
    let mut it = Use::of(&script);
    let bad = |count: u32| script.acts.lock().unwrap().extend((0..count).map(|_| failed()));
    bad(TRIES - 1);
    for _ in 0..CALM + TRIES {
        it.span(64);
    }
    bad(TRIES - 1);
    for _ in 0..TRIES {
        it.span(64);
    }
    assert!(it.chain.is_on_device() && it.told().len() == 2 * (TRIES as usize - 1));
    bad(1);
    it.spans(3);
    let told = it.told();
    assert!(
        matches!(&told[..], [Event::Missed { .. }, Event::Left { why }] if why.contains("a whim")),
        "{told:?}"
    );
    assert!(it.chain.is_left() && !it.chain.is_on_device());
}

#[test]
fn where_memory_is_short_the_device_is_given_less_and_where_that_does_not_help_it_is_left() {
    let mut it = Use::of(&Script { memory: Some(SPAN), ..Script::default() });
    it.span(5 * SPAN);
    let told = it.told();
    assert!(
        matches!(
            &told[..],
            [
                Event::Shorter { length: 7_500, .. },
                Event::Shorter { length: 3_750, .. },
                Event::Shorter { length: 1_875, .. }
            ]
        ),
        "{told:?}"
    );
    it.spans(5);
    assert!(it.told().is_empty() && it.chain.is_on_device());

    let script = Script::default();
    let mut it = Use::of(&script);
    let too_large = GpuError::TooLarge { what: "table", bytes: 2, most: 1 };
    script.acts.lock().unwrap().extend((0..9).map(|_| Act::Fail(too_large.clone())));
    it.span(4 * SHORTEST);
    let told = it.told();
    assert!(
        matches!(
            &told[..],
            [Event::Shorter { .. }, Event::Shorter { .. }, Event::Missed { .. }, Event::Left { .. }]
        ),
        "{told:?}"
    );
    it.spans(2);
    assert!(it.chain.is_left());
}

#[test]
fn a_lost_device_is_opened_anew_and_after_three_times_left() {
    let script = Script::default();
    let mut it = Use::of(&script);
    for attempt in 1..=TRIES {
        script.acts.lock().unwrap().push_back(lost());
        it.spans(1);
        it.settle();
        it.spans(1);
        let told = it.told();
        let [Event::Missed { .. }, Event::Reopening { attempt: told, why }, Event::Device { .. }] = &told[..]
        else {
            panic!("{told:?}");
        };
        assert!(*told == attempt && why.contains("a reset"));
    }
    script.acts.lock().unwrap().push_back(lost());
    it.spans(2);
    assert!(matches!(&it.told()[..], [Event::Missed { .. }, Event::Left { .. }]) && it.chain.is_left());
}

#[test]
fn a_device_that_can_t_be_opened_is_left_with_the_reason() {
    let mut it: Use<Script> = Use::new(Chain::new(|| async { Err("no adapter".into()) }));
    it.settle();
    it.spans(2);
    assert_eq!(it.told(), [Event::Left { why: "no adapter".into() }]);

    // The second time it can't.
    let (script, opened) = (Script::default(), Arc::new(AtomicUsize::new(0)));
    script.acts.lock().unwrap().push_back(lost());
    let (given, counted) = (script.clone(), Arc::clone(&opened));
    let mut it = Use::new(Chain::new(move || {
        let first = counted.fetch_add(1, Ordering::Relaxed) == 0;
        let script = given.clone();
        async move { if first { Ok(script) } else { Err("it is gone".into()) } }
    }));
    it.settle();
    it.spans(1);
    it.settle();
    it.spans(1);
    assert!(it.chain.is_left());
    assert_eq!(opened.load(Ordering::Relaxed), 1 + TRIES as usize);
    assert_eq!(it.told().last(), Some(&Event::Left { why: "it is gone".into() }));
}

#[test]
fn while_a_device_is_opened_the_processor_renders() {
    let (open_it, gate) = mpsc::channel::<()>();
    let gate = Mutex::new(gate);
    let mut it = Use::new(Chain::new(move || {
        let come = gate.lock().unwrap().recv().map_err(|error| error.to_string());
        async { come.map(|()| Script::default()) }
    }));
    it.spans(5);
    assert!(!it.chain.is_on_device() && it.told().is_empty());
    open_it.send(()).unwrap();
    it.settle();
    it.spans(1);
    assert!(it.chain.is_on_device());
}

#[test]
fn whatever_happens_in_whatever_order_every_frame_is_there() {
    let mut s = Stream::new(3, "chaos", 0);
    for _ in 0..6 {
        let memory = s.chance(0.5).then(|| 2_000 + s.below(3_000) as usize);
        let script = Script { memory, ..Script::default() };
        let mut it = Use::new(Chain::new({
            let script = script.clone();
            move || {
                let script = script.clone();
                async { Ok(script) }
            }
        }));
        for _ in 0..60 {
            let act = match s.below(20) {
                0 => failed(),
                1 => lost(),
                2 => Act::Spoil(f32::NAN),
                3 => Act::Cut,
                _ => Act::Render,
            };
            script.acts.lock().unwrap().push_back(act);
            it.span(s.below(6_000) as usize);
        }
    }
}

#[test]
fn a_real_device_that_is_destroyed_leaves_no_gap_and_comes_back() {
    let count = block_on(Adapters::find()).found().len();
    if count == 0 {
        println!("skipped: no adapter");
    }
    for at in 0..count {
        let opened: Arc<Mutex<Vec<Arc<Gpu>>>> = Arc::default();
        let kept = Arc::clone(&opened);
        let mut it: Use<GpuTextures> = Use::new(Chain::new(move || {
            let kept = Arc::clone(&kept);
            async move {
                let adapters = Adapters::find().await;
                let textures = open_adapter(&adapters, at, Gpu::PATIENCE).await;
                let textures = textures.map_err(|error| error.to_string())?;
                kept.lock().unwrap().push(Arc::clone(textures.gpu()));
                Ok(textures)
            }
        }));
        it.settle();
        it.spans(3);
        assert!(matches!(&it.told()[..], [Event::Device { .. }]));
        opened.lock().unwrap()[0].destroy();
        it.spans(3);
        it.settle();
        it.spans(3);
        let told = it.told();
        let order = matches!(
            &told[..],
            [Event::Missed { .. }, Event::Reopening { attempt: 1, .. }, Event::Device { .. }]
        );
        assert!(order, "{told:?}");
        // The other one goes while it renders.
        let other = Arc::clone(opened.lock().unwrap().last().unwrap());
        let destroyer = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(3));
            other.destroy();
        });
        while it.events.is_empty() {
            it.spans(1);
        }
        destroyer.join().unwrap();
        it.settle();
        it.spans(3);
        let told = it.told();
        assert!(matches!(told.last(), Some(Event::Device { .. })) && it.chain.is_on_device(), "{told:?}");
        assert_eq!(opened.lock().unwrap().len(), 3);
    }
}

#[test]
fn a_device_that_computes_something_else_is_refused() {
    let spoilt = Script::default();
    spoilt.acts.lock().unwrap().extend([Act::Render, Act::Spoil(0.3)]);
    let refused = block_on(auralis_gpu::probe::probe(&mut spoilt.clone())).unwrap_err().to_string();
    assert!(refused.contains("cloud of grains") && refused.contains("something else"), "{refused}");
    spoilt.acts.lock().unwrap().extend([failed()]);
    let refused = block_on(auralis_gpu::probe::probe(&mut spoilt.clone())).unwrap_err().to_string();
    assert!(refused.contains("a whim"), "{refused}");
    block_on(auralis_gpu::probe::probe(&mut spoilt.clone())).unwrap();
}

#[test]
fn a_span_that_is_too_long_for_a_device_is_rendered_in_pieces() {
    let adapters = block_on(Adapters::find());
    if adapters.found().is_empty() {
        println!("skipped: no adapter");
    }
    for (at, found) in adapters.found().iter().enumerate() {
        let mut it: Use<GpuTextures> = Use::new(Chain::new(move || async move {
            let adapters = Adapters::find().await;
            open_adapter(&adapters, at, Gpu::PATIENCE).await.map_err(|error| error.to_string())
        }));
        it.settle();
        // A few frames sound; the rest is silence, which costs little on any of them.
        it.plan = plan(5, 20, 0, 1 << 33, 3_000);
        it.span(found.workgroups as usize * 64 + 10_000);
        let told = it.told();
        assert!(matches!(&told[..], [Event::Device { .. }, Event::Shorter { .. }]), "{told:?}");
        assert!(it.chain.is_on_device());
    }
}
