//! Voices: enough of them, stolen without a click, each instrument in its range.

mod common;

use auralis_engine::cpu::Simd;
use auralis_engine::dsp::filter::OnePole;
use auralis_engine::lanes::LANES;
use auralis_engine::mix::StereoBlock;
use auralis_engine::movement::Movement;
use auralis_engine::random::Stream;
use auralis_engine::session::Timeline;
use auralis_engine::session::timeline::Controls;
use auralis_engine::settings::LAYERS;
use auralis_engine::time::CONTROL;
use auralis_engine::voice::Moment;
use auralis_engine::voice::bank::{Bank, Group};
use auralis_engine::voice::bell::Bells;
use auralis_engine::voice::drone::Drone;
use auralis_engine::voice::grain::Grain;
use auralis_engine::voice::half::HalfBlock;
use auralis_engine::voice::hat::HiHat;
use auralis_engine::voice::kick::Kick;
use auralis_engine::voice::lead::Lead;
use auralis_engine::voice::noise::Wind;
use auralis_engine::voice::pad::Pad;
use auralis_engine::voice::swell::Swell;
use auralis_engine::{Frame, Instrument, Note, SampleRate, Settings};
use common::{rms, spectrum, with};

const RATE: SampleRate = SampleRate::Hz44100;

fn moment(frame: u64, richness: f32) -> Moment {
    let controls = Controls {
        intensity: 0.5,
        brightness: 0.5,
        space: 0.5,
        layers: [1.0; LAYERS],
        effects: 1.0,
        richness,
        halo: 0.0,
    };
    Moment { frame: Frame(frame), rate: RATE, controls, openness: 1.0 }
}

fn note(instrument: Instrument, pitch: u8, seconds: f64, dice: u64) -> Note {
    Note { instrument, pitch, velocity: 0.7, duration: RATE.frames(seconds), pan: 0.0, dice }
}

/// Renders `seconds` of something that renders blocks at moments.
fn play(seconds: f64, richness: f32, mut render: impl FnMut(u64, &Moment, &mut StereoBlock)) -> Vec<f32> {
    let mut out = Vec::new();
    for i in 0..RATE.frames(seconds) / CONTROL as u64 {
        let mut block = StereoBlock::default();
        render(i, &moment(i * CONTROL as u64, richness), &mut block);
        assert!(block.left.iter().chain(&block.right).all(|x| x.is_finite() && x.abs() < 8.0));
        out.extend(block.left);
    }
    out
}

/// The energy above 10 kHz in each stretch of 512 frames: a click is broad, and stands out there.
fn hiss(x: &[f32]) -> Vec<f64> {
    x.chunks_exact(512)
        .map(|part| {
            let part: Vec<f64> = part.iter().map(|v| f64::from(*v)).collect();
            spectrum(&part)[116..].iter().map(|m| m * m).sum::<f64>().sqrt()
        })
        .collect()
}

/// Plays random notes on a bank, `W` lanes at a time, changing between the whole rate and half of it if asked to.
fn scattered<T: Group + Default + Clone, const G: usize, const W: usize>(
    instrument: Instrument,
    halves: bool,
) -> (Vec<f32>, Vec<f32>) {
    let mut bank = Bank::<T, G>::default();
    let (mut whole, mut half) = (Vec::new(), Vec::new());
    let mut dice = Stream::new(9, "scattered", 0);
    for i in 0..8000 {
        if dice.chance(0.02) {
            let pitch = 40 + (dice.next_u32() % 40) as u8;
            bank.play(&note(instrument, pitch, f64::from(dice.range(0.05, 2.0)), dice.next_u64()), G, RATE);
        }
        if halves && i / 500 % 2 == 1 {
            let mut block = HalfBlock::default();
            bank.render_half::<W>(&moment(i * CONTROL as u64, 0.0), &mut block);
            half.extend(block.left);
        } else {
            let mut block = StereoBlock::default();
            bank.render::<W>(&moment(i * CONTROL as u64, 0.7), &mut block);
            whole.extend(block.left);
        }
    }
    (whole, half)
}

fn same_in_any_width<T: Group + Default + Clone, const G: usize>(instrument: Instrument, halves: bool) {
    let eight = scattered::<T, G, 8>(instrument, halves);
    assert!(rms(&eight.0) > 1e-4, "{instrument:?} sounds");
    assert!(eight == scattered::<T, G, 4>(instrument, halves), "{instrument:?}, four lanes at a time");
    assert!(eight == scattered::<T, G, 1>(instrument, halves), "{instrument:?}, lane by lane");
}

#[test]
fn however_many_lanes_are_taken_at_a_time_the_bits_are_the_same() {
    same_in_any_width::<Drone, 1>(Instrument::Drone, true);
    same_in_any_width::<Pad, 2>(Instrument::Pad, true);
    same_in_any_width::<Lead, 1>(Instrument::Lead, true);
    same_in_any_width::<Grain, 2>(Instrument::Grain, true);
    same_in_any_width::<Kick, 1>(Instrument::Kick, false);
    same_in_any_width::<Swell, 1>(Instrument::Swell, false);
    same_in_any_width::<HiHat, 1>(Instrument::HiHat, false);
}

/// Fills a bank, then asks for more than it has, and looks for clicks.
fn steal<T: Group + Default + Clone, const G: usize>(instrument: Instrument, voices: u32) {
    let mut bank = Bank::<T, G>::default();
    let mut most = 0;
    let out = play(6.0, 1.0, |i, moment, block| {
        // One more every 50 ms, long past all voices.
        if i % 34 == 0 {
            bank.play(&note(instrument, 50 + (i / 34 % 30) as u8, 60.0, i), G, RATE);
        }
        bank.render::<LANES>(moment, block);
        most = most.max(bank.active());
    });
    assert_eq!(most, voices, "{instrument:?}");
    // The first half fills the bank's attacks; steals go on to the end. No stretch may stand out.
    let hiss = hiss(&out[88_200..]);
    let mut sorted = hiss.clone();
    sorted.sort_by(f64::total_cmp);
    let (median, worst) = (sorted[sorted.len() / 2], sorted[sorted.len() - 1]);
    println!("{instrument:?}: hiss {median:.2e}, at most {worst:.2e}");
    assert!(
        worst < 2e-3 * rms(&out[88_200..]).max(0.05) + median * 12.0,
        "{instrument:?}: a click of {worst:e}"
    );
}

#[test]
fn voices_are_stolen_without_a_click() {
    steal::<Drone, 1>(Instrument::Drone, 8);
    steal::<Pad, 2>(Instrument::Pad, 16);
    steal::<Lead, 1>(Instrument::Lead, 8);
    steal::<Grain, 2>(Instrument::Grain, 16);
}

/// How much louder than its surroundings the loudest stretch above 10 kHz is, when every voice of a noisy or short instrument is taken again and
/// again, compared with the same notes in a bank that has room for all.
fn stolen_and_not<T: Group + Default + Clone>(instrument: Instrument, seconds: f64) {
    let run = |every: u64| {
        let mut bank = Bank::<T, 1>::default();
        let out = play(4.0, 1.0, |i, moment, block| {
            if i % every == 0 {
                bank.play(&note(instrument, 36, seconds, i / every), 1, RATE);
            }
            bank.render::<LANES>(moment, block);
        });
        hiss(&out).into_iter().fold(0.0, f64::max) / rms(&out)
    };
    // Every 13 ms, many more than eight at once; and every 0.3 s, never more than eight.
    let (stolen, alone) = (run(9), run(207));
    println!("{instrument:?}: {stolen:.2e} stolen, {alone:.2e} alone");
    assert!(stolen < 1.5 * alone + 1e-3, "{instrument:?}: {stolen:e} against {alone:e}");
}

#[test]
fn percussion_is_stolen_without_a_click() {
    stolen_and_not::<Kick>(Instrument::Kick, 0.4);
    stolen_and_not::<Swell>(Instrument::Swell, 2.0);
    stolen_and_not::<HiHat>(Instrument::HiHat, 0.1);
}

#[test]
fn no_more_voices_sound_than_were_allowed() {
    // Reduced quality allows a pad eight voices, bells four: also those that had to wait.
    let mut pad = Bank::<Pad, 2>::default();
    let mut bells = Bells::default();
    let mut dice = Stream::new(12, "limits", 0);
    let (mut most_pad, mut most_bells) = (0, 0);
    play(12.0, 1.0, |i, moment, block| {
        // Now and then many at once: more than can wait.
        let count = if dice.chance(0.02) { dice.below(14) } else { 0 };
        for n in 0..u64::from(count) {
            pad.play(
                &note(Instrument::Pad, 55 + (n * 3) as u8, f64::from(dice.range(0.1, 9.0)), i + n),
                1,
                RATE,
            );
            bells.play(&note(Instrument::Bell, 72 + (n * 2) as u8, 3.0, i + n), 4, RATE);
        }
        pad.render::<LANES>(moment, block);
        bells.render::<LANES>(RATE, block);
        most_pad = most_pad.max(pad.active());
        most_bells = most_bells.max(bells.active());
    });
    assert_eq!((most_pad, most_bells), (8, 4));
}

#[test]
fn what_waits_is_played_and_what_cannot_wait_takes_nobody_s_voice() {
    let mut bank = Bank::<Drone, 1>::default();
    for i in 0..8 {
        bank.play(&note(Instrument::Drone, 40, 60.0, i), 1, RATE);
    }
    play(6.0, 1.0, |_, moment, block| bank.render::<LANES>(moment, block));
    // Four can wait; eight more come at once. Four voices make room, the other four go on.
    for i in 0..8 {
        bank.play(&note(Instrument::Drone, 40, 60.0, 100 + i), 1, RATE);
    }
    let mut least = 8;
    play(0.1, 1.0, |_, moment, block| {
        bank.render::<LANES>(moment, block);
        least = least.min(bank.active());
    });
    assert!(least >= 4, "only {least} went on");
    assert_eq!(bank.active(), 8, "those that waited sound");
    // In the same way for bells.
    let mut bells = Bells::default();
    for i in 0..10 {
        bells.play(&note(Instrument::Bell, 80, 8.0, i), 4, RATE);
    }
    assert_eq!(bells.active(), 4);
    play(0.1, 1.0, |_, _, block| bells.render::<LANES>(RATE, block));
    assert_eq!(bells.active(), 4, "those that waited ring");
}

/// How much louder the left is than the right, in dB, in each half second.
fn balance(seconds: f64, mut render: impl FnMut(&Moment, &mut StereoBlock)) -> Vec<f64> {
    let mut all = Vec::new();
    let (mut left, mut right) = (0.0, 0.0);
    for i in 0..RATE.frames(seconds) / CONTROL as u64 {
        let mut block = StereoBlock::default();
        render(&moment(i * CONTROL as u64, 1.0), &mut block);
        left += rms(&block.left).powi(2);
        right += rms(&block.right).powi(2);
        if i % 344 == 343 {
            all.push(10.0 * (left / right).log10());
            (left, right) = (0.0, 0.0);
        }
    }
    all
}

#[test]
fn pads_and_wind_move_gently_from_side_to_side() {
    let pad = |dice| {
        let mut bank = Bank::<Pad, 1>::default();
        bank.play(&note(Instrument::Pad, 64, 60.0, dice), 1, RATE);
        balance(24.0, |moment, block| bank.render::<LANES>(moment, block))
    };
    let pads: Vec<Vec<f64>> = (0..6).map(pad).collect();
    for moved in &pads {
        let low = moved.iter().copied().fold(f64::MAX, f64::min);
        let high = moved.iter().copied().fold(f64::MIN, f64::max);
        assert!(high - low > 2.0 && low > -4.0 && high < 4.0, "from {low:.1} to {high:.1} dB");
        let step = moved.windows(2).map(|w| (w[1] - w[0]).abs()).fold(0.0, f64::max);
        assert!(step < 1.5, "{step:.1} dB within half a second");
    }
    // At rates of their own.
    assert!(pads.windows(2).all(|w| w[0] != w[1]));
    // Wind's bands wander as well; the whole goes to and fro once in 17 s.
    for seed in 0..3 {
        let mut wind = Wind::new(seed, 0, RATE);
        let moved = balance(102.0, |moment, block| wind.render::<LANES>(moment, block));
        let (mut re, mut im) = (0.0, 0.0);
        for (n, x) in moved.iter().enumerate() {
            let turn = std::f64::consts::TAU * n as f64 * 344.0 * 64.0 / 44_100.0 / 17.0;
            re += x * turn.cos() * 2.0 / moved.len() as f64;
            im += x * turn.sin() * 2.0 / moved.len() as f64;
        }
        println!("wind goes {:.1} dB to either side", re.hypot(im));
        assert!((3.0..7.0).contains(&re.hypot(im)), "{:.1} dB", re.hypot(im));
    }
}

#[test]
fn bells_are_stolen_and_still_ring() {
    let mut bells = Bells::default();
    let out = play(4.0, 1.0, |i, _, block| {
        if i % 100 == 0 {
            bells.play(&note(Instrument::Bell, 60 + (i / 100 % 8) as u8, 8.0, i), 10, RATE);
        }
        bells.render::<LANES>(RATE, block);
    });
    assert_eq!(bells.active(), 10);
    assert!(rms(&out[44_100..]) > 0.01);
    // No stretch may stand out: strikes themselves are soft, and go on all the time. (All partials lie below 6 kHz.)
    let hiss = hiss(&out);
    let (before, after) = (&hiss[..120], &hiss[125..]);
    let most = |x: &[f64]| x.iter().copied().fold(0.0, f64::max);
    println!(
        "bells: hiss up to {:.2e} while there is room, {:.2e} when they are stolen",
        most(before),
        most(after)
    );
    assert!(most(after) < 1.5 * most(before));
    // And all end by themselves.
    let end = play(20.0, 1.0, |_, _, block| bells.render::<LANES>(RATE, block));
    assert_eq!(bells.active(), 0);
    assert!(end[end.len() - 1000..].iter().all(|x| *x == 0.0));
    // None at all is no bell.
    bells.play(&note(Instrument::Bell, 72, 1.0, 1), 0, RATE);
    assert_eq!(bells.active(), 0);
}

fn one<T: Group + Default + Clone>(
    instrument: Instrument,
    pitch: u8,
    seconds: f64,
    richness: f32,
) -> Vec<f32> {
    let mut bank = Bank::<T, 1>::default();
    bank.play(&note(instrument, pitch, seconds, 7), 1, RATE);
    let out = play(seconds + 14.0, richness, |_, moment, block| bank.render::<LANES>(moment, block));
    assert_eq!(bank.active(), 0, "{instrument:?} ends");
    assert!(out[out.len() - 1000..].iter().all(|x| *x == 0.0), "{instrument:?} ends in silence");
    out
}

#[test]
#[cfg_attr(coverage, ignore = "renders minutes, which counting lines slows a hundredfold")]
fn instruments_begin_and_end_softly() {
    for richness in [0.0, 0.5, 1.0] {
        let all = [
            one::<Drone>(Instrument::Drone, 36, 6.0, richness),
            one::<Pad>(Instrument::Pad, 64, 6.0, richness),
            one::<Lead>(Instrument::Lead, 76, 2.0, richness),
            one::<Grain>(Instrument::Grain, 84, 0.3, richness),
            one::<Kick>(Instrument::Kick, 36, 0.4, richness),
            one::<Swell>(Instrument::Swell, 36, 3.0, richness),
            one::<HiHat>(Instrument::HiHat, 36, 0.1, richness),
        ];
        for (i, out) in all.iter().enumerate() {
            assert!(out[0].abs() < 0.02, "instrument {i} begins with {}", out[0]);
            let loud = out.iter().fold(0.0_f32, |m, x| m.max(x.abs()));
            assert!((0.02..2.5).contains(&loud), "instrument {i} at richness {richness}: {loud}");
        }
        // The long ones have soft edges: after 20 ms they are still far from their height.
        for out in &all[..2] {
            let loud = out.iter().fold(0.0_f32, |m, x| m.max(x.abs()));
            assert!(out[..882].iter().all(|x| x.abs() < 0.2 * loud));
        }
    }
}

#[test]
fn a_kick_falls_from_150_to_50_hertz() {
    let out = one::<Kick>(Instrument::Kick, 36, 0.4, 1.0);
    // Times of rising zero crossings.
    let crossings: Vec<usize> = (1..20_000).filter(|n| out[n - 1] < 0.0 && out[*n] >= 0.0).collect();
    let first = 44_100.0 / (crossings[1] - crossings[0]) as f64;
    assert!((85.0..150.0).contains(&first), "{first} Hz at first");
    let settled: Vec<&[usize]> = crossings.windows(2).filter(|w| w[0] > 5000 && w[1] < 15_000).collect();
    for pair in settled {
        let hz = 44_100.0 / (pair[1] - pair[0]) as f64;
        assert!((hz - 50.0).abs() < 1.0, "{hz} Hz later");
    }
}

#[test]
fn wind_and_swell_and_hat_keep_to_their_bands() {
    let mut wind = Wind::new(1, 0, RATE);
    let breeze = play(6.0, 1.0, |_, moment, block| wind.render::<LANES>(moment, block));
    let centre = |x: &[f32]| common::centroid(x, 44_100.0);
    assert!((300.0..6000.0).contains(&centre(&breeze)), "wind at {}", centre(&breeze));
    let swell = one::<Swell>(Instrument::Swell, 36, 3.0, 1.0);
    // By amplitude; the slopes of its band reach far up.
    let at = centre(&swell[44_100..120_000]);
    assert!((700.0..5000.0).contains(&at), "swell at {at}");
    let hat = one::<HiHat>(Instrument::HiHat, 36, 0.1, 1.0);
    assert!(centre(&hat[..8192]) > 6000.0, "hat at {}", centre(&hat[..8192]));
}

#[test]
fn a_lead_glides_to_its_pitch() {
    let mut bank = Bank::<Lead, 1>::default();
    bank.play(&note(Instrument::Lead, 69, 1.0, 1), 1, RATE);
    let out = play(4.0, 0.0, |i, moment, block| {
        if i == 1400 {
            bank.play(&note(Instrument::Lead, 76, 2.0, 2), 1, RATE);
        }
        bank.render::<LANES>(moment, block);
    });
    let at = 1400 * CONTROL + 44_100 / 2;
    let part: Vec<f64> = out[at..at + 32_768].iter().map(|x| f64::from(*x)).collect();
    let spectrum = spectrum(&part);
    let peak = (1..spectrum.len()).max_by(|a, b| spectrum[*a].total_cmp(&spectrum[*b])).unwrap();
    let hz = peak as f64 * 44_100.0 / 32_768.0;
    assert!((hz - 659.26).abs() < 3.0, "{hz} Hz");
}

#[test]
fn a_glide_takes_five_to_fifty_milliseconds() {
    let mut taken = Vec::new();
    for dice in 0..60 {
        let mut bank = Bank::<Lead, 1>::default();
        bank.play(&note(Instrument::Lead, 81, 0.05, 1), 1, RATE);
        // The note before has died away when the next one comes, a fourth below where it is going.
        let out = play(2.0, 0.0, |i, moment, block| {
            if i == 689 {
                bank.play(&note(Instrument::Lead, 93, 2.0, dice), 1, RATE);
            }
            bank.render::<LANES>(moment, block);
        });
        let out = &out[689 * CONTROL..];
        let crossings = |out: &[f32]| -> Vec<f64> {
            (1..8000)
                .filter(|n| out[n - 1] < 0.0 && out[*n] >= 0.0)
                .map(|n| n as f64 - f64::from(out[n]) / f64::from(out[n] - out[n - 1]))
                .collect()
        };
        // How many semitones each period still lies away.
        let off = |w: &[f64]| (12.0 * (44_100.0 / (w[1] - w[0]) / 1760.0).log2()).abs();
        // A fourth at first, less the part that a fast glide has done within the first period.
        let first = off(&crossings(out)[..2]);
        assert!((2.0..5.2).contains(&first), "it begins {first:.2} semitones away");
        // Later, modulation makes some of these tones cross zero three times a period: what lies above the fundamental is taken away.
        let mut fundamental = out.to_vec();
        for _ in 0..3 {
            let mut low = OnePole::new(1000.0, RATE);
            fundamental.iter_mut().for_each(|x| *x = low.low(*x));
        }
        // A twentieth of the way is left.
        let crossings = crossings(&fundamental);
        let arrived = crossings.windows(2).rposition(|w| off(w) > 0.25).map_or(0.0, |n| crossings[n + 1]);
        taken.push(arrived / 44.1);
    }
    taken.sort_by(f64::total_cmp);
    println!("glides take {:.1} to {:.1} ms", taken[0], taken[59]);
    assert!(taken[0] >= 3.0 && taken[59] <= 52.0, "{taken:?}");
    assert!(taken[0] < 12.0 && taken[59] > 40.0, "of every length: {taken:?}");
}

#[test]
fn a_lead_has_the_given_envelope() {
    for (gate, from, to, least, most) in
        [(1.0, 0.3, 0.9, 0.75, 0.85), (1.0, 0.045, 0.06, 0.9, 1.01), (1.0, 1.21, 1.3, 0.0, 0.0)]
    {
        let mut bank = Bank::<Lead, 1>::default();
        bank.play(&note(Instrument::Lead, 69, gate, 5), 1, RATE);
        let out = play(1.4, 0.0, |_, moment, block| bank.render::<LANES>(moment, block));
        let at = |s: f64| RATE.frames(s) as usize;
        // At reduced quality: half a sine, at equal power on either side, twice its squared velocity.
        let peak = out[at(from)..at(to)].iter().fold(0.0_f32, |m, x| m.max(x.abs()));
        let level = f64::from(peak) / (0.5 * 0.7 * 0.7 * 2.0 * std::f64::consts::FRAC_1_SQRT_2);
        println!("{from} to {to} s: {level:.3}");
        assert!((least..=most).contains(&level), "{level:.3} from {from} to {to} s");
    }
}

#[test]
#[cfg_attr(coverage, ignore = "renders minutes, which counting lines slows a hundredfold")]
fn at_least_thirty_two_voices_sound_together() {
    // A movement's own banks hold more; how many sound depends on the music: here as dense as it gets.
    let settings = with(&Settings::default(), "intensity=1 bpm=200");
    let timeline = Timeline::new(settings);
    let mut movement = Movement::new(3, RATE, 0, &timeline, Simd::detect());
    let mut most = 0;
    for i in 0..RATE.frames(25.0) / CONTROL as u64 {
        movement.render(Frame(i * CONTROL as u64), &timeline, &mut StereoBlock::default());
        most = most.max(movement.voices());
    }
    println!("{most} voices at once");
    assert!(most >= 32, "{most}");
    movement.silence();
    let mut block = StereoBlock::default();
    movement.render(Frame(RATE.frames(26.0)).control_floor(), &timeline, &mut block);
    assert!(block.left.iter().all(|x| *x == 0.0), "silenced");
}
