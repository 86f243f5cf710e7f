//! The same bits: with every instruction set of this machine, in blocks of any length, for every preset, at both rates.

mod common;

use auralis_engine::cpu::Simd;
use auralis_engine::random::Stream;
use auralis_engine::{ChangeLog, Engine, Frame, Performance, Preset, SampleRate, Session};
use common::{assert_same, busy_log, render, session, with};

/// Renders a performance from the beginning in blocks, whose lengths `next` gives.
fn in_blocks(session: &Session, log: &ChangeLog, frames: usize, mut next: impl FnMut() -> usize) -> Vec<f32> {
    let mut performance = Performance::new(session, log.clone());
    let mut out = vec![0.0; frames * 2];
    let mut rest = &mut out[..];
    while !rest.is_empty() {
        let n = next().min(rest.len() / 2);
        let (block, after) = rest.split_at_mut(n * 2);
        performance.render_interleaved(block).unwrap();
        rest = after;
    }
    out
}

#[test]
#[cfg_attr(coverage, ignore = "renders minutes, which counting lines slows a hundredfold")]
fn every_instruction_set_gives_the_same_bits() {
    if Simd::detect() == Simd::Baseline {
        println!("skipped: this machine has nothing beyond {}", Simd::Baseline.name());
        return;
    }
    for (i, preset) in Preset::ALL.into_iter().enumerate() {
        for rate in SampleRate::ALL {
            let s = session(100 + i as u64, rate, preset);
            let from = Frame(rate.frames(3.0) + 17);
            let log = busy_log(rate, 3.0);
            let one = render(&s, &log, Simd::Baseline, from, 5 * 44_100);
            let other = render(&s, &log, Simd::detect(), from, 5 * 44_100);
            assert!(one.iter().any(|x| x.abs() > 1e-3), "{} is silent", preset.name());
            assert_same(&one, &other, preset.name());
        }
    }
}

#[test]
#[cfg_attr(coverage, ignore = "renders minutes, which counting lines slows a hundredfold")]
fn reduced_quality_and_no_effects_give_the_same_bits_everywhere() {
    let log = ChangeLog::new();
    for words in ["quality=reduced", "effects=false", "quality=reduced effects=false"] {
        for rate in SampleRate::ALL {
            let mut s = session(7, rate, Preset::Bright);
            s.settings = with(&s.settings, words);
            let one = render(&s, &log, Simd::Baseline, Frame(rate.frames(4.0)), 4 * 44_100);
            let other = render(&s, &log, Simd::detect(), Frame(rate.frames(4.0)), 4 * 44_100);
            assert_same(&one, &other, words);
        }
    }
}

#[test]
fn quality_and_effects_change_the_bits() {
    let log = ChangeLog::new();
    let plain = session(7, SampleRate::Hz44100, Preset::Bright);
    let mut rendered = vec![render(&plain, &log, Simd::detect(), Frame(0), 44_100)];
    for words in ["quality=reduced", "effects=false"] {
        let s = Session { settings: with(&plain.settings, words), ..plain };
        let out = render(&s, &log, Simd::detect(), Frame(0), 44_100);
        assert!(rendered.iter().all(|r| *r != out), "{words} changes nothing");
        rendered.push(out);
    }
}

#[test]
#[cfg_attr(coverage, ignore = "renders minutes, which counting lines slows a hundredfold")]
fn blocks_of_any_length_give_the_same_bits() {
    for (i, preset) in Preset::ALL.into_iter().enumerate() {
        for rate in SampleRate::ALL {
            let s = session(u64::MAX - i as u64, rate, preset);
            let log = busy_log(rate, 0.0);
            let frames = rate.frames(1.5) as usize;
            let whole = in_blocks(&s, &log, frames, || frames);
            for n in [1, 64, 128, 441, 4096] {
                let out = in_blocks(&s, &log, frames, || n);
                assert_same(&whole, &out, &format!("{} in blocks of {n}", preset.name()));
            }
            let mut dice = Stream::new(i as u64, "blocks", u64::from(rate.hz()));
            let out = in_blocks(&s, &log, frames, || 1 + dice.below(5000) as usize);
            assert_same(&whole, &out, &format!("{} in random blocks", preset.name()));
        }
    }
}

#[test]
fn blocks_of_no_frames_change_nothing() {
    let s = Session::new(5);
    let mut performance = Performance::new(&s, ChangeLog::new());
    let mut out = vec![0.0; 2 * 1000];
    performance.render_interleaved(&mut []).unwrap();
    performance.render_interleaved(&mut out[..700]).unwrap();
    performance.render_interleaved(&mut []).unwrap();
    performance.render_interleaved(&mut out[700..]).unwrap();
    assert_same(&out, &render(&s, &ChangeLog::new(), Simd::detect(), Frame(0), 1000), "empty blocks");
}

#[test]
fn channels_apart_and_interleaved_give_the_same_bits() {
    let s = session(3, SampleRate::Hz48000, Preset::Dawn);
    let whole = render(&s, &ChangeLog::new(), Simd::detect(), Frame(0), 50_000);
    let mut engine = Engine::new(&s);
    let (mut left, mut right) = (vec![0.0; 50_000], vec![0.0; 50_100]);
    let mut dice = Stream::new(1, "blocks", 0);
    let mut at = 0;
    while at < left.len() {
        let n = (1 + dice.below(900) as usize).min(left.len() - at);
        assert_eq!(engine.position(), Frame(at as u64));
        // The shorter side decides.
        engine.render(&mut left[at..at + n], &mut right[at..at + n + 7]);
        at += n;
    }
    let apart: Vec<f32> = left.iter().zip(&right).flat_map(|(l, r)| [*l, *r]).collect();
    assert_same(&whole, &apart, "channels");
    // An odd last sample is left alone.
    let mut odd = [9.0; 3];
    engine.render_interleaved(&mut odd);
    assert_eq!(odd[2], 9.0);
    assert_eq!(engine.position(), Frame(50_001));
}

#[test]
fn changes_at_the_very_beginning_are_heard() {
    for rate in SampleRate::ALL {
        let s = session(11, rate, Preset::Focus);
        for seconds in [0.0, 0.001, 0.012] {
            let log = common::log(rate, &[(seconds, "intensity=1 effects=false")]);
            let sought = render(&s, &log, Simd::detect(), Frame(0), 20_000);
            let from_new = in_blocks(&s, &log, 20_000, || 128);
            assert_same(&sought, &from_new, &format!("a change {seconds} s in"));
            let without = render(&s, &ChangeLog::new(), Simd::detect(), Frame(0), 20_000);
            assert!(sought != without);
        }
    }
}

#[test]
fn other_seeds_give_other_music() {
    let bits = |seed| render(&Session::new(seed), &ChangeLog::new(), Simd::detect(), Frame(0), 44_100);
    let all: Vec<_> = [0, 1, 2, 1 << 63, u64::MAX].map(bits).into();
    for (i, a) in all.iter().enumerate() {
        assert!(all[..i].iter().all(|b| a != b));
    }
}

#[test]
fn a_clone_goes_on_with_the_same_bits() {
    let rate = SampleRate::Hz44100;
    let s = session(11, rate, Preset::Bright);
    let log = busy_log(rate, 3.0);
    // Off the control grid, while changes are under way, and where a movement rings on over the next.
    for seconds in [0.0, 3.3, 151.0] {
        let mut original = Performance::new(&s, log.clone());
        original.seek(Frame(rate.frames(seconds) + 17)).unwrap();
        let mut clone = original.clone();
        let [mut one, mut other] = [(); 2].map(|()| vec![0.0; 2 * 44_100]);
        original.render_interleaved(&mut one).unwrap();
        // What the original does meanwhile is nothing to it.
        clone.render_interleaved(&mut other).unwrap();
        assert!(one.iter().any(|x| x.abs() > 1e-3) || seconds == 0.0, "it is silent");
        assert_same(&one, &other, "a clone");
        assert_eq!(original.position(), clone.position());
    }
}
