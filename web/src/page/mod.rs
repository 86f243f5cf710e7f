//! The page: what index.html holds, brought to life.
//!
//! One `App` ties the parts together. The listener's wishes go into the [`Steering`], from there to the [`Player`], and what the
//! engine took comes back into its log; several times a second the page shows where the music is.

mod address;
mod controls;
mod dom;
pub mod hearing;
mod hearing_panel;
mod library;
mod notice;
pub mod now;
mod panels;
mod picture;
mod playing;
mod presets;
mod seed;
mod session_file;
mod share;
mod shortcuts;
mod status;
mod store;
mod surprise;
mod timeline;

use crate::player::Player;
use crate::steering::Steering;
use auralis_engine::{ChangeLog, Frame, Patch, Session};
use controls::Controls;
use dom::{by_id, later, on, window};
use hearing::Hearing;
use hearing_panel::HearingPanel;
use js_sys::Promise;
use notice::Notice;
use picture::Picture;
use presets::Presets;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use timeline::Timeline;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{Element, HtmlInputElement};

/// Milliseconds between two looks at the position, between two tellings while a slider moves, and before one that was refused.
const LOOK: i32 = 250;
const TELL: i32 = 300;
const TELL_AGAIN: i32 = 2000;

/// What the page is doing, beside what the player says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Resting,
    Starting,
    Playing,
}

/// The page.
struct App {
    steering: RefCell<Steering>,
    player: RefCell<Option<Rc<Player>>>,
    engine: RefCell<Option<Promise>>,
    controls: RefCell<Option<Controls>>,
    presets: RefCell<Option<Presets>>,
    picture: Picture,
    status: status::Status,
    notice: Notice,
    hearing: HearingPanel,
    timeline: Timeline,
    address: address::Address,
    library: library::Library,
    score: RefCell<now::Page>,
    /// Where a session that was not played yet begins.
    start: Cell<Frame>,
    phase: Cell<Phase>,
    telling: Cell<bool>,
    repairs: Cell<u32>,
}

/// Brings the page to life.
pub(crate) fn start() {
    let app = Rc::new(App::new());
    app.clone().make();
    app.show_settings();
    app.look();
    app.open_address();
    app.picture.clone().attend();
    // From here on, everything on the page works.
    let _ = dom::document().body().map(|body| body.set_attribute("data-ready", ""));
}

impl App {
    fn new() -> Self {
        let session = store::session().unwrap_or_else(|| Session {
            settings: auralis_engine::Preset::Focus.settings(),
            ..Session::new(seed::random())
        });
        Self {
            steering: RefCell::new(Steering::new(session, ChangeLog::new())),
            player: RefCell::default(),
            engine: RefCell::new(Some(playing::fetch_engine())),
            controls: RefCell::default(),
            presets: RefCell::default(),
            picture: Picture::new(),
            status: status::Status::new(),
            notice: Notice::new(),
            hearing: HearingPanel::new(),
            timeline: Timeline::new(),
            address: address::Address::default(),
            library: library::Library::default(),
            start: Cell::default(),
            score: RefCell::default(),
            phase: Cell::new(Phase::Resting),
            telling: Cell::new(false),
            repairs: Cell::new(0),
        }
    }

    /// Makes the controls and listens to them.
    fn make(self: Rc<Self>) {
        let wish = |app: &Rc<Self>| {
            let app = app.clone();
            move |patch: &Patch| app.wish(patch)
        };
        *self.controls.borrow_mut() = Some(Controls::new(wish(&self)));
        *self.presets.borrow_mut() = Some(Presets::new(wish(&self)));
        seed::attend(&self);
        session_file::attend(&self);
        address::attend(&self);
        share::attend(&self);
        surprise::attend(&self);
        library::attend(&self);
        Timeline::attend(&self);
        let app = self.clone();
        store::on_trouble(move |sentence| app.say(sentence));
        self.attend_volume();

        let app = self.clone();
        on(&by_id::<Element>("play"), "click", move |_| app.toggle());
        let app = self.clone();
        panels::attend(move |name| {
            app.look();
            match name {
                "share" => share::opened(&app),
                "library" => library::opened(&app),
                _ => {}
            }
        });
        shortcuts::attend();
        let app = self.clone();
        let look = Closure::<dyn FnMut()>::new(move || {
            if app.phase.get() != Phase::Resting {
                app.look();
            }
        });
        let _ = window()
            .set_interval_with_callback_and_timeout_and_arguments_0(look.as_ref().unchecked_ref(), LOOK);
        look.forget();
    }

    fn attend_volume(self: &Rc<Self>) {
        let slider: HtmlInputElement = by_id("volume");
        slider.set_value(&store::volume().unwrap_or(80).to_string());
        let show = |slider: &HtmlInputElement| {
            let _ = slider.set_attribute("aria-valuetext", &format!("{} %", slider.value()));
            let _ = slider.style().set_property("--at", &format!("{}%", slider.value()));
        };
        show(&slider);
        let app = self.clone();
        let input = slider.clone();
        on(&slider, "input", move |_| {
            show(&input);
            store::keep_volume(input.value().parse().unwrap_or(80));
            if let Some(player) = &*app.player.borrow() {
                player.set_volume(volume());
            }
        });
    }

    // ---- steering ----

    fn wish(self: &Rc<Self>, patch: &Patch) {
        if self.steering.borrow_mut().wish(patch) {
            *self.score.borrow_mut() = now::Page::default();
            self.keep();
            self.show_settings();
            self.look();
            self.tell_in(TELL);
        }
    }

    /// Tells the engine soon: once for many movements of a slider.
    fn tell_in(self: &Rc<Self>, milliseconds: i32) {
        if !self.telling.replace(true) {
            let app = self.clone();
            later(milliseconds, move || {
                app.telling.set(false);
                app.tell();
            });
        }
    }

    fn tell(&self) {
        if let Some(player) = &*self.player.borrow()
            && let Some((id, settings)) = self.steering.borrow_mut().to_tell()
        {
            player.change(id, &settings);
        }
    }

    fn keep(&self) {
        let steering = self.steering.borrow();
        store::keep_session(&Session { settings: *steering.wanted(), ..*steering.session() });
    }

    // ---- showing ----

    fn show_settings(&self) {
        let steering = self.steering.borrow();
        if let Some(controls) = &*self.controls.borrow() {
            controls.show(steering.wanted());
        }
        if let Some(presets) = &*self.presets.borrow() {
            presets.show(steering.wanted());
        }
        seed::show(steering.session().seed);
    }

    /// What to call the music that is wanted now.
    fn name(&self) -> String {
        let steering = self.steering.borrow();
        self.presets.borrow().as_ref().map_or_else(String::new, |presets| presets.name(steering.wanted()))
    }

    /// Shows where the music is.
    fn look(self: &Rc<Self>) {
        let position = self.position();
        if self.steering.borrow_mut().follow(position) {
            self.show_settings();
        }
        let steering = self.steering.borrow();
        let session = steering.session();
        let mut score = self.score.borrow_mut();
        if !score.covers(position, session.rate) {
            *score = now::Page::around(session, steering.log(), position);
        }
        let now = score.at(position, steering.wanted());
        let hearing = Hearing::at(&score, &now, session.seed, steering.wanted(), position, session.rate);
        let words = hearing.sentence();
        if panels::is_open("hearing") {
            self.hearing.show(&hearing_panel::View {
                hearing: &hearing,
                now: &now,
                settings: steering.wanted(),
                position,
                rate: session.rate,
            });
            self.show_load();
        }
        let player = self.player.borrow();
        self.status.show(&status::View {
            name: self.name(),
            phase: self.phase.get(),
            begun: steering.begun(),
            withheld: player.as_ref().is_some_and(|p| p.withheld()),
            seeking: player.as_ref().is_some_and(|p| p.seeking()),
            words: &words,
            position,
            rate: session.rate,
            settings: steering.wanted(),
            now: &now,
        });
        let playing = self.phase.get() == Phase::Playing;
        self.picture.show(&score, &now, steering.wanted(), position, session.rate, playing);
        self.timeline.show(session, position);
        library::follow(self);
        self.follow_address();
    }

    /// The engine's share of the audio thread's time.
    fn show_load(&self) {
        let load = self.player.borrow().as_ref().and_then(|player| player.load());
        let playing = self.phase.get() == Phase::Playing;
        let text = load.filter(|_| playing).map(|load| format!("{:.0} %", (load * 100.0).max(1.0)));
        dom::show(&by_id("load"), text.as_deref().unwrap_or("–"));
    }

    /// Tells everybody something, in a short sentence: seen for a while, and spoken.
    pub(super) fn say(&self, text: &str) {
        self.notice.say(text);
    }

    /// Says what went wrong, in one calm sentence; nothing when all is well again.
    pub(super) fn trouble(&self, text: &str) {
        self.status.trouble(text);
    }

    /// Says once what a change of key, scale or tempo waits for.
    fn announce_what_comes(&self) {
        let position = self.position();
        let steering = self.steering.borrow();
        let now = self.score.borrow().at(position, steering.wanted());
        if let Some(sentence) = now::coming(&now, position, steering.session().rate) {
            self.status.announce(&sentence);
        }
    }
}

/// The listener's volume: loudness is heard in proportion to something like the square.
fn volume() -> f32 {
    let share = by_id::<HtmlInputElement>("volume").value_as_number() as f32 / 100.0;
    share * share
}
