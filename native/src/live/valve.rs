//! Between the ring and the device: volume, pause and gaps, always without a click, and without allocating.

use crate::live::Shared;
use auralis_engine::SampleRate;
use auralis_engine::dsp::resampler::Resampler;
use rtrb::Consumer;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

/// How long volume takes from silence to full, in seconds.
const FADE_SECONDS: f32 = 0.05;

/// What the device's thread asks for frames.
pub struct Valve {
    ring: Consumer<[f32; 2]>,
    shared: Arc<Shared>,
    resampler: Option<Resampler>,
    tap: Tap,
}

/// The gain now, and what it does in a frame.
struct Tap {
    gain: f32,
    step: f32,
    last: [f32; 2],
    in_gap: bool,
}

impl Valve {
    /// A valve from a session's rate to a device's.
    #[must_use]
    pub fn new(ring: Consumer<[f32; 2]>, shared: Arc<Shared>, session: SampleRate, device_hz: u32) -> Self {
        let resampler = (device_hz != session.hz())
            .then(|| Resampler::new(f64::from(session.hz()), f64::from(device_hz)));
        let step = 1.0 / (FADE_SECONDS * session.hz_f32());
        Self { ring, shared, resampler, tap: Tap { gain: 0.0, step, last: [0.0; 2], in_gap: false } }
    }

    /// Fills interleaved stereo at the device's rate. Does not allocate, lock or wait.
    pub fn fill(&mut self, out: &mut [f32]) {
        let Self { ring, shared, resampler, tap } = self;
        for frame in out.chunks_exact_mut(2) {
            let heard = match resampler {
                Some(resampler) => resampler.next(|| tap.next(ring, shared)),
                None => tap.next(ring, shared),
            };
            frame.copy_from_slice(&heard);
        }
    }
}

impl Tap {
    fn next(&mut self, ring: &mut Consumer<[f32; 2]>, shared: &Shared) -> [f32; 2] {
        let quiet = shared.paused.load(Relaxed) || shared.closing.load(Relaxed);
        let target = if quiet { 0.0 } else { shared.volume() };
        if quiet && self.gain == 0.0 {
            shared.silent.store(true, Relaxed);
            return [0.0; 2];
        }
        self.gain += (target - self.gain).clamp(-self.step, self.step);
        let Ok(frame) = ring.pop() else { return self.gap(shared) };
        shared.silent.store(false, Relaxed);
        shared.played.fetch_add(1, Relaxed);
        self.in_gap = false;
        self.last = frame.map(|x| x * self.gain);
        self.last
    }

    /// Nothing there: what sounded last dies away, and what comes next fades in.
    fn gap(&mut self, shared: &Shared) -> [f32; 2] {
        if shared.rendered_all.load(Relaxed) {
            shared.silent.store(true, Relaxed);
        } else if !self.in_gap && shared.played.load(Relaxed) > 0 {
            shared.gaps.fetch_add(1, Relaxed);
        }
        self.in_gap = true;
        self.gain = 0.0;
        self.last = self.last.map(|x| x * 0.99);
        self.last
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rtrb::RingBuffer;

    fn valve(frames: usize, device_hz: u32) -> (Valve, Arc<Shared>, rtrb::Producer<[f32; 2]>) {
        let (mut producer, consumer) = RingBuffer::new(frames);
        (0..frames).for_each(|_| producer.push([0.5, -0.5]).unwrap());
        let shared = Arc::new(Shared::new(Default::default(), 1.0));
        (Valve::new(consumer, Arc::clone(&shared), SampleRate::Hz44100, device_hz), shared, producer)
    }

    fn fill(valve: &mut Valve, frames: usize) -> Vec<f32> {
        let mut out = vec![9.0; 2 * frames];
        valve.fill(&mut out);
        out
    }

    fn largest_step(samples: &[f32]) -> f32 {
        let left: Vec<_> = samples.iter().step_by(2).collect();
        left.windows(2).map(|w| (w[1] - w[0]).abs()).fold(0.0, f32::max)
    }

    #[test]
    fn pause_and_volume_are_ramps_and_a_pause_keeps_the_place() {
        let (mut valve, shared, _producer) = valve(44_100, 44_100);
        let mut heard = fill(&mut valve, 5000);
        assert!((heard[9998] - 0.5).abs() < 1e-6);
        shared.set_volume(0.2);
        heard.extend(fill(&mut valve, 5000));
        assert!((heard[19_998] - 0.1).abs() < 1e-6);
        shared.paused.store(true, Relaxed);
        heard.extend(fill(&mut valve, 5000));
        assert_eq!(heard[29_998], 0.0);
        assert!(shared.silent.load(Relaxed));
        let played = shared.played.load(Relaxed);
        heard.extend(fill(&mut valve, 1000));
        assert_eq!(shared.played.load(Relaxed), played);
        shared.paused.store(false, Relaxed);
        heard.extend(fill(&mut valve, 5000));
        assert!(!shared.silent.load(Relaxed));
        assert_eq!(shared.gaps.load(Relaxed), 0);
        assert!(largest_step(&heard) < 0.001);
    }

    #[test]
    fn a_gap_is_counted_once_and_makes_no_click() {
        let (mut valve, shared, mut producer) = valve(10_000, 44_100);
        let mut heard = fill(&mut valve, 12_000);
        (0..10_000).for_each(|_| producer.push([0.5, -0.5]).unwrap());
        heard.extend(fill(&mut valve, 9000));
        assert_eq!(shared.gaps.load(Relaxed), 1);
        assert!(largest_step(&heard) < 0.006, "{}", largest_step(&heard));
        assert!((heard.last().unwrap() + 0.5).abs() < 1e-6);
        shared.rendered_all.store(true, Relaxed);
        fill(&mut valve, 2000);
        assert!(shared.silent.load(Relaxed));
        assert_eq!(shared.gaps.load(Relaxed), 1);
    }

    #[test]
    fn another_rate_takes_frames_at_the_session_s_pace() {
        let (mut valve, shared, _producer) = valve(44_100, 48_000);
        let heard = fill(&mut valve, 24_000);
        assert!((22_040..22_080).contains(&shared.played.load(Relaxed)));
        assert!((heard[40_000] - 0.5).abs() < 1e-3);
    }
}
