//! Offline: the service worker (web/sw.js) keeps the whole site on this device, and a new version waits until the listener takes it.
//!
//! Where a browser has no service workers, or none here (plain http, a private window), the page lives on without a word.

use super::dom::{add, add_text, document, later, on, window};
use super::{App, Phase};
use crate::player;
use js_sys::{Date, Reflect};
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    Element, RegistrationOptions, ServiceWorkerContainer, ServiceWorkerRegistration, ServiceWorkerState,
    ServiceWorkerUpdateViaCache, Storage, VisibilityState,
};

/// Milliseconds before the site is fetched once more for keeping: the first sound comes first. Most of it is in the browser's cache by then.
const AT_LEISURE: i32 = 1000;

/// Milliseconds between two questions whether there is a new version.
const ASK_AGAIN: f64 = 3_600_000.0;

/// What the worker is told when the listener takes its version.
const ACTIVATE: &str = "activate";

/// Remembers, over the reload into a new version, that the music was playing.
const PLAYING: &str = "auralis.playing";

/// The worker's side of the page.
struct Offline {
    app: Rc<App>,
    workers: ServiceWorkerContainer,
    registration: ServiceWorkerRegistration,
    /// Whether this page is answered by a worker.
    controlled: Cell<bool>,
    offered: Cell<bool>,
    taken: Cell<bool>,
    asked: Cell<f64>,
}

/// Keeps the site on this device, and offers new versions.
pub(super) fn attend(app: &Rc<App>) {
    go_on(app);
    // Without a version there is no worker either: `trunk serve` is for changing things, not for keeping them.
    if player::site_version().is_none() {
        return;
    }
    let Some(workers) = workers() else { return };
    let app = app.clone();
    later(AT_LEISURE, move || {
        spawn_local(async move {
            let controlled = workers.controller().is_some();
            // Refused where nothing may be stored: then the page needs the network, as every other page does.
            let Ok(registration) = register(&workers).await else { return };
            let offline = Offline {
                app,
                workers,
                registration,
                controlled: Cell::new(controlled),
                offered: Cell::new(false),
                taken: Cell::new(false),
                asked: Cell::new(Date::now()),
            };
            Rc::new(offline).watch();
        });
    });
}

/// After a reload into a new version the music goes on by itself, where the browser lets it.
fn go_on(app: &Rc<App>) {
    let Some(storage) = session_storage() else { return };
    if let Ok(Some(_)) = storage.get_item(PLAYING) {
        let _ = storage.remove_item(PLAYING);
        let app = app.clone();
        later(0, move || app.play());
    }
}

fn session_storage() -> Option<Storage> {
    window().session_storage().ok().flatten()
}

fn workers() -> Option<ServiceWorkerContainer> {
    Reflect::get(&window().navigator(), &"serviceWorker".into()).ok()?.dyn_into().ok()
}

async fn register(workers: &ServiceWorkerContainer) -> Result<ServiceWorkerRegistration, JsValue> {
    let engine = if player::has_simd() { "simd" } else { "plain" };
    let options = RegistrationOptions::new();
    options.set_update_via_cache(ServiceWorkerUpdateViaCache::None);
    let address = format!("./sw.js?engine={engine}");
    JsFuture::from(workers.register_with_options(&address, &options)).await?.dyn_into()
}

impl Offline {
    fn watch(self: Rc<Self>) {
        if self.registration.waiting().is_some() {
            self.offer();
        }
        let this = self.clone();
        on(&self.registration, "updatefound", move |_| this.follow());
        self.follow();
        let this = self.clone();
        on(&self.workers, "controllerchange", move |_| this.changed());
        let this = self.clone();
        on(&document(), "visibilitychange", move |_| this.ask());
    }

    /// Follows a version that is being fetched, until it is whole.
    fn follow(self: &Rc<Self>) {
        let Some(coming) = self.registration.installing() else { return };
        let this = self.clone();
        let worker = coming.clone();
        on(&coming, "statechange", move |_| {
            if worker.state() == ServiceWorkerState::Installed {
                this.offer();
            }
        });
    }

    /// Another version answers from now on.
    fn changed(self: &Rc<Self>) {
        if self.taken.get() {
            self.reload();
        } else if self.controlled.replace(true) {
            // Taken in another window. This one goes on with what it has, until the listener takes it here too.
            self.offer();
        }
    }

    /// Asks whether there is a new version, when the listener comes back to a page that was left open.
    fn ask(&self) {
        let visible = document().visibility_state() == VisibilityState::Visible;
        if visible && Date::now() - self.asked.get() > ASK_AGAIN {
            self.asked.set(Date::now());
            if let Ok(answer) = self.registration.update() {
                // Without a network there is no answer, and nothing to say.
                spawn_local(async { drop(JsFuture::from(answer).await) });
            }
        }
    }

    /// Offers a version that is there as a whole, once. The first of all is no news.
    fn offer(self: &Rc<Self>) {
        if !self.controlled.get() || self.offered.replace(true) {
            return;
        }
        let Some(body) = document().body() else { return };
        let notice: Element = add(&body, "p", &[("class", "update"), ("role", "status")]);
        add_text(&notice, "span", "", "A new version is ready.");
        let button: Element = add(&notice, "button", &[("type", "button")]);
        button.set_text_content(Some("Use it now"));
        let this = self.clone();
        on(&button, "click", move |_| this.take());
    }

    fn take(&self) {
        self.taken.set(true);
        match self.registration.waiting() {
            // The page is loaded anew when it answers.
            Some(worker) => drop(worker.post_message(&ACTIVATE.into())),
            None => self.reload(),
        }
    }

    fn reload(&self) {
        if self.app.phase.get() != Phase::Resting
            && let Some(storage) = session_storage()
        {
            let _ = storage.set_item(PLAYING, "");
        }
        let _ = window().location().reload();
    }
}
