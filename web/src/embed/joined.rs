//! A player of the package in a session that a relay keeps.
//!
//! What happens there is told by the word `relay` and a pair, what and a text: `joined` and the session's name; `back`; `away`; `left` and the name; `over` and why;
//! `denied` and why a wish was; `no-place` and why the relay cannot send what this device cannot make.

use super::playing::Performance;
use crate::player::Player;
use crate::shared::{Host, Tidings};
use crate::steering::Steering;
use auralis_engine::Frame;
use js_sys::Array;
use std::cell::RefCell;
use std::rc::Rc;

impl Host for Performance {
    fn steering(&self) -> &RefCell<Steering> {
        &self.steering
    }

    fn player(&self) -> Option<Rc<Player>> {
        self.player.borrow().clone()
    }

    fn wants_relay(&self) -> bool {
        self.governor.borrow().wants_relay()
    }

    fn take(self: Rc<Self>, steering: Steering, from: Frame) {
        let rate = steering.session().rate;
        *self.steering.borrow_mut() = steering;
        self.start.set(from);
        if self.look(|player| player.rate() != rate) {
            self.leave_player();
            if self.context.is_some() {
                // The app has connected the node of the player that was.
                return self.fail("the session has another sample rate now: make another player");
            }
        }
        self.play_on();
    }

    fn opened(&self, from: Frame) {
        self.start.set(from);
    }

    fn go_on(&self, player: &Rc<Player>, from: Frame) {
        self.open(player, from);
    }

    fn hear(self: Rc<Self>, tidings: Tidings) {
        let (what, text) = match tidings {
            Tidings::Joined(name) => ("joined", name),
            Tidings::Back => ("back", String::new()),
            Tidings::Away => ("away", String::new()),
            Tidings::Left(name) => ("left", name.unwrap_or_default()),
            Tidings::Over(why) => ("over", why),
            Tidings::Denied(why) => ("denied", why),
            Tidings::NoPlace(why) => ("no-place", why),
            Tidings::Changed => {
                let frame = self.steering.borrow().log().changes().last().map_or(0, |change| change.frame.0);
                return self.tell("change", &(frame as f64).into());
            }
        };
        self.tell("relay", &Array::of2(&what.into(), &text.into()));
    }
}
