//! The blocks of signal processing against what theory says of them.

mod common;

use auralis_engine::dsp::delay::{Block, DelayLine};
use auralis_engine::dsp::envelope::{Adsr, Envelopes, Stage};
use auralis_engine::dsp::filter::{OnePole, StateVariable};
use auralis_engine::dsp::lfo::{Lfo, Shape, sines};
use auralis_engine::dsp::noise::{Pink, White};
use auralis_engine::dsp::oscillator::{Phase, fm_index_limit};
use auralis_engine::dsp::resampler::Resampler;
use auralis_engine::dsp::smooth::{Ramp, add_ramped, ramp};
use auralis_engine::lanes::{F32, F32x8, LANES, U32, U32x8};
use auralis_engine::math::midi_hz;
use auralis_engine::random::Stream;
use auralis_engine::time::CONTROL;
use auralis_engine::{Frame, SampleRate};
use common::{response_at, spectrum, to_db};

const RATE: SampleRate = SampleRate::Hz44100;

/// How far the strongest alias below 10 kHz lies under the fundamental (or under the strongest harmonic, for frequency modulation), in dB:
/// whatever is not a harmonic is one.
fn alias(step: u32, signal: &[f64], rate: SampleRate) -> f64 {
    let spectrum = spectrum(signal);
    let bin = f64::from(rate.hz()) / signal.len() as f64;
    let fundamental = f64::from(step) / 4_294_967_296.0 * f64::from(rate.hz());
    let near = |hz: f64| {
        let at = (hz / bin).round() as usize;
        spectrum[at.saturating_sub(2)..(at + 3).min(spectrum.len())].iter().copied().fold(0.0, f64::max)
    };
    let reference = (1..=8).map(|k| near(fundamental * f64::from(k))).fold(0.0, f64::max);
    let worst = spectrum[..(10_000.0 / bin) as usize]
        .iter()
        .enumerate()
        .filter(|(i, _)| {
            let hz = *i as f64 * bin;
            let off = hz - (hz / fundamental).round() * fundamental;
            off.abs() > 9.0 * bin
        })
        .map(|(_, m)| *m)
        .fold(0.0, f64::max);
    to_db(worst / reference)
}

/// The worst alias over MIDI 24 to 96 of an oscillator.
fn worst_alias(name: &str, mut next: impl FnMut(&mut Phase, &mut Phase, f32) -> F32x8) -> f64 {
    const LENGTH: usize = 1 << 15;
    let mut worst = f64::MIN;
    for rate in SampleRate::ALL {
        for note in (24..=96).step_by(4).chain([95]) {
            let hz = midi_hz(note as f32);
            let (mut phase, mut other) = (Phase::default(), Phase::default());
            for lane in 0..LANES {
                phase.set_hz(lane, hz, rate);
                phase.position.0[lane] = 1_234_567_890;
                other.set_hz(lane, hz * 2.0, rate);
                // Its second harmonic exactly, so that all sidebands are harmonics.
                other.step.0[lane] = phase.step.0[lane] * 2;
            }
            let step = phase.step.0[0];
            let signal: Vec<f64> =
                (0..LENGTH).map(|_| f64::from(next(&mut phase, &mut other, hz).0[0])).collect();
            assert!(signal.iter().all(|x| x.abs() < 2.5));
            worst = worst.max(alias(step, &signal, rate));
        }
    }
    println!("{name}: worst alias {worst:.1} dB");
    worst
}

#[test]
#[cfg_attr(coverage, ignore = "renders minutes, which counting lines slows a hundredfold")]
fn oscillators_alias_sixty_decibels_down() {
    let half = F32x8::splat(0.5);
    let all = [
        ("sine", worst_alias("sine", |p, _, _| p.sine())),
        ("saw", worst_alias("saw", |p, _, _| p.saw())),
        ("square", worst_alias("square", |p, _, _| p.square_saw(F32x8::ZERO))),
        ("between", worst_alias("between", |p, _, _| p.square_saw(half))),
        ("square-saw at 1", worst_alias("square-saw at 1", |p, _, _| p.square_saw(F32x8::splat(1.0)))),
        ("triangle", worst_alias("triangle", |p, _, _| p.triangle())),
    ];
    for (name, worst) in all {
        assert!(worst <= -60.0, "{name}: {worst:.1} dB");
    }
}

#[test]
#[cfg_attr(coverage, ignore = "renders minutes, which counting lines slows a hundredfold")]
fn frequency_modulation_aliases_sixty_decibels_down() {
    for most in [0.14 * std::f32::consts::TAU, 2.0, 6.0] {
        let worst = worst_alias("frequency modulation", |carrier, modulator, hz| {
            let index = fm_index_limit(hz, hz * 2.0, RATE).min(most) / std::f32::consts::TAU;
            let push = modulator.sine() * index;
            carrier.sine_pushed(push)
        });
        assert!(worst <= -60.0, "index up to {most}: {worst:.1} dB");
    }
    assert_eq!(fm_index_limit(22_000.0, 1000.0, RATE), 0.0);
    assert!(fm_index_limit(100.0, 0.0, RATE) > 1000.0);
}

#[test]
fn waveforms_are_what_they_are_called() {
    const N: usize = 4096;
    let mut phase = Phase::default();
    let hz = 44_100.0 / N as f32 * 8.0;
    phase.set_hz(0, hz, RATE);
    let turn = |phase: &Phase| f64::from(phase.position.0[0]) / 4_294_967_296.0;
    type Wave = fn(&mut Phase) -> F32x8;
    type Ideal = fn(f64) -> f64;
    let all: [(&str, Wave, Ideal); 5] = [
        ("sine", |p| p.sine(), |t| (std::f64::consts::TAU * t).sin()),
        ("saw", |p| p.saw(), |t| 2.0 * (t - (t + 0.5).floor())),
        ("light saw", |p| p.saw_light(), |t| 2.0 * t - 1.0),
        ("triangle", |p| p.triangle(), |t| 1.0 - 4.0 * (t - (t + 0.5).floor()).abs()),
        ("square", |p| p.square_saw(F32x8::ZERO), |t| if t < 0.5 { 1.0 } else { -1.0 }),
    ];
    for (name, next, ideal) in all {
        let mut p = phase;
        let (mut far, mut sum) = (0, 0.0);
        for _ in 0..N {
            let t = turn(&p);
            let y = f64::from(next(&mut p).0[0]);
            // Two samples around a step or a corner are rounded: 8 turns, two steps each at most.
            if (y - ideal(t)).abs() > 1e-3 {
                far += 1;
            }
            sum += y;
        }
        assert!(far <= 8 * 2 * 4, "{name}: {far} samples are not on the ideal wave");
        assert!((sum / N as f64).abs() < 2e-3, "{name} has a mean of {}", sum / N as f64);
    }
}

#[test]
fn oscillators_keep_their_frequency() {
    for rate in SampleRate::ALL {
        let mut phase = Phase::default();
        for (hz, low, high) in [(440.0, 439.999, 440.001), (1e9, 10_000.0, 12_000.0), (0.0, 0.0, 0.011)] {
            phase.set_hz(2, hz, rate);
            let real = f64::from(phase.step.0[2]) * f64::from(rate.hz()) / 4_294_967_296.0;
            assert!((low..=high).contains(&real), "{hz} Hz became {real} Hz");
        }
        // A lane that was never tuned stays finite.
        for _ in 0..10 {
            for y in [phase.saw(), phase.triangle(), phase.square_saw(F32x8::splat(0.3)), phase.saw_light()] {
                assert!(y.0.iter().all(|v| v.is_finite()));
            }
        }
    }
}

/// Impulse responses of eight lanes.
fn impulses(length: usize, mut next: impl FnMut(F32x8) -> F32x8) -> Vec<Vec<f64>> {
    let mut all = vec![Vec::new(); LANES];
    for n in 0..length {
        let y = next(F32x8::splat(if n == 0 { 1.0 } else { 0.0 }));
        for (response, value) in all.iter_mut().zip(y.0) {
            response.push(f64::from(value));
        }
    }
    all
}

#[test]
fn state_variable_filters_have_the_declared_response() {
    const CUTOFFS: [f32; LANES] = [0.002, 0.005, 0.01, 0.03, 0.08, 0.15, 0.25, 0.4];
    const QS: [f32; LANES] = [0.5, 0.707, 1.0, 2.0, 5.0, 0.9, 1.6, 0.6];
    type Output = fn(&mut StateVariable, F32x8) -> F32x8;
    // With w the warped frequency over the warped cutoff: the numerators' magnitudes over |1 - w² + iw/Q|.
    type Numerator = fn(f64, f64) -> f64;
    let kinds: [(&str, Output, Numerator); 3] = [
        ("low", |f, x| f.low(x), |_, _| 1.0),
        ("band", |f, x| f.band(x), |w, q| w / q),
        ("high", |f, x| f.high(x), |w, _| w * w),
    ];
    for (name, next, numerator) in kinds {
        let mut filter = StateVariable::default();
        filter.set(F32(CUTOFFS), F32(QS));
        let all = impulses(16_384, |x| next(&mut filter, x));
        for lane in 0..LANES {
            let (cutoff, q) = (f64::from(CUTOFFS[lane]), f64::from(QS[lane]));
            for i in 1..60 {
                let f = 0.49 * (i as f64 / 60.0).powi(3);
                let w = (std::f64::consts::PI * f).tan() / (std::f64::consts::PI * cutoff).tan();
                let expected = numerator(w, q) / (1.0 - w * w).hypot(w / q);
                let real = response_at(&all[lane], f);
                if to_db(expected) > -70.0 {
                    let off = to_db(real) - to_db(expected);
                    assert!(off.abs() < 0.1, "{name}, cutoff {cutoff}, Q {q}, at {f:.4}: {off:.2} dB off");
                } else {
                    assert!(to_db(real) < -60.0);
                }
            }
        }
    }
}

#[test]
fn state_variable_filters_stay_calm_while_they_move() {
    let mut filter = StateVariable::default();
    let mut dice = Stream::new(3, "cutoffs", 0);
    let mut noise = White::new(&mut dice);
    for i in 0..200_000 {
        if i % CONTROL == 0 {
            let cutoff = F32(core::array::from_fn(|_| dice.range(-0.1, 0.7)));
            filter.set(cutoff, F32(core::array::from_fn(|_| dice.range(0.5, 3.0))));
        }
        let y = filter.low(noise.sample());
        assert!(y.0.iter().all(|v| v.abs() < 20.0), "{y:?}");
    }
    // Nothing of the past is left in a lane after a reset, and the others keep theirs.
    let mut other = filter;
    other.reset(3);
    let (a, b) = (filter.low(F32x8::ZERO), other.low(F32x8::ZERO));
    assert_eq!(b.0[3], 0.0);
    assert!(a.0[2] == b.0[2] && a.0[3] != 0.0);
}

#[test]
fn one_pole_filters_have_the_declared_response() {
    for rate in SampleRate::ALL {
        for cutoff in [20.0, 320.0, 4000.0, 12_000.0] {
            let keep = (-std::f64::consts::TAU * f64::from(cutoff) / f64::from(rate.hz())).exp();
            let mut low = OnePole::new(cutoff, rate);
            let mut high = OnePole::new(1.0, rate);
            high.set(cutoff, rate);
            let input = |n: i32| if n == 0 { 1.0 } else { 0.0 };
            let lows: Vec<f64> = (0..20_000).map(|n| f64::from(low.low(input(n)))).collect();
            let highs: Vec<f64> = (0..20_000).map(|n| f64::from(high.high(input(n)))).collect();
            for hz in [30.0, 100.0, 320.0, 1000.0, 4000.0, 15_000.0] {
                let angle = std::f64::consts::TAU * hz / f64::from(rate.hz());
                let below = (1.0 - keep * angle.cos()).hypot(keep * angle.sin());
                let f = hz / f64::from(rate.hz());
                let off = to_db(response_at(&lows, f)) - to_db((1.0 - keep) / below);
                assert!(off.abs() < 0.05, "low-pass at {cutoff}: {off} dB off at {hz}");
                let above = (1.0 - angle.cos()).hypot(angle.sin()) * keep / below;
                let off = to_db(response_at(&highs, f)) - to_db(above);
                assert!(off.abs() < 0.05, "high-pass at {cutoff}: {off} dB off at {hz}");
            }
        }
    }
}

#[test]
fn filters_leave_no_denormals() {
    let mut one = OnePole::new(5.0, RATE);
    let mut filter = StateVariable::default();
    filter.set(F32x8::splat(0.0005), F32x8::splat(0.7));
    one.low(1.0);
    filter.low(F32x8::splat(1.0));
    for i in 0..1_000_000 {
        if i % CONTROL == 0 {
            filter.set(F32x8::splat(0.0005), F32x8::splat(0.7));
        }
        let (a, b) = (one.low(0.0), filter.low(F32x8::ZERO).0[0]);
        for v in [a, b] {
            assert!(v == 0.0 || v.is_normal(), "{v:e}");
        }
    }
}

/// Levels of lane 0 at all control points, until it is idle.
fn envelope(shape: Adsr, gate: f32) -> Vec<f32> {
    let mut envelopes = Envelopes::default();
    envelopes.start(0, shape, gate, RATE);
    let mut levels = vec![envelopes.level(0)];
    while envelopes.stage(0) != Stage::Idle {
        let (from, _) = envelopes.advance(RATE);
        assert_eq!(from.0[0], *levels.last().unwrap(), "each interval begins where the last ended");
        levels.push(envelopes.level(0));
        assert!(levels.len() < 100_000);
    }
    levels
}

#[test]
fn straight_envelopes_are_straight_and_reach_their_ends() {
    let shape = Adsr { attack: 0.5, decay: 2.0, sustain: 0.7, release: 1.0, curve: 0.0 };
    let levels = envelope(shape, 7.0);
    let steps = |s: f32| RATE.controls(s) as usize;
    let (attack, decay, gate, release) = (steps(0.5), steps(2.0), steps(7.0), steps(1.0));
    assert_eq!(levels[0], 0.0);
    assert_eq!(levels[attack], 1.0);
    assert_eq!(levels[attack + decay], 0.7);
    assert_eq!(levels[gate], 0.7);
    assert_eq!(levels[gate + release], 0.0);
    assert_eq!(levels.len(), gate + release + 1);
    for (i, level) in levels[..=attack].iter().enumerate() {
        assert!((level - i as f32 / attack as f32).abs() < 1e-4);
    }
    for i in 0..=decay {
        assert!((levels[attack + i] - (1.0 - 0.3 * i as f32 / decay as f32)).abs() < 1e-4);
    }
    for i in 0..=release {
        assert!((levels[gate + i] - 0.7 * (1.0 - i as f32 / release as f32)).abs() < 1e-4);
    }
}

#[test]
fn bent_envelopes_are_exponential_and_reach_their_ends() {
    let shape = Adsr { attack: 0.3, decay: 1.0, sustain: 0.5, release: 2.0, curve: 5.0 };
    let levels = envelope(shape, 3.0);
    let steps = |s: f32| RATE.controls(s) as usize;
    let (attack, decay, gate, release) = (steps(0.3), steps(1.0), steps(3.0), steps(2.0));
    assert_eq!((levels[attack], levels[attack + decay], levels[gate]), (1.0, 0.5, 0.5));
    assert_eq!(*levels.last().unwrap(), 0.0);
    // A segment of curve c from a to b: a + (b-a)(1 - e^(-c·t))/(1 - e^(-c)).
    let along = |from: f64, to: f64, curve: f64, part: f64| {
        from + (to - from) * (1.0 - (-curve * part).exp()) / (1.0 - (-curve).exp())
    };
    let segments =
        [(0, attack, 0.0, 1.0, 5.0 * 0.25), (attack, decay, 1.0, 0.5, 5.0), (gate, release, 0.5, 0.0, 5.0)];
    for (start, length, from, to, curve) in segments {
        for i in 0..=length {
            let expected = along(from, to, curve, i as f64 / length as f64);
            let real = f64::from(levels[start + i]);
            assert!((real - expected).abs() < 1e-3, "{real} instead of {expected}");
        }
    }
}

#[test]
fn envelopes_can_be_let_go_held_and_faded() {
    let shape = Adsr { attack: 0.1, decay: 0.1, sustain: 0.6, release: 1.0, curve: 2.0 };
    let mut e = Envelopes::default();
    assert_eq!((e.active(), e.stage(5)), (0, Stage::Idle));
    for lane in 0..LANES {
        e.start(lane, shape, 100.0, RATE);
    }
    assert_eq!(e.active(), 8);
    for _ in 0..RATE.controls(0.5) {
        e.advance(RATE);
    }
    assert_eq!((e.stage(0), e.level(0)), (Stage::Sustain, 0.6));
    e.release(0, RATE);
    e.fade(1, RATE);
    e.fade(2, RATE);
    e.release(2, RATE);
    assert_eq!((e.stage(0), e.stage(1), e.stage(2)), (Stage::Release, Stage::Fade, Stage::Fade));
    let mut before = e.level(1);
    for _ in 0..RATE.controls(0.006) {
        e.advance(RATE);
        assert!(e.level(1) < before || before == 0.0);
        before = e.level(1);
    }
    assert_eq!((e.stage(1), e.level(1), e.active()), (Stage::Idle, 0.0, 6));
    // Held again in its release: the level goes on from where it is.
    let falling = e.level(0);
    assert!(falling < 0.6 && falling > 0.5);
    e.hold(0, 100.0, RATE);
    assert_eq!((e.stage(0), e.level(0)), (Stage::Decay, falling));
    e.hold(3, 0.0, RATE);
    for _ in 0..RATE.controls(0.2) {
        e.advance(RATE);
    }
    assert_eq!((e.stage(0), e.level(0), e.stage(3)), (Stage::Sustain, 0.6, Stage::Release));
    // What is idle stays idle.
    e.release(1, RATE);
    e.fade(1, RATE);
    assert_eq!(e.stage(1), Stage::Idle);
}

#[test]
fn a_gate_shorter_than_the_attack_releases_from_where_it_is() {
    let shape = Adsr { attack: 1.0, decay: 1.0, sustain: 0.5, release: 0.5, curve: 0.0 };
    let levels = envelope(shape, 0.25);
    let top = levels.iter().copied().fold(0.0, f32::max);
    assert!((top - 0.25).abs() < 0.01, "{top}");
    assert!(levels.windows(2).all(|w| (w[1] - w[0]).abs() < 0.002));
}

#[test]
fn lfos_have_their_shapes() {
    let period = 3.7;
    // Copies of one stream: all begin at the same place in their turn.
    let stream = Stream::new(1, "lfo", 0);
    let make = |shape| Lfo::new(shape, period, RATE, &mut { stream });
    let (sine, triangle, saw, square) =
        (make(Shape::Sine), make(Shape::Triangle), make(Shape::Saw), make(Shape::Square));
    for n in 0..20_000_u64 {
        let frame = Frame(n * 97 + 1_000_000_007 * (n % 5));
        let t = (f64::from(saw.at(frame)) + 1.0) / 2.0;
        assert!((0.0..=1.0).contains(&t));
        let near_edge = |at: f64| (t - at).abs() < 1e-4;
        let expected = (std::f64::consts::TAU * t).sin();
        assert!((f64::from(sine.at(frame)) - expected).abs() < 1e-4);
        let expected = 1.0 - 4.0 * ((t + 0.25).fract() - 0.5).abs();
        assert!((f64::from(triangle.at(frame)) - expected).abs() < 1e-4, "{t}: {}", triangle.at(frame));
        if !near_edge(0.0) && !near_edge(0.5) && !near_edge(1.0) {
            assert_eq!(square.at(frame), if t < 0.5 { 1.0 } else { -1.0 });
        }
    }
    // A turn is a period, even a year later.
    let year = 1_390_000_000_000_u64;
    let turns = (year as f64 / (period as f64 * 44_100.0)).round();
    let after = (turns * f64::from(period) * 44_100.0).round() as u64;
    assert!((sine.at(Frame(after)) - sine.at(Frame(0))).abs() < 1e-3);
}

#[test]
fn random_lfos_are_smooth_and_bounded() {
    let lfo = Lfo::new(Shape::Random, 2.0, RATE, &mut Stream::new(8, "lfo", 0));
    let mut before = lfo.at(Frame(0));
    let (mut low, mut high) = (1.0_f32, -1.0_f32);
    for n in 1..200_000_u64 {
        let now = lfo.at(Frame(n * 64));
        assert!((-1.0..=1.0).contains(&now));
        assert!((now - before).abs() < 3.0 * 64.0 / (2.0 * 44_100.0) + 1e-5, "a leap at {n}");
        low = low.min(now);
        high = high.max(now);
        before = now;
    }
    assert!(low < -0.9 && high > 0.9);
}

#[test]
fn sines_of_lanes_are_functions_of_the_frame() {
    let step = U32(core::array::from_fn(|i| RATE.phase_step(0.05 + 0.03 * i as f32)));
    let offset = U32x8::splat(77);
    for frame in [0, 64, 1 << 33, 1_390_000_000_064] {
        let all = sines(Frame(frame), step, offset);
        for lane in 0..LANES {
            let phase = (u128::from(step.0[lane]) * u128::from(frame) + 77) % (1 << 32);
            let expected = (std::f64::consts::TAU * phase as f64 / 4_294_967_296.0).sin();
            assert!((f64::from(all.0[lane]) - expected).abs() < 1e-6);
        }
    }
}

/// A delay line filled with a known signal, and that signal.
fn filled(longest: usize, blocks: usize) -> (DelayLine, Vec<f32>) {
    let mut line = DelayLine::new(longest);
    let mut noise = White::new(&mut Stream::new(4, "delay", 0));
    let signal: Vec<f32> = (0..blocks * CONTROL).map(|_| noise.sample().0[0]).collect();
    for block in signal.chunks_exact(CONTROL) {
        line.write(block.try_into().unwrap());
    }
    (line, signal)
}

#[test]
fn delay_lines_give_back_what_went_in() {
    let (mut line, signal) = filled(1000, 100);
    assert!(line.longest() >= 1000.0);
    let end = signal.len();
    let mut out: Block = [0.0; CONTROL];
    for delay in [64, 65, 100, 127, 128, 999, 1000] {
        line.read_whole(delay, &mut out);
        assert_eq!(out[..], signal[end - delay..][..CONTROL], "{delay} frames back");
        line.read(delay as f32, delay as f32, &mut out);
        assert_eq!(out[..], signal[end - delay..][..CONTROL], "{delay} frames back, interpolated");
    }
    // Too short delays become the shortest, too long ones the longest.
    line.read_whole(3, &mut out);
    assert_eq!(out[..], signal[end - CONTROL..]);
    line.read(-5.0, f32::MAX, &mut out);
    assert!(out.iter().all(|x| x.is_finite()));
    line.read_whole(usize::MAX, &mut out);
    let longest = line.longest() as usize;
    assert_eq!(out[..], signal[end - longest..][..CONTROL]);
    line.clear();
    line.read_whole(64, &mut out);
    assert_eq!(out, [0.0; CONTROL]);
}

#[test]
fn delay_lines_interpolate_in_straight_lines() {
    let (line, signal) = filled(2000, 100);
    let end = signal.len() as f64;
    let mut out: Block = [0.0; CONTROL];
    for (from, to) in [(500.25, 500.25), (500.75, 501.5), (300.5, 299.75), (64.0, 64.9), (700.0, 699.0)] {
        line.read(from, to, &mut out);
        for (n, real) in out.iter().enumerate() {
            let back = f64::from(from) + f64::from(to - from) * n as f64 / CONTROL as f64;
            let at = end - back + n as f64;
            let (i, t) = (at.floor() as usize, at.fract());
            let next = if t > 0.0 { signal[i + 1] } else { 0.0 };
            let expected = f64::from(signal[i]) * (1.0 - t) + f64::from(next) * t;
            assert!((f64::from(*real) - expected).abs() < 2e-4, "{from} to {to}, frame {n}");
        }
    }
}

#[test]
fn ramps_are_straight() {
    let ones = [1.0; CONTROL];
    let mut block = ones;
    ramp(&mut block, 0.0, 1.0);
    assert!((0..CONTROL).all(|n| (block[n] - n as f32 / 64.0).abs() < 1e-6));
    add_ramped(&mut block, &ones, 1.0, 0.0);
    assert!(block.iter().all(|x| (x - 1.0).abs() < 1e-6));
    let before = block;
    add_ramped(&mut block, &ones, 0.0, 0.0);
    ramp(&mut block, 1.0, 1.0);
    assert_eq!(block, before);
    let mut r = Ramp::new(0.5);
    assert_eq!((r.to(0.75), r.to(0.25)), ((0.5, 0.75), (0.75, 0.25)));
}

#[test]
fn resamplers_pass_and_stop() {
    const N: usize = 1 << 14;
    for (from, to) in [
        (44_100.0, 48_000.0),
        (48_000.0, 44_100.0),
        (44_100.0, 96_000.0),
        (48_000.0, 16_000.0),
        (96_000.0, 44_100.0),
    ] {
        let lower = f64::min(from, to);
        let run = |hz: f64| {
            let mut resampler = Resampler::new(from, to);
            let mut n = 0.0;
            let mut input = || {
                let x = (std::f64::consts::TAU * hz * n / from).sin() as f32;
                n += 1.0;
                [x, -x]
            };
            let mut out = Vec::new();
            for i in 0..N + 400 {
                let [l, r] = resampler.next(&mut input);
                assert_eq!(l, -r);
                if i >= 400 {
                    out.push(f64::from(l));
                }
            }
            spectrum(&out)
        };
        // The pass band, doubtless narrower where the rate falls to a third, for the window's length is counted in input frames.
        let pass = if from / to > 2.0 { 0.6 } else { 0.86 };
        for part in [0.01, 0.1, 0.4, 0.9] {
            // In the middle of a bin.
            let bin = to / N as f64;
            let at = (lower / 2.0 * pass * part / bin).round() as usize;
            let hz = at as f64 * bin;
            let spectrum = run(hz);
            let level = spectrum[at.saturating_sub(2)..at + 3].iter().copied().fold(0.0, f64::max);
            assert!(to_db(level).abs() < 0.2, "{from} to {to}, {hz:.0} Hz: {:.2} dB", to_db(level));
            let rest = spectrum
                .iter()
                .enumerate()
                .filter(|(i, _)| i.abs_diff(at) > 9)
                .map(|(_, m)| *m)
                .fold(0.0, f64::max);
            assert!(to_db(rest) < -80.0, "{from} to {to}, {hz:.0} Hz: {:.1} dB beside it", to_db(rest));
        }
        // The stop band: what cannot be at the new rate. The window makes the slope from pass to stop 0.37 of half the old rate wide, around
        // 0.93 of half the new one; where the rates are neighbours, all that folds back lies above 20 kHz.
        let stop = to / 2.0 * 0.93 + from / 2.0 * 0.185;
        for hz in [stop * 1.01, from / 2.0 * 0.99] {
            if from > to && hz > stop && hz < from / 2.0 {
                let most = run(hz).iter().copied().fold(0.0, f64::max);
                assert!(
                    to_db(most) < -80.0,
                    "{from} to {to}: {hz:.0} Hz comes through at {:.1} dB",
                    to_db(most)
                );
            }
        }
    }
}

#[test]
fn resamplers_take_as_much_as_they_need() {
    let mut resampler = Resampler::new(44_100.0, 48_000.0);
    let mut taken = 0;
    for _ in 0..48_000 {
        resampler.next(|| {
            taken += 1;
            [0.0; 2]
        });
    }
    assert!((44_099..=44_101).contains(&taken), "{taken}");
    resampler.set_ratio(44_100.0, 44_100.0 * 0.999);
    for _ in 0..44_056 {
        resampler.next(|| {
            taken += 1;
            [0.0; 2]
        });
    }
    assert!((44_100 * 2 - 2..=44_100 * 2 + 2).contains(&taken), "{taken}");
    // An impulse comes out after the latency.
    let mut resampler = Resampler::new(44_100.0, 44_100.0);
    let mut n = 0;
    let out: Vec<f32> = (0..64)
        .map(|_| {
            resampler.next(|| {
                n += 1;
                [if n == 1 { 1.0 } else { 0.0 }, 0.0]
            })[0]
        })
        .collect();
    let peak = (0..64).max_by(|a, b| out[*a].total_cmp(&out[*b])).unwrap();
    assert!(peak.abs_diff(Resampler::latency()) <= 1, "{peak}");
}

/// The mean power of each lane's noise in bands between the given frequencies.
fn bands(mut next: impl FnMut() -> F32x8, edges: &[f64]) -> Vec<f64> {
    const N: usize = 1 << 13;
    let mut power = vec![0.0; N / 2 + 1];
    for _ in 0..100 {
        let block: Vec<F32x8> = (0..N).map(|_| next()).collect();
        for lane in [0, 5] {
            let signal: Vec<f64> = block.iter().map(|f| f64::from(f.0[lane])).collect();
            for (p, m) in power.iter_mut().zip(spectrum(&signal)) {
                *p += m * m;
            }
        }
    }
    let bin = 44_100.0 / N as f64;
    edges
        .windows(2)
        .map(|e| {
            let (a, b) = ((e[0] / bin) as usize, (e[1] / bin) as usize);
            power[a..b].iter().sum::<f64>() / (b - a) as f64
        })
        .collect()
}

#[test]
fn white_noise_is_flat() {
    let mut white = White::new(&mut Stream::new(1, "noise", 0));
    let edges = [100.0, 300.0, 1000.0, 3000.0, 6000.0, 10_000.0, 15_000.0, 22_000.0];
    let power = bands(|| white.sample(), &edges);
    let mean = power.iter().sum::<f64>() / power.len() as f64;
    for p in &power {
        assert!((10.0 * (p / mean).log10()).abs() < 0.5, "{power:?}");
    }
    let (mut sum, mut square, mut product) = (0.0, 0.0, 0.0);
    for _ in 0..200_000 {
        let x = white.sample().0;
        assert!(x.iter().all(|v| (-1.0..=1.0).contains(v)));
        sum += f64::from(x[0]);
        square += f64::from(x[0]).powi(2);
        product += f64::from(x[0] * x[1]);
    }
    assert!((sum / 200_000.0).abs() < 0.006);
    assert!((square / 200_000.0 - 1.0 / 3.0).abs() < 0.004);
    assert!((product / 200_000.0).abs() < 0.005, "lanes are independent");
}

#[test]
fn pink_noise_falls_three_decibels_an_octave() {
    let mut pink = Pink::new(&mut Stream::new(2, "noise", 0));
    let edges: Vec<f64> = (0..=8).map(|i| 70.0 * 2_f64.powi(i)).collect();
    let power = bands(|| pink.sample(), &edges);
    // Power a hertz times frequency is the same in every octave.
    let levels: Vec<f64> = power.iter().zip(&edges).map(|(p, f)| 10.0 * (p * f).log10()).collect();
    let mean = levels.iter().sum::<f64>() / levels.len() as f64;
    assert!(levels.iter().all(|l| (l - mean).abs() < 1.0), "{levels:?}");
    let square: f64 = (0..200_000).map(|_| f64::from(pink.sample().0[2]).powi(2)).sum();
    assert!((0.35..0.65).contains(&(square / 200_000.0).sqrt()));
}
