//! Saving the session with all that was changed, and opening one again.

use super::App;
use super::dom::{add, by_id, document, later, on};
use crate::steering::Steering;
use auralis_engine::session::SessionFile;
use js_sys::Array;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Blob, Element, HtmlAnchorElement, HtmlInputElement, Url};

/// Milliseconds for which a file that was handed out can be read.
const HANDING_OUT: i32 = 600_000;

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
    let saved =
        Blob::new_with_str_sequence(&Array::of1(&text.into())).and_then(|blob| hand_out(&blob, &name));
    match saved {
        Ok(()) => app.say(&format!("Saved as {name}")),
        Err(_) => app.trouble("This browser lets nothing be saved from here."),
    }
}

/// Gives the listener a file.
pub(super) fn hand_out(blob: &Blob, name: &str) -> Result<(), JsValue> {
    let url = Url::create_object_url_with_blob(blob)?;
    let body = document().body().ok_or("there is no page")?;
    let link: HtmlAnchorElement = add(&body, "a", &[("href", &url), ("download", name)]);
    link.click();
    link.unchecked_ref::<Element>().remove();
    // A browser may begin to read it only after the listener has said where it shall go.
    later(HANDING_OUT, move || drop(Url::revoke_object_url(&url)));
    Ok(())
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
