//! A movement whose voices sound elsewhere: it asks of them what they do in one that sounds itself, and makes the same of their layers.

use auralis_engine::cpu::{BASELINE_WIDTH, Simd};
use auralis_engine::engine::elsewhere::Elsewhere;
use auralis_engine::mix::StereoBlock;
use auralis_engine::movement::Movement;
use auralis_engine::movement::conducted::Layers;
use auralis_engine::session::{MovementSpan, Timeline};
use auralis_engine::time::CONTROL;
use auralis_engine::voice::{Moment, Voices};
use auralis_engine::{Change, ChangeLog, Frame, Layer, Patch, Performance, Preset, SampleRate, Session};
use std::collections::BTreeMap;

const INDEX: u64 = 3;

/// A movement in which settings change, and its first frame.
fn beginning(preset: Preset) -> (Timeline, Movement, Movement) {
    let rate = SampleRate::Hz44100;
    let mut timeline = Timeline::new(preset.settings());
    let conducted = Movement::new(9, rate, INDEX, &timeline, Simd::detect());
    let movement = Movement::new(9, rate, INDEX, &timeline, Simd::detect());
    let mut patch = Patch::default();
    patch.set("intensity", "0.9").unwrap();
    timeline.push(conducted.span().start + 400_000, &patch).unwrap();
    (timeline, conducted, movement)
}

fn sound(voices: &mut Voices, moment: &Moment) -> Layers {
    let mut layers = [StereoBlock::default(); 7];
    let percussion = &mut layers[Layer::Percussion.index()];
    voices.kick.render::<BASELINE_WIDTH>(moment, percussion);
    voices.swell.render::<BASELINE_WIDTH>(moment, percussion);
    voices.hat.render::<BASELINE_WIDTH>(moment, percussion);
    voices.drone.render::<BASELINE_WIDTH>(moment, &mut layers[Layer::Drone.index()]);
    voices.pad.render::<BASELINE_WIDTH>(moment, &mut layers[Layer::Pad.index()]);
    voices.lead.render::<BASELINE_WIDTH>(moment, &mut layers[Layer::Lead.index()]);
    voices.bell.render::<BASELINE_WIDTH>(moment.rate, &mut layers[Layer::Bell.index()]);
    voices.grain.render::<BASELINE_WIDTH>(moment, &mut layers[Layer::Grains.index()]);
    voices.wind.render::<BASELINE_WIDTH>(moment, &mut layers[Layer::Noise.index()]);
    layers
}

#[test]
fn layers_that_come_from_elsewhere_become_the_same_music_to_the_bit() {
    for preset in Preset::ALL {
        let (timeline, mut conducted, mut movement) = beginning(preset);
        let start = conducted.span().start;
        for n in 0..10_000 {
            let frame = start + n * CONTROL as u64;
            let (mut expected, mut sum) = (StereoBlock::default(), StereoBlock::default());
            movement.render(frame, &timeline, &mut expected);
            let cue = conducted.conduct(frame, &timeline, None).unwrap();
            let layers = sound(conducted.voices_mut(), &cue.moment);
            conducted.mix_layers(&cue, &layers, &mut sum);
            let bits = |b: &StereoBlock| [b.left.map(f32::to_bits), b.right.map(f32::to_bits)];
            assert_eq!(bits(&sum), bits(&expected), "{preset:?}, interval {n}");
            assert_eq!(
                bits(conducted.parts().layer(Layer::Pad)),
                bits(movement.parts().layer(Layer::Pad)),
                "{preset:?}, interval {n}"
            );
        }
    }
}

#[test]
fn voices_that_only_tell_what_they_are_to_do_do_as_those_that_sound() {
    let (timeline, mut conducted, mut movement) = beginning(Preset::Focus);
    let start = conducted.span().start;
    let mut started = [0; 8];
    for n in 0..20_000 {
        let frame = start + n * CONTROL as u64;
        movement.render(frame, &timeline, &mut StereoBlock::default());
        let moment = conducted.conduct(frame, &timeline, None).unwrap().moment;
        let v = conducted.voices_mut();
        let mut count = |of: usize, new: bool| started[of] += u32::from(new);
        v.kick.control::<CONTROL>(&moment, |_, _, c| count(0, c.started));
        v.swell.control::<CONTROL>(&moment, |_, _, c| count(1, c.started));
        v.hat.control::<CONTROL>(&moment, |_, _, c| count(2, c.started));
        v.drone.control::<CONTROL>(&moment, |_, _, c| count(3, c.started));
        v.lead.control::<CONTROL>(&moment, |_, _, c| count(4, c.started));
        v.bell.control::<CONTROL>(moment.rate, |_, _, c| count(5, c.started));
        v.grain.control::<CONTROL>(&moment, |lane, _, c| {
            assert!(lane < 16 && (0.0..=1.0).contains(&c.level), "{lane}, {c:?}");
            count(6, c.started);
        });
        v.pad.control::<CONTROL>(&moment, |_, _, c| {
            assert!(!c.started || c.gains == [0.0; 2], "a voice begins in silence: {c:?}");
            count(7, c.started);
        });
        assert_eq!(v.active(), movement.voices(), "interval {n}");
    }
    assert!(started.iter().all(|n| *n > 0), "{started:?}");
    assert!(
        conducted.conduct(Frame::LAST, &timeline, None).is_none(),
        "nothing is to be done where it is silent"
    );
}

/// Synthesizes as the engine does, but when it is told to, and now and then not at all.
#[derive(Default)]
struct Beside {
    layers: BTreeMap<u64, Vec<Layers>>,
    spans: u32,
    failed: u32,
}

impl Elsewhere for Beside {
    fn note(&mut self, movement: u64, moment: &Moment, voices: &mut Voices) {
        self.layers.entry(movement).or_default().push(sound(voices, moment));
    }

    fn play(&mut self) -> bool {
        self.spans += 1;
        let fails = self.spans % 7 == 3;
        self.failed += u32::from(fails);
        !fails
    }

    fn layers(&self, movement: u64, interval: usize) -> Option<&Layers> {
        // Sometimes the last one is missing.
        let lacks = self.spans % 7 == 5 && interval == 40;
        self.layers.get(&movement)?.get(interval).filter(|_| !lacks)
    }

    fn give_back(&self, _: u64, _: &mut Voices) {}

    fn clear(&mut self) {
        self.layers.clear();
    }
}

#[test]
fn an_engine_whose_voices_sound_elsewhere_makes_the_same_music_whatever_fails_there() {
    let mut session = Session::new(77);
    session.settings = Preset::Focus.settings();
    let rate = session.rate;
    // Over the seam between two movements.
    let begin = MovementSpan::of(77, rate, 1).start.0 - rate.frames(6.0);
    let mut log = ChangeLog::new();
    let changes = [
        (2.0, "intensity", "0.9"),
        (3.0, "quality", "rich"),
        (7.0, "quality", "reduced"),
        (8.0, "quality", "full"),
    ];
    for (at, name, value) in changes {
        let mut patch = Patch::default();
        patch.set(name, value).unwrap();
        log.push(Change { frame: Frame(begin + rate.frames(at)), patch }).unwrap();
    }
    let [mut one, mut other] = [(); 2].map(|()| {
        let mut performance = Performance::new(&session, log.clone());
        performance.seek(Frame(begin + 17)).unwrap();
        performance
    });
    let (mut beside, mut there, mut here) = (Beside::default(), 0, 0);
    for n in 0..160 {
        // Chunks of any length, also of less than a control interval.
        let frames = [4410, 4096, 63, 64, 5000, 1, 0][n % 7];
        let [mut expected, mut sound] = [(); 2].map(|()| vec![0.0_f32; 2 * frames]);
        one.render_interleaved(&mut expected).unwrap();
        let elsewhere = other.render_elsewhere(&mut sound, &mut beside).unwrap();
        *(if elsewhere { &mut there } else { &mut here }) += 1;
        assert!(expected.iter().zip(&sound).all(|(a, b)| a.to_bits() == b.to_bits()), "chunk {n}");
        assert_eq!(one.position(), other.position());
        if n % 31 == 30 {
            // A clone goes on as the original would.
            other = other.clone();
        }
    }
    let (failed, reduced) = (beside.failed, here > beside.failed);
    assert!(there > 90 && failed > 5 && reduced, "{there} there, {here} here, {failed} failed");
    assert!(one.position() > MovementSpan::of(77, rate, 1).start);
}
