//! What the page remembers on this device.
//!
//! Each thing has a key of its own, which names the version of its form; so has each favourite and each session in the history: two tabs never
//! overwrite each other's. What cannot be read is put aside before anything else takes its place. Where a browser keeps nothing,
//! or has no room, the page remembers until it is closed, and says so once.

use super::dom::window;
use crate::link::{self, Link};
use crate::player::governor::Preference;
use auralis_engine::{ChangeLog, Frame, Preset, Session};
use std::cell::{Cell, RefCell};
use wasm_bindgen::JsCast;
use web_sys::{DomException, Storage};

const SESSION: &str = "auralis.1.session";
const MOOD: &str = "auralis.1.mood";
const VOLUME: &str = "auralis.1.volume";
const KEYS: &str = "auralis.1.keys";
const MUTED: &str = "auralis.1.muted";
const QUALITY: &str = "auralis.1.quality";
/// What the keys of favourites and of the history begin with.
pub(super) const FAVOURITE: &str = "auralis.1.favourite.";
pub(super) const PLAYED: &str = "auralis.1.played.";

/// How many different things that cannot be read are put aside for a key.
const ASIDE: usize = 9;

const DENIED: &str =
    "This browser lets nothing be kept here: settings, history and favourites last until the page is closed.";
const FULL: &str =
    "There is no room left to keep anything on this device: what is new lasts until the page is closed.";

type Tell = Box<dyn Fn(&str)>;

thread_local! {
    /// What could not be kept; nothing where something could not be removed.
    static UNKEPT: RefCell<Vec<(String, Option<String>)>> = RefCell::default();
    /// Who says so, and whether it was said.
    static TELL: RefCell<Option<Tell>> = RefCell::default();
    static TOLD: Cell<bool> = const { Cell::new(false) };
    /// Keys with something in them that could be neither read nor put aside: nothing takes its place.
    static GUARDED: RefCell<Vec<String>> = RefCell::default();
}

/// `tell` is given the sentence for the listener when something cannot be kept; once, since it is true of all that follows.
pub(super) fn on_trouble(tell: impl Fn(&str) + 'static) {
    TELL.set(Some(Box::new(tell)));
}

/// There is none where a browser keeps nothing.
fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

/// What is kept under a key.
pub(super) fn get(key: &str) -> Option<String> {
    let unkept =
        UNKEPT.with_borrow(|all| all.iter().find(|(other, _)| other == key).map(|(_, text)| text.clone()));
    unkept.unwrap_or_else(|| storage()?.get_item(key).ok()?)
}

/// Keeps something under a key, at least until the page is closed.
pub(super) fn put(key: &str, text: &str) {
    let kept = match storage() {
        None => Err(DENIED),
        Some(_) if GUARDED.with_borrow(|keys| keys.iter().any(|other| other == key)) => Err(FULL),
        Some(storage) => storage.set_item(key, text).map_err(|error| {
            let full = error.dyn_ref::<DomException>().is_some_and(|e| e.name() == "QuotaExceededError");
            if full { FULL } else { DENIED }
        }),
    };
    match kept {
        Ok(()) => forget_unkept(key),
        Err(sentence) => {
            remember_unkept(key, Some(text.into()));
            TELL.with_borrow(|tell| {
                if let Some(tell) = tell.as_ref().filter(|_| !TOLD.replace(true)) {
                    tell(sentence);
                }
            });
        }
    }
}

/// Forgets a key.
pub(super) fn remove(key: &str) {
    let removed = storage().is_some_and(|storage| storage.remove_item(key).is_ok());
    if removed {
        forget_unkept(key);
    } else {
        remember_unkept(key, None);
    }
}

fn forget_unkept(key: &str) {
    UNKEPT.with_borrow_mut(|all| all.retain(|(other, _)| other != key));
}

fn remember_unkept(key: &str, text: Option<String>) {
    forget_unkept(key);
    UNKEPT.with_borrow_mut(|all| all.push((key.into(), text)));
}

/// All keys that begin so.
pub(super) fn keys_of(prefix: &str) -> Vec<String> {
    let mut keys: Vec<String> = UNKEPT.with_borrow(|all| all.iter().map(|(key, _)| key.clone()).collect());
    if let Some(storage) = storage() {
        for key in (0..storage.length().unwrap_or(0)).filter_map(|i| storage.key(i).ok().flatten()) {
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
    }
    keys.retain(|key| key.starts_with(prefix));
    keys
}

/// What is kept under a key, as `parse` reads it. What it cannot read is put aside, since sooner or later something else is kept there.
fn read<T>(key: &str, parse: impl FnOnce(&str) -> Option<T>) -> Option<T> {
    let text = get(key)?;
    let value = parse(&text);
    if value.is_none() {
        let places = (1..=ASIDE).map(|number| format!("{key}.aside.{number}"));
        let free = places
            .map(|place| (get(&place), place))
            .find(|(there, _)| there.as_ref().is_none_or(|t| *t == text));
        let safe = match free {
            Some((Some(_), _)) => true,
            Some((None, place)) => {
                put(&place, &text);
                UNKEPT.with_borrow(|all| all.iter().all(|(other, _)| *other != place))
            }
            None => false,
        };
        if !safe {
            GUARDED.with_borrow_mut(|keys| keys.push(key.into()));
        }
    }
    value
}

/// The session of the last visit. One of another sound is taken too: its settings still mean the same.
pub(super) fn session() -> Option<Session> {
    read(SESSION, |text| link::read(text, || 0).filter(|reading| reading.seeded)?.link)
        .map(|link| link.session)
}

/// Remembers the session: seed and settings, without what was changed on the way.
pub(super) fn keep_session(session: &Session) {
    put(SESSION, &Link::to_moment(session, &ChangeLog::new(), Frame::ZERO).text());
}

/// The volume of the last visit, 0 to 100.
pub(super) fn volume() -> Option<u8> {
    read(VOLUME, |text| text.parse().ok().filter(|v| *v <= 100))
}

/// Remembers the volume.
pub(super) fn keep_volume(volume: u8) {
    put(VOLUME, &volume.to_string());
}

/// The preset that was chosen last, whatever was changed since.
pub(super) fn mood() -> Option<Preset> {
    read(MOOD, Preset::parse)
}

/// Remembers the preset that was chosen last.
pub(super) fn keep_mood(preset: Preset) {
    if get(MOOD).as_deref() != Some(preset.name()) {
        put(MOOD, preset.name());
    }
}

/// Whether keys without a modifier work; they do until somebody switches them off.
pub(super) fn keys() -> bool {
    get(KEYS).as_deref() != Some("off")
}

/// Remembers whether they do.
pub(super) fn keep_keys(on: bool) {
    put(KEYS, if on { "on" } else { "off" });
}

/// Whether it is muted.
pub(super) fn muted() -> bool {
    get(MUTED).as_deref() == Some("yes")
}

/// Remembers whether it is.
pub(super) fn keep_muted(muted: bool) {
    put(MUTED, if muted { "yes" } else { "no" });
}

/// The quality that is preferred on this device.
pub(super) fn quality() -> Preference {
    read(QUALITY, Preference::parse).unwrap_or_default()
}

/// Remembers it.
pub(super) fn keep_quality(preference: Preference) {
    put(QUALITY, preference.name());
}
