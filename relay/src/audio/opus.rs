//! A session's audio as Opus: one encoder, however many listen.
//!
//! Opus is encoded at 48 kHz. Packets are of 20 ms and lie on the session's own grid: packet n begins at frame n · rate / 50, which is
//! whole at 44.1 and at 48 kHz, so that it never depends on who listens, or since when. What delays the audio on its way, the resampler and
//! the encoder itself, is taken off before it is encoded: the first sample that a decoder gives for a packet is the frame with which the
//! packet begins. The price is that a packet is whole 7 ms later; a chunk's last one goes out with the next.
//!
//! The encoder is `opus-pure`: of four that need nothing installed it came nearest to the original, for the second-least time (0.8 % of a
//! core at 96 kbit/s, where `unsafe-libopus`, libopus put into Rust as it stands, took 1.1 %). The engine's windowed sinc is the resampler
//! (0.3 %); nothing else has to be linked for it.

use std::collections::VecDeque;

use auralis_engine::dsp::resampler::Resampler;
use auralis_engine::{Frame, SampleRate};
use auralis_protocol::frame::push_packet;
use opus_pure::{Application, Error, MAX_PACKET_BYTES, OpusEncoder, Signal};

use super::chunk::CHANNELS;

/// The rate at which Opus is encoded, in hertz.
pub const OPUS_HZ: u32 = 48_000;
/// How many samples of each channel a packet has, at that rate.
pub const PACKET: usize = 960;
/// How hard the encoder tries, of 10. With more of it this music is no more like the original, and a tenth dearer.
const COMPLEXITY: i32 = 5;
/// How many packets there are in a second.
const PACKETS_PER_SECOND: u32 = 50;
/// How far the resampler's first output lies behind its first input, in input frames.
const RESAMPLER_DELAY: u64 = Resampler::latency() as u64 - 1;

/// Some packets.
pub(super) struct Bundle {
    /// The session's frame with which the first of them begins.
    pub(super) frame: Frame,
    /// How many they are.
    pub(super) packets: u64,
    /// The packets, as the payload of a binary frame.
    pub(super) payload: Vec<u8>,
}

/// What makes packets of chunks.
pub(super) struct Opus {
    encoder: OpusEncoder,
    rate: SampleRate,
    resampler: Option<Resampler>,
    /// The input that no packet holds yet.
    waiting: VecDeque<[f32; 2]>,
    /// The frame that is to come in next; before the first one nothing.
    expected: Option<Frame>,
    /// How many frames are to come in before the first that counts.
    skip: u64,
    /// How many samples at 48 kHz go before the first packet: the encoder gives back each so many samples late.
    early: usize,
    /// The frame with which the next packet begins.
    next: Frame,
}

impl Opus {
    /// For a session of a rate, at so many bits a second.
    ///
    /// # Errors
    /// If the encoder can't be made.
    pub(super) fn new(rate: SampleRate, bits_per_second: u32) -> Result<Self, Error> {
        let mut encoder = OpusEncoder::new(OPUS_HZ as i32, CHANNELS.into(), Application::Audio)?;
        encoder.bitrate_bps = i32::try_from(bits_per_second).unwrap_or(i32::MAX);
        encoder.complexity = COMPLEXITY;
        encoder.signal_type = Some(Signal::Music);
        let waiting = VecDeque::new();
        let (resampler, expected, skip, early, next) = (None, None, 0, 0, Frame::ZERO);
        Ok(Self { encoder, rate, resampler, waiting, expected, skip, early, next })
    }

    /// The packets that are whole with these interleaved samples, of which the first is at `frame`; nothing if there are none. Where it
    /// does not go on at the frame at which it stopped, it begins anew.
    ///
    /// # Errors
    /// If the encoder fails.
    pub(super) fn encode(&mut self, frame: Frame, samples: &[f32]) -> Result<Option<Bundle>, Error> {
        if self.expected != Some(frame) {
            self.begin(frame)?;
        }
        let frames = samples.as_chunks::<2>().0;
        self.expected = Some(frame + frames.len() as u64);
        let skipped = self.skip.min(frames.len() as u64);
        self.skip -= skipped;
        self.waiting.extend(&frames[skipped as usize..]);

        let mut bundle = Bundle { frame: self.next, packets: 0, payload: Vec::new() };
        let mut pcm = [0.0; 2 * PACKET];
        let mut packet = [0; MAX_PACKET_BYTES];
        while self.waiting.len() >= self.needed() {
            for _ in 0..std::mem::take(&mut self.early) {
                self.sample();
            }
            for sample in pcm.as_chunks_mut().0 {
                *sample = self.sample();
            }
            let length = self.encoder.encode(&pcm, PACKET, &mut packet)?;
            push_packet(&mut bundle.payload, &packet[..length]);
            bundle.packets += 1;
            self.next = self.next + self.span();
        }
        Ok((bundle.packets > 0).then_some(bundle))
    }

    /// Begins with the first packet that begins at a frame or later.
    fn begin(&mut self, frame: Frame) -> Result<(), Error> {
        self.encoder.reset_state()?;
        self.waiting.clear();
        let (from, to) = (self.rate.hz(), OPUS_HZ);
        self.resampler = (from != to).then(|| Resampler::new(from.into(), to.into()));
        self.early = self.encoder.lookahead();
        self.next = Frame(frame.0.next_multiple_of(self.span()));
        self.skip = self.next.0 - frame.0 + if self.resampler.is_some() { RESAMPLER_DELAY } else { 0 };
        Ok(())
    }

    /// How many frames of the session a packet holds.
    fn span(&self) -> u64 {
        (self.rate.hz() / PACKETS_PER_SECOND).into()
    }

    /// How many frames the next packet takes.
    fn needed(&self) -> usize {
        ((self.early + PACKET) * self.span() as usize).div_ceil(PACKET)
    }

    /// The next sample at 48 kHz.
    fn sample(&mut self) -> [f32; 2] {
        let waiting = &mut self.waiting;
        let mut frame = || waiting.pop_front().unwrap_or_default();
        match &mut self.resampler {
            Some(resampler) => resampler.next(frame),
            None => frame(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use auralis_protocol::frame::packets;
    use opus_pure::OpusDecoder;
    use std::f64::consts::TAU;

    const RATES: [SampleRate; 2] = [SampleRate::Hz44100, SampleRate::Hz48000];

    /// Two tones, as they sound at a time in seconds.
    fn tones(time: f64) -> [f32; 2] {
        [(TAU * 997.0 * time).sin() as f32 * 0.3, (TAU * 313.0 * time).sin() as f32 * 0.3]
    }

    /// So many frames of them, interleaved.
    fn chunk(rate: SampleRate, from: u64, frames: u64) -> Vec<f32> {
        (from..from + frames).flat_map(|n| tones(n as f64 / f64::from(rate.hz()))).collect()
    }

    /// How much louder a signal is than what it differs by, in decibels.
    fn likeness(wanted: &[f32], got: &[f32]) -> f64 {
        let energy = |x: f32| f64::from(x) * f64::from(x);
        let noise: f64 = wanted.iter().zip(got).map(|(a, b)| energy(a - b)).sum();
        10.0 * (wanted.iter().map(|x| energy(*x)).sum::<f64>() / noise).log10()
    }

    #[test]
    fn a_packet_decodes_to_what_sounds_from_its_frame_on() {
        for rate in RATES {
            for frames in [rate.frames(0.1), 1234] {
                let mut opus = Opus::new(rate, 96_000).unwrap();
                let mut decoder = OpusDecoder::new(OPUS_HZ as i32, 2).unwrap();
                let (mut heard, mut begun, mut next) = (Vec::new(), None, 7 * frames);
                let mut block = [0.0; 2 * PACKET];
                let mut due = None;
                while next < 7 * frames + u64::from(rate.hz()) {
                    let bundle = opus.encode(Frame(next), &chunk(rate, next, frames)).unwrap();
                    next += frames;
                    let Some(bundle) = bundle else { continue };
                    assert_eq!(bundle.frame, due.unwrap_or(bundle.frame), "nothing between");
                    assert_eq!(bundle.frame.0 % u64::from(rate.hz() / 50), 0, "on the grid");
                    assert_eq!(packets(&bundle.payload).count() as u64, bundle.packets);
                    due = Some(bundle.frame + bundle.packets * u64::from(rate.hz() / 50));
                    begun.get_or_insert(bundle.frame);
                    for packet in packets(&bundle.payload) {
                        assert_eq!(decoder.decode(packet, PACKET, &mut block).unwrap(), PACKET);
                        heard.extend_from_slice(&block);
                    }
                }
                let begun = begun.unwrap().0 as f64 / f64::from(rate.hz());
                let wanted: Vec<_> =
                    (0..heard.len() / 2).flat_map(|n| tones(begun + n as f64 / 48_000.0)).collect();
                // As soon as the decoder has found its way.
                let settled = 2 * 3840;
                let ratio = likeness(&wanted[settled..], &heard[settled..]);
                // One sample off would leave 18 dB.
                assert!(ratio > 25.0, "{} Hz in chunks of {frames}: {ratio} dB", rate.hz());
            }
        }
    }

    #[test]
    fn it_takes_as_many_bits_as_it_may() {
        for kilobits in [64, 96, 160] {
            let mut opus = Opus::new(SampleRate::Hz44100, kilobits * 1000).unwrap();
            let mut noise = 1_u32;
            let mut bits = 0;
            for n in 0..50 {
                let random = std::iter::repeat_with(|| {
                    noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    (noise >> 8) as f32 / 2.0_f32.powi(24) - 0.5
                });
                let samples: Vec<_> = random.take(2 * 4410).collect();
                let bundle = opus.encode(Frame(n * 4410), &samples).unwrap().unwrap();
                bits += packets(&bundle.payload).map(|packet| 8 * packet.len() as u32).sum::<u32>();
            }
            assert!((bits / 5000).abs_diff(kilobits) <= kilobits / 10, "{} kbit/s", bits / 5000);
        }
    }

    #[test]
    fn after_a_gap_it_begins_anew() {
        for rate in RATES {
            let frames = rate.frames(0.1);
            let mut opus = Opus::new(rate, 96_000).unwrap();
            let mut at = |n: u64| opus.encode(Frame(n * frames), &chunk(rate, n * frames, frames)).unwrap();
            let first = at(4).unwrap();
            assert_eq!((first.frame, first.packets), (Frame(4 * frames), 4));
            assert_eq!(at(5).unwrap().packets, 5);
            let again = at(4).unwrap();
            assert!(again.payload == first.payload, "the same packets of the same music");
        }
    }
}
