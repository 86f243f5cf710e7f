//! A session on paper: its score, as data and as MIDI, and samples as files. What of the npm package is loaded only when it is asked for.

use crate::link::Link;
use crate::values;
use auralis_engine::{ChangeLog, Frame, SampleRate, Session};
use auralis_export::wav::Header;
use auralis_export::{Format, Reading, json, midi};
use js_sys::Object;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

/// A session with its log.
#[wasm_bindgen]
pub struct Piece {
    session: Session,
    log: ChangeLog,
}

#[wasm_bindgen]
impl Piece {
    /// A session that begins with these settings, and is never changed.
    ///
    /// # Errors
    /// Throws `{field, value, allowed}` if there is no such setting or rate.
    #[wasm_bindgen(constructor)]
    pub fn new(seed: u64, rate: u32, settings: &Object) -> Result<Piece, JsValue> {
        Ok(Self { session: values::session(seed, rate, settings)?, log: ChangeLog::new() })
    }

    /// What a link says.
    ///
    /// # Errors
    /// Throws a sentence if it is no link to a session.
    #[wasm_bindgen(js_name = ofLink)]
    pub fn of_link(text: &str) -> Result<Piece, JsValue> {
        let Link { session, log, .. } = values::linked(text)?;
        Ok(Self { session, log })
    }

    /// Its rate, in hertz.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn rate(&self) -> u32 {
        self.session.rate.hz()
    }

    /// What happens from a frame until another: the text of a list of objects, as `auralis score --format json` writes them.
    ///
    /// # Errors
    /// Throws a sentence if the log has more changes in a movement than the engine has room for.
    pub fn score(&self, from: u64, until: u64) -> Result<String, JsValue> {
        let full = |error: auralis_engine::session::ApplyError| JsValue::from(error.to_string());
        let mut reading = Reading::new(&self.session, &self.log, Frame(from), Frame(until)).map_err(full)?;
        let mut text = String::from("[");
        while let Some(event) = reading.next_event().map_err(full)? {
            if text.len() > 1 {
                text.push(',');
            }
            text.push_str(&json::event(&event, reading.context(), self.session.rate).to_string());
        }
        text.push(']');
        Ok(text)
    }

    /// The same as a MIDI file.
    ///
    /// # Errors
    /// As [`Piece::score`].
    pub fn midi(&self, from: u64, until: u64) -> Result<Vec<u8>, JsValue> {
        Ok(midi::file(&self.session, &self.log, Frame(from), Frame(until))?)
    }
}

/// Samples as a WAV file; `format` is "16", "24" or "f32".
///
/// # Errors
/// Throws `{field, value, allowed}` if there is no such format or rate.
#[wasm_bindgen]
pub fn wav(left: &[f32], right: &[f32], rate: u32, format: &str) -> Result<Vec<u8>, JsValue> {
    let rate =
        SampleRate::from_hz(rate).ok_or_else(|| values::refusal("sampleRate", rate, "44100 or 48000"))?;
    let format =
        Format::parse(format).ok_or_else(|| values::refusal("format", format, "one of 16, 24, f32"))?;
    let frames = left.len().min(right.len()) as u64;
    let mut file = Header::new(format, rate, frames).bytes(frames);
    file.reserve(frames as usize * usize::from(format.frame_bytes()));
    for (left, right) in left.iter().zip(right) {
        format.encode(&[*left, *right], &mut file);
    }
    Ok(file)
}
