//! Saving the session with all that was changed, and opening one again.

use super::App;
use super::dom::{add, by_id, document, on};
use crate::steering::Steering;
use auralis_engine::session::SessionFile;
use js_sys::Array;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Blob, Element, HtmlAnchorElement, HtmlInputElement, Url};

/// Listens to the two buttons.
pub(super) fn attend(app: &Rc<App>) {
    let this = app.clone();
    on(&by_id::<Element>("save"), "click", move |_| save(&this));
    let input: HtmlInputElement = by_id("file");
    let picker = input.clone();
    on(&by_id::<Element>("open"), "click", move |_| picker.click());
    let (this, field) = (app.clone(), input.clone());
    on(&input, "change", move |_| {
        let Some(file) = field.files().and_then(|files| files.get(0)) else { return };
        field.set_value("");
        let this = this.clone();
        spawn_local(async move {
            let text = JsFuture::from(file.text()).await.ok().and_then(|text| text.as_string());
            open(&this, &file.name(), &text.unwrap_or_default());
        });
    });
}

fn save(app: &App) {
    let steering = app.steering.borrow();
    let text = SessionFile::new(*steering.session(), steering.log().clone()).to_text();
    let name = format!("auralis-{}.json", steering.session().seed);
    let saved = Blob::new_with_str_sequence(&Array::of1(&text.into()))
        .and_then(|blob| Url::create_object_url_with_blob(&blob));
    match saved.ok().zip(document().body()) {
        Some((url, body)) => {
            let link: HtmlAnchorElement = add(&body, "a", &[("href", &url), ("download", &name)]);
            link.click();
            link.unchecked_ref::<Element>().remove();
            let _ = Url::revoke_object_url(&url);
            app.say(&format!("Saved as {name}"));
        }
        None => app.trouble("This browser lets nothing be saved from here."),
    }
}

fn open(app: &Rc<App>, name: &str, text: &str) {
    match SessionFile::parse(text) {
        Ok(file) => {
            app.trouble("");
            app.take(Steering::new(file.session, file.log));
            app.say(&format!("Opened {name}"));
        }
        Err(error) => app.trouble(&format!("{name} cannot be opened: {error}")),
    }
}
