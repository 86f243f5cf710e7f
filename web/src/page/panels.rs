//! Panels: dialogs that come in from the side, one at a time. `data-panel` on a button opens one or closes it again; `data-close`, Escape and
//! a press beside it close it; the browser gives the focus back to the button.
//!
//! They are not modal: whoever steers sees the picture move, and what the page says meanwhile is still seen and spoken.

use super::dom::{by_id, document, on};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlDialogElement, KeyboardEvent, NodeList};

/// What may be pressed while a panel stays open: the panel, what opens panels, and what plays.
const INSIDE: &str = "dialog.panel, [data-panel], .stage button, .stage input, .notice";

/// Listens to the buttons that open and close panels. `opened` is called with the name of one that was opened.
pub(super) fn attend(opened: impl Fn(&str) + Clone + 'static) {
    for button in all("[data-panel]") {
        let name = button.get_attribute("data-panel").unwrap_or_default();
        let _ = button.set_attribute("aria-haspopup", "dialog");
        let opened = opened.clone();
        on(&button, "click", move |_| {
            if is_open(&name) {
                close(&name);
            } else {
                open(&name);
                opened(&name);
            }
        });
    }
    on(&document(), "keydown", |event| {
        let escape = event.dyn_ref::<KeyboardEvent>().is_some_and(|key| key.key() == "Escape");
        if escape {
            close_all();
        }
    });
    on(&document(), "pointerdown", |event| {
        let target = event.target().and_then(|t| t.dyn_into::<Element>().ok());
        if target.is_some_and(|e| e.closest(INSIDE).ok().flatten().is_none()) {
            close_all();
        }
    });
    for panel in all("dialog.panel") {
        let dialog: HtmlDialogElement = panel.unchecked_into();
        for button in elements(dialog.query_selector_all("[data-close]").ok()) {
            let dialog = dialog.clone();
            on(&button, "click", move |_| dialog.close());
        }
    }
}

/// Opens a panel, in place of the one that is open.
pub(super) fn open(name: &str) {
    let panel: HtmlDialogElement = by_id(name);
    if panel.open() {
        return;
    }
    close_all();
    panel.show();
}

/// Closes a panel.
pub(super) fn close(name: &str) {
    by_id::<HtmlDialogElement>(name).close();
}

fn close_all() {
    for panel in all("dialog.panel[open]") {
        close(&panel.id());
    }
}

/// Whether a panel is open.
pub(super) fn is_open(name: &str) -> bool {
    by_id::<HtmlDialogElement>(name).open()
}

fn all(selector: &str) -> Vec<Element> {
    elements(document().query_selector_all(selector).ok())
}

fn elements(list: Option<NodeList>) -> Vec<Element> {
    let list = list.into_iter().flat_map(|list| (0..list.length()).filter_map(move |i| list.get(i)));
    list.filter_map(|node| node.dyn_into().ok()).collect()
}
