//! Every module against figures of torchsynth (`tests/torchsynth/golden.py` says how they were made).

use auralis_engine::SampleRate;
use auralis_gpu::batch::{Batch, Sound};
use auralis_gpu::voice::audio_mixer::AudioMixer;
use auralis_gpu::voice::upsample::upsample;
use auralis_gpu::voice::vco::{Fm, Pitch, Sine, SquareSaw, sounded};
use auralis_gpu::voice::{COUNT, Grid, PARAMETERS, Parameters};
use serde_json::Value;
use std::num::NonZeroUsize;

struct Golden {
    file: Value,
    grid: Grid,
}

impl Golden {
    fn read() -> Self {
        let file = serde_json::from_str(include_str!("golden/torchsynth.json")).unwrap();
        Self { file, grid: Grid::new(1.0, SampleRate::Hz44100).unwrap() }
    }

    fn sounds(&self) -> Vec<Sound> {
        let value = |name: &str, row: usize| self.file["parameters"][name][row].as_f64().unwrap() as f32;
        let values = |row| std::array::from_fn(|i| value(&PARAMETERS[i].to_string(), row));
        let parameters = |row: usize| -> [f32; COUNT] { values(row) };
        (0..4)
            .map(|row| Sound {
                seed: 0,
                voice: row as u64,
                parameters: Parameters::new(parameters(row)).unwrap(),
            })
            .collect()
    }

    /// Asserts that a row of a signal is what torchsynth's is.
    fn compare(&self, name: &str, row: usize, signal: &[f32]) {
        let expected = &self.file["signals"][name];
        let every = expected["every"].as_u64().unwrap() as usize;
        let tolerance = expected["tolerance"][row].as_f64().unwrap();
        let figures = expected["rows"][row].as_array().unwrap();
        assert!(figures.len() > 20 && figures.len() <= signal.len().div_ceil(every), "{name}");
        for (n, (got, figure)) in signal.iter().step_by(every).zip(figures).enumerate() {
            let figure = figure.as_f64().unwrap();
            let apart = (f64::from(*got) - figure).abs();
            assert!(apart <= tolerance, "{name}, row {row}, sample {}: {got} instead of {figure}", n * every);
        }
    }
}

#[test]
fn what_is_at_the_control_rate() {
    let golden = Golden::read();
    let mut compared = 0;
    for (row, sound) in golden.sounds().iter().enumerate() {
        let signals = sound.voice(SampleRate::Hz44100).signals(&golden.grid);
        for (name, signal) in &signals.control {
            if golden.file["signals"][*name].is_object() {
                golden.compare(name, row, signal);
                compared += 1;
            }
        }
    }
    // Six envelopes, two LFOs, five outputs of the matrix.
    assert_eq!(compared, 4 * 13);
}

#[test]
fn upsampling() {
    let golden = Golden::read();
    let control: Vec<f32> = (0..441).map(|k| (k * 37 % 64) as f32 / 64.0).collect();
    golden.compare("upsample", 0, &upsample(&control, &golden.grid));
}

#[test]
fn oscillators() {
    let golden = Golden::read();
    let rate = SampleRate::Hz44100;
    let modulation: Vec<f32> = (0..8192).map(|n| (n % 1024) as f32 / 1024.0 - 0.5).collect();
    for (row, sound) in golden.sounds().iter().enumerate() {
        let p = &sound.parameters;
        let [midi_f0, _] = *p.keyboard();
        let sine = Pitch::new(p.vco_1(), midi_f0, rate);
        golden.compare("vco_1", row, &sounded(&Sine, &sine.phases(&modulation)));
        let [tuning, depth, phase, _] = *p.vco_2();
        let pitch = Pitch::new(&[tuning, depth, phase], midi_f0, rate);
        let square_saw = SquareSaw::new(p.vco_2(), midi_f0);
        golden.compare("vco_2", row, &sounded(&square_saw, &pitch.phases(&modulation)));
        let fm = Fm::new(p.vco_1(), midi_f0, rate);
        golden.compare("fm_vco", row, &sounded(&Sine, &fm.phases(&modulation)));
    }
}

#[test]
fn the_mixer() {
    let golden = Golden::read();
    let source =
        |step: u32| -> Vec<f32> { (0..44_100).map(|n| (n * step % 64) as f32 / 32.0 - 1.0).collect() };
    let sources = [7, 11, 13].map(source);
    for (row, sound) in golden.sounds().iter().enumerate() {
        let mixer = AudioMixer::new(sound.parameters.mixer());
        golden.compare("mixer", row, &mixer.mixed([&sources[0], &sources[1], &sources[2]]));
    }
}

#[test]
fn the_whole_voice_in_both_readings() {
    let golden = Golden::read();
    let sounds = golden.sounds();
    let rows = Batch::new(&golden.grid).rows(&sounds, NonZeroUsize::MIN);
    for (row, (sound, fast)) in sounds.iter().zip(rows.chunks(golden.grid.frames())).enumerate() {
        golden.compare("voice", row, fast);
        golden.compare("voice", row, sound.voice(SampleRate::Hz44100).signals(&golden.grid).output());
    }
}
