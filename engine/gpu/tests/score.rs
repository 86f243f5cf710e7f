//! Whole scores: on every adapter that is found (software too) within the tolerance of `tolerance.rs`, layer by layer and in sum, alone or many at once; and
//! whole whatever a device does.
#![cfg(feature = "wgpu")]

use auralis_engine::cpu::Simd;
use auralis_engine::mix::{Parts, StereoBlock};
use auralis_engine::movement::Movement;
use auralis_engine::session::{MovementSpan, Timeline};
use auralis_engine::time::CONTROL;
use auralis_engine::{Frame, Layer, Patch, Preset, SampleRate};
use auralis_gpu::chain::TRIES;
use auralis_gpu::device::{Adapters, GpuError};
use auralis_gpu::score::open::{PATIENCE, open_adapter, probe};
use auralis_gpu::score::{Event, GpuOrchestra, Keep, Layers, Orchestra, Part, Recording, Scores};
use auralis_gpu::tolerance::SCORE;
use pollster::block_on;
use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};

/// How much is rendered of every preset. Counting lines makes the engine a hundred times slower.
const SECONDS: f64 = if cfg!(coverage) { 2.0 } else { 60.0 };
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
fn rendered<B: Orchestra>(scores: &mut Scores<B>, parts: Vec<Part>) -> Vec<Vec<Parts>> {
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

fn on(orchestra: GpuOrchestra) -> Scores<GpuOrchestra> {
    let mut once = Some(orchestra);
    Scores::new(
        move || once.take().ok_or_else(|| "there is no other".into()),
        Keep::Parts,
        THREADS,
        Simd::detect(),
    )
}

#[test]
fn every_layer_of_every_preset_is_the_same_on_every_adapter() {
    let parts: Vec<_> =
        Preset::ALL.into_iter().zip(0..).map(|(preset, n)| part(preset, n, n, SECONDS)).collect();
    for at in 0..adapters() {
        let mut scores = on(opened(at));
        let all = rendered(&mut scores, parts.clone());
        assert!(matches!(&scores.events()[..], [Event::Device { .. }]));
        let mut heard = [0.0_f32; 7];
        for ((part, sound), preset) in parts.iter().zip(&all).zip(Preset::ALL) {
            let expected = expected(part);
            let by = differences(sound, &expected);
            println!("{preset:?}: {:?} dB", by.map(|by| (20.0 * by.log10()) as i32));
            assert!(by.iter().all(|by| *by <= SCORE), "{preset:?}: {by:?}");
            Layer::ALL.iter().zip(&mut heard).for_each(|(l, h)| *h = h.max(loudest(&expected, *l)));
        }
        assert!(
            cfg!(coverage) || heard.iter().all(|h| *h > 0.003),
            "every layer is to be heard somewhere: {heard:?}"
        );
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
        let together = rendered(&mut on(opened(at)), parts.clone());
        for (part, together) in parts.into_iter().zip(together) {
            let alone = rendered(&mut on(opened(at)), vec![part]);
            assert_eq!(differences(&alone[0], &together), [0.0; 9]);
        }
    }
}

#[test]
#[cfg_attr(coverage, ignore = "renders three minutes")]
fn a_movement_goes_on_to_its_silence() {
    let mut part = part(Preset::Sleep, 3, 0, 6.0);
    part.until = Frame::LAST;
    let span = MovementSpan::of(part.seed, part.rate, part.index);
    let frames = span.silent_from(part.rate).0;
    let mut scores =
        Scores::new(|| Err::<GpuOrchestra, _>("none here".into()), Keep::Sums, THREADS, Simd::detect());
    let mut group = scores.begin(vec![part]);
    let mut count = 0;
    while !group.is_over() {
        count += scores.advance(&mut group).iter().map(|p| p.sums.len() * CONTROL).sum::<usize>();
    }
    assert_eq!(count as u64, frames);
    assert_eq!(scores.events(), [Event::Left { why: "none here".into() }]);
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

/// A device that does as it is told; where there is none it plays silence, so that only what does not hang on its sound can be tested.
struct Script {
    acts: Arc<Mutex<VecDeque<Act>>>,
    device: Option<GpuOrchestra>,
}

impl Orchestra for Script {
    fn name(&self) -> String {
        "a script".into()
    }

    async fn play(&mut self, places: usize, recordings: &[Recording]) -> Result<Vec<Vec<Layers>>, GpuError> {
        let act = self.acts.lock().unwrap().pop_front().unwrap_or(Act::Play);
        let mut all = match &mut self.device {
            Some(device) => device.play(places, recordings).await?,
            None => recordings.iter().map(|r| vec![Layers::default(); r.intervals()]).collect(),
        };
        match act {
            Act::Play => {}
            Act::Fail(error) => return Err(error),
            Act::Spoil(with) => all.last_mut().unwrap()[3][Layer::Noise.index()].left[7] = with,
            Act::Cut => drop(all.last_mut().unwrap().pop()),
            Act::Lack => drop(all.pop()),
        }
        Ok(all)
    }
}

/// Renders a group of three movements on a script, and compares it; gives what is told.
fn played(
    acts: &[Act],
    scores: &mut Option<Scores<Script>>,
    script: &Arc<Mutex<VecDeque<Act>>>,
) -> Vec<Event> {
    script.lock().unwrap().extend(acts.iter().cloned());
    let its = Arc::clone(script);
    let scores = scores.get_or_insert_with(|| {
        let open = move || {
            let adapters = block_on(Adapters::find());
            let device = (!adapters.found().is_empty()).then(|| opened(0));
            Ok(Script { acts: Arc::clone(&its), device })
        };
        Scores::new(open, Keep::Parts, THREADS, Simd::detect())
    });
    let parts: Vec<_> = (0..3).map(|n| part(Preset::Focus, 6, n, 1.5)).collect();
    let all = rendered(scores, parts.clone());
    for (part, sound) in parts.iter().zip(all) {
        let by = differences(&sound, &expected(part));
        assert!(by.iter().all(|by| *by <= SCORE), "{acts:?}: {by:?}");
    }
    scores.events()
}

#[test]
fn what_a_device_spoils_is_rendered_anew_by_the_processor() {
    // Without a device the very first span must fail, since what comes before it stays.
    let before = if adapters() == 0 { 0 } else { 2 };
    let failed = GpuError::Failed { why: "a whim".into() };
    let late = GpuError::Late { waited: PATIENCE };
    for error in [failed, late, GpuError::Lost { why: "a reset".into() }] {
        let (mut scores, script) = (None, Arc::default());
        let mut acts = vec![Act::Play; before];
        acts.push(Act::Fail(error.clone()));
        let told = played(&acts, &mut scores, &script);
        let [Event::Device { .. }, Event::Anew { movements, why }] = &told[..] else { panic!("{told:?}") };
        assert_eq!((&movements.0[..], why), (&[0, 1, 2][..], &error.to_string()));
        // The next group is the device's again, opened anew if it was lost.
        let lost = matches!(error, GpuError::Lost { .. });
        let told = if adapters() == 0 { continue } else { played(&[], &mut scores, &script) };
        match &told[..] {
            [] => assert!(!lost),
            [Event::Reopening { attempt: 1 }, Event::Device { .. }] => assert!(lost),
            told => panic!("{error}: {told:?}"),
        }
    }
}

#[test]
fn a_movement_that_is_no_music_is_rendered_anew_and_the_others_go_on() {
    if adapters() == 0 {
        return;
    }
    for bad in [Act::Spoil(f32::NAN), Act::Spoil(f32::INFINITY), Act::Spoil(-1e6), Act::Cut] {
        let told = played(&[Act::Play, bad.clone()], &mut None, &Arc::default());
        let [Event::Device { .. }, Event::Anew { movements, .. }] = &told[..] else {
            panic!("{bad:?}: {told:?}")
        };
        assert_eq!(movements.0, [2], "{bad:?}");
    }
    let told = played(&[Act::Play, Act::Lack], &mut None, &Arc::default());
    assert!(matches!(&told[..], [_, Event::Anew { movements, .. }] if movements.0.len() == 3), "{told:?}");
}

#[test]
fn a_device_that_fails_again_and_again_is_left() {
    let (mut scores, script) = (None, Arc::default());
    let mut told = Vec::new();
    for _ in 0..TRIES + 1 {
        let acts = [Act::Fail(GpuError::Lost { why: "a reset".into() })];
        told.extend(played(&acts, &mut scores, &script));
    }
    let opened = told.iter().filter(|e| matches!(e, Event::Device { .. })).count();
    assert_eq!(opened, TRIES as usize, "{told:?}");
    assert!(matches!(told.last(), Some(Event::Left { why }) if why.contains("a reset")), "{told:?}");
}

#[test]
fn where_memory_is_short_groups_become_smaller_and_then_the_device_is_left() {
    let (mut scores, script) = (None, Arc::default());
    let short = || [Act::Fail(GpuError::OutOfMemory)];
    let told = played(&short(), &mut scores, &script);
    assert!(matches!(&told[..], [_, Event::Anew { .. }, Event::Fewer { movements: 1, .. }]), "{told:?}");
    assert_eq!(scores.as_ref().unwrap().most(), 1);
    let told = played(&short(), &mut scores, &script);
    assert!(matches!(&told[..], [Event::Anew { .. }, Event::Left { .. }]), "{told:?}");
}

#[test]
fn a_device_that_is_destroyed_while_it_plays_is_opened_anew() {
    for at in 0..adapters() {
        let gpus = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&gpus);
        let open = move || {
            let device = opened(at);
            kept.lock().unwrap().push(Arc::clone(device.gpu()));
            Ok(device)
        };
        let mut scores = Scores::new(open, Keep::Parts, THREADS, Simd::detect());
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
        rendered(&mut scores, parts);
        let told = scores.events();
        assert!(
            matches!(
                &told[..],
                [
                    Event::Device { .. },
                    Event::Anew { .. },
                    Event::Reopening { attempt: 1 },
                    Event::Device { .. }
                ]
            ),
            "{told:?}"
        );
    }
}

#[test]
fn movements_of_reduced_quality_are_the_processors() {
    if adapters() == 0 {
        return;
    }
    let mut reduced = part(Preset::Sleep, 2, 5, 2.0);
    let mut patch = Patch::default();
    patch.set("quality", "reduced").unwrap();
    reduced.timeline.push(reduced.until, &patch).unwrap();
    let full = part(Preset::Sleep, 2, 4, 2.0);
    let mut scores = on(opened(0));
    let all = rendered(&mut scores, vec![full, reduced.clone()]);
    assert_eq!(differences(&all[1], &expected(&reduced)), [0.0; 9]);
    let told = scores.events();
    assert!(
        matches!(&told[..], [Event::Device { .. }, Event::Reduced { movements }] if movements.0 == [5]),
        "{told:?}"
    );
}

#[test]
fn a_device_that_plays_something_else_is_refused() {
    let script = |act| Script { acts: Arc::new(Mutex::new(VecDeque::from([act]))), device: None };
    let refused = probe(&mut script(Act::Play)).unwrap_err().to_string();
    assert!(refused.contains("voices") && refused.contains("something else"), "{refused}");
    let refused = probe(&mut script(Act::Fail(GpuError::OutOfMemory))).unwrap_err().to_string();
    assert!(refused.contains("memory"), "{refused}");
}
