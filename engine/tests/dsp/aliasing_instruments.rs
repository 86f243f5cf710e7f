//! The instruments as they are played: what is no partial of a note lies 60 dB under it, below 10 kHz, at either rate and either quality.

use auralis_engine::lanes::LANES;
use auralis_engine::mapping;
use auralis_engine::mix::StereoBlock;
use auralis_engine::session::timeline::Controls;
use auralis_engine::settings::LAYERS;
use auralis_engine::time::CONTROL;
use auralis_engine::voice::Moment;
use auralis_engine::voice::bank::{Bank, Group};
use auralis_engine::voice::bell::Bells;
use auralis_engine::voice::drone::Drone;
use auralis_engine::voice::grain::Grain;
use auralis_engine::voice::half::{Doubler, HalfBlock};
use auralis_engine::voice::lead::Lead;
use auralis_engine::voice::pad::Pad;
use auralis_engine::{Frame, Instrument, Note, SampleRate};

use super::common::{spectrum, to_db};

/// Frames that are looked at: half a bin is a third of a hertz.
const LENGTH: usize = 1 << 16;

/// The widest that filters ever open: full intensity and brightness, and the arc at its height.
fn moment(frame: u64, rate: SampleRate, full: bool) -> Moment {
    let controls = Controls {
        intensity: 1.0,
        brightness: 1.0,
        space: 0.5,
        layers: [1.0; LAYERS],
        effects: 1.0,
        richness: if full { 1.0 } else { 0.0 },
        halo: 0.0,
    };
    let openness = mapping::brightness_factor(1.0) * 2.0_f32.powf(0.35);
    Moment { frame: Frame(frame), rate, controls, openness }
}

/// Plays one thing at a quality and gives its left side from `after` seconds on.
fn sounded(
    rate: SampleRate,
    full: bool,
    after: f64,
    mut whole: impl FnMut(&Moment, &mut StereoBlock),
    mut half: impl FnMut(&Moment, &mut HalfBlock) -> bool,
) -> Vec<f64> {
    let mut doubler = Doubler::default();
    let mut out = Vec::new();
    let skip = rate.frames(after) as usize / CONTROL;
    for i in 0..skip + LENGTH / CONTROL {
        let now = moment((i * CONTROL) as u64, rate, full);
        let mut block = StereoBlock::default();
        if full {
            whole(&now, &mut block);
        } else {
            let mut halved = HalfBlock::default();
            let sounds = half(&now, &mut halved);
            doubler.double(&halved, sounds, &mut block);
        }
        if i >= skip {
            out.extend(block.left.iter().map(|x| f64::from(*x)));
        }
    }
    out
}

/// How far the loudest that lies near no partial is below the loudest partial, in dB. Each partial has a frequency and a width, in Hz.
fn strange(signal: &[f64], rate: SampleRate, partials: &[(f64, f64)]) -> (f64, f64) {
    let spectrum = spectrum(signal);
    let bin = f64::from(rate.hz()) / signal.len() as f64;
    let mut own = vec![false; (10_000.0 / bin) as usize];
    for (hz, width) in partials {
        // Nine bins are the window's main lobe.
        let reach = width + 9.0 * bin;
        let (from, to) = ((hz - reach) / bin, (hz + reach) / bin);
        let from = (from.max(0.0) as usize).min(own.len());
        let to = (to.max(0.0) as usize + 1).min(own.len());
        own[from..to].fill(true);
    }
    // The direct component is looked at elsewhere.
    own[..(15.0 / bin) as usize].fill(true);
    assert!(own.iter().any(|o| !o), "there is room between the partials");
    let loudest = |wanted: bool| {
        let mut most = (0, 0.0);
        for (i, m) in spectrum[..own.len()].iter().enumerate() {
            if own[i] == wanted && *m > most.1 {
                most = (i, *m);
            }
        }
        most
    };
    let (at, level) = loudest(false);
    assert!(loudest(true).1 > 1e-4, "it sounds");
    (to_db(level / loudest(true).1), at as f64 * bin)
}

fn hz(pitch: u8) -> f64 {
    440.0 * 2_f64.powf((f64::from(pitch) - 69.0) / 12.0)
}

/// The octave below and the harmonics up to the highest that could be heard, each `spread` (as a part of its frequency) and `width` Hz wide.
fn harmonics(pitch: u8, spread: f64, width: f64) -> Vec<(f64, f64)> {
    let f = hz(pitch);
    let all = (1..).map(|k| f * f64::from(k)).take_while(|h| *h < 25_000.0);
    all.chain([f * 0.5]).map(|h| (h, h * spread + width)).collect()
}

fn note(instrument: Instrument, pitch: u8, seconds: f64, rate: SampleRate) -> Note {
    let duration = rate.frames(seconds);
    Note { instrument, pitch, velocity: 0.8, duration, pan: 0.0, dice: u64::from(pitch) * 31 }
}

/// The worst of an instrument over its range, at both rates and qualities.
fn worst<T: Group + Default + Clone>(
    instrument: Instrument,
    range: std::ops::RangeInclusive<u8>,
    seconds: f64,
    after: f64,
    (spread, width): (f64, f64),
) {
    for rate in SampleRate::ALL {
        for full in [true, false] {
            let mut worst = (f64::MIN, 0, 0.0);
            for pitch in range.clone() {
                let mut bank = Bank::<T, 1>::default();
                bank.play(&note(instrument, pitch, seconds, rate), 1, rate);
                let bank = std::cell::RefCell::new(bank);
                let signal = sounded(
                    rate,
                    full,
                    after,
                    |now, out| bank.borrow_mut().render::<LANES>(now, out),
                    |now, out| bank.borrow_mut().render_half::<LANES>(now, out),
                );
                let (level, at) = strange(&signal, rate, &harmonics(pitch, spread, width));
                if level > worst.0 {
                    worst = (level, pitch, at);
                }
            }
            let quality = if full { "full" } else { "reduced" };
            println!(
                "{instrument:?}, {quality}, {} Hz: {:.1} dB at {:.0} Hz, MIDI {}",
                rate.hz(),
                worst.0,
                worst.2,
                worst.1
            );
            assert!(worst.0 <= -60.0, "{instrument:?}, {quality}: {:.1} dB, MIDI {}", worst.0, worst.1);
        }
    }
}

#[test]
#[cfg_attr(coverage, ignore = "renders minutes, which counting lines slows a hundredfold")]
fn drones_do_not_alias() {
    worst::<Drone>(Instrument::Drone, 23..=46, 20.0, 8.0, (0.003, 1.0));
}

#[test]
#[cfg_attr(coverage, ignore = "renders minutes, which counting lines slows a hundredfold")]
fn pads_do_not_alias() {
    worst::<Pad>(Instrument::Pad, 50..=90, 20.0, 6.0, (0.0054, 1.0));
}

#[test]
#[cfg_attr(coverage, ignore = "renders minutes, which counting lines slows a hundredfold")]
fn leads_do_not_alias() {
    // Its vibrato, five times a second, has sidebands of its own.
    worst::<Lead>(Instrument::Lead, 36..=96, 4.0, 0.3, (0.0, 24.0));
}

#[test]
#[cfg_attr(coverage, ignore = "renders minutes, which counting lines slows a hundredfold")]
fn grains_do_not_alias() {
    worst::<Grain>(Instrument::Grain, 72..=107, 4.0, 0.3, (0.0036, 4.0));
}

#[test]
#[cfg_attr(coverage, ignore = "renders minutes, which counting lines slows a hundredfold")]
fn bells_do_not_alias() {
    const RATIOS: [f64; 7] = [1.0, 2.0, 3.984, 6.72, 2.756, 5.404, 8.933];
    for rate in SampleRate::ALL {
        for full in [true, false] {
            for pitch in 60..=108 {
                let mut bells = Bells::default();
                bells.play(&note(Instrument::Bell, pitch, 5.0, rate), 10, rate);
                let bells = std::cell::RefCell::new(bells);
                let signal = sounded(
                    rate,
                    full,
                    0.2,
                    |_, out| bells.borrow_mut().render::<LANES>(rate, out),
                    |_, out| bells.borrow_mut().render_half::<LANES>(rate, out),
                );
                // They beat, and die away: each is a few hertz wide.
                let partials: Vec<(f64, f64)> = RATIOS.iter().map(|r| (hz(pitch) * r, 8.0)).collect();
                let (level, at) = strange(&signal, rate, &partials);
                assert!(level <= -60.0, "MIDI {pitch}, full: {full}: {level:.1} dB at {at:.0} Hz");
            }
        }
    }
}
