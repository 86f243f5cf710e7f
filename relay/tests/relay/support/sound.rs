//! Opus as a client hears it, and how like the session's own music that is.

use std::f64::consts::PI;

use auralis_engine::session::SessionFile;
use opus_pure::OpusDecoder;

use super::client::rendered;

/// How long a decoder that begins in the middle takes to find its way, in samples.
pub(crate) const SETTLING: usize = 3840;

/// What packets decode to, interleaved, at 48 kHz.
pub(crate) fn decoded<'a>(packets: impl Iterator<Item = &'a [u8]>) -> Vec<f32> {
    let mut decoder = OpusDecoder::new(48_000, 2).unwrap();
    let mut block = [0.0; 2 * 960];
    let mut samples = Vec::new();
    for packet in packets {
        assert_eq!(decoder.decode(packet, 960, &mut block).unwrap(), 960);
        samples.extend_from_slice(&block);
    }
    samples
}

/// The session's own music from a frame on, at 48 kHz: interpolated by a windowed sinc of another make than the relay's.
fn at_48000(file: &SessionFile, from: u64, samples: usize) -> Vec<f32> {
    const HALF: i64 = 48;
    let rate = f64::from(file.session.rate.hz());
    let before = from.min(HALF as u64);
    let frames = (samples as f64 * rate / 48_000.0) as usize + 2 * HALF as usize;
    let source = rendered(file, from - before, frames + before as usize);
    let mut result = Vec::with_capacity(2 * samples);
    for n in 0..samples {
        let at = n as f64 * rate / 48_000.0 + before as f64;
        let middle = at.floor() as i64;
        let mut sum = [0.0; 2];
        for k in (middle - HALF + 1).max(0)..=middle + HALF {
            let x = at - k as f64;
            let sinc = if x == 0.0 { 1.0 } else { (PI * x).sin() / (PI * x) };
            let weight = sinc * (0.5 + 0.5 * (PI * x / (HALF + 1) as f64).cos());
            for (channel, sum) in sum.iter_mut().enumerate() {
                *sum += weight * f64::from(source[2 * k as usize + channel]);
            }
        }
        result.extend(sum.map(|x| x as f32));
    }
    result
}

fn correlation(a: &[f32], b: &[f32]) -> f64 {
    let sum = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>();
    sum(a, b) / (sum(a, a) * sum(b, b)).sqrt()
}

/// Holds what was decoded, from a frame on, to the session: it must be that music, and at its place.
pub(crate) fn is_the_session(file: &SessionFile, frame: u64, heard: &[f32]) {
    const REACH: usize = 400;
    let wanted = at_48000(file, frame, heard.len() / 2);
    let heard = &heard[2 * SETTLING..heard.len() - 2 * REACH];
    let at = |lag: usize| {
        let from = 2 * (SETTLING + lag - REACH);
        correlation(heard, &wanted[from..from + heard.len()])
    };
    let like = at(REACH);
    let best = (0..=2 * REACH).max_by(|a, b| at(*a).total_cmp(&at(*b))).unwrap();
    println!("{like} alike, and most so {} samples off", best as i64 - REACH as i64);
    assert!(like > 0.9, "{like}");
    assert!(best.abs_diff(REACH) <= 1, "{} samples off", best as i64 - REACH as i64);
}
