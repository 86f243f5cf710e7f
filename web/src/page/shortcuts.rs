//! Keys: one table says which there are, what they do and how the help lists them.
//!
//! A key does what its button does. Keys without a modifier disturb some who speak to their computer or type by mistake, so they can be
//! switched off (WCAG 2.2, 2.1.4); the space bar and Escape are always there.

use super::dom::{add, add_text, by_id, document, number, on};
use super::store;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, EventInit, HtmlElement, HtmlInputElement, KeyboardEvent};

enum Does {
    /// Presses the element of this selector.
    Press(&'static str),
    /// Moves the slider of this id by so many of its steps.
    Nudge(&'static str, i32),
}

struct Shortcut {
    key: &'static str,
    shift: bool,
    does: Does,
}

/// The table: `KeyboardEvent.key`, in lower case.
const SHORTCUTS: [Shortcut; 17] = [
    press(" ", "#play"),
    press("l", "#like"),
    press("n", "#surprise"),
    press("t", "[data-panel=timer]"),
    press("k", "[data-panel=keep]"),
    press("s", "[data-panel=share]"),
    press("e", "[data-panel=settings]"),
    press("b", "[data-panel=library]"),
    press("h", "[data-panel=hearing]"),
    press("?", "[data-panel=help]"),
    press("m", "#mute"),
    nudge("arrowup", false, "volume", 5),
    nudge("arrowdown", false, "volume", -5),
    nudge("arrowleft", false, "timeline-slider", -10),
    nudge("arrowright", false, "timeline-slider", 10),
    nudge("arrowleft", true, "timeline-slider", -60),
    nudge("arrowright", true, "timeline-slider", 60),
];

/// How the help lists them.
const HELP: [(&str, &str); 14] = [
    ("Space", "Play, pause"),
    ("← →", "10 seconds back, on"),
    ("⇧ ← →", "A minute back, on"),
    ("↑ ↓", "Louder, softer"),
    ("M", "Mute"),
    ("N", "Surprise me"),
    ("L", "Like this moment"),
    ("E", "Steer the music"),
    ("T", "Sleep timer"),
    ("K", "Keep this moment"),
    ("S", "Share"),
    ("B", "Library"),
    ("H", "What am I hearing?"),
    ("?", "This help"),
];

const fn press(key: &'static str, selector: &'static str) -> Shortcut {
    Shortcut { key, shift: false, does: Does::Press(selector) }
}

const fn nudge(key: &'static str, shift: bool, slider: &'static str, steps: i32) -> Shortcut {
    Shortcut { key, shift, does: Does::Nudge(slider, steps) }
}

/// Listens to the keys, and lists them in the help.
pub(super) fn attend() {
    let list: HtmlElement = by_id("key-list");
    for (key, what) in HELP {
        let row: Element = add(&list, "div", &[]);
        add_text(&add::<Element>(&row, "dt", &[]), "kbd", "", key);
        add_text(&row, "dd", "", what);
    }
    let switch: HtmlInputElement = by_id("keys");
    switch.set_checked(store::keys());
    let input = switch.clone();
    on(&switch, "change", move |_| store::keep_keys(input.checked()));
    on(&document(), "keydown", move |event| {
        let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
        if let Some(does) = meant(event, switch.checked()) {
            event.prevent_default();
            does.now();
        }
    });
}

/// What a key press means here, if anything.
fn meant(event: &KeyboardEvent, letters: bool) -> Option<&'static Does> {
    let key = event.key().to_ascii_lowercase();
    if event.ctrl_key() || event.alt_key() || event.meta_key() || (key != " " && !letters) {
        return None;
    }
    // A held key moves a slider on, and does nothing else again.
    let fits = |s: &&Shortcut| {
        s.key == key
            && (s.key == "?" || s.shift == event.shift_key())
            && !(event.repeat() && matches!(s.does, Does::Press(_)))
    };
    let found = SHORTCUTS.iter().find(fits)?;
    (!taken(event, found.key)).then_some(&found.does)
}

/// Whether a key press belongs to a control that has its own use for it: letters to a text, arrows to a slider or a list, the space bar
/// to whatever it presses.
fn taken(event: &KeyboardEvent, key: &str) -> bool {
    let Some(target) = event.target().and_then(|t| t.dyn_into::<Element>().ok()) else { return false };
    let own = match key {
        " " => "button, input, select, textarea, summary, a, label",
        key if key.starts_with("arrow") => "input, select, textarea, dialog",
        _ => "input:not([type=range]):not([type=checkbox]), select, textarea",
    };
    target.closest(own).ok().flatten().is_some()
}

impl Does {
    fn now(&self) {
        match self {
            Self::Press(selector) => {
                if let Some(button) = document().query_selector(selector).ok().flatten() {
                    button.unchecked_into::<HtmlElement>().click();
                }
            }
            Self::Nudge(id, steps) => {
                let slider =
                    document().get_element_by_id(id).and_then(|e| e.dyn_into::<HtmlInputElement>().ok());
                if let Some(slider) = slider.filter(|slider| !slider.disabled()) {
                    let step: f64 = number(&slider.step()).unwrap_or(1.0);
                    // Beyond its ends, the slider itself stops.
                    slider.set_value_as_number(slider.value_as_number() + step * f64::from(*steps));
                    for kind in ["input", "change"] {
                        let bubbles = EventInit::new();
                        bubbles.set_bubbles(true);
                        if let Ok(event) = Event::new_with_event_init_dict(kind, &bubbles) {
                            let _ = slider.dispatch_event(&event);
                        }
                    }
                }
            }
        }
    }
}
