//! The address: it says which moment of which session this is, and whoever pastes another goes there.

use super::dom::{document, later, on, window};
use super::{App, Phase, library, seed};
use crate::link::{self, Link, Reading};
use crate::steering::Steering;
use auralis_engine::{Frame, Settings};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::JsValue;

/// Milliseconds between two writings while it plays, and the least between any two: browsers allow some hundred in half a minute.
const FOLLOW: f64 = 5000.0;
const LEAST: f64 = 1000.0;

/// What an address depends on, besides the position while it plays.
#[derive(Clone, PartialEq)]
struct Told {
    seed: u64,
    settings: Settings,
    changes: usize,
    /// Where it rests, if it does.
    rests: Option<Frame>,
}

/// When and of what the address was written last.
#[derive(Default)]
pub(super) struct Address {
    told: RefCell<Option<Told>>,
    at: Cell<f64>,
    waiting: Cell<bool>,
}

/// What the address says, if it is a link.
fn said() -> Option<Reading> {
    link::read(&window().location().hash().ok()?, seed::random)
}

/// Listens to what is pasted over the address, and to the page being left.
pub(super) fn attend(app: &Rc<App>) {
    let this = app.clone();
    on(&window(), "hashchange", move |_| this.open_pasted());
    let this = app.clone();
    on(&window(), "pagehide", move |_| this.leave());
    let this = app.clone();
    on(&document(), "visibilitychange", move |_| {
        if document().hidden() {
            this.leave();
        }
    });
}

impl App {
    /// Opens what the address says, if it is a link; else the page begins with what it remembers.
    pub(super) fn open_address(self: &Rc<Self>) {
        if let Some(reading) = said() {
            self.open_reading(reading);
        }
    }

    /// Opens what was pasted over the address.
    fn open_pasted(self: &Rc<Self>) {
        let Some(reading) = said() else { return };
        let fine = reading.notices.is_empty();
        self.open_reading(reading);
        if fine {
            self.say("Opened the link");
        }
    }

    /// A link to this moment.
    pub(super) fn link(&self) -> Link {
        let steering = self.steering.borrow();
        Link::to_moment(steering.session(), steering.log(), self.position())
    }

    /// A link to this moment that knows all the earlier ones.
    pub(super) fn whole_link(&self) -> Link {
        let steering = self.steering.borrow();
        Link::to_whole(steering.session(), steering.log(), self.position())
    }

    /// Opens what was read of a link, and says what there is to say about it. What was being heard is in the history.
    pub(super) fn open_reading(self: &Rc<Self>, reading: Reading) {
        let sentence = reading.sentence();
        if let Some(link) = reading.link {
            self.open_link(link);
        }
        if let Some(sentence) = sentence {
            self.trouble(&sentence);
        }
    }

    /// Goes to the moment of a link: on playing if something was playing, else ready to play from there. It is not yet what the next visit begins
    /// with: only what is set here is remembered.
    pub(super) fn open_link(self: &Rc<Self>, link: Link) {
        let link = library::known(link);
        self.take_from(Steering::new(link.session, link.log), link.at);
    }

    /// Brings the address up to date, if it is time.
    pub(super) fn follow_address(self: &Rc<Self>) {
        let address = &self.address;
        let now = js_sys::Date::now();
        let told = self.told();
        let first = address.told.borrow().is_none();
        if first {
            // Whoever only looks at the page keeps the address that was opened.
            address.told.replace(Some(told));
            return;
        }
        let news = address.told.borrow().as_ref() != Some(&told);
        let since = now - address.at.get();
        if news && since < LEAST {
            if !address.waiting.replace(true) {
                let this = self.clone();
                later(LEAST as i32, move || {
                    this.address.waiting.set(false);
                    this.follow_address();
                });
            }
        } else if news || (told.rests.is_none() && since >= FOLLOW) {
            self.write_address(told);
        }
    }

    fn told(&self) -> Told {
        let steering = self.steering.borrow();
        let rests = (self.phase.get() != Phase::Playing).then(|| self.position());
        let (session, changes) = (steering.session(), steering.log().changes().len());
        Told { seed: session.seed, settings: *steering.wanted(), changes, rests }
    }

    fn write_address(&self, told: Told) {
        self.address.told.replace(Some(told));
        self.address.at.set(js_sys::Date::now());
        if let Ok(history) = window().history() {
            // Refused where there were too many lately; the next one says it all again.
            let fragment = format!("#{}", self.link().text());
            let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&fragment));
        }
    }

    /// The page is left, perhaps for good: all is written down.
    fn leave(self: &Rc<Self>) {
        library::write(self);
        if self.phase.get() == Phase::Playing {
            self.write_address(self.told());
        }
    }

    /// The whole address of a moment.
    pub(super) fn address_of(link: &Link) -> String {
        let location = window().location();
        let page = location.href().unwrap_or_default();
        let page = page.split('#').next().unwrap_or_default();
        format!("{page}#{}", link.text())
    }
}
