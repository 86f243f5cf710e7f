//! Whole scores: on every adapter that is found (software too) within the tolerance of `tolerance.rs`, layer by layer and in sum, alone or many at once; and
//! whole whatever a device does.
#![cfg(feature = "wgpu")]

use auralis_engine::cpu::Simd;
use auralis_engine::mix::{Parts, StereoBlock};
use auralis_engine::movement::Movement;
use auralis_engine::session::{MovementSpan, Timeline};
use auralis_engine::time::CONTROL;
use auralis_engine::{
    Change, ChangeLog, Frame, Layer, Patch, Performance, Preset, Quality, SampleRate, Session, Settings,
};
use auralis_gpu::Plan;
use auralis_gpu::chain::{Backend, Chain, Event, TRIES};
use auralis_gpu::device::{Adapters, GpuError};
use auralis_gpu::score::open::{PATIENCE, open_adapter, probe};
use auralis_gpu::score::{self, GpuOrchestra, Keep, Movements, Part, Played, Recordings, Scores, Stand};
use auralis_gpu::tolerance::SCORE;
use pollster::block_on;
use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};

/// How much is rendered of every preset.
const SECONDS: f64 = 60.0;
const THREADS: NonZeroUsize = NonZeroUsize::new(2).unwrap();

/// How many adapters there are.
fn adapters() -> usize {
    let found = block_on(Adapters::find()).found().len();
    if found == 0 {
        println!("skipped: no adapter");
    }
    found
}

fn opened(at: usize) -> GpuOrchestra {
    open_adapter(&block_on(Adapters::find()), at, PATIENCE).unwrap()
}

/// A movement of a session in which settings change on the way, for so many seconds.
fn part(preset: Preset, seed: u64, index: u64, seconds: f64) -> Part {
    let rate = if seed.is_multiple_of(2) { SampleRate::Hz44100 } else { SampleRate::Hz48000 };
    let start = MovementSpan::of(seed, rate, index).start;
    let mut timeline = Box::new(Timeline::new(preset.settings()));
    for (at, name, value) in
        [(0.3, "intensity", "0.95"), (0.5, "brightness", "0.9"), (0.7, "layers.pad", "0.4")]
    {
        let mut patch = Patch::default();
        patch.set(name, value).unwrap();
        timeline.push(start + rate.frames(at * seconds), &patch).unwrap();
    }
    Part { seed, rate, index, timeline, until: (start + rate.frames(seconds)).control_floor() }
}

/// What the engine makes of it.
fn expected(part: &Part) -> Vec<Parts> {
    let mut movement = Movement::new(part.seed, part.rate, part.index, &part.timeline, Simd::detect());
    let mut frame = movement.span().start;
    let mut all = Vec::new();
    while frame < part.until.min(movement.span().silent_from(part.rate)) {
        movement.render(frame, &part.timeline, &mut StereoBlock::default());
        all.push(*movement.parts());
        frame = frame + CONTROL as u64;
    }
    all
}

/// What a group gives, movement by movement.
fn rendered<B, T>(scores: &mut Scores<B, T>, parts: Vec<Part>) -> Vec<Vec<Parts>>
where
    B: Backend<Work = Recordings> + Send + 'static,
    T: Backend<Work = Plan> + Send + 'static,
{
    let starts: Vec<_> = parts.iter().map(|p| MovementSpan::of(p.seed, p.rate, p.index).start).collect();
    let mut all: Vec<Vec<Parts>> = vec![Vec::new(); parts.len()];
    let mut group = scores.begin(parts);
    while !group.is_over() {
        for passage in scores.advance(&mut group) {
            let so_far = &mut all[passage.place];
            assert_eq!(passage.start, starts[passage.place] + (so_far.len() * CONTROL) as u64);
            so_far.extend(passage.parts);
        }
    }
    all
}

/// The greatest difference of each part, and of the sum.
fn differences(one: &[Parts], other: &[Parts]) -> [f32; 9] {
    assert_eq!(one.len(), other.len());
    let mut most = [0.0_f32; 9];
    for (one, other) in one.iter().zip(other) {
        let (mut a, mut b) = (StereoBlock::default(), StereoBlock::default());
        one.sum_into(&mut a);
        other.sum_into(&mut b);
        let blocks =
            |p: &Parts, sum: StereoBlock| p.layers.into_iter().chain([p.space, sum]).collect::<Vec<_>>();
        for (most, (x, y)) in most.iter_mut().zip(blocks(one, a).iter().zip(&blocks(other, b))) {
            let sides = x.left.iter().chain(&x.right).zip(y.left.iter().chain(&y.right));
            *most = sides
                .map(|(x, y)| (x - y).abs())
                .fold(*most, |m, d| if d.is_nan() { f32::INFINITY } else { m.max(d) });
        }
    }
    most
}

fn loudest(parts: &[Parts], layer: Layer) -> f32 {
    parts.iter().flat_map(|p| p.layer(layer).left).fold(0.0, |most, x| x.abs().max(most))
}

/// Movements on an adapter.
fn on(at: usize) -> Scores<GpuOrchestra> {
    Scores::new(Chain::on(opened(at), usize::MAX), Keep::Parts, THREADS, Simd::detect())
}

#[test]
fn every_layer_of_every_preset_is_the_same_on_every_adapter() {
    let parts: Vec<_> =
        Preset::ALL.into_iter().zip(0..).map(|(preset, n)| part(preset, n, n, SECONDS)).collect();
    for at in 0..adapters() {
        let mut scores = on(at);
        let all = rendered(&mut scores, parts.clone());
        assert_eq!(scores.events(), []);
        let mut heard = [0.0_f32; 7];
        for ((part, sound), preset) in parts.iter().zip(&all).zip(Preset::ALL) {
            let expected = expected(part);
            let by = differences(sound, &expected);
            println!("{preset:?}: {:?} dB", by.map(|by| (20.0 * by.log10()) as i32));
            assert!(by.iter().all(|by| *by <= SCORE), "{preset:?}: {by:?}");
            Layer::ALL.iter().zip(&mut heard).for_each(|(l, h)| *h = h.max(loudest(&expected, *l)));
        }
        assert!(heard.iter().all(|h| *h > 0.003), "every layer is to be heard somewhere: {heard:?}");
    }
}

#[test]
fn many_sessions_at_once_give_what_each_gives_alone() {
    for at in 0..adapters() {
        let parts: Vec<_> =
            [(Preset::Focus, 5, 1), (Preset::Sleep, 8, 0), (Preset::Focus, 12, 40), (Preset::Focus, 5, 2)]
                .into_iter()
                .map(|(preset, seed, index)| part(preset, seed, index, 6.0))
                .collect();
        let together = rendered(&mut on(at), parts.clone());
        for (part, together) in parts.into_iter().zip(together) {
            let alone = rendered(&mut on(at), vec![part]);
            assert_eq!(differences(&alone[0], &together), [0.0; 9]);
        }
    }
}

#[test]
fn a_movement_goes_on_to_its_silence_also_where_there_is_no_device() {
    let mut part = part(Preset::Sleep, 3, 0, 6.0);
    part.until = Frame::LAST;
    let span = MovementSpan::of(part.seed, part.rate, part.index);
    let frames = span.silent_from(part.rate).0;
    let mut chain = Chain::new(|| async { Err::<GpuOrchestra, _>("none here".to_owned()) });
    chain.wait();
    let mut scores = Scores::new(chain, Keep::Sums, THREADS, Simd::detect());
    let mut group = scores.begin(vec![part]);
    let mut count = 0;
    while !group.is_over() {
        count += scores.advance(&mut group).iter().map(|p| p.sums.len() * CONTROL).sum::<usize>();
    }
    assert_eq!(count as u64, frames);
    assert_eq!(scores.events(), [score::Event::Voices(Event::Left { why: "none here".into() })]);
}

/// What a scripted orchestra does with a span.
#[derive(Clone, Debug)]
enum Act {
    Play,
    Fail(GpuError),
    /// One sample of the last movement becomes this.
    Spoil(f32),
    /// A control interval too few.
    Cut,
    /// A movement too few.
    Lack,
}

type Acts = Arc<Mutex<VecDeque<Act>>>;

/// A device that does as it is told.
struct Script {
    acts: Acts,
    device: GpuOrchestra,
}

impl Backend for Script {
    type Work = Recordings;

    fn name(&self) -> String {
        "a script".into()
    }

    async fn render(&mut self, work: &Recordings, piece: Movements) -> Result<Vec<Option<Played>>, GpuError> {
        let act = self.acts.lock().unwrap().pop_front().unwrap_or(Act::Play);
        let mut all = self.device.render(work, piece).await?;
        let last = all.last_mut().unwrap().as_mut().unwrap();
        match act {
            Act::Play => {}
            Act::Fail(error) => return Err(error),
            Act::Spoil(with) => last.layers[3][Layer::Noise.index()].left[7] = with,
            Act::Cut => drop(last.layers.pop()),
            Act::Lack => drop(all.pop()),
        }
        Ok(all)
    }
}

/// A chain of scripted devices, which is opened.
fn chain(acts: &Acts) -> Chain<Script> {
    let acts = Arc::clone(acts);
    let mut chain = Chain::new(move || {
        let acts = Arc::clone(&acts);
        async move { Ok(Script { acts, device: opened(0) }) }
    });
    chain.wait();
    chain
}

/// What happened to where voices are played.
fn of_voices<B>(scores: &mut Scores<B>) -> Vec<Event<Movements>>
where
    B: Backend<Work = Recordings> + Send + 'static,
{
    let voices = |event| match event {
        score::Event::Voices(event) => event,
        score::Event::Textures(event) => panic!("{event}"),
    };
    scores.events().into_iter().map(voices).collect()
}

/// Renders three movements by a script, and compares them; gives what is told. A span is a third of a second.
fn played(acts: &[Act]) -> Vec<Event<Movements>> {
    let script = Arc::new(Mutex::new(acts.iter().cloned().collect()));
    let mut scores = Scores::new(chain(&script), Keep::Parts, THREADS, Simd::detect());
    let parts: Vec<_> = (0..3).map(|n| part(Preset::Focus, 6, n, 2.5)).collect();
    let all = rendered(&mut scores, parts.clone());
    for (part, sound) in parts.iter().zip(all) {
        let by = differences(&sound, &expected(part));
        assert!(by.iter().all(|by| *by <= SCORE), "{acts:?}: {by:?}");
    }
    of_voices(&mut scores)
}

#[test]
fn a_span_that_a_device_spoils_is_the_processors_and_the_next_is_the_devices_again() {
    if adapters() == 0 {
        return;
    }
    let failed = GpuError::Failed { why: "a whim".into() };
    let late = GpuError::Late { waited: PATIENCE };
    let spoilt = [f32::NAN, f32::INFINITY, -1e6].map(Act::Spoil);
    let bad = [Act::Fail(failed), Act::Fail(late), Act::Cut, Act::Lack];
    for act in bad.into_iter().chain(spoilt) {
        let told = played(&[Act::Play, act.clone(), Act::Play, act.clone()]);
        let [Event::Device { .. }, Event::Missed { piece, why }, Event::Missed { .. }] = &told[..] else {
            panic!("{act:?}: {told:?}")
        };
        assert_eq!((piece.from, piece.count), (0, 3));
        assert!(!why.is_empty());
        let sentence = told[1].to_string();
        assert_eq!(sentence, format!("the processor rendered a span of 3 movements: {why}"));
    }
}

#[test]
fn a_device_that_fails_again_and_again_is_left() {
    if adapters() == 0 {
        return;
    }
    let failed = GpuError::Failed { why: "a whim".into() };
    let told = played(&vec![Act::Fail(failed); TRIES as usize]);
    assert_eq!(told.len(), TRIES as usize + 2, "{told:?}");
    assert!(matches!(told.last(), Some(Event::Left { why }) if why.contains("a whim")), "{told:?}");
}

#[test]
fn where_memory_is_short_fewer_movements_go_at_once_and_then_the_device_is_left() {
    if adapters() == 0 {
        return;
    }
    let told = played(&[Act::Fail(GpuError::OutOfMemory)]);
    assert!(matches!(&told[..], [_, Event::Shorter { length: 1, .. }]), "{told:?}");
    assert!(told[1].to_string().starts_with("the GPU gets 1 movements at once"), "{}", told[1]);
    let told = played(&vec![Act::Fail(GpuError::OutOfMemory); 2]);
    assert!(
        matches!(&told[..], [_, Event::Shorter { .. }, Event::Missed { piece, .. }, Event::Left { .. }] if piece.count == 1),
        "{told:?}"
    );
}

#[test]
fn a_device_that_is_destroyed_while_it_plays_is_opened_anew() {
    for at in 0..adapters() {
        let gpus = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&gpus);
        let mut chain = Chain::new(move || {
            let device = opened(at);
            kept.lock().unwrap().push(Arc::clone(device.gpu()));
            async move { Ok(device) }
        });
        chain.wait();
        let mut scores = Scores::new(chain, Keep::Parts, THREADS, Simd::detect());
        let parts: Vec<_> = (0..2).map(|n| part(Preset::Focus, 6, n, 2.0)).collect();
        let mut group = scores.begin(parts.clone());
        let mut sound: Vec<Vec<Parts>> = vec![Vec::new(); 2];
        let mut spans = 0;
        while !group.is_over() {
            scores.advance(&mut group).into_iter().for_each(|p| sound[p.place].extend(p.parts));
            spans += 1;
            if spans == 2 {
                gpus.lock().unwrap().iter().for_each(|gpu| gpu.destroy());
            }
        }
        for (part, sound) in parts.iter().zip(&sound) {
            let by = differences(sound, &expected(part));
            assert!(by.iter().all(|by| *by <= SCORE), "{by:?}");
        }
        let told = of_voices(&mut scores);
        assert!(
            matches!(
                &told[..3],
                [Event::Device { .. }, Event::Missed { .. }, Event::Reopening { attempt: 1, .. }]
            ),
            "{told:?}"
        );
    }
}

#[test]
fn spans_of_reduced_quality_are_the_processors_and_those_after_them_the_devices() {
    if adapters() == 0 {
        return;
    }
    let mut reduced = part(Preset::Sleep, 2, 5, 8.0);
    let start = MovementSpan::of(2, reduced.rate, 5).start;
    let steps = [(6.0, "reduced"), (6.5, "full")];
    for (at, quality) in steps {
        let mut patch = Patch::default();
        patch.set("quality", quality).unwrap();
        reduced.timeline.push(start + reduced.rate.frames(at), &patch).unwrap();
    }
    let full = part(Preset::Sleep, 2, 4, 8.0);
    let mut scores = on(0);
    let all = rendered(&mut scores, vec![full, reduced.clone()]);
    let by = differences(&all[1], &expected(&reduced));
    assert!(by.iter().all(|by| *by <= SCORE) && by[8] > 0.0, "{by:?}");
    assert_eq!(scores.events(), []);
}

#[test]
fn halos_of_rich_movements_are_a_device_s_too_and_the_processors_where_it_is_lost() {
    for at in 0..adapters() {
        let mut rich = part(Preset::Sleep, 2, 5, 6.0);
        let start = MovementSpan::of(2, rich.rate, 5).start;
        let settings = Settings { quality: Quality::Rich, ..Preset::Sleep.settings() };
        *rich.timeline = Timeline::new(settings);
        let mut patch = Patch::default();
        patch.set("quality", "full").unwrap();
        rich.timeline.push(start + rich.rate.frames(5.0), &patch).unwrap();
        let full = part(Preset::Sleep, 2, 4, 6.0);
        let wanted = expected(&rich);
        let textures =
            || block_on(auralis_gpu::open::open_adapter(&block_on(Adapters::find()), at, PATIENCE)).unwrap();
        let mut there = on(at).with_textures(Chain::on(textures(), usize::MAX));
        let sound = rendered(&mut there, vec![full.clone(), rich.clone()]);
        assert_eq!(there.events(), []);
        let by = differences(&sound[1], &wanted);
        println!("{:?} dB", by.map(|by| (20.0 * by.log10()) as i32));
        assert!(by.iter().all(|by| *by <= SCORE), "{by:?}");
        // With its voices here, and its halos there, it is not the very bits: they were used.
        let mut chain = Chain::new(|| async { Err::<GpuOrchestra, _>("none here".to_owned()) });
        chain.wait();
        let lost = textures();
        let gpu = Arc::clone(lost.gpu());
        let here = Scores::new(chain, Keep::Parts, THREADS, Simd::detect());
        let mut scores = here.with_textures(Chain::on(lost, usize::MAX));
        let mut group = scores.begin(vec![rich.clone()]);
        let mut sound = Vec::new();
        while !group.is_over() {
            sound.extend(scores.advance(&mut group).into_iter().flat_map(|passage| passage.parts));
            if sound.len() > 2000 {
                gpu.destroy();
            }
        }
        let by = differences(&sound, &wanted);
        assert!(by[Layer::Pad.index()] > 0.0 && by[8] <= SCORE, "{by:?}");
        let (before, after) = (&sound[..1000], &sound[3500..]);
        assert!(differences(before, &wanted[..1000])[Layer::Pad.index()] > 0.0);
        assert_eq!(differences(after, &wanted[3500..])[Layer::Pad.index()], 0.0);
        let told = scores.events();
        assert!(
            told.iter().any(|event| matches!(event, score::Event::Textures(Event::Missed { .. }))),
            "{told:?}"
        );
    }
}

#[test]
fn a_device_that_plays_something_else_is_refused() {
    if adapters() == 0 {
        return;
    }
    let refused = |act: Act| {
        let mut script = Script { acts: Arc::new(Mutex::new(VecDeque::from([act]))), device: opened(0) };
        probe(&mut script).unwrap_err().to_string()
    };
    let told = refused(Act::Spoil(0.5));
    assert!(told.contains("voices") && told.contains("something else"), "{told}");
    assert!(refused(Act::Spoil(f32::NAN)).contains("can't be music"));
    assert!(refused(Act::Fail(GpuError::OutOfMemory)).contains("memory"));
}

/// A session with changes, reduced quality among them, over the seam between two movements.
fn changing() -> (Session, ChangeLog, Frame) {
    let mut session = Session::new(77);
    session.settings = Preset::Focus.settings();
    let rate = session.rate;
    let begin = MovementSpan::of(77, rate, 1).start.0 - rate.frames(4.0);
    let mut log = ChangeLog::new();
    let changes = [(2.0, "intensity", "0.9"), (3.0, "quality", "reduced"), (6.0, "quality", "rich")];
    for (at, name, value) in changes {
        let mut patch = Patch::default();
        patch.set(name, value).unwrap();
        log.push(Change { frame: Frame(begin + rate.frames(at)), patch }).unwrap();
    }
    (session, log, Frame(begin + 17))
}

#[test]
fn an_engine_with_its_voices_on_a_device_stays_the_engine_whatever_that_does() {
    if adapters() == 0 {
        return;
    }
    let (session, log, begin) = changing();
    let [mut expected, mut performance] = [(); 2].map(|()| {
        let mut performance = Performance::new(&session, log.clone());
        performance.seek(begin).unwrap();
        performance
    });
    // Twice it fails: that chunk is the processor's.
    let bad = || Act::Fail(GpuError::Failed { why: "a whim".into() });
    let script: Acts = Arc::default();
    let mut chain = chain(&script);
    let (mut there, mut here, mut most) = (0, 0, 0.0_f32);
    for n in 0..100 {
        if [7, 11].contains(&n) {
            script.lock().unwrap().push_back(bad());
        }
        let [mut wanted, mut sound] = [(); 2].map(|()| vec![0.0_f32; 2 * 4410]);
        expected.render_interleaved(&mut wanted).unwrap();
        let mut stand = Stand::new(|recordings| {
            let work = Recordings(recordings);
            block_on(chain.render(&work, work.all())).into_iter().collect()
        });
        let elsewhere = performance.render_elsewhere(&mut sound, &mut stand).unwrap();
        *(if elsewhere { &mut there } else { &mut here }) += 1;
        most = wanted.iter().zip(&sound).fold(most, |most, (a, b)| most.max((a - b).abs()));
        if n % 9 == 8 {
            performance = performance.clone();
        }
    }
    println!("{there} chunks there, {here} here, {:.0} dB", 20.0 * most.log10());
    assert!(most > 0.0 && most <= SCORE, "{most}");
    assert!(there > 2 * here && here > 2, "{there} {here}");
    let told = chain.events();
    assert!(matches!(&told[..], [_, Event::Missed { .. }, Event::Missed { .. }]), "{told:?}");
}
