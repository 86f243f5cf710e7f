//! What a relay says, read field by field.

use auralis_engine::session::SessionFile;
use auralis_engine::{Change, ChangeLog, SOUND_VERSION, Session};
use js_sys::{Array, JSON, Object, Reflect};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

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
    fn sound_version(this: &Said) -> Option<f64>;
    #[wasm_bindgen(method, getter)]
    fn began(this: &Said) -> Option<String>;
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
            "change" => {
                let file = Object::new();
                for (field, value) in [
                    ("sound_version", SOUND_VERSION.into()),
                    ("seed", "0".into()),
                    ("sample_rate", 44100.into()),
                    ("changes", Array::of1(&said.change()).into()),
                ] {
                    let _ = Reflect::set(&file, &field.into(), &value);
                }
                let change = session_of(&file)?.log.changes().first().copied();
                change.map_or(Self::Other, Self::Change)
            }
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
    let foreign = (found != SOUND_VERSION)
        .then(|| format!("its sound is of version {found}, this page’s of {SOUND_VERSION}."));
    let file = Object::new();
    // What another version says is read as far as it can be: who hears it from the relay sees what this version makes of it.
    let _ = Reflect::set(&file, &"sound_version".into(), &SOUND_VERSION.into());
    for field in ["seed", "sample_rate", "settings", "changes"] {
        let value = Reflect::get(said, &field.into()).unwrap_or_default();
        let _ = Reflect::set(&file, &field.into(), &value);
    }
    let file = session_of(&file)?;
    let began =
        said.began().as_deref().and_then(instant).ok_or("the relay does not say when the session began")?;
    let name = said.name().unwrap_or_default();
    Ok(Joined { name, session: file.session, log: file.log, began, foreign })
}

/// Reads the fields of a session file, which has a reader that takes nothing wrong.
fn session_of(fields: &Object) -> Result<SessionFile, String> {
    let _ = Reflect::set(fields, &"auralis".into(), &1.into());
    let text = JSON::stringify(fields).map(String::from).unwrap_or_default();
    SessionFile::parse(&text).map_err(|error| error.to_string())
}

/// A time of RFC 3339 in UTC, as milliseconds since 1970. `Date` knows whole milliseconds only: two devices that shall sound as one need more.
fn instant(text: &str) -> Option<f64> {
    let (whole, fraction) = text.strip_suffix('Z')?.split_once('.').unwrap_or((text.strip_suffix('Z')?, ""));
    let seconds = js_sys::Date::parse(&format!("{whole}Z"));
    let fraction = if fraction.is_empty() { 0.0 } else { js_sys::parse_float(&format!("0.{fraction}")) };
    Some(seconds + fraction * 1000.0).filter(|time| time.is_finite())
}
