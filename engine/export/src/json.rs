//! The score as JSON: one object, whose list `events` has an object for each event.

use crate::{Context, names};
use auralis_engine::score::{Event, What};
use auralis_engine::{Frame, SOUND_VERSION, SampleRate, Session};
use serde_json::{Value, json};

/// What comes before the events.
#[must_use]
pub fn head(session: &Session, from: Frame, frames: u64) -> String {
    format!(
        "{{\"sound_version\": {SOUND_VERSION}, \"seed\": \"{}\", \"sample_rate\": {}, \"from\": {}, \"frames\": {frames}, \"events\": [",
        session.seed,
        session.rate.hz(),
        from.0
    )
}

/// What comes after them.
pub const TAIL: &str = "\n]}\n";

/// An event as an object.
#[must_use]
pub fn event(event: &Event, context: &Context, rate: SampleRate) -> Value {
    let mut object = match event.what {
        What::Movement { index } => json!({"type": "movement", "index": index}),
        What::Phrase { index, key, scale, bpm, bars, bar } => json!({
            "type": "phrase", "index": index, "key": key.to_string(), "scale": scale.name(), "bpm": bpm, "bars": bars, "bar": bar,
        }),
        What::Bar { index } => json!({"type": "bar", "index": index}),
        What::Chord { chord, led, duration } => json!({
            "type": "chord", "name": names::chord(&chord), "numeral": chord.numeral(context.phrase.scale),
            "root": chord.root, "notes": chord.notes(), "led": led, "duration": duration,
        }),
        What::Note(n) => json!({
            "type": "note", "instrument": n.instrument.name(), "layer": n.instrument.layer().name(), "pitch": n.pitch,
            "velocity": n.velocity, "duration": n.duration, "pan": n.pan,
        }),
        What::Release(instrument) => json!({"type": "release", "instrument": instrument.name()}),
    };
    object["frame"] = event.frame.0.into();
    object["seconds"] = rate.seconds(event.frame.0).into();
    object
}
