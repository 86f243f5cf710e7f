//! A few words for the browser's document.

use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::{Closure, JsValue};
use web_sys::{Document, Element, Event, EventTarget, Window};

/// The window.
pub(super) fn window() -> Window {
    web_sys::window().expect("a page has a window")
}

/// The document.
pub(super) fn document() -> Document {
    window().document().expect("a window has a document")
}

/// The element of index.html with this id.
pub(super) fn by_id<T: JsCast>(id: &str) -> T {
    let element = document().get_element_by_id(id).and_then(|e| e.dyn_into().ok());
    element.unwrap_or_else(|| panic!("index.html has no fitting #{id}"))
}

/// A new element with attributes, at the end of its parent.
pub(super) fn add<T: JsCast>(parent: &Element, tag: &str, attributes: &[(&str, &str)]) -> T {
    let element = document().create_element(tag).expect("a valid tag");
    for (name, value) in attributes {
        // Only fails for names that are none.
        let _ = element.set_attribute(name, value);
    }
    let _ = parent.append_child(&element);
    element.dyn_into().unwrap_or_else(|_| panic!("<{tag}> is of another kind"))
}

/// A new element with a text in it.
pub(super) fn add_text(parent: &Element, tag: &str, class: &str, text: &str) -> Element {
    let element: Element = add(parent, tag, &[("class", class)]);
    element.set_text_content(Some(text));
    element
}

/// What a text says as a number, where the browser can read one.
pub(super) fn number(text: &str) -> Option<f64> {
    Some(js_sys::parse_float(text)).filter(|x| x.is_finite())
}

/// Sets a text, unless it is there already: nothing is read out twice, and nothing is laid out again.
pub(super) fn show(element: &Element, text: &str) {
    if element.text_content().as_deref() != Some(text) {
        element.set_text_content(Some(text));
    }
}

/// Calls `action` at every such event, for as long as the page lives.
pub(super) fn on(target: &EventTarget, event: &str, action: impl FnMut(Event) + 'static) {
    let closure = Closure::<dyn FnMut(Event)>::new(action);
    let _ = target.add_event_listener_with_callback(event, closure.as_ref().unchecked_ref());
    closure.forget();
}

/// Calls `action` once, later.
pub(super) fn later(milliseconds: i32, action: impl FnOnce() + 'static) {
    let closure: JsValue = Closure::once_into_js(action);
    let _ =
        window().set_timeout_with_callback_and_timeout_and_arguments_0(closure.unchecked_ref(), milliseconds);
}
