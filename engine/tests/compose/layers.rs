//! Layers: each in its range, on the chord, and denser with intensity.

use super::*;

#[test]
fn pads_play_the_chord_and_bells_its_notes() {
    for (i, preset) in Preset::ALL.into_iter().enumerate() {
        let s = session(i as u64, RATE, preset);
        let events = events(&s, &ChangeLog::new(), 0.0, 4.0 * HOUR);
        let bars = bars(&s, &events);
        let mut bells = 0;
        for (frame, note) in notes(&events) {
            let chord = bar_of(&bars, frame).chord.pitch_classes();
            match note.instrument {
                Instrument::Pad => assert!(chord & (1 << (note.pitch % 12)) != 0, "{note:?}"),
                Instrument::Bell => {
                    // Bells are planned from a little after a bar's beginning on.
                    let at = frame.saturating_sub(8 * CONTROL as u64);
                    let bar = &bars[bars.partition_point(|b| b.start <= at) - 1];
                    let chord = bar.chord.pitch_classes();
                    assert!(chord & (1 << (note.pitch % 12)) != 0, "{note:?} in {:?}", bar.chord);
                    bells += 1;
                }
                _ => {}
            }
        }
        assert!(bells > 100);
    }
}

#[test]
fn layers_keep_to_their_ranges() {
    for preset in Preset::ALL {
        let s = session(33, RATE, preset);
        for (_, note) in notes(&events(&s, &ChangeLog::new(), 0.0, 2.0 * HOUR)) {
            let hz = 440.0 * 2_f64.powf((f64::from(note.pitch) - 69.0) / 12.0);
            let range = match note.instrument {
                Instrument::Drone => 30.0..=120.0,
                Instrument::Pad => 200.0..=1000.0,
                Instrument::Lead | Instrument::Bell => 250.0..=4000.0,
                Instrument::Grain => 500.0..=4000.0,
                Instrument::Kick | Instrument::Swell | Instrument::HiHat => 0.0..=20_000.0,
            };
            assert!(range.contains(&hz), "{:?} at {hz} Hz", note.instrument);
            assert!((-1.0..=1.0).contains(&note.pan) && (0.0..=1.0).contains(&note.velocity));
            assert!(note.duration > 0);
        }
    }
}

#[test]
fn the_drone_never_stops() {
    for preset in [Preset::Sleep, Preset::Bright] {
        let s = session(17, RATE, preset);
        let drones = of_instrument(&events(&s, &ChangeLog::new(), 0.0, 12.0 * HOUR), Instrument::Drone);
        let mut held_until = drones[0].0;
        for (frame, note) in drones {
            // Its release takes eight seconds; half of one is still loud.
            let gap = frame.0.saturating_sub(held_until.0);
            assert!(RATE.seconds(gap) < 2.0, "no drone for {} s", RATE.seconds(gap));
            held_until = held_until.max(frame + note.duration);
        }
    }
}

#[test]
fn more_intensity_is_more_of_everything() {
    let count = |intensity: f32| {
        let s = of(5, &format!("bpm=60 intensity={intensity}"));
        let events = events(&s, &ChangeLog::new(), 0.0, 10.0 * HOUR);
        let of = |layer: Layer| notes(&events).filter(|(_, n)| n.instrument.layer() == layer).count();
        [Layer::Pad, Layer::Lead, Layer::Bell, Layer::Grains, Layer::Percussion].map(of)
    };
    let all: Vec<_> = [0.0, 0.25, 0.5, 0.75, 1.0].map(count).into();
    for pair in all.windows(2) {
        for (less, more) in pair[0].iter().zip(pair[1]) {
            assert!(more > *less || (*less == 0 && more == 0), "{all:?}");
        }
    }
    for i in 0..100 {
        let (a, b) = (i as f32 / 100.0, (i + 1) as f32 / 100.0);
        let rising: [fn(f32) -> f32; 12] = [
            mapping::melody_notes,
            mapping::melody_chance,
            mapping::grains_a_second,
            mapping::bell_chance,
            mapping::drone_cutoff,
            mapping::pad_cutoff,
            mapping::lead_cutoff,
            mapping::noise_cutoff,
            mapping::echo_send,
            mapping::reverb_send,
            |x| -mapping::chord_seconds(x),
            |x| -mapping::lean_seconds(x),
        ];
        for (n, column) in rising.iter().enumerate() {
            assert!(column(b) >= column(a), "column {n} falls at {a}");
        }
        assert!(mapping::pad_voices(b) >= mapping::pad_voices(a));
        for layer in 0..auralis_engine::settings::LAYERS {
            assert!(mapping::layer_gain(layer, b) >= mapping::layer_gain(layer, a), "layer {layer} at {a}");
        }
    }
}
