//! What shows that two who play a session play the same samples: a number for every five seconds of it.
//!
//! Each span's frames run through a 64-bit mix (multiply by the golden ratio's odd fraction, as in Knuth's multiplicative hashing, and fold), cheap
//! enough for the audio thread. It finds mistakes; it is no protection from somebody who wants to lie.

use crate::time::{Frame, SampleRate};

/// How long a span is.
const SECONDS: f64 = 5.0;
/// 2⁶⁴ divided by the golden ratio, made odd.
const MIX: u64 = 0x9e37_79b9_7f4a_7c15;

/// Proves what is rendered, span by span: spans begin at multiples of five seconds from the session's first frame. A span of which a
/// frame was not rendered, or not in its turn, is not proved. Allocates nothing.
#[derive(Clone, Debug)]
pub struct Proof {
    span: u64,
    /// The frame that is to come.
    next: Frame,
    /// Whether all of its span before it was taken, and what that makes.
    whole: bool,
    hash: u64,
    last: Option<(Frame, u64)>,
}

impl Proof {
    /// Of a session at a rate, before its first frame.
    #[must_use]
    pub fn new(rate: SampleRate) -> Self {
        Self { span: rate.frames(SECONDS), next: Frame::ZERO, whole: false, hash: 0, last: None }
    }

    /// Takes what was rendered from `frame` on: the left sample and the right of each frame.
    pub fn take(&mut self, frame: Frame, samples: impl Iterator<Item = [f32; 2]>) {
        self.whole &= frame == self.next;
        let mut at = frame.0;
        let mut left = self.span - at % self.span;
        for [l, r] in samples {
            if left == self.span {
                self.hash = 0;
                self.whole = true;
            }
            let word = u64::from(l.to_bits()) | u64::from(r.to_bits()) << 32;
            let mixed = (self.hash ^ word).wrapping_mul(MIX);
            self.hash = mixed ^ (mixed >> 32);
            at += 1;
            left -= 1;
            if left == 0 {
                left = self.span;
                if self.whole {
                    self.last = Some((Frame(at - self.span), self.hash));
                }
            }
        }
        self.next = Frame(at);
    }

    /// The span that was proved last: its first frame, and its number.
    #[must_use]
    pub const fn last(&self) -> Option<(Frame, u64)> {
        self.last
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    fn samples(from: u64, count: u64) -> impl Iterator<Item = [f32; 2]> {
        (from..from + count).map(|n| [(n as f32).sin(), (n as f32 * 0.7).cos()])
    }

    /// What is proved of this many frames from one on, in blocks of a length.
    fn proved(from: u64, count: u64, block: u64) -> Vec<(Frame, u64)> {
        let mut proof = Proof::new(SampleRate::Hz44100);
        let mut all = Vec::new();
        let mut at = from;
        while at < from + count {
            let length = block.min(from + count - at);
            proof.take(Frame(at), samples(at, length));
            if let Some(last) = proof.last().filter(|last| all.last() != Some(last)) {
                all.push(last);
            }
            at += length;
        }
        all
    }

    #[test]
    fn blocks_make_no_difference() {
        let wanted = proved(0, 500_000, 128);
        assert_eq!(wanted.iter().map(|(frame, _)| frame.0).collect::<Vec<_>>(), [0, 220_500]);
        for block in [1, 441, 4410, 220_500] {
            assert_eq!(proved(0, 500_000, block), wanted);
        }
        // Whoever comes later proves the same spans, from the first whole one on.
        assert_eq!(proved(1000, 499_000, 4096), wanted[1..]);
    }

    #[test]
    fn one_bit_makes_another_number() {
        let of = |change: usize| {
            let mut proof = Proof::new(SampleRate::Hz44100);
            let flip = |(n, [l, r]): (usize, [f32; 2])| {
                [l, if n == change { f32::from_bits(r.to_bits() ^ 1) } else { r }]
            };
            proof.take(Frame(0), samples(0, 220_500).enumerate().map(flip));
            proof.last().unwrap().1
        };
        let whole = of(usize::MAX);
        assert!([0, 777, 220_499].into_iter().all(|n| of(n) != whole));
        assert_eq!(whole, of(220_500));
    }

    #[test]
    fn what_is_left_out_or_comes_twice_is_not_proved() {
        let mut proof = Proof::new(SampleRate::Hz48000);
        proof.take(Frame(0), samples(0, 1000));
        proof.take(Frame(1001), samples(1001, 300_000));
        assert_eq!(proof.last(), None);
        // The span after it is whole.
        proof.take(Frame(301_001), samples(301_001, 200_000));
        assert_eq!(proof.last().unwrap().0, Frame(240_000));
    }
}
