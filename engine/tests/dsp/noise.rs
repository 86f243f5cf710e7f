//! Noise: its spectrum and its independence.

use super::*;

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
    let mut white: White = White::new(&mut Stream::new(1, "noise", 0));
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
