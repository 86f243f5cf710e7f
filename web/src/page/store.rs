//! What the page remembers on this device: the session it would begin with, and the volume.

use super::dom::window;
use auralis_engine::session::SessionFile;
use auralis_engine::{ChangeLog, Preset, Session};
use web_sys::Storage;

const SESSION: &str = "auralis.session";
const MOOD: &str = "auralis.mood";
const VOLUME: &str = "auralis.volume";
const KEYS: &str = "auralis.keys";

/// There is none where a browser keeps nothing; then the page forgets, and plays all the same.
fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

/// The session of the last visit. One of another sound is taken too: its settings still mean the same.
pub(super) fn session() -> Option<Session> {
    let text = storage()?.get_item(SESSION).ok()??;
    SessionFile::parse_any_sound(&text).ok().map(|file| file.session)
}

/// Remembers the session: seed and settings, without what was changed on the way.
pub(super) fn keep_session(session: Session) {
    let text = SessionFile::new(session, ChangeLog::new()).to_text();
    let _ = storage().map(|s| s.set_item(SESSION, &text));
}

/// The volume of the last visit, 0 to 100.
pub(super) fn volume() -> Option<u8> {
    storage()?.get_item(VOLUME).ok()??.parse().ok().filter(|v| *v <= 100)
}

/// Remembers the volume.
pub(super) fn keep_volume(volume: u8) {
    let _ = storage().map(|s| s.set_item(VOLUME, &volume.to_string()));
}

/// The preset that was chosen last, whatever was changed since.
pub(super) fn mood() -> Option<Preset> {
    Preset::parse(&storage()?.get_item(MOOD).ok()??)
}

/// Remembers the preset that was chosen last.
pub(super) fn keep_mood(preset: Preset) {
    let _ = storage().map(|s| s.set_item(MOOD, preset.name()));
}

/// Whether keys without a modifier work; they do until somebody switches them off.
pub(super) fn keys() -> bool {
    storage().and_then(|s| s.get_item(KEYS).ok()?).as_deref() != Some("off")
}

/// Remembers whether they do.
pub(super) fn keep_keys(on: bool) {
    let _ = storage().map(|s| s.set_item(KEYS, if on { "on" } else { "off" }));
}
