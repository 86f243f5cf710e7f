//! Being in a session that a relay keeps: hearing what everybody hears at the moment when everybody hears it, and steering it together.
//!
//! The music is still made here, or sent by the relay (`source.rs`). It begins where the session is now, keeps to the relay's clock by a pace that nobody hears (`time.rs`), and what is
//! changed comes from the relay, this player's own wishes too. Where the relay goes away the music goes on from what is known.
//!
//! It knows no page: a [`Host`] has the player and the session, and shows what there is to be shown.

mod source;
mod time;

use crate::player::{Player, after};
use crate::relay::{self, Connection, Joined, News};
use crate::steering::Steering;
use auralis_engine::settings::PARAMETERS;
use auralis_engine::{Change, Frame};
pub use source::Sent;
use source::Source;
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use time::Timing;

/// The session that is meant where none is named.
pub const MAIN: &str = "main";
/// The numbers of changes that come from the relay begin here: beyond all of the player's own.
const FIRST_ID: u32 = 1 << 30;

/// Whoever plays a session, and may be in one that is shared.
pub trait Host {
    /// The session that is played.
    fn steering(&self) -> &RefCell<Steering>;
    /// What plays it, if there is a player yet.
    fn player(&self) -> Option<Rc<Player>>;
    /// Whether the relay had better make the music: this device is too weak, or saves its battery.
    fn wants_relay(&self) -> bool;
    /// Takes the shared session in place of the one before. Where it is to play it opens it by [`Shared::open`].
    fn take(self: Rc<Self>, steering: Steering, from: Frame);
    /// The shared session was opened from this frame on.
    fn opened(&self, from: Frame);
    /// Goes on from a frame with music that is made here, in a session that is nobody else's.
    fn go_on(&self, player: &Rc<Player>, from: Frame);
    /// Something happened.
    fn hear(self: Rc<Self>, tidings: Tidings);
}

/// What happens in a shared session, for people.
pub enum Tidings {
    /// It is known, and is going to be played.
    Joined(String),
    /// The connection is there again.
    Back,
    /// The connection broke, and is being made again; the music goes on where it has begun.
    Away,
    /// It was left, by its name, if it had been joined.
    Left(Option<String>),
    /// It is over, and why. The music goes on alone.
    Over(String),
    /// Somebody changed it.
    Changed,
    /// A wish was refused, and why.
    Denied(String),
    /// The relay has no place to send it, and why, but this device cannot make it.
    NoPlace(String),
}

/// The session that a player is in, if it is in one, as far as it is known.
#[derive(Default)]
pub struct Shared {
    host: RefCell<Option<Weak<dyn Host>>>,
    connection: RefCell<Option<Rc<Connection>>>,
    place: RefCell<Option<Place>>,
    timing: Cell<Timing>,
    /// How many seconds the music is late, smoothed, and the pace that was set for it.
    late: Cell<Option<f64>>,
    pace: Cell<f64>,
    /// The changes that the engine was told and has not answered, with the frames at which they belong.
    told: RefCell<Vec<(u32, Frame)>>,
    next: Cell<u32>,
    lead: Cell<f64>,
    /// Where a past that is being made anew will be gone over into: it knows nothing of changes that come meanwhile.
    correcting: Cell<Option<Frame>>,
    source: Source,
}

/// Where the session is.
struct Place {
    name: String,
    /// When the session's first frame sounded, in milliseconds by the relay's clock.
    began: f64,
}

impl Shared {
    /// In none yet.
    #[must_use]
    pub fn new() -> Rc<Self> {
        Rc::default()
    }

    /// Who plays. Nothing happens before this is said.
    pub fn attend(&self, host: Weak<dyn Host>) {
        *self.host.borrow_mut() = Some(host);
    }

    fn host(&self) -> Option<Rc<dyn Host>> {
        self.host.borrow().as_ref()?.upgrade()
    }

    fn tell(&self, tidings: Tidings) {
        if let Some(host) = self.host() {
            host.hear(tidings);
        }
    }

    /// Connects to what [`relay::endpoint`] gave. The session is joined when the relay has said what it is. `token`: of the session's host, where not everybody may steer.
    pub fn join(self: &Rc<Self>, address: String, token: Option<String>) {
        let this = Rc::downgrade(self);
        let connection = Connection::open(address, token, move |news| {
            if let Some(this) = this.upgrade() {
                this.hear_relay(news);
            }
        });
        *self.connection.borrow_mut() = Some(connection);
    }

    /// Whether there is a relay to ask.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        self.connection.borrow().is_some()
    }

    /// Whether a shared session is known and in.
    #[must_use]
    pub fn is_joined(&self) -> bool {
        self.place.borrow().is_some()
    }

    /// The session's name.
    #[must_use]
    pub fn name(&self) -> Option<String> {
        Some(self.place.borrow().as_ref()?.name.clone())
    }

    /// How many seconds the music is late, smoothed.
    #[must_use]
    pub fn late(&self) -> f64 {
        self.late.get().unwrap_or_default()
    }

    /// Leaves, and goes on with the music from where it is: made here, whoever made it before.
    pub fn go_alone(&self) {
        let host = self.host();
        let player = host.as_ref().and_then(|host| host.player()).filter(|_| self.is_sent());
        self.leave();
        if let Some((player, host)) = player.zip(host) {
            host.go_on(&player, player.position());
        }
    }

    /// Goes one's own way from here on.
    pub fn leave(&self) {
        let place = self.place.take();
        if let Some(connection) = self.connection.take() {
            // Not here: this may be called by the connection's own listener.
            after(0, move || drop(connection));
            self.tell(Tidings::Left(place.map(|place| place.name)));
        }
        let timing = self.timing.replace(Timing::Away);
        self.source.begin();
        if let Some(player) = self.host().and_then(|host| host.player()) {
            player.set_pace(1.0);
            player.detach();
            if timing != Timing::Away {
                // What still waits for its time waits no longer.
                player.begin_at(player.clock());
            }
        }
    }

    fn hear_relay(self: &Rc<Self>, news: News) {
        let tidings = match news {
            News::Session(joined) => return self.arrive(*joined),
            News::Change(change) => return self.take_change(change),
            News::Moved(why) => return self.source.never_here(why),
            News::Refused(sentence) => {
                if let Some(host) = self.host() {
                    host.steering().borrow_mut().denied();
                }
                Tidings::Denied(sentence)
            }
            News::Away => {
                self.source.away(self.is_joined());
                Tidings::Away
            }
            News::Over(sentence) => {
                self.go_alone();
                Tidings::Over(sentence)
            }
        };
        self.tell(tidings);
    }

    /// The session is known: for the first time, or again after the connection broke.
    fn arrive(self: &Rc<Self>, joined: Joined) {
        let Some(host) = self.host() else { return };
        host.clone().hear(Tidings::Back);
        self.source.away(false);
        let Joined { name, session, log, began, foreign } = joined;
        let same = self.is_joined() && *host.steering().borrow().session() == session;
        *self.place.borrow_mut() = Some(Place { name: name.clone(), began });
        if same {
            let known = host.steering().borrow().log().changes().len();
            return log.changes().iter().skip(known).for_each(|change| self.take_change(*change));
        }
        self.source.begin();
        if let Some(why) = foreign {
            self.source.never_here(why);
        }
        let steering = Steering::new(session, log);
        let rate = session.rate;
        host.clone().take(steering, self.now(relay::now(), rate).unwrap_or_default());
        host.hear(Tidings::Joined(name));
    }

    /// Asks the relay for what is wanted here.
    pub fn ask(&self) {
        let Some(patch) = self.host().and_then(|host| host.steering().borrow_mut().to_ask()) else { return };
        let fields: Vec<_> = PARAMETERS
            .iter()
            .filter_map(|parameter| Some((parameter.name.to_owned(), patch.get(parameter.name)?)))
            .collect();
        if let Some(connection) = &*self.connection.borrow() {
            connection.ask(&fields);
        }
    }

    /// Somebody changed the session.
    fn take_change(self: &Rc<Self>, change: Change) {
        let Some(host) = self.host() else { return };
        let Some(settings) = host.steering().borrow_mut().told(change) else { return };
        if self.timing.get() != Timing::Away
            && let Some(player) = host.player()
        {
            let id = FIRST_ID + self.next.replace(self.next.get() + 1);
            self.told.borrow_mut().push((id, change.frame));
            player.change_at(id, &settings, change.frame);
        }
        host.hear(Tidings::Changed);
    }

    /// The engine took a change of the session's, or, without a frame, could not; true if it was one. What came too late for its frame is put right.
    pub fn took(self: &Rc<Self>, id: u32, frame: Option<Frame>) -> bool {
        let place = self.told.borrow().iter().position(|(told, _)| *told == id);
        let Some(place) = place else { return id >= FIRST_ID };
        let (_, wanted) = self.told.borrow_mut().remove(place);
        if self.came_late(wanted, frame) || self.correcting.get().is_some() {
            self.correct_soon();
        }
        true
    }
}
