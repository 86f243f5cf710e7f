//! The player as other people's pages have it: one class, exported to JavaScript. The npm package (web/npm) puts types, promises and events
//! around it.
//!
//! It plays one session through the same [`Player`](crate::player::Player) as the page, and mends what breaks in the same way. Of what happens it tells a function, by a
//! word and a value:
//!
//! | word | value | when |
//! |---|---|---|
//! | `state` | nothing | something began, ended, was changed, or went on for a while |
//! | `change` | a frame | from there on other settings hold |
//! | `load` | the engine's share of the audio thread's time | twice a second while it plays |
//! | `glitch` | what went wrong, in words | the output went without, or a worklet was put right |
//! | `error` | a sentence | it cannot go on by itself |
//! | `relay` | `[what, text]`, see [`joined`] | something happened in a shared session |

mod joined;
mod playing;

use crate::link::Link;
use crate::player::{Opening, Player, to_js};
use crate::relay::endpoint;
use crate::steering::Steering;
use crate::values::{self, session};
use auralis_engine::{ChangeLog, Frame, SOUND_VERSION, Session};
use js_sys::{Function, Object, Promise};
use playing::Performance;
use std::rc::Rc;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};
use web_sys::{AudioContext, AudioNode};

/// The version of the sound: the same seed and settings are the same samples in all that say the same.
#[wasm_bindgen(js_name = soundVersion)]
#[must_use]
pub fn sound_version() -> u32 {
    SOUND_VERSION
}

/// What the engine has to be told to begin a session of these settings at a frame: `{seed, words, changes, frame}`.
///
/// # Errors
/// Throws `{field, value, allowed}` if there is no such setting or rate.
#[wasm_bindgen]
pub fn opening(seed: u64, rate: u32, settings: &Object, frame: u64) -> Result<JsValue, JsValue> {
    let session = session(seed, rate, settings)?;
    to_js(&Opening::new(&session, &ChangeLog::new(), Frame(frame)))
}

/// A session that is played, or can be.
#[wasm_bindgen]
pub struct Music(Rc<Performance>);

#[wasm_bindgen]
impl Music {
    /// A session that begins with these settings. `context`: in whose graph it plays; its own, to the device, if there is none. `stems`: whether there are [`Music::stem`]s. `loaded`: the engine, as
    /// `{bytes, module, files}`, `files` being the places of its scripts by their names. `tell` hears what happens.
    ///
    /// # Errors
    /// Throws `{field, value, allowed}` if there is no such setting or rate.
    #[wasm_bindgen(constructor)]
    pub fn new(
        seed: u64,
        rate: u32,
        settings: &Object,
        context: Option<AudioContext>,
        stems: bool,
        loaded: JsValue,
        tell: Function,
    ) -> Result<Music, JsValue> {
        let steering = Steering::new(session(seed, rate, settings)?, ChangeLog::new());
        Ok(Self(Performance::new(steering, Frame::ZERO, context, stems, loaded, tell)))
    }

    /// The session and the moment of a link, or of its fragment alone.
    ///
    /// # Errors
    /// Throws a sentence if it is no link to a session.
    #[wasm_bindgen(js_name = ofLink)]
    pub fn of_link(
        text: &str,
        context: Option<AudioContext>,
        stems: bool,
        loaded: JsValue,
        tell: Function,
    ) -> Result<Music, JsValue> {
        let Link { session, log, at } = values::linked(text)?;
        Ok(Self(Performance::new(Steering::new(session, log), at, context, stems, loaded, tell)))
    }

    /// A session that a relay keeps, known when the word `relay` says that it is joined. `relay`: its address, or nothing for the one that this page is from. `token`: of the session's host.
    ///
    /// # Errors
    /// Throws a sentence if it is no address of a relay.
    #[wasm_bindgen(js_name = ofRelay)]
    pub fn of_relay(
        relay: &str,
        session: &str,
        token: Option<String>,
        context: Option<AudioContext>,
        stems: bool,
        loaded: JsValue,
        tell: Function,
    ) -> Result<Music, JsValue> {
        let page = web_sys::window().and_then(|window| window.location().href().ok()).unwrap_or_default();
        let address = endpoint(relay, session, &page)?;
        let unknown = Steering::new(Session::new(0), ChangeLog::new());
        let music = Performance::new(unknown, Frame::ZERO, context, stems, loaded, tell);
        music.shared.join(address, token);
        Ok(Self(music))
    }

    /// Leaves a shared session, and goes on alone.
    pub fn leave(&self) {
        self.0.shared.go_alone();
    }

    /// The shared session's name, while in one.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn shared(&self) -> Option<String> {
        self.0.shared.name()
    }

    /// Whether the relay's sound is heard, and not what is made here.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn sent(&self) -> bool {
        self.0.shared.sent().is_some()
    }

    /// How many seconds the music is late in a shared session.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn late(&self) -> f64 {
        self.0.shared.late()
    }

    /// Puts the worklet in place; kept when it is there. In a context of its own, to be called from a click or a key.
    ///
    /// # Errors
    /// If there can be no AudioContext or worklet here.
    pub fn prepare(&self) -> Result<Promise, JsValue> {
        self.0.prepare()
    }

    /// What is heard, for a graph to connect.
    ///
    /// # Errors
    /// As [`Music::prepare`].
    pub fn output(&self) -> Result<AudioNode, JsValue> {
        Ok(self.0.player()?.output().clone().into())
    }

    /// A layer by itself, by its number, or delay and reverb after the last; before the master. Nothing, if there are to be none.
    ///
    /// # Errors
    /// As [`Music::prepare`].
    pub fn stem(&self, index: usize) -> Result<Option<AudioNode>, JsValue> {
        Ok(self.0.player()?.stem(index).map(|stem| stem.clone().into()))
    }

    /// Begins or goes on, softly.
    ///
    /// # Errors
    /// As [`Music::prepare`].
    pub fn play(&self) -> Result<(), JsValue> {
        self.0.play()
    }

    /// Fades out and rests.
    pub fn pause(&self) {
        self.0.pause();
    }

    /// These settings hold from now on, or from the beginning where it has not begun.
    ///
    /// # Errors
    /// Throws `{field, value, allowed}`, and nothing is changed, if there is no such setting.
    pub fn set(&self, wanted: &Object) -> Result<(), JsValue> {
        self.0.set(values::patch(wanted)?);
        Ok(())
    }

    /// Goes to a frame of the session, and plays from there if it plays.
    pub fn seek(&self, frame: u64) {
        self.0.go_to(Frame(frame));
    }

    /// The listener's own volume, 0 to 1, which is no part of the session.
    #[wasm_bindgen(js_name = setVolume)]
    pub fn set_volume(&self, volume: f32) {
        self.0.set_volume(volume);
    }

    /// The settings as they are wished for, as an object.
    #[must_use]
    pub fn settings(&self) -> Object {
        values::object(self.0.steering.borrow().wanted())
    }

    /// The session's seed.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.0.steering.borrow().session().seed
    }

    /// The session's rate, in hertz.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn rate(&self) -> u32 {
        self.0.steering.borrow().session().rate.hz()
    }

    /// The frame that is heard.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn position(&self) -> u64 {
        self.0.position().0
    }

    /// Whether it sounds.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn sounds(&self) -> bool {
        self.0.sounds()
    }

    /// Whether it was asked to play.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn wanted(&self) -> bool {
        self.0.wanted()
    }

    /// Whether the browser still withholds the sound: nobody has touched the page.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn withheld(&self) -> bool {
        self.0.look(Player::withheld)
    }

    /// How often the output went without, so far.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn gaps(&self) -> u32 {
        self.0.look(|player| player.glitches().gaps)
    }

    /// How long the browser and the device hold sound before it is heard, in seconds.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn buffer(&self) -> f64 {
        self.0.look(Player::buffer)
    }

    /// A link's fragment to the moment that is heard.
    #[must_use]
    pub fn link(&self) -> String {
        let steering = self.0.steering.borrow();
        Link::to_moment(steering.session(), steering.log(), self.0.position()).text()
    }

    /// A link's fragment to the whole session, with all its log.
    #[must_use]
    #[wasm_bindgen(js_name = wholeLink)]
    pub fn whole_link(&self) -> String {
        let steering = self.0.steering.borrow();
        Link::to_whole(steering.session(), steering.log(), self.0.position()).text()
    }

    /// As [`opening`], of this session with its log.
    ///
    /// # Errors
    /// Never: plain data is always taken.
    pub fn opening(&self, frame: u64) -> Result<JsValue, JsValue> {
        let steering = self.0.steering.borrow();
        to_js(&Opening::new(steering.session(), steering.log(), Frame(frame)))
    }

    /// Falls silent, and gives everything back.
    pub fn close(&self) {
        self.0.close();
    }
}
