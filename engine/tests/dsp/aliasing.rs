//! Oscillators on their own: aliases below 10 kHz lie 60 dB under the fundamental.

use super::*;

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
            let index = fm_index_limit(hz, hz * 2.0, RATE.hz_f32()).min(most) / std::f32::consts::TAU;
            let push = modulator.sine() * index;
            carrier.sine_pushed(push)
        });
        assert!(worst <= -60.0, "index up to {most}: {worst:.1} dB");
    }
    assert_eq!(fm_index_limit(22_000.0, 1000.0, 44_100.0), 0.0);
    assert!(fm_index_limit(100.0, 0.0, 44_100.0) > 1000.0);
}
