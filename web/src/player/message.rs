//! What goes to the worklet and comes from it; worklet.js describes each message.

use auralis_engine::settings::WORDS;
use auralis_engine::{ChangeLog, Engine, Frame, Session};
use serde::Serialize;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

/// Settings as the boundary takes them.
pub type Words = [f32; WORDS];

/// A change, with all the settings that hold from there on.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Told {
    /// From when.
    pub frame: u64,
    /// The settings.
    pub words: Words,
}

/// A session and where to begin, with that part of its log which is heard from there on.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Opening {
    /// The session's seed.
    pub seed: u64,
    /// The settings in force before the first of the changes.
    pub words: Words,
    /// The changes that sound there, and those to come.
    pub changes: Vec<Told>,
    /// Where to begin.
    pub frame: u64,
    /// Which opening it is; the player counts them, and reports say which one they are of.
    pub turn: u32,
    /// Whether a worker goes there; else the worklet does by itself.
    pub ahead: bool,
    /// The context's time at which it is to begin, if it is to keep one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<f64>,
    /// Whether a relay sends it, until something made here takes its place.
    pub streamed: bool,
}

impl Opening {
    /// What the worklet must be told to play a session from a frame on.
    #[must_use]
    pub fn new(session: &Session, log: &ChangeLog, from: Frame) -> Self {
        let history = Engine::history_for(session.seed, session.rate, from);
        let mut settings = log.fold(&session.settings, history);
        let words = settings.to_words();
        let told = |change: &auralis_engine::Change| {
            settings = settings.with(&change.patch);
            Told { frame: change.frame.0, words: settings.to_words() }
        };
        let changes = log.since(history).iter().map(told).collect();
        Self {
            seed: session.seed,
            words,
            changes,
            frame: from.0,
            turn: 0,
            ahead: false,
            due: None,
            streamed: false,
        }
    }
}

/// What the worklet is told.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub(super) enum ToWorklet<'a> {
    Open(&'a Opening),
    Change {
        id: u32,
        words: Words,
        #[serde(skip_serializing_if = "Option::is_none")]
        frame: Option<u64>,
        after: bool,
    },
    Due {
        turn: u32,
        at: f64,
    },
    Pace {
        ratio: f64,
    },
    Quality {
        id: u32,
        value: f32,
    },
    /// A port may come with it.
    Stream,
    /// A port comes with it.
    #[cfg(feature = "page")]
    Textures,
    Lean,
    Play,
    Pause,
    Alone {
        turn: u32,
    },
    Close,
}

impl ToWorklet<'_> {
    pub(super) fn to_js(&self) -> Result<JsValue, JsValue> {
        to_js(self)
    }
}

/// A message as JavaScript has it: seeds and frames as BigInts.
pub(crate) fn to_js(value: &impl Serialize) -> Result<JsValue, JsValue> {
    let serializer =
        serde_wasm_bindgen::Serializer::json_compatible().serialize_large_number_types_as_bigints(true);
    Ok(value.serialize(&serializer)?)
}

/// What the worklet says, by the `type` of its message.
#[derive(Debug, PartialEq)]
pub(super) enum FromWorklet {
    Ready { sound: u32 },
    State(State),
    Changed { id: u32, frame: u64 },
    Refused { id: u32 },
    Swapped { turn: u32, frame: u64, there: bool },
    Leant { turn: u32 },
    Proof { turn: u32, frame: u64, hash: u64 },
    Error { message: String, position: u64 },
}

/// What the worklet says of itself, twice a second and whenever something begins or ends.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct State {
    /// Which opening it is of.
    pub(super) turn: u32,
    pub(super) position: u64,
    /// The context's time then.
    pub(super) at: f64,
    pub(super) load: Option<f64>,
    pub(super) playing: bool,
    pub(super) seeking: bool,
    /// How often the output went without, and how many samples were beyond full scale, since the last one.
    pub(super) gaps: u32,
    pub(super) wrong: u32,
}

#[wasm_bindgen]
extern "C" {
    /// A message as it comes: read field by field, which takes a tenth of the program that serde would.
    type Message;

    #[wasm_bindgen(method, getter, js_name = "type")]
    fn kind(this: &Message) -> Option<String>;
    #[wasm_bindgen(method, getter)]
    fn sound(this: &Message) -> u32;
    #[wasm_bindgen(method, getter)]
    fn id(this: &Message) -> u32;
    #[wasm_bindgen(method, getter, catch)]
    fn frame(this: &Message) -> Result<u64, JsValue>;
    #[wasm_bindgen(method, getter, catch)]
    fn hash(this: &Message) -> Result<u64, JsValue>;
    #[wasm_bindgen(method, getter)]
    fn message(this: &Message) -> Option<String>;
    #[wasm_bindgen(method, getter)]
    fn turn(this: &Message) -> u32;
    #[wasm_bindgen(method, getter, catch)]
    fn position(this: &Message) -> Result<u64, JsValue>;
    #[wasm_bindgen(method, getter)]
    fn at(this: &Message) -> f64;
    #[wasm_bindgen(method, getter)]
    fn load(this: &Message) -> Option<f64>;
    #[wasm_bindgen(method, getter)]
    fn playing(this: &Message) -> bool;
    #[wasm_bindgen(method, getter)]
    fn seeking(this: &Message) -> bool;
    #[wasm_bindgen(method, getter)]
    fn gaps(this: &Message) -> u32;
    #[wasm_bindgen(method, getter)]
    fn wrong(this: &Message) -> u32;
    #[wasm_bindgen(method, getter)]
    fn there(this: &Message) -> bool;
}

impl FromWorklet {
    /// Reads a message.
    ///
    /// # Errors
    /// If it is none that this page knows.
    pub(super) fn from_js(message: &JsValue) -> Result<Self, JsValue> {
        let said = message.unchecked_ref::<Message>();
        Ok(match said.kind().unwrap_or_default().as_str() {
            "ready" => Self::Ready { sound: said.sound() },
            "state" => Self::State(State {
                turn: said.turn(),
                position: said.position()?,
                at: said.at(),
                load: said.load(),
                playing: said.playing(),
                seeking: said.seeking(),
                gaps: said.gaps(),
                wrong: said.wrong(),
            }),
            "changed" => Self::Changed { id: said.id(), frame: said.frame()? },
            "refused" => Self::Refused { id: said.id() },
            "swapped" => Self::Swapped { turn: said.turn(), frame: said.frame()?, there: said.there() },
            "proof" => Self::Proof { turn: said.turn(), frame: said.frame()?, hash: said.hash()? },
            "leant" => Self::Leant { turn: said.turn() },
            "error" => {
                Self::Error { message: said.message().unwrap_or_default(), position: said.position()? }
            }
            other => return Err(format!("\"{other}\"").into()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use auralis_engine::{Change, Patch};

    #[test]
    fn an_opening_tells_what_is_still_heard() {
        let session = Session::new(5);
        let mut log = ChangeLog::new();
        for (frame, bpm) in [(100, "50"), (200, "60"), (40_000_000, "70")] {
            let mut patch = Patch::default();
            patch.set("bpm", bpm).unwrap();
            log.push(Change { frame: Frame(frame), patch }).unwrap();
        }
        let start = Opening::new(&session, &log, Frame(0));
        assert_eq!(start.words, session.settings.to_words());
        assert_eq!(start.changes.iter().map(|c| c.words[3]).collect::<Vec<_>>(), [50.0, 60.0, 70.0]);
        let late = Opening::new(&session, &log, Frame(39_000_000));
        assert_eq!(late.words[3], 60.0);
        assert_eq!(late.changes.iter().map(|c| c.frame).collect::<Vec<_>>(), [40_000_000]);
    }
}
