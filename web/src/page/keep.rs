//! The panel "Keep this moment": which part, as what, how far it is, and the file.

use super::dom::{by_id, later, number, on, show};
use super::session_file::hand_out;
use super::{App, Phase, now, playing, store};
use crate::keep::what::size;
use crate::keep::{Job, Order, Report, Span, What};
use crate::number::decimals;
use crate::player::said;
use auralis_engine::{Preset, SampleRate};
use js_sys::{Date, Promise};
use std::rc::Rc;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Element, HtmlElement, HtmlInputElement, HtmlSelectElement};

/// How often, and how many milliseconds apart, the engine is waited for when it has not yet said from when a change holds.
const WAITS: u32 = 20;
const WAIT: i32 = 50;

/// Listens to the panel.
pub(super) fn attend(app: &Rc<App>) {
    for id in ["keep-span", "keep-what", "keep-format", "keep-from", "keep-to"] {
        let this = app.clone();
        on(&by_id::<Element>(id), "input", move |_| this.show_what_is_kept());
    }
    let this = app.clone();
    on(&by_id::<Element>("keep-start"), "click", move |_| {
        let this = this.clone();
        spawn_local(async move {
            if let Err(sentence) = this.start_keeping().await {
                complain(&sentence);
            }
        });
    });
    let this = app.clone();
    on(&by_id::<Element>("keep-cancel"), "click", move |_| {
        this.end_keeping();
        this.say("Nothing was kept");
    });
    let this = app.clone();
    if let Some(button) = super::dom::document().query_selector("[data-panel=keep]").ok().flatten() {
        on(&button, "click", move |_| {
            this.offer_times();
            this.show_what_is_kept();
        });
    }
}

impl App {
    /// The last three minutes as times, where the listener has not written any.
    fn offer_times(&self) {
        let (from, to): (HtmlInputElement, HtmlInputElement) = (by_id("keep-from"), by_id("keep-to"));
        let position = self.position();
        if position.0 > 0 && from.value().is_empty() && to.value().is_empty() {
            let rate = self.steering.borrow().session().rate;
            let seconds = rate.seconds(position.0);
            from.set_value(&now::clock(seconds - 180.0));
            to.set_value(&now::clock(seconds));
        }
    }

    fn chosen(&self) -> Result<(Span, What), String> {
        let rate = self.steering.borrow().session().rate;
        let position = self.position();
        let span = match value("keep-span").as_str() {
            "times" => Span::between(&text("keep-from"), &text("keep-to"), rate),
            "play" => Span::since(self.pressed.get(), position),
            seconds => Span::last(number(seconds).unwrap_or(60.0), position, rate),
        }?;
        let what =
            What::parse(&value("keep-what"), &value("keep-format")).ok_or("Choose what to keep it as.")?;
        what.check(span, rate)?;
        Ok((span, what))
    }

    /// Shows what belongs to what is chosen, and says how much that is.
    fn show_what_is_kept(&self) {
        let what = value("keep-what");
        hide("keep-times", value("keep-span") != "times");
        hide("keep-samples", what == "midi");
        hide("keep-stems-help", what != "stems");
        let rate = self.steering.borrow().session().rate;
        let about = self.chosen().map(|(span, what)| about(span, what, rate));
        show(&by_id("keep-about"), about.as_deref().unwrap_or_default());
        // What is wrong is said when it is asked for, not while somebody writes.
        complain("");
    }

    async fn start_keeping(self: &Rc<Self>) -> Result<(), String> {
        if self.keeping.borrow().is_some() {
            return Ok(());
        }
        complain("");
        let (span, what) = self.chosen()?;
        self.settle().await;
        let engine = self.engine.borrow_mut().get_or_insert_with(playing::fetch_engine).clone();
        let engine = JsFuture::from(engine).await.map_err(|error| {
            *self.engine.borrow_mut() = None;
            format!("The engine could not be loaded: {}.", said(&error))
        })?;
        if self.keeping.borrow().is_some() {
            return Ok(());
        }
        let (order, file) = {
            let steering = self.steering.borrow();
            let (session, log) = (steering.session(), steering.log());
            let settings = log.fold(&session.settings, span.from + 1);
            let mood = Preset::ALL.into_iter().find(|preset| preset.settings() == settings);
            let mood = mood.or_else(store::mood).unwrap_or(Preset::Focus);
            let stem = crate::keep::name::stem(mood.name(), &settings, session, span);
            let order = Order::new(session, log, span, what, stem, Date::now() / 1000.0);
            let file = crate::keep::name::file(&order.stem, what);
            (order, file)
        };
        let this = Rc::downgrade(self);
        let job = Job::start(&order, &engine, move |report| {
            if let Some(this) = this.upgrade() {
                this.kept(&report, &file);
            }
        });
        let job = job.map_err(|error| format!("Nothing can be kept in this browser: {}.", said(&error)))?;
        *self.keeping.borrow_mut() = Some(job);
        show_progress(0.0, "Starting");
        hide("keep-progress", false);
        hide("keep-cancel", false);
        hand_focus("keep-start", "keep-cancel");
        let _ = by_id::<Element>("keep-start").set_attribute("disabled", "");
        Ok(())
    }

    /// Waits until the engine has answered what it was told. Paused it answers nothing, and what it was told lies ahead.
    async fn settle(&self) {
        for _ in 0..WAITS {
            if self.phase.get() == Phase::Resting || self.steering.borrow().is_settled() {
                break;
            }
            let waited = Promise::new(&mut |then, _| {
                later(WAIT, move || drop(then.call0(&wasm_bindgen::JsValue::UNDEFINED)));
            });
            let _ = JsFuture::from(waited).await;
        }
    }

    fn kept(&self, report: &Report, name: &str) {
        if self.keeping.borrow().is_none() {
            // Cancelled; this was on its way already.
            return;
        }
        match report {
            Report::Progress { done, speed } => {
                let text = format!("{} % · {} real time", (done * 100.0) as u32, times(*speed));
                show_progress(*done, &text);
            }
            Report::Done { speed, file } => {
                let handed = hand_out(file, name);
                self.end_keeping();
                match handed {
                    Ok(()) => {
                        show(
                            &by_id("keep-about"),
                            &format!("Kept as {name}, at {} real time.", times(*speed)),
                        );
                        self.say(&format!("Kept as {name}"));
                    }
                    Err(_) => complain("This browser lets nothing be saved from here."),
                }
            }
            Report::Error(message) => {
                self.end_keeping();
                complain(&format!("This could not be kept: {message}."));
            }
        }
    }

    /// The worker ends, whatever it does, and the next can begin.
    fn end_keeping(&self) {
        // Its own closure may be what calls here: it is let go when that is over.
        let job = self.keeping.borrow_mut().take();
        later(0, move || drop(job));
        let _ = by_id::<Element>("keep-start").remove_attribute("disabled");
        hand_focus("keep-cancel", "keep-start");
        hide("keep-progress", true);
        hide("keep-cancel", true);
    }
}

/// "3:00 from 4:12 on · about 32 MB".
fn about(span: Span, what: What, rate: SampleRate) -> String {
    let (length, from) = (now::clock(rate.seconds(span.frames)), now::clock(rate.seconds(span.from.0)));
    let size = what.bytes(span.frames).map(|bytes| format!(" · {}", size(bytes))).unwrap_or_default();
    format!("{length} from {from} on{size}")
}

/// A speed: "58 ×".
fn times(speed: f64) -> String {
    format!("{} ×", decimals(speed, u32::from(speed < 10.0)))
}

/// Whoever works by keyboard is not left without a place when a button goes.
fn hand_focus(from: &str, to: &str) {
    if super::dom::document().active_element().is_some_and(|element| element.id() == from) {
        let _ = by_id::<HtmlElement>(to).focus();
    }
}

fn show_progress(done: f64, text: &str) {
    let _ = by_id::<Element>("keep-bar").set_attribute("value", &decimals(done, 3));
    show(&by_id("keep-speed"), text);
}

fn complain(sentence: &str) {
    show(&by_id("keep-error"), sentence);
}

fn hide(id: &str, hidden: bool) {
    by_id::<HtmlElement>(id).set_hidden(hidden);
}

fn value(id: &str) -> String {
    by_id::<HtmlSelectElement>(id).value()
}

fn text(id: &str) -> String {
    by_id::<HtmlInputElement>(id).value()
}
