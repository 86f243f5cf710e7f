//! Every module's signal of given voices, for `tests/torchsynth/compare.py`: `modules PARAMETERS.csv SECONDS DIR`.
//!
//! Writes into DIR, for each signal, a file NAME.f32 with a row for each voice, one after the other, of 32-bit floats, little-endian; `batch` is
//! what the batch renderer makes.

use auralis_engine::SampleRate;
use auralis_gpu::batch::{Batch, table};
use auralis_gpu::voice::Grid;
use auralis_gpu::voice::vco::{Fm, sounded};
use std::collections::BTreeMap;
use std::error::Error;
use std::fs::File;
use std::num::NonZeroUsize;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [parameters, seconds, folder, ..] = &args[..] else {
        return Err("usage: modules PARAMETERS.csv SECONDS DIR".into());
    };
    let sounds = table::read(File::open(parameters)?)?;
    let grid = Grid::new(seconds.parse()?, SampleRate::Hz44100)?;
    let mut files: BTreeMap<&str, Vec<u8>> = BTreeMap::new();
    let mut put = |name, signal: &[f32]| {
        files.entry(name).or_default().extend(signal.iter().flat_map(|x| x.to_le_bytes()));
    };
    for sound in &sounds {
        let voice = sound.voice(grid.rate());
        let signals = voice.signals(&grid);
        for (name, signal) in signals.control.iter().chain(&signals.audio) {
            put(name, signal);
        }
        // No part of the voice; it takes the first oscillator's parameters.
        let [midi_f0, _] = *sound.parameters.keyboard();
        let modulation = signals.get("vco_1_pitch_upsampled").unwrap_or_default();
        let fm = Fm::new(sound.parameters.vco_1(), midi_f0, grid.rate());
        put("fm_vco", &sounded(&voice.vco_1, &fm.phases(modulation)));
    }
    put("batch", &Batch::new(&grid).rows(&sounds, NonZeroUsize::MIN));
    for (name, bytes) in files {
        std::fs::write(Path::new(folder).join(format!("{name}.f32")), bytes)?;
    }
    Ok(())
}
