//! What of a session's textures is to be rendered.

use crate::sheet::Sheet;
use auralis_engine::session::Timeline;
use auralis_engine::settings::WORDS;
use auralis_engine::texture::supply::FRAMES;
use auralis_engine::{Frame, SampleRate, Session, Settings};
use wasm_bindgen::JsError;
use wasm_bindgen::prelude::wasm_bindgen;

/// A session whose textures are looked for, page by page: another past, or an earlier page, is another one of these.
#[wasm_bindgen]
pub struct Ahead(auralis_engine::texture::Ahead);

#[wasm_bindgen]
impl Ahead {
    /// A session as the worklet has it: `words` are the settings in force before the first change, and then those that hold from each of `frames` on.
    ///
    /// # Errors
    /// If there is no such rate, the words are no settings, or there are more changes than an engine has room for.
    #[wasm_bindgen(constructor)]
    pub fn new(seed: u64, hz: u32, words: &[f32], frames: &[u64]) -> Result<Ahead, JsError> {
        let rate = SampleRate::from_hz(hz).ok_or_else(|| JsError::new("there is no such rate"))?;
        let mut all = words.as_chunks::<WORDS>().0.iter().map(|words| {
            Settings::from_words(words).ok_or_else(|| JsError::new("a setting is out of its range"))
        });
        let settings = all.next().ok_or_else(|| JsError::new("there are no settings"))??;
        let mut timeline = Timeline::new(settings);
        for (frame, settings) in frames.iter().zip(all) {
            timeline.push_settings(Frame(*frame), settings?)?;
        }
        let session = Session { seed, rate, settings };
        Ok(Self(auralis_engine::texture::Ahead::with_timeline(&session, timeline)))
    }

    /// All that sounds in so many pages from this one on.
    pub fn sheets(&mut self, page: u32, pages: u32) -> Vec<Sheet> {
        let from = Frame(u64::from(page) * FRAMES as u64);
        self.0.sheets(from, u64::from(pages)).into_iter().map(Sheet::from).collect()
    }
}
