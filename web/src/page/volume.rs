//! The listener's own volume, and silence at the press of a button. They come after the engine and never touch the session.

use super::dom::{by_id, on};
use super::{App, store};
use std::rc::Rc;
use web_sys::{Element, HtmlInputElement};

/// Where the slider stands until somebody moves it.
const USUAL: u8 = 80;

/// Listens to the slider and the button. Keys press the button and move the slider: see shortcuts.rs.
pub(super) fn attend(app: &Rc<App>) {
    let slider: HtmlInputElement = by_id("volume");
    let button: Element = by_id("mute");
    slider.set_value(&store::volume().unwrap_or(USUAL).to_string());
    show(&slider);
    press(&button, store::muted());
    let (this, input, mute) = (app.clone(), slider.clone(), button.clone());
    on(&slider, "input", move |_| {
        show(&input);
        store::keep_volume(input.value().parse().unwrap_or(USUAL));
        // Whoever moves the slider wants to hear something.
        if is_muted() {
            press(&mute, false);
            store::keep_muted(false);
        }
        this.take_volume();
    });
    let (this, mute) = (app.clone(), button.clone());
    on(&button, "click", move |_| {
        let muted = !is_muted();
        press(&mute, muted);
        store::keep_muted(muted);
        this.take_volume();
    });
}

/// The gain: loudness is heard in proportion to something like the square. 0 when muted.
pub(super) fn level() -> f32 {
    if is_muted() {
        return 0.0;
    }
    let share = by_id::<HtmlInputElement>("volume").value_as_number() as f32 / 100.0;
    share * share
}

impl App {
    fn take_volume(&self) {
        if let Some(player) = &*self.player.borrow() {
            player.set_volume(level());
        }
    }
}

fn is_muted() -> bool {
    by_id::<Element>("mute").get_attribute("aria-pressed").as_deref() == Some("true")
}

fn press(button: &Element, pressed: bool) {
    let _ = button.set_attribute("aria-pressed", if pressed { "true" } else { "false" });
}

fn show(slider: &HtmlInputElement) {
    let _ = slider.set_attribute("aria-valuetext", &format!("{} %", slider.value()));
    let _ = slider.style().set_property("--at", &format!("{}%", slider.value()));
}
