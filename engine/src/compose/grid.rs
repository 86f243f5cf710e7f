//! Bars and phrases: how a movement's time is divided.
//!
//! Bars are stretched a little (by at most half a bar over the whole movement), so that a whole number of them fills it exactly. Phrases
//! have eight; the last one takes what is left, four to eleven, and so the movement ends with a phrase.

use crate::settings::Bpm;
use crate::time::{Frame, SampleRate};

/// Bars in a phrase.
const PHRASE_BARS: u32 = 8;

/// A movement's bars and phrases.
#[derive(Clone, Copy, Debug)]
pub struct Grid {
    /// Where this tempo began, and how many bars lie from there to the movement's end.
    origin: Frame,
    count: u32,
    end: Frame,
    /// The bar within this tempo that begins next.
    next: u32,
    /// Bars and phrases since the movement's beginning.
    bar: u32,
    phrase: u32,
    /// The bar within the phrase, and the phrase's length.
    in_phrase: u32,
    phrase_bars: u32,
}

fn count(from: Frame, end: Frame, bpm: Bpm, rate: SampleRate) -> u32 {
    let bar = f64::from(bpm.bar_seconds()) * f64::from(rate.hz());
    (((end - from) as f64 / bar + 0.5) as u32).max(1)
}

fn phrase_length(bars_left: u32) -> u32 {
    if bars_left < PHRASE_BARS + PHRASE_BARS / 2 { bars_left } else { PHRASE_BARS }
}

impl Grid {
    /// The grid of a movement from `start` to `end`.
    #[must_use]
    pub fn new(start: Frame, end: Frame, bpm: Bpm, rate: SampleRate) -> Self {
        let count = count(start, end, bpm, rate);
        Self {
            origin: start,
            count,
            end,
            next: 0,
            bar: 0,
            phrase: 0,
            in_phrase: 0,
            phrase_bars: phrase_length(count),
        }
    }

    /// From `now` on, where a bar begins, another tempo.
    pub fn change_tempo(&mut self, now: Frame, bpm: Bpm, rate: SampleRate) {
        self.origin = now;
        self.count = count(now, self.end, bpm, rate);
        self.next = 0;
        self.phrase_bars = phrase_length(self.count);
    }

    /// Whether the bar that begins now begins a phrase.
    #[must_use]
    pub fn phrase_begins(&self) -> bool {
        self.in_phrase == 0
    }

    /// The number of the phrase.
    #[must_use]
    pub fn phrase(&self) -> u32 {
        self.phrase
    }

    /// The length of the phrase, in bars.
    #[must_use]
    pub fn phrase_bars(&self) -> u32 {
        self.phrase_bars
    }

    /// The bar within the phrase, and the phrase's length.
    #[must_use]
    pub fn in_phrase(&self) -> (u32, u32) {
        (self.in_phrase, self.phrase_bars)
    }

    /// The number of the bar that begins now.
    #[must_use]
    pub fn bar(&self) -> u32 {
        self.bar
    }

    /// The bars from now to the movement's end.
    #[must_use]
    pub fn bars_left(&self) -> u32 {
        self.count - self.next
    }

    /// Where the bar that begins now ends.
    #[must_use]
    pub fn bar_end(&self) -> Frame {
        if self.next + 1 >= self.count {
            return self.end;
        }
        // whole · bars / count, rounded down, without a product of more than 64 bits.
        let (whole, bars, count) = (self.end - self.origin, u64::from(self.next + 1), u64::from(self.count));
        let part = whole / count * bars + whole % count * bars / count;
        (self.origin + part).control_floor()
    }

    /// Goes on to the next bar.
    pub fn advance(&mut self) {
        self.next += 1;
        self.bar += 1;
        self.in_phrase += 1;
        if self.in_phrase == self.phrase_bars && self.next < self.count {
            self.in_phrase = 0;
            self.phrase += 1;
            self.phrase_bars = phrase_length(self.bars_left());
        }
    }
}
