//! The music on the lock screen and under the media keys: Media Session, and a silent recording beside the music, without which phones
//! and some desktops show nothing and stop a page in the background (see [`crate::player::silence`]).

use super::dom::document;
use super::now;
use super::{App, Phase};
use crate::player::silence;
use auralis_engine::Frame;
use js_sys::{Array, Object, Reflect, Uint8Array};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::{Closure, JsValue, wasm_bindgen};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Blob, BlobPropertyBag, HtmlAudioElement, Url};

/// Seconds that the keys for back and forward go, unless the browser says another number.
const SKIP: f64 = 10.0;
/// The site's icons, beside the page.
const ICONS: [(&str, &str); 2] = [("icon-192.png", "192x192"), ("icon-maskable-512.png", "512x512")];

// What web-sys calls unstable, though every browser has it.
#[wasm_bindgen]
extern "C" {
    type MediaSession;

    #[wasm_bindgen(method, setter)]
    fn set_metadata(this: &MediaSession, metadata: &MediaMetadata);

    #[wasm_bindgen(method, setter, js_name = playbackState)]
    fn set_playback_state(this: &MediaSession, state: &str);

    /// Throws for an action that the browser does not know.
    #[wasm_bindgen(method, catch, js_name = setActionHandler)]
    fn set_action_handler(
        this: &MediaSession,
        action: &str,
        handler: &Closure<dyn FnMut(JsValue)>,
    ) -> Result<(), JsValue>;

    type MediaMetadata;

    #[wasm_bindgen(constructor, catch)]
    fn new(init: &Object) -> Result<MediaMetadata, JsValue>;
}

/// What the page keeps of it.
#[derive(Default)]
pub(super) struct Media {
    silence: RefCell<Option<HtmlAudioElement>>,
    /// What was shown last: playing or not, title, album.
    shown: RefCell<(bool, String, String)>,
}

/// Listens to the keys of the lock screen, the headphones and the keyboard.
pub(super) fn attend(app: &Rc<App>) {
    let Some(session) = session() else { return };
    let handle = |action: &str, what: fn(&Rc<App>, f64)| {
        let app = app.clone();
        let handler = Closure::<dyn FnMut(JsValue)>::new(move |details: JsValue| {
            let skip = Reflect::get(&details, &"seekOffset".into()).ok().and_then(|x| x.as_f64());
            what(&app, skip.unwrap_or(SKIP));
        });
        // A browser without this action has no key for it.
        let _ = session.set_action_handler(action, &handler);
        handler.forget();
    };
    handle("play", |app, _| {
        if app.phase.get() == Phase::Resting {
            app.play();
        }
    });
    for action in ["pause", "stop"] {
        handle(action, |app, _| {
            if app.phase.get() != Phase::Resting {
                app.pause();
            }
        });
    }
    handle("nexttrack", |app, _| app.surprise());
    handle("seekbackward", |app, seconds| app.skip(-seconds));
    handle("seekforward", |app, seconds| app.skip(seconds));
}

/// Shows what plays, where anything is new.
pub(super) fn show(app: &App) {
    let Some(session) = session().filter(|_| app.steering.borrow().begun()) else { return };
    let steering = app.steering.borrow();
    let wanted = steering.wanted();
    let title = app.presets.borrow().as_ref().map_or_else(String::new, |presets| presets.name(wanted));
    let phrase = app.score.borrow().at(app.position(), wanted).phrase;
    let (key, scale, bpm) =
        phrase.map_or((wanted.key, wanted.scale, wanted.bpm.get()), |p| (p.key, p.scale, p.bpm));
    let album = format!("{} · {}", now::mode_name(key, scale), now::tempo(bpm));
    let playing = app.phase.get() != Phase::Resting;
    let shown = (playing, title, album);
    if *app.media.shown.borrow() == shown {
        return;
    }
    session.set_playback_state(if playing { "playing" } else { "paused" });
    if let Ok(metadata) = metadata(&shown.1, &shown.2) {
        session.set_metadata(&metadata);
    }
    *app.media.shown.borrow_mut() = shown;
}

impl Media {
    /// Plays silence beside the music. To be called from a click or a key at first.
    pub(super) fn play(&self) {
        let mut silence = self.silence.borrow_mut();
        if silence.is_none() {
            *silence = element().ok();
        }
        // Where it is refused, the music plays all the same.
        if let Some(promise) = silence.as_ref().and_then(|element| element.play().ok()) {
            spawn_local(async move {
                let _ = JsFuture::from(promise).await;
            });
        }
    }

    pub(super) fn rest(&self) {
        if let Some(element) = &*self.silence.borrow() {
            let _ = element.pause();
        }
    }
}

impl App {
    /// Back or forward by so many seconds.
    fn skip(self: &Rc<Self>, seconds: f64) {
        if !self.steering.borrow().begun() {
            return;
        }
        let rate = self.steering.borrow().session().rate;
        let to = rate.seconds(self.position().0) + seconds;
        self.go_to(Frame(rate.frames(to.max(0.0))));
    }
}

fn session() -> Option<MediaSession> {
    let navigator = super::dom::window().navigator();
    let session = Reflect::get(&navigator, &"mediaSession".into()).ok()?;
    session.is_object().then(|| session.unchecked_into())
}

fn metadata(title: &str, album: &str) -> Result<MediaMetadata, JsValue> {
    let object = |fields: &[(&str, &str)]| -> Result<Object, JsValue> {
        let object = Object::new();
        for (name, value) in fields {
            Reflect::set(&object, &(*name).into(), &(*value).into())?;
        }
        Ok(object)
    };
    let icons = Array::new();
    for (file, sizes) in ICONS {
        icons.push(&object(&[("src", file), ("sizes", sizes), ("type", "image/png")])?.into());
    }
    let all = object(&[("title", title), ("artist", "Auralis"), ("album", album)])?;
    Reflect::set(&all, &"artwork".into(), &icons)?;
    MediaMetadata::new(&all)
}

/// An element that plays silence for ever.
fn element() -> Result<HtmlAudioElement, JsValue> {
    let kind = BlobPropertyBag::new();
    kind.set_type("audio/wav");
    let bytes = Uint8Array::from(silence::wav().as_slice());
    let blob = Blob::new_with_u8_array_sequence_and_options(&Array::of1(&bytes.into()), &kind)?;
    let element: HtmlAudioElement = document().create_element("audio")?.dyn_into()?;
    element.set_loop(true);
    element.set_attribute("playsinline", "")?;
    element.set_src(&Url::create_object_url_with_blob(&blob)?);
    Ok(element)
}
