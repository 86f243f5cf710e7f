//! Voices on every backend of the machine: the processor's rows within the tolerance, whatever the parameters, and all of them, whatever happens to the
//! device.
#![cfg(feature = "wgpu")]

use auralis_engine::SampleRate;
use auralis_gpu::batch::gpu::{GpuVoices, Order, Places, Ready};
use auralis_gpu::batch::{Batch, GpuBatch, Sound};
use auralis_gpu::chain::{Backend, Chain, Event, Work};
use auralis_gpu::device::{Adapters, Gpu, GpuError, Software, Wanted};
use auralis_gpu::open::Unavailable;
use auralis_gpu::probe::probe_voices;
use auralis_gpu::tolerance::{VOICE, apart};
use auralis_gpu::voice::{Grid, PARAMETERS, Parameters};
use pollster::block_on;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

const ONE: NonZeroUsize = NonZeroUsize::MIN;

/// Every adapter, with its kernels, which have been probed.
fn devices() -> Vec<GpuVoices> {
    let adapters = block_on(Adapters::find());
    if adapters.found().is_empty() {
        println!("skipped: no adapter");
    }
    (0..adapters.found().len()).map(|at| block_on(GpuBatch::open_adapter(&adapters, at)).unwrap()).collect()
}

fn grid(seconds: f64, rate: SampleRate) -> Grid {
    Grid::new(seconds, rate).unwrap()
}

fn order(grid: &Grid, sounds: Vec<Sound>) -> Order {
    Order { batch: Batch::new(grid), sounds, threads: ONE }
}

fn random(seed: u64, count: u64) -> Vec<Sound> {
    (0..count).map(|voice| Sound::random(seed, voice)).collect()
}

/// Random sounds, with these parameters at these values.
fn with(seed: u64, count: u64, values: &[(&str, f32)]) -> Vec<Sound> {
    let mut sounds = random(seed, count);
    for sound in &mut sounds {
        let mut all = *sound.parameters.values();
        for (name, value) in values {
            let places = PARAMETERS.iter().enumerate().filter(|(_, p)| p.to_string().contains(name));
            assert!(places.clone().count() > 0, "{name}");
            places.for_each(|(place, _)| all[place] = *value);
        }
        sound.parameters = Parameters::new(all).unwrap();
    }
    sounds
}

/// Compares every device's rows with the processor's.
fn compare(what: &str, devices: &mut [GpuVoices], grid: &Grid, sounds: Vec<Sound>) {
    let order = order(grid, sounds);
    let expected = order.twin(order.all());
    assert!(expected.iter().any(|x| x.abs() > 0.01), "{what}: something sounds");
    for device in devices {
        let rows = block_on(device.render(&order, order.all())).unwrap();
        let by = apart(&rows, &expected);
        println!("{}, {what}: {by:e}", device.name());
        if by > VOICE {
            let frames = grid.frames();
            for (i, (a, b)) in rows.chunks(frames).zip(expected.chunks(frames)).enumerate() {
                let by = apart(a, b);
                let at = a.iter().zip(b).position(|(x, y)| (x - y).abs() > VOICE);
                assert!(by <= VOICE, "{}, {what}, voice {i}: {by} at {at:?}", device.name());
            }
        }
        assert!(by <= VOICE, "{}, {what}: {by}", device.name());
        assert!(rows.iter().all(|x| x.abs() <= 1.0));
    }
}

#[test]
fn random_voices_are_the_same_on_every_backend() {
    let mut devices = devices();
    for (seed, count, seconds, rate) in [
        (1, 60, 0.7, SampleRate::Hz44100),
        (2, 60, 0.313, SampleRate::Hz48000),
        (3, 300, 0.05, SampleRate::Hz44100),
        (4, 40, 0.0501, SampleRate::Hz48000),
        (5, 24, 4.0, SampleRate::Hz44100),
        (6, 2, 31.7, SampleRate::Hz48000),
    ] {
        compare(&format!("{seconds} s"), &mut devices, &grid(seconds, rate), random(seed, count));
    }
}

#[test]
fn extreme_parameters_are_the_same_on_every_backend() {
    let mut devices = devices();
    let grid = grid(0.6, SampleRate::Hz44100);
    let steep = [("mod_depth", 20.0), ("->vco", 1.0), ("frequency", 20.0), (".sqr", 1.0)];
    let clamped = [("vco_1.mod_depth", 96.0), ("vco_2.mod_depth", 96.0), ("pitch", 1.0), ("midi_f0", 100.0)];
    let low = [("vco_1.mod_depth", -96.0), ("vco_2.mod_depth", -96.0), ("pitch", 0.9), ("midi_f0", 3.0)];
    let alone = [("mixer.vco_1", 0.0), ("mixer.vco_2", 0.0), ("mixer.noise", 1.0), ("->noise_amp", 1.0)];
    let cases: [(&str, &[(&str, f32)]); 13] = [
        ("no attack", &[("attack", 0.0)]),
        ("no decay, no release", &[("attack", 0.0), ("decay", 0.0), ("release", 0.0)]),
        ("all at the ends", &[("attack", 2.0), ("decay", 2.0), ("release", 5.0), ("alpha", 6.0)]),
        ("least alpha", &[("alpha", 0.1), ("duration", 0.01)]),
        ("steep", &steep),
        ("clamped at the top", &clamped),
        ("clamped at the bottom", &low),
        ("square", &[("vco_2.shape", 0.0), ("mixer.vco_1", 0.0), ("mixer.noise", 0.0), ("mixer.vco_2", 1.0)]),
        ("saw", &[("vco_2.shape", 1.0), ("mixer.vco_1", 0.0), ("mixer.noise", 0.0), ("mixer.vco_2", 1.0)]),
        ("lowest", &[("midi_f0", 0.0), ("tuning", -24.0)]),
        ("highest", &[("midi_f0", 127.0), ("tuning", 24.0)]),
        ("noise alone", &alone),
        ("loud", &[("mixer.", 1.0), ("->vco_1_amp", 1.0), ("->vco_2_amp", 1.0), ("attack", 0.0)]),
    ];
    for (at, (what, values)) in cases.into_iter().enumerate() {
        let values: Vec<_> = values.to_vec();
        // A name may stand in another module's, too: the LFOs' depths go to 20, the oscillators' further.
        compare(what, &mut devices, &grid, with(100 + at as u64, 16, &values));
    }
}

/// Does what the processor does, a little off, so that it can be told from it: as long as it is well, and for so many voices at once.
struct Script {
    memory: usize,
    calls_until: Option<(usize, GpuError)>,
    spoil: Option<f32>,
}

const WELL: Script = Script { memory: usize::MAX, calls_until: None, spoil: None };
const OFF: f32 = 1e-5;

impl Backend for Script {
    type Work = Order;

    fn name(&self) -> String {
        "a script".into()
    }

    async fn render(&mut self, order: &Order, places: Places) -> Result<Vec<f32>, GpuError> {
        if places.count > self.memory {
            return Err(GpuError::OutOfMemory);
        }
        if let Some((calls, error)) = &mut self.calls_until {
            if *calls == 0 {
                return Err(error.clone());
            }
            *calls -= 1;
        }
        let mut rows = order.twin(places);
        rows.iter_mut().for_each(|x| *x = *x * (1.0 - OFF) + OFF * 0.5);
        if let (Some(spoil), Some(x)) = (self.spoil, rows.first_mut()) {
            *x = spoil;
        }
        Ok(rows)
    }
}

/// Renders 16 voices, 4 at a time: which of them have the processor's bits, and what was told.
fn on(script: Script) -> (Vec<bool>, Vec<Event<Places>>) {
    let grid = grid(0.05, SampleRate::Hz44100);
    let order = order(&grid, random(9, 16));
    let expected = order.twin(order.all());
    let mut chain = Chain::on(script, 4);
    let rows = block_on(chain.render(&order, order.all()));
    assert!(apart(&rows, &expected) <= 2.0 * OFF, "every row is there");
    let pairs = rows.chunks(grid.frames()).zip(expected.chunks(grid.frames()));
    (pairs.map(|(a, b)| a == b).collect(), chain.events())
}

#[test]
fn where_memory_is_short_the_device_is_given_less_and_in_the_end_nothing() {
    let (by_processor, told) = on(Script { memory: 2, ..WELL });
    assert!(by_processor.iter().all(|processor| !processor));
    assert!(matches!(&told[..], [Event::Shorter { length: 2, why }] if why.contains("memory")), "{told:?}");
    let (by_processor, told) = on(Script { memory: 0, ..WELL });
    assert!(by_processor.iter().all(|processor| *processor));
    assert!(
        matches!(
            &told[..],
            [
                Event::Shorter { length: 2, .. },
                Event::Shorter { length: 1, .. },
                Event::Missed { piece: Places { from: 0, count: 1 }, .. },
                Event::Left { .. }
            ]
        ),
        "{told:?}"
    );
}

#[test]
fn a_device_that_is_lost_leaves_the_rest_to_the_processor() {
    let lost = GpuError::Lost { why: "a reset".into() };
    let (by_processor, told) = on(Script { calls_until: Some((2, lost)), ..WELL });
    assert_eq!(by_processor, (0..16).map(|place| place >= 8).collect::<Vec<_>>());
    let says: Vec<_> = told.iter().map(ToString::to_string).collect();
    assert_eq!(
        says,
        [
            "the processor rendered 4 voices from 8 on: the GPU is gone (a reset)",
            "the processor renders from now on: the GPU is gone (a reset)"
        ]
    );
}

#[test]
fn a_device_that_gives_what_is_no_sound_is_left_after_three_times() {
    for spoil in [f32::NAN, 1.01, f32::NEG_INFINITY] {
        let (by_processor, told) = on(Script { spoil: Some(spoil), ..WELL });
        assert!(by_processor.iter().all(|processor| *processor));
        let missed = told.iter().filter(|event| matches!(event, Event::Missed { .. })).count();
        assert!(missed == 3 && matches!(told.last(), Some(Event::Left { .. })), "{told:?}");
    }
}

#[test]
fn a_device_that_computes_something_else_is_refused() {
    block_on(probe_voices(&mut Script { ..WELL })).unwrap();
    let refused = block_on(probe_voices(&mut Script { spoil: Some(0.9), ..WELL })).unwrap_err().to_string();
    assert!(refused.starts_with("the probe of the voices is off by "), "{refused}");
    assert!(refused.contains(&format!("where {VOICE} is allowed")), "{refused}");
}

#[test]
fn the_processor_is_chosen_where_it_is_asked_for() {
    let grid = grid(0.05, SampleRate::Hz44100);
    let opened = block_on(GpuBatch::open(&grid, Wanted::Cpu, Software::Allowed));
    let Err(Unavailable::Chosen(choice)) = opened.map(|_| ()) else { panic!("a device was opened") };
    assert_eq!(choice.to_string(), "CPU: cpu was asked for");
}

#[test]
fn a_device_that_is_destroyed_in_the_middle_of_a_batch_leaves_the_rest_to_the_processor() {
    let grid = grid(0.2, SampleRate::Hz44100);
    let sounds = random(11, 24);
    let expected = Batch::new(&grid).rows(&sounds, ONE);
    let (half, middle) = (12, 12 * grid.frames());
    for voices in devices() {
        let gpu = Arc::clone(voices.gpu());
        let mut batch = GpuBatch::on(voices, &grid);
        let first = block_on(batch.rows(sounds[..half].to_vec(), ONE));
        assert!(apart(&first, &expected[..middle]) <= VOICE && batch.events().is_empty());
        gpu.destroy();
        let rest = block_on(batch.rows(sounds[half..].to_vec(), ONE));
        assert!(rest == expected[middle..], "the processor's bits");
        let told = batch.events();
        assert!(matches!(&told[..], [Event::Missed { .. }, Event::Left { .. }]), "{told:?}");
        assert!(block_on(batch.rows(sounds.clone(), ONE)) == expected && batch.events().is_empty());
    }
}

#[test]
fn a_device_that_is_destroyed_while_it_renders_leaves_no_row_out() {
    let grid = grid(0.5, SampleRate::Hz44100);
    let sounds = random(12, 40);
    let expected = Batch::new(&grid).rows(&sounds, ONE);
    for voices in devices() {
        let gpu = Arc::clone(voices.gpu());
        let mut batch = GpuBatch::on(voices, &grid);
        let destroyer = std::thread::spawn(move || {
            std::thread::sleep(std::time::Duration::from_millis(5));
            gpu.destroy();
        });
        let mut told = Vec::new();
        while told.is_empty() {
            let rows = block_on(batch.rows(sounds.clone(), ONE));
            assert!(apart(&rows, &expected) <= VOICE);
            told = batch.events();
        }
        destroyer.join().unwrap();
        assert!(matches!(told.last(), Some(Event::Left { .. })), "{told:?}");
    }
}

#[test]
fn rows_are_handed_out_with_their_places_until_it_is_to_stop() {
    let grid = grid(0.1, SampleRate::Hz48000);
    let sounds = random(13, 10);
    let expected = Batch::new(&grid).rows(&sounds, ONE);
    for voices in devices() {
        let mut batch = GpuBatch::on(voices, &grid);
        let stop = AtomicBool::new(false);
        let done = block_on(batch.for_each(sounds.clone(), ONE, &stop, |place, row| {
            assert!(apart(row, &expected[place * grid.frames()..][..grid.frames()]) <= VOICE);
            stop.store(place == 4, Ordering::Relaxed);
            Ok::<_, ()>(())
        }));
        assert_eq!(done, Ok(5));
    }
}

#[test]
fn rows_that_stay_on_the_device_are_made_and_too_long_ones_are_told_as_such() {
    let long = grid(600.0, SampleRate::Hz48000);
    let short = grid(0.05, SampleRate::Hz44100);
    for mut voices in devices() {
        block_on(voices.render_there(&Ready::new(&short, &random(1, 3), ONE))).unwrap();
        assert!(voices.most(&short) > 100 && voices.most(&long) >= 1);
        let fits = voices.gpu().found().largest_binding.min(voices.gpu().found().largest_buffer);
        let too_many = (fits / (4 * long.frames() as u64)) as usize + 1;
        let error =
            block_on(voices.render_there(&Ready::new(&long, &random(1, too_many as u64), ONE))).unwrap_err();
        assert!(matches!(error, GpuError::TooLarge { what: "rows", .. }), "{error}");
    }
}

#[test]
fn it_waits_no_longer_than_it_is_told() {
    let grid = grid(4.0, SampleRate::Hz44100);
    let adapters = block_on(Adapters::find());
    if adapters.found().is_empty() {
        println!("skipped: no adapter");
    }
    for at in 0..adapters.found().len() {
        let gpu = Arc::new(block_on(Gpu::open(&adapters, at)).unwrap());
        let mut voices = block_on(GpuVoices::new(gpu, std::time::Duration::ZERO)).unwrap();
        match block_on(voices.render_there(&Ready::new(&grid, &random(1, 30), ONE))) {
            // What was there at once is not late.
            Ok(()) => {}
            Err(error) => assert!(matches!(error, GpuError::Late { .. }), "{error}"),
        }
    }
}
