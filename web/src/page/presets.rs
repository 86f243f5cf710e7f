//! The presets: a button each, with its line.

use super::dom::{add, add_text, by_id, document, on};
use super::store;
use auralis_engine::{Patch, Preset, Settings};
use std::cell::Cell;
use std::rc::Rc;
use web_sys::{Element, HtmlElement};

/// The buttons, and which was chosen last.
pub(super) struct Presets {
    buttons: Vec<(Preset, Element)>,
    mood: Cell<Preset>,
}

/// A name as a title.
pub(super) fn title(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| {
        std::iter::once(first.to_ascii_uppercase()).chain(letters).collect()
    })
}

/// The preset that settings are, to the last of them but quality, which is the device's.
pub(super) fn preset_of(settings: &Settings) -> Option<Preset> {
    Preset::ALL.into_iter().find(|p| Settings { quality: settings.quality, ..p.settings() } == *settings)
}

impl Presets {
    /// Makes them; `wish` is called with what the listener chooses.
    pub(super) fn new(wish: impl Fn(&Patch) + 'static) -> Self {
        let wish = Rc::new(wish);
        let parent: HtmlElement = by_id("presets");
        let buttons = Preset::ALL.map(|preset| {
            let button: Element = add(&parent, "button", &[("type", "button"), ("class", "preset")]);
            let _ = button.set_attribute("data-preset", preset.name());
            add_text(&button, "span", "preset-name", &title(preset.name()));
            add_text(&button, "span", "preset-line", preset.description());
            let wish = wish.clone();
            on(&button, "click", move |_| wish(&Patch { preset: Some(preset), ..Patch::default() }));
            (preset, button)
        });
        Self { buttons: buttons.into(), mood: Cell::new(store::mood().unwrap_or(Preset::Focus)) }
    }

    /// Shows which of them the settings are; the page takes its colour from the last one that they were.
    pub(super) fn show(&self, settings: &Settings) {
        let now = preset_of(settings);
        for (preset, button) in &self.buttons {
            let _ = button.set_attribute("aria-pressed", if now == Some(*preset) { "true" } else { "false" });
        }
        if let Some(preset) = now {
            self.mood.set(preset);
            store::keep_mood(preset);
        }
        if let Some(root) = document().document_element() {
            let _ = root.set_attribute("data-mood", self.mood.get().name());
        }
    }

    /// What to call settings: by their preset, even if something was changed since it was chosen.
    pub(super) fn name(&self, settings: &Settings) -> String {
        match preset_of(settings) {
            Some(preset) => title(preset.name()),
            None => format!("{}, your way", title(self.mood.get().name())),
        }
    }
}
