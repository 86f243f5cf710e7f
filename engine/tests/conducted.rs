//! A movement whose voices sound elsewhere: it asks of them what they do in one that sounds itself, and makes the same of their layers.

use auralis_engine::cpu::{BASELINE_WIDTH, Simd};
use auralis_engine::mix::StereoBlock;
use auralis_engine::movement::Movement;
use auralis_engine::movement::conducted::Conducted;
use auralis_engine::session::Timeline;
use auralis_engine::time::CONTROL;
use auralis_engine::voice::{Moment, Voices};
use auralis_engine::{Frame, Layer, Patch, Preset, SampleRate};

const INDEX: u64 = 3;

/// A movement in which settings change, and its first frame.
fn beginning(preset: Preset) -> (Timeline, Conducted, Movement) {
    let rate = SampleRate::Hz44100;
    let mut timeline = Timeline::new(preset.settings());
    let conducted = Conducted::new(9, rate, INDEX, &timeline, Simd::detect());
    let movement = Movement::new(9, rate, INDEX, &timeline, Simd::detect());
    let mut patch = Patch::default();
    patch.set("intensity", "0.9").unwrap();
    timeline.push(conducted.span().start + 400_000, &patch).unwrap();
    (timeline, conducted, movement)
}

fn sound(voices: &mut Voices, moment: &Moment) -> [StereoBlock; 7] {
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
            let moment = conducted.conduct(frame, &timeline).unwrap();
            let layers = sound(conducted.voices(), &moment);
            conducted.mix(&moment, &layers, &mut sum);
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
        let moment = conducted.conduct(frame, &timeline).unwrap();
        let v = conducted.voices();
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
    let moment = conducted.conduct(Frame::LAST, &timeline);
    assert!(moment.is_none(), "nothing is to be done where it is silent");
}
