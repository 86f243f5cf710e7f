//! The page: what index.html holds, brought to life.
//!
//! One `App` ties the parts together. The listener's wishes go into the [`Steering`], from there to the [`Player`], and what the
//! engine took comes back into its log; several times a second the page shows where the music is.

mod address;
mod battery;
mod controls;
mod dom;
pub mod hearing;
mod hearing_panel;
mod keep;
mod library;
mod machine;
mod media;
mod notice;
pub mod now;
mod offline;
mod panels;
mod picture;
mod playing;
mod presets;
mod quality;
mod recovery;
mod seed;
mod session_file;
mod share;
mod shared;
mod shortcuts;
mod status;
mod store;
mod surprise;
mod timeline;
mod timer;
mod volume;

use crate::keep::Job;
use crate::player::{Ahead, Player};
use crate::shared::Shared;
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
use web_sys::Element;

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
    phase: Cell<Phase>,
    telling: Cell<bool>,
    /// Where playing began last, and what is being kept.
    pressed: Cell<Frame>,
    keeping: RefCell<Option<Job>>,
    /// Where the session begins to play, as long as nothing plays it.
    start: Cell<Frame>,
    /// Who is on the way there before anybody presses play.
    ahead: RefCell<Option<Ahead>>,
    quality: quality::Care,
    recovery: recovery::Recovery,
    media: media::Media,
    timer: timer::Timer,
    shared: Rc<Shared>,
}

/// Brings the page to life.
pub(crate) fn start() {
    let app = Rc::new(App::new());
    app.clone().make();
    app.show_settings();
    app.look();
    app.open_address();
    shared::attend(&app);
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
            score: RefCell::default(),
            phase: Cell::new(Phase::Resting),
            telling: Cell::new(false),
            pressed: Cell::new(Frame::ZERO),
            keeping: RefCell::default(),
            start: Cell::new(Frame::ZERO),
            ahead: RefCell::default(),
            quality: quality::Care::new(),
            recovery: recovery::Recovery::default(),
            media: media::Media::default(),
            timer: timer::Timer::new(),
            shared: Shared::new(),
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
        store::on_trouble(move |sentence| app.trouble(sentence));
        keep::attend(&self);
        volume::attend(&self);
        quality::attend(&self);
        battery::attend(&self);
        recovery::attend(&self);
        media::attend(&self);
        timer::attend(&self);
        offline::attend(&self);

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

    // ---- steering ----

    fn wish(self: &Rc<Self>, patch: &Patch) {
        let patch = quality::kept(patch, self.steering.borrow().wanted().quality);
        if self.shared.is_joined() {
            if self.steering.borrow_mut().hope(&patch) {
                self.show_settings();
                self.tell_in(TELL);
            }
        } else if self.steering.borrow_mut().wish(&patch) {
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
        if self.shared.is_joined() {
            return self.shared.ask();
        }
        if let Some(player) = &*self.player.borrow()
            && let Some((id, settings)) = self.steering.borrow_mut().to_tell()
        {
            player.change(id, &settings);
        }
    }

    fn keep(&self) {
        let steering = self.steering.borrow();
        let mut settings = *steering.wanted();
        settings.quality = self.quality.to_keep(settings.quality);
        store::keep_session(&Session { settings, ..*steering.session() });
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
        self.quality.show(steering.wanted().quality, self.source_sentence());
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
            let player = self.player.borrow();
            let playing = self.phase.get() == Phase::Playing;
            machine::show(
                player.as_deref().filter(|_| playing),
                session.rate,
                &self.quality.sentence(steering.wanted().quality),
                self.source_sentence(),
            );
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
        // What follows may take another session, or open this one anew.
        drop((player, score, steering));
        library::follow(self);
        self.shared.keep_time();
        self.show_shared();
        if !self.shared.is_joined() {
            self.follow_address();
        }
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
