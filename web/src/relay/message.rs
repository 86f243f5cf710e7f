//! What a relay says, read field by field.

use crate::values;
use auralis_engine::{Change, ChangeLog, Frame, SOUND_VERSION, SampleRate, Session, Settings};
use js_sys::{Array, JSON, Object, Reflect};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

/// The field of a change that is no setting.
const FRAME: &str = "frame";

/// A session as a relay keeps it.
#[derive(Clone, Debug)]
pub struct Joined {
    /// What it is called.
    pub name: String,
    /// What it began with.
    pub session: Session,
    /// What was changed since.
    pub log: ChangeLog,
    /// When its first frame sounded, in milliseconds since 1970 by the relay's clock.
    pub began: f64,
    /// Why it can only be heard as the relay sends it, if so.
    pub foreign: Option<String>,
}

/// A message, by its `type`.
pub(super) enum Message {
    Session(Box<Joined>),
    Change(Change),
    Pong {
        sent: f64,
        there: f64,
    },
    Refused(String),
    Moved(String),
    /// Nothing that concerns whoever makes the music himself.
    Other,
}

#[wasm_bindgen]
extern "C" {
    type Said;

    #[wasm_bindgen(method, getter, js_name = "type")]
    fn kind(this: &Said) -> Option<String>;
    #[wasm_bindgen(method, getter)]
    fn name(this: &Said) -> Option<String>;
    #[wasm_bindgen(method, getter)]
    fn streams_only(this: &Said) -> Option<bool>;
    #[wasm_bindgen(method, getter)]
    fn sound_version(this: &Said) -> Option<f64>;
    #[wasm_bindgen(method, getter)]
    fn began(this: &Said) -> Option<String>;
    #[wasm_bindgen(method, getter)]
    fn seed(this: &Said) -> Option<String>;
    #[wasm_bindgen(method, getter)]
    fn sample_rate(this: &Said) -> Option<f64>;
    #[wasm_bindgen(method, getter)]
    fn settings(this: &Said) -> JsValue;
    #[wasm_bindgen(method, getter)]
    fn changes(this: &Said) -> JsValue;
    #[wasm_bindgen(method, getter)]
    fn change(this: &Said) -> JsValue;
    #[wasm_bindgen(method, getter)]
    fn client_time(this: &Said) -> Option<f64>;
    #[wasm_bindgen(method, getter)]
    fn server_time(this: &Said) -> Option<String>;
    #[wasm_bindgen(method, getter)]
    fn code(this: &Said) -> Option<String>;
    #[wasm_bindgen(method, getter)]
    fn message(this: &Said) -> Option<String>;
}

impl Message {
    /// Reads one.
    ///
    /// # Errors
    /// A sentence, if it cannot be followed.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let unreadable = |_| "the relay said something that is no JSON".to_owned();
        let value = JSON::parse(text).map_err(unreadable)?;
        if !value.is_object() {
            return Ok(Self::Other);
        }
        let said = value.unchecked_ref::<Said>();
        Ok(match said.kind().unwrap_or_default().as_str() {
            "session" => Self::Session(Box::new(joined(said)?)),
            "change" => Self::Change(change(&said.change())?),
            "pong" => match (said.client_time(), said.server_time().as_deref().and_then(instant)) {
                (Some(sent), Some(there)) => Self::Pong { sent, there },
                _ => Self::Other,
            },
            "error" if said.code().as_deref() == Some("INVALID_CONTROL") => {
                Self::Refused(said.message().unwrap_or_default())
            }
            "move" => Self::Moved(said.message().unwrap_or_default()),
            _ => Self::Other,
        })
    }
}

fn joined(said: &Said) -> Result<Joined, String> {
    let found = said.sound_version().unwrap_or_default() as u32;
    let mut foreign = (found != SOUND_VERSION)
        .then(|| format!("its sound is of version {found}, this page’s of {SOUND_VERSION}."));
    if said.streams_only() == Some(true) {
        // The relay says so by a `move` as well, but before the session is joined.
        foreign = Some("its sound is the relay’s alone.".into());
    }
    let rate = said.sample_rate().and_then(|rate| SampleRate::from_hz(rate as u32));
    let seed = said.seed().and_then(|seed| seed.parse().ok());
    let (Some(rate), Some(seed)) = (rate, seed) else {
        return Err("the relay does not say the session’s seed and rate".into());
    };
    let mut settings = Settings::default();
    if let Some(given) = said.settings().dyn_ref::<Object>() {
        settings = settings.with(&values::read(given).map_err(|error| error.to_string())?);
    }
    let mut log = ChangeLog::new();
    if let Some(changes) = said.changes().dyn_ref::<Array>() {
        for given in changes.iter() {
            log.push(change(&given)?).map_err(|error| error.to_string())?;
        }
    }
    let began =
        said.began().as_deref().and_then(instant).ok_or("the relay does not say when the session began")?;
    let name = said.name().unwrap_or_default();
    Ok(Joined { name, session: Session { seed, rate, settings }, log, began, foreign })
}

/// A change: its frame beside the settings.
fn change(given: &JsValue) -> Result<Change, String> {
    let wrong = "the relay told a change without a frame";
    let given = given.dyn_ref::<Object>().ok_or(wrong)?;
    let frame = Reflect::get(given, &FRAME.into()).ok().and_then(|frame| frame.as_f64());
    let frame = frame.filter(|frame| (0.0..=Frame::LAST.0 as f64).contains(frame)).ok_or(wrong)?;
    let fields = Object::assign(&Object::new(), given);
    let _ = Reflect::delete_property(&fields, &FRAME.into());
    let patch = values::read(&fields).map_err(|error| error.to_string())?;
    Ok(Change { frame: Frame(frame as u64), patch })
}

/// A time of RFC 3339 in UTC, as milliseconds since 1970. `Date` knows whole milliseconds only: two devices that shall sound as one need more.
fn instant(text: &str) -> Option<f64> {
    let (whole, fraction) = text.strip_suffix('Z')?.split_once('.').unwrap_or((text.strip_suffix('Z')?, ""));
    let seconds = js_sys::Date::parse(&format!("{whole}Z"));
    let fraction = if fraction.is_empty() { 0.0 } else { js_sys::parse_float(&format!("0.{fraction}")) };
    Some(seconds + fraction * 1000.0).filter(|time| time.is_finite())
}
