//! The timeline: back to any moment of this session.
//!
//! A slider from the beginning to the furthest moment that was reached, with a mark where each movement begins. Going somewhere fades out
//! and in. On it, arrows go ten seconds and pages a minute.

use super::dom::{add, by_id, later, number, on};
use super::{App, now};
use crate::number::decimals;
use auralis_engine::session::MovementSpan;
use auralis_engine::{Frame, Session};
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlInputElement, KeyboardEvent};

/// Seconds that an arrow and a page go.
const ARROW: f64 = 10.0;
const PAGE: f64 = 60.0;
/// Milliseconds before it goes there: a key that is held, or a finger that looks for the place, goes once.
const SETTLE: i32 = 250;
/// The most marks: more would be a bar.
const MOST_MARKS: u64 = 48;

/// The slider and where it ends.
pub(super) struct Timeline {
    slider: HtmlInputElement,
    marks: HtmlElement,
    /// The furthest moment of this session that was reached.
    furthest: Cell<Frame>,
    /// Whether somebody is moving the slider: then it does not follow the music.
    held: Cell<bool>,
    /// How often it was moved: only the last goes there.
    moved: Cell<u32>,
    /// What the marks were made for.
    marked: Cell<Option<(u64, u64)>>,
}

impl Timeline {
    pub(super) fn new() -> Self {
        Self {
            slider: by_id("timeline-slider"),
            marks: by_id("timeline-marks"),
            furthest: Cell::default(),
            held: Cell::new(false),
            moved: Cell::new(0),
            marked: Cell::new(None),
        }
    }

    /// Another session, which was not played further than this.
    pub(super) fn begin(&self, at: Frame) {
        self.furthest.set(at);
        self.held.set(false);
        self.moved.set(self.moved.get() + 1);
    }

    /// Listens to it.
    pub(super) fn attend(app: &Rc<App>) {
        let slider = app.timeline.slider.clone();
        let this = app.clone();
        on(&slider, "input", move |_| {
            this.timeline.held.set(true);
            this.timeline.say(this.timeline.slider.value_as_number());
        });
        let this = app.clone();
        on(&slider, "change", move |_| {
            this.timeline.held.set(true);
            this.timeline.moved.set(this.timeline.moved.get() + 1);
            let (this, number) = (this.clone(), this.timeline.moved.get());
            later(SETTLE, move || this.go_to_slider(number));
        });
        let this = app.clone();
        on(&slider.clone(), "keydown", move |event| {
            let Some(key) = event.dyn_ref::<KeyboardEvent>() else { return };
            let step = match key.key().as_str() {
                "ArrowLeft" | "ArrowDown" => -ARROW,
                "ArrowRight" | "ArrowUp" => ARROW,
                "PageDown" => -PAGE,
                "PageUp" => PAGE,
                _ => return,
            };
            if key.ctrl_key() || key.alt_key() || key.meta_key() {
                return;
            }
            key.prevent_default();
            let step = if key.shift_key() { step.signum() * PAGE } else { step };
            this.timeline.nudge(step);
        });
    }

    fn nudge(&self, seconds: f64) {
        // Beyond its ends, the slider itself stops.
        self.slider.set_value_as_number(self.slider.value_as_number() + seconds);
        for kind in ["input", "change"] {
            if let Ok(event) = web_sys::Event::new(kind) {
                let _ = self.slider.dispatch_event(&event);
            }
        }
    }

    /// Shows where the music is.
    pub(super) fn show(&self, session: &Session, position: Frame) {
        let furthest = self.furthest.get().max(position);
        self.furthest.set(furthest);
        let seconds = session.rate.seconds(furthest.0).floor();
        let end = decimals(seconds, 0);
        if self.slider.max() != end {
            self.slider.set_max(&end);
        }
        self.slider.set_disabled(seconds < 1.0);
        if !self.held.get() {
            let at = session.rate.seconds(position.0).floor();
            self.slider.set_value_as_number(at);
            self.say(at);
        }
        let marked = Some((session.seed, seconds as u64));
        if self.marked.replace(marked) != marked {
            self.mark(session, furthest);
        }
    }

    /// Says a moment, as it is seen and as it is heard.
    fn say(&self, seconds: f64) {
        let end: f64 = number(&self.slider.max()).unwrap_or(0.0);
        let share = if end > 0.0 { seconds / end * 100.0 } else { 0.0 };
        let _ = self.slider.style().set_property("--at", &format!("{}%", decimals(share, 2)));
        let text = format!("{} of {}", now::spoken(seconds), now::spoken(end));
        if self.slider.get_attribute("aria-valuetext").as_deref() != Some(&text) {
            let _ = self.slider.set_attribute("aria-valuetext", &text);
            let _ = self
                .slider
                .set_attribute("title", &format!("{} of {}", now::clock(seconds), now::clock(end)));
        }
    }

    /// Marks where movements begin; of very many, every so many.
    fn mark(&self, session: &Session, furthest: Frame) {
        let last = MovementSpan::at(session.seed, session.rate, furthest).index;
        let every = last.div_ceil(MOST_MARKS).max(1);
        let wanted = last / every;
        while u64::from(self.marks.child_element_count()) > wanted {
            let _ = self.marks.last_element_child().map(|mark| mark.remove());
        }
        while u64::from(self.marks.child_element_count()) < wanted {
            let _: Element = add(&self.marks, "span", &[]);
        }
        let children = self.marks.children();
        for i in 0..wanted {
            let start = MovementSpan::of(session.seed, session.rate, (i + 1) * every).start;
            let share = start.0 as f64 / furthest.0 as f64 * 100.0;
            if let Some(mark) = children.item(i as u32).and_then(|m| m.dyn_into::<HtmlElement>().ok()) {
                let _ = mark.style().set_property("inset-inline-start", &format!("{}%", decimals(share, 2)));
            }
        }
    }
}

impl App {
    /// Goes to where the slider was left, unless it was moved again since.
    fn go_to_slider(self: &Rc<Self>, number: u32) {
        let timeline = &self.timeline;
        if timeline.moved.get() != number {
            return;
        }
        timeline.held.set(false);
        let session = *self.steering.borrow().session();
        let frame = session.rate.frames(timeline.slider.value_as_number());
        self.go_to(Frame(frame).min(timeline.furthest.get()));
    }

    /// The movement that plays at a moment of this session, counted from 0.
    pub(super) fn movement(&self, at: Frame) -> u64 {
        let session = *self.steering.borrow().session();
        MovementSpan::at(session.seed, session.rate, at).index
    }
}
