//! The page in a shared session: the field with the relay's address, and what happens there in sentences.

use super::dom::{by_id, on, show, window};
use super::{App, now, panels};
use crate::player::Player;
use crate::relay::endpoint;
use crate::shared::{Host, MAIN, Sent, Tidings};
use crate::steering::Steering;
use auralis_engine::Frame;
use std::cell::RefCell;
use std::rc::{Rc, Weak};
use web_sys::{Element, HtmlInputElement, UrlSearchParams};

/// Listens to the control, and joins the session that the address asks for: `?relay=wss://music.example&session=main`; an empty `relay` is the
/// one that the page is from.
pub(super) fn attend(app: &Rc<App>) {
    let host: Weak<App> = Rc::downgrade(app);
    app.shared.attend(host);
    let this = app.clone();
    on(&by_id::<Element>("join"), "click", move |_| {
        if this.shared.is_connected() {
            this.shared.go_alone();
        } else {
            this.join_relay(&by_id::<HtmlInputElement>("relay").value(), MAIN);
        }
    });
    let location = window().location();
    let Ok(asked) = location.search().and_then(|search| UrlSearchParams::new_with_str(&search)) else {
        return;
    };
    let Some(relay) = asked.get("relay") else { return };
    by_id::<HtmlInputElement>("relay").set_value(&relay);
    app.join_relay(&relay, &asked.get("session").unwrap_or_else(|| MAIN.into()));
}

impl App {
    fn join_relay(self: &Rc<Self>, relay: &str, session: &str) {
        let page = window().location().href().unwrap_or_default();
        let refused = match endpoint(relay, session, &page) {
            Ok(address) => {
                self.shared.join(address, None);
                show(&by_id("join"), "Leave");
                String::new()
            }
            Err(sentence) => {
                self.trouble(&sentence);
                sentence
            }
        };
        show(&by_id("relay-error"), &refused);
    }

    /// Who makes the music and why, for people; nothing where it is made here.
    pub(super) fn source_sentence(&self) -> Option<String> {
        Some(match self.shared.sent()? {
            Sent::Foreign(why) => format!("Sent by the relay: {why}"),
            Sent::Wanted => self.quality.relay_sentence(),
            Sent::Meanwhile => "Sent by the relay, until this device has caught up.".into(),
        })
    }

    /// What of the shared session there is to be seen.
    pub(super) fn show_shared(&self) {
        if self.shared.is_joined() {
            self.quality.show(self.steering.borrow().wanted().quality, self.source_sentence());
        }
        if panels::is_open("hearing") {
            let late = self.shared.late() * 1000.0;
            let text = self.shared.name().map_or("your own".to_owned(), |name| {
                format!("{name}, shared; {} ms off its time", crate::number::decimals(late.abs(), 1))
            });
            show(&by_id("hear-session"), &text);
        }
    }
}

impl Host for App {
    fn steering(&self) -> &RefCell<Steering> {
        &self.steering
    }

    fn player(&self) -> Option<Rc<Player>> {
        self.player.borrow().clone()
    }

    fn wants_relay(&self) -> bool {
        self.quality.wants_relay()
    }

    fn take(self: Rc<Self>, steering: Steering, from: Frame) {
        self.take_shared(steering, from);
    }

    fn opened(&self, from: Frame) {
        self.start.set(from);
        *self.score.borrow_mut() = now::Page::default();
    }

    fn go_on(&self, player: &Rc<Player>, from: Frame) {
        self.open(player, from);
    }

    fn hear(self: Rc<Self>, tidings: Tidings) {
        match tidings {
            Tidings::Joined(name) => self.say(&format!("You are in the shared session {name}.")),
            Tidings::Back => self.trouble(""),
            Tidings::Away if self.shared.is_joined() => self.trouble(
                "The relay does not answer: the music goes on from here, and is joined again as soon as it does.",
            ),
            Tidings::Away => self.trouble("The relay does not answer; it is tried again."),
            Tidings::Left(name) => {
                show(&by_id("join"), "Join");
                if let Some(name) = name {
                    self.say(&format!("You have left the shared session {name}."));
                    self.show_settings();
                }
            }
            Tidings::Over(sentence) => self.trouble(&sentence),
            Tidings::Changed => {
                *self.score.borrow_mut() = now::Page::default();
                self.show_settings();
                self.look();
                self.announce_what_comes();
            }
            Tidings::Denied(sentence) => {
                self.show_settings();
                self.say(&sentence);
            }
            Tidings::NoPlace(sentence) => {
                self.say(&format!("The relay has no place to send this session: {sentence}"));
            }
        }
    }
}
