//! What is composed, against what was promised: distributions over many hours with proper statistics, and rules that hold without exception.
//!
//! Everything here is deterministic; the critical values say how unlikely it is that a right composer fails with a fixed seed.

mod changes;
#[path = "../common/mod.rs"]
mod common;
mod form;
mod harmony;
mod layers;
mod melody;
mod percussion;
mod score;
mod statistics;
mod voicing;

use auralis_engine::compose::form::Arcs;
use auralis_engine::mapping;
use auralis_engine::music::{Chord, Colour, Key, Scale, Tonic, chain};
use auralis_engine::random::Stream;
use auralis_engine::session::MovementSpan;
use auralis_engine::time::CONTROL;
use auralis_engine::{
    Change, ChangeLog, Event, Frame, Instrument, Layer, Note, Preset, SampleRate, Score, Session, Settings,
    What,
};
use common::{events, notes, patch, session, with};

const HOUR: f64 = 3600.0;

const RATE: SampleRate = SampleRate::Hz44100;

/// A session whose settings are the defaults with words over them.
fn of(seed: u64, words: &str) -> Session {
    Session { seed, rate: RATE, settings: with(&Settings::default(), words) }
}

/// The chords of a stretch, each with its frame and whether it was led.
fn chords(events: &[Event]) -> Vec<(Frame, Chord, bool)> {
    let chord = |e: &Event| match e.what {
        What::Chord { chord, led, .. } => Some((e.frame, chord, led)),
        _ => None,
    };
    events.iter().filter_map(chord).collect()
}

/// Bars, each with its beginning, its end, its chord, and whether it begins a phrase. Whole movements only.
struct Bar {
    start: Frame,
    end: Frame,
    chord: Chord,
    phrase: bool,
    movement: u64,
}

fn bars(session: &Session, events: &[Event]) -> Vec<Bar> {
    let mut bars: Vec<Bar> = Vec::new();
    let (mut movement, mut phrase) = (0, false);
    for e in events {
        match e.what {
            What::Movement { index } => movement = index,
            What::Phrase { .. } => phrase = true,
            What::Bar { .. } => {
                let end = MovementSpan::of(session.seed, session.rate, movement).end;
                if let Some(last) = bars.last_mut() {
                    last.end = e.frame;
                }
                let chord = bars.last().map_or(Chord::new(0, Scale::Major, 0, Colour::Triad), |b| b.chord);
                bars.push(Bar { start: e.frame, end, chord, phrase, movement });
                phrase = false;
            }
            What::Chord { chord, .. } => bars.last_mut().unwrap().chord = chord,
            What::Note(_) | What::Release(_) => {}
        }
    }
    bars
}

/// The bar that a note was planned in: grids lie 120 ms after the bars, and nothing leans more than 100 ms.
fn bar_of(bars: &[Bar], frame: Frame) -> &Bar {
    let frame = frame.saturating_sub(RATE.frames(0.015));
    &bars[bars.partition_point(|b| b.start <= frame) - 1]
}

fn of_instrument(events: &[Event], instrument: Instrument) -> Vec<(Frame, Note)> {
    notes(events).filter(|(_, n)| n.instrument == instrument).collect()
}
