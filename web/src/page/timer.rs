//! The sleep timer: after a while the music fades out, slowly, and rests. It comes after the engine and never touches the session.
//!
//! The fade is the audio clock's: it goes its way while the page sleeps, and waits while the music is paused.

use super::dom::{by_id, on, show};
use super::{App, Phase, now};
use crate::player::Player;
use crate::player::sleep::{BACK_SECONDS, Point, Sleep};
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlInputElement};

/// The longest time, in minutes, that can be chosen.
const MOST_MINUTES: u32 = 24 * 60;
/// By how many seconds "more" is more.
const MORE_SECONDS: f64 = 15.0 * 60.0;

/// What the page keeps of it.
pub(super) struct Timer {
    /// By the player's clock; while there is no player, by one that stands at zero.
    sleep: Cell<Option<Sleep>>,
    left: Element,
    label: Element,
    running: HtmlElement,
}

/// Listens to the panel.
pub(super) fn attend(app: &Rc<App>) {
    let buttons = super::dom::document().query_selector_all("#timer [data-minutes]");
    let buttons = buttons.into_iter().flat_map(|list| (0..list.length()).filter_map(move |i| list.get(i)));
    for button in buttons.filter_map(|node| node.dyn_into::<Element>().ok()) {
        let minutes = button.get_attribute("data-minutes").as_deref().and_then(parse);
        let this = app.clone();
        on(&button, "click", move |_| {
            if let Some(minutes) = minutes {
                this.set_timer(minutes);
            }
        });
    }
    let field: HtmlInputElement = by_id("timer-minutes");
    let this = app.clone();
    on(&by_id::<Element>("timer-form"), "submit", move |event| {
        event.prevent_default();
        let minutes = parse(&field.value());
        let _ = field.set_attribute("aria-invalid", if minutes.is_none() { "true" } else { "false" });
        let wrong = format!("Please give a whole number of minutes from 1 to {MOST_MINUTES}.");
        show(&by_id("timer-error"), if minutes.is_none() { &wrong } else { "" });
        if let Some(minutes) = minutes {
            field.set_value("");
            this.set_timer(minutes);
        }
    });
    let this = app.clone();
    on(&by_id::<Element>("timer-more"), "click", move |_| this.extend_timer());
    let this = app.clone();
    on(&by_id::<Element>("timer-off"), "click", move |_| this.end_timer());
}

fn parse(text: &str) -> Option<u32> {
    text.trim().parse().ok().filter(|minutes| (1..=MOST_MINUTES).contains(minutes))
}

impl Timer {
    pub(super) fn new() -> Self {
        Self {
            sleep: Cell::default(),
            left: by_id("timer-left"),
            label: by_id("timer-label"),
            running: by_id("timer-running"),
        }
    }

    /// The player goes: what is left is kept.
    pub(super) fn keep(&self, player: &Player) {
        self.sleep.set(self.sleep.get().map(|sleep| sleep.moved(player.clock(), 0.0)));
    }

    /// Another player counts on.
    pub(super) fn another_clock(&self, player: &Player) {
        if let Some(sleep) = self.sleep.get() {
            let now = player.clock();
            let sleep = sleep.moved(0.0, now);
            self.sleep.set(Some(sleep));
            player.fade_to_sleep(&sleep.schedule(now, sleep.gain(now)));
        }
    }

    /// Play was pressed: what the last timer silenced is heard again.
    pub(super) fn wake(&self, player: &Player) {
        if self.sleep.get().is_none() {
            player.fade_to_sleep(&[Point { at: player.clock(), gain: 1.0 }]);
        }
    }

    /// Shows what is left, and rests at the end. Called twice a second, or as seldom as a hidden page may.
    pub(super) fn watch(&self, app: &Rc<App>) {
        let now = clock(app);
        if self.sleep.get().is_some_and(|sleep| sleep.is_over(now)) {
            self.sleep.set(None);
            if app.phase.get() != Phase::Resting {
                app.pause();
            }
            app.say("The sleep timer has ended.");
        }
        self.show(now);
    }

    fn show(&self, now: f64) {
        let left = self.sleep.get().map(|sleep| sleep.left(now));
        let label = left.map_or_else(|| "Timer".into(), now::clock);
        show(&self.label, &label);
        show(
            &self.left,
            &left.map_or_else(String::new, |left| format!("Music for another {}.", now::wait(left))),
        );
        self.running.set_hidden(left.is_none());
    }
}

impl App {
    fn set_timer(&self, minutes: u32) {
        let now = clock(self);
        self.schedule(now, Sleep::new(now, 60.0 * f64::from(minutes)));
        self.say(&format!("Music for another {minutes} min."));
    }

    fn extend_timer(&self) {
        let now = clock(self);
        if let Some(sleep) = self.timer.sleep.get() {
            self.schedule(now, sleep.extended(now, MORE_SECONDS));
        }
    }

    fn schedule(&self, now: f64, sleep: Sleep) {
        let held = self.timer.sleep.replace(Some(sleep)).map_or(1.0, |before| before.gain(now));
        self.set_rest(&sleep.schedule(now, held));
        self.timer.show(now);
    }

    fn end_timer(&self) {
        let now = clock(self);
        if let Some(sleep) = self.timer.sleep.take() {
            self.set_rest(&[
                Point { at: now, gain: sleep.gain(now) },
                Point { at: now + BACK_SECONDS, gain: 1.0 },
            ]);
            self.say("The sleep timer is off.");
        }
        self.timer.show(now);
        // The button that was pressed is gone: the focus stays in the panel.
        let _ = by_id::<HtmlElement>("timer-minutes").focus();
    }

    fn set_rest(&self, points: &[Point]) {
        if let Some(player) = &*self.player.borrow() {
            player.fade_to_sleep(points);
        }
    }
}

fn clock(app: &App) -> f64 {
    app.player.borrow().as_ref().map_or(0.0, |player| player.clock())
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn minutes_are_whole_and_a_day_at_most() {
        assert_eq!([parse("1"), parse(" 1440 ")], [Some(1), Some(1440)]);
        for wrong in ["", "0", "1441", "-5", "1.5", "ten"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
