//! The connection to a relay: kept up, and made again when it breaks.

use super::clock::Clock;
use super::message::{Joined, Message};
use crate::player::after;
use auralis_engine::{Change, SOUND_VERSION};
use js_sys::{JSON, Object, Reflect};
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::{Closure, JsValue};
use web_sys::{CloseEvent, MessageEvent, WebSocket};

/// Milliseconds between two pings, and between the first few, which find the clock.
const PING: i32 = 4000;
const FIRST_PINGS: i32 = 150;
const FIRST: u32 = 8;
/// Milliseconds before the first new attempt; twice as many before each further one, up to the most.
const AGAIN: f64 = 100.0;
const AGAIN_MOST: f64 = 5000.0;
/// How a relay closes a session that has ended.
const ENDED: u16 = 1000;

/// What a relay says.
pub enum News {
    /// The session; after a connection broke, once more.
    Session(Box<Joined>),
    /// Somebody changed it.
    Change(Change),
    /// What is made here is not the session: the relay's sound is to be heard, and why.
    Moved(String),
    /// A wish was refused, and why.
    Refused(String),
    /// The connection broke, and is being made again.
    Away,
    /// What the relay plays cannot be played here, or is over: it is given up, and why.
    Over(String),
}

struct Ears {
    _opened: Closure<dyn FnMut()>,
    _heard: Closure<dyn FnMut(MessageEvent)>,
    _closed: Closure<dyn FnMut(CloseEvent)>,
}

/// A connection to one session. Dropped, it is closed.
pub struct Connection {
    address: String,
    /// Of the session's host, where not everybody may steer.
    token: Option<String>,
    clock: RefCell<Clock>,
    socket: RefCell<Option<(WebSocket, Ears)>>,
    pings: Cell<u32>,
    attempts: Cell<u32>,
    /// The session, until the relay's clock is known: before, nobody could tell where it is.
    early: RefCell<Option<Box<Joined>>>,
    tell: Box<dyn Fn(News)>,
}

impl Connection {
    /// Connects to what [`super::endpoint`] gave.
    #[must_use]
    pub fn open(address: String, token: Option<String>, tell: impl Fn(News) + 'static) -> Rc<Self> {
        let this = Rc::new(Self {
            address,
            token,
            clock: RefCell::default(),
            socket: RefCell::default(),
            pings: Cell::new(0),
            attempts: Cell::new(0),
            early: RefCell::default(),
            tell: Box::new(tell),
        });
        this.connect();
        this
    }

    /// What [`super::endpoint`] gave.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// What the relay's clock says, in milliseconds since 1970, at a time of the page's own.
    #[must_use]
    pub fn there(&self, here: f64) -> Option<f64> {
        Some(here + self.clock.borrow().offset()?)
    }

    /// Asks for a change, given as text fields by name. Nothing happens while there is no connection.
    pub fn ask(&self, fields: &[(String, String)]) {
        let message = Object::new();
        let _ = Reflect::set(&message, &"type".into(), &"control".into());
        let layers = Object::new();
        for (name, value) in fields {
            let (object, name) = match name.strip_prefix("layers.") {
                Some(layer) => (&layers, layer),
                None => (&message, name.as_str()),
            };
            let _ = Reflect::set(object, &name.into(), &value.into());
        }
        if Object::keys(&layers).length() > 0 {
            let _ = Reflect::set(&message, &"layers".into(), &layers);
        }
        self.say(&message);
    }

    fn authenticate(&self) {
        if let Some(token) = &self.token {
            let message = Object::new();
            let _ = Reflect::set(&message, &"type".into(), &"authenticate".into());
            let _ = Reflect::set(&message, &"token".into(), &token.into());
            self.say(&message);
        }
    }

    /// Shows what was rendered of the session: a span's first frame, and the number that proves it.
    pub fn prove(&self, frame: u64, hash: u64) {
        let message = Object::new();
        let _ = Reflect::set(&message, &"type".into(), &"proof".into());
        let _ = Reflect::set(&message, &"sound_version".into(), &SOUND_VERSION.into());
        let _ = Reflect::set(&message, &"frame".into(), &(frame as f64).into());
        let _ = Reflect::set(&message, &"hash".into(), &hash.to_string().into());
        self.say(&message);
    }

    fn connect(self: &Rc<Self>) {
        let Ok(socket) = WebSocket::new(&format!("{}&transport=score", self.address)) else {
            return (self.tell)(News::Over("this browser refuses the address of the relay".into()));
        };
        let this = Rc::downgrade(self);
        let opened = Closure::new(move || {
            if let Some(this) = this.upgrade() {
                this.pings.set(0);
                this.authenticate();
                this.ping();
            }
        });
        let this = Rc::downgrade(self);
        let heard = Closure::new(move |event: MessageEvent| {
            if let (Some(this), Some(text)) = (this.upgrade(), event.data().as_string()) {
                this.heard(&text);
            }
        });
        let this = Rc::downgrade(self);
        let closed = Closure::new(move |event: CloseEvent| {
            if let Some(this) = this.upgrade() {
                this.closed(&event);
            }
        });
        socket.set_onopen(Some(opened.as_ref().unchecked_ref()));
        socket.set_onmessage(Some(heard.as_ref().unchecked_ref()));
        socket.set_onclose(Some(closed.as_ref().unchecked_ref()));
        let ears = Ears { _opened: opened, _heard: heard, _closed: closed };
        *self.socket.borrow_mut() = Some((socket, ears));
    }

    fn heard(self: &Rc<Self>, text: &str) {
        let news = match Message::read(text) {
            Ok(Message::Pong { sent, there }) => {
                self.clock.borrow_mut().heard(sent, now(), there);
                match self.early.take() {
                    Some(joined) => News::Session(joined),
                    None => return,
                }
            }
            Ok(Message::Session(joined)) => {
                self.attempts.set(0);
                if self.clock.borrow().offset().is_none() {
                    *self.early.borrow_mut() = Some(joined);
                    return;
                }
                News::Session(joined)
            }
            Ok(Message::Change(change)) => News::Change(change),
            Ok(Message::Refused(sentence)) => News::Refused(sentence),
            Ok(Message::Moved(why)) => News::Moved(why),
            Ok(Message::Other) => return,
            Err(sentence) => News::Over(sentence),
        };
        (self.tell)(news);
    }

    fn closed(self: &Rc<Self>, event: &CloseEvent) {
        if event.code() == ENDED {
            return (self.tell)(News::Over("the shared session has ended".into()));
        }
        let attempt = self.attempts.get();
        self.attempts.set(attempt + 1);
        if attempt == 0 {
            (self.tell)(News::Away);
        }
        let this = Rc::downgrade(self);
        after(delay(attempt, js_sys::Math::random()), move || {
            if let Some(this) = this.upgrade() {
                this.connect();
            }
        });
    }

    /// Asks for the relay's time, and again after a while, as long as this connection is there.
    fn ping(self: &Rc<Self>) {
        let message = Object::new();
        let _ = Reflect::set(&message, &"type".into(), &"ping".into());
        let _ = Reflect::set(&message, &"client_time".into(), &now().into());
        if !self.say(&message) {
            return;
        }
        let pings = self.pings.get() + 1;
        self.pings.set(pings);
        let this: Weak<Self> = Rc::downgrade(self);
        after(if pings < FIRST { FIRST_PINGS } else { PING }, move || {
            if let Some(this) = this.upgrade().filter(|this| this.pings.get() == pings) {
                this.ping();
            }
        });
    }

    /// Whether it was sent.
    fn say(&self, message: &JsValue) -> bool {
        let socket = self.socket.borrow();
        let text = JSON::stringify(message).map(String::from).unwrap_or_default();
        socket.as_ref().is_some_and(|(socket, _)| {
            socket.ready_state() == WebSocket::OPEN && socket.send_with_str(&text).is_ok()
        })
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if let Some((socket, _ears)) = self.socket.take() {
            socket.set_onopen(None);
            socket.set_onmessage(None);
            socket.set_onclose(None);
            let _ = socket.close();
        }
    }
}

/// Milliseconds before an attempt after so many that failed: more each time, and by chance, so that all who lost a relay do not come back at once.
fn delay(attempts: u32, chance: f64) -> i32 {
    let most = (AGAIN * f64::from(1u32 << attempts.min(10))).min(AGAIN_MOST);
    (most * (0.5 + 0.5 * chance)) as i32
}

/// The page's clock, in milliseconds.
pub(crate) fn now() -> f64 {
    web_sys::window().and_then(|window| window.performance()).map_or(0.0, |clock| clock.now())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_come_more_and_more_rarely_and_never_at_once() {
        assert_eq!((delay(0, 0.0), delay(0, 1.0)), (50, 100));
        assert_eq!((delay(3, 1.0), delay(6, 1.0), delay(99, 1.0)), (800, 5000, 5000));
        assert_eq!(delay(99, 0.0), 2500);
    }
}
