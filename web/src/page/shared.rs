//! Being in a session that a relay keeps: hearing what everybody hears at the moment when everybody hears it, and steering it together.
//!
//! The music is still made here, or sent by the relay ([`super::source`]). It begins where the session is now, keeps to the relay's clock by a pace that nobody hears, and what is
//! changed comes from the relay, this page's own wishes too. Where the relay goes away the music goes on from what is known.

use super::dom::{by_id, later, on, show, window};
use super::source::Source;
use super::{App, now, panels};
use crate::player::{Opening, Player};
use crate::relay::{self, Connection, Joined, News, endpoint, pace};
use crate::steering::Steering;
use auralis_engine::settings::PARAMETERS;
use auralis_engine::{Change, Frame};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use web_sys::{Element, HtmlInputElement, UrlSearchParams};

/// Seconds from an opening to its sound, which the relay sends.
const LEAD: f64 = 0.25;
/// Seconds that a worker gets to go to where the session is, at first.
const FIRST_LEAD: f64 = 2.0;
/// The same where a past is made anew, while the music goes on; twice as many where that was not enough.
const CORRECTION_LEAD: f64 = 4.0;
/// What takes longer than that cannot be done here.
const MOST_LEAD: f64 = 100.0;
/// By how many seconds the music may be off before it is begun anew: a machine that slept. What a relay sends may be heard a second late, and what is
/// made here after it, too, for a while.
const LOST: f64 = 1.5;
/// The same where it has not begun yet: what is less is left out.
const MISSED: f64 = 20.0;
/// How much of a new measurement counts: a device tells its clock in steps.
const NEW: f64 = 0.25;
/// Changes of the pace that are worth a message.
const STEP: f64 = 5e-6;
/// The session that is meant where none is named.
const MAIN: &str = "main";
/// The numbers of changes that come from the relay begin here: beyond all of the page's own.
const FIRST_ID: u32 = 1 << 30;

/// How the music stands to the session's time.
#[derive(Clone, Copy, Default, PartialEq)]
enum Timing {
    /// Nothing was opened in it yet.
    #[default]
    Away,
    /// It waits to begin, from this frame.
    Waiting(Frame),
    /// It plays.
    Going,
}

/// What the page knows of the session that it is in, if it is in one.
#[derive(Default)]
pub(super) struct Shared {
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
    pub(super) source: Source,
}

impl Shared {
    /// The session's address at its relay.
    pub(super) fn address(&self) -> Option<String> {
        Some(self.connection.borrow().as_ref()?.address().to_owned())
    }

    pub(super) fn prove(&self, frame: Frame, hash: u64) {
        if let Some(connection) = self.connection.borrow().as_ref().filter(|_| self.place.borrow().is_some())
        {
            connection.prove(frame.0, hash);
        }
    }

    pub(super) fn is_correcting(&self) -> bool {
        self.correcting.get().is_some()
    }

    /// What is being made anew is of no use any more.
    pub(super) fn forget_correction(&self) {
        self.correcting.set(None);
    }
}

/// Where the page is.
struct Place {
    name: String,
    /// When the session's first frame sounded, in milliseconds by the relay's clock.
    began: f64,
}

/// Listens to the control, and joins the session that the address asks for: `?relay=wss://music.example&session=main`; an empty `relay` is the
/// one that the page is from.
pub(super) fn attend(app: &Rc<App>) {
    let this = app.clone();
    on(&by_id::<Element>("join"), "click", move |_| {
        if this.shared.connection.borrow().is_some() {
            this.go_alone();
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
                self.join(address);
                String::new()
            }
            Err(sentence) => {
                self.trouble(&sentence);
                sentence
            }
        };
        show(&by_id("relay-error"), &refused);
    }

    fn join(self: &Rc<Self>, address: String) {
        let app = Rc::downgrade(self);
        let connection = Connection::open(address, move |news| {
            if let Some(app) = app.upgrade() {
                app.hear_relay(news);
            }
        });
        *self.shared.connection.borrow_mut() = Some(connection);
        show(&by_id("join"), "Leave");
    }

    /// Whether there is a relay to ask.
    pub(super) fn is_connected(&self) -> bool {
        self.shared.connection.borrow().is_some()
    }

    /// Whether it is in a shared session.
    pub(super) fn is_shared(&self) -> bool {
        self.shared.place.borrow().is_some()
    }

    /// Leaves, and goes on with the music from where it is: made here, whoever made it before.
    fn go_alone(self: &Rc<Self>) {
        let player = self.player.borrow().clone().filter(|_| self.shared.source.streamed());
        self.leave_shared();
        if let Some(player) = player {
            self.open(&player, player.position());
        }
    }

    /// Goes one's own way from here on.
    pub(super) fn leave_shared(&self) {
        if let Some(connection) = self.shared.connection.take() {
            // Not here: this may be called by the connection's own listener.
            later(0, move || drop(connection));
            show(&by_id("join"), "Join");
        }
        if let Some(place) = self.shared.place.take() {
            self.say(&format!("You have left the shared session {}.", place.name));
            self.show_settings();
        }
        let timing = self.shared.timing.replace(Timing::Away);
        self.shared.source.begin();
        if let Some(player) = &*self.player.borrow() {
            player.set_pace(1.0);
            player.detach();
            if timing != Timing::Away {
                // What still waits for its time waits no longer.
                player.begin_at(player.clock());
            }
        }
    }

    fn hear_relay(self: &Rc<Self>, news: News) {
        match news {
            News::Session(joined) => self.arrive(*joined),
            News::Change(change) => self.take_change(change),
            News::Moved(why) => {
                self.shared.source.never_here(why);
            }
            News::Refused(sentence) => {
                self.steering.borrow_mut().denied();
                self.show_settings();
                self.say(&sentence);
            }
            News::Away if self.is_shared() => {
                self.shared.source.away(true);
                self.trouble("The relay does not answer: the music goes on from here, and is joined again as soon as it does.");
            }
            News::Away => self.trouble("The relay does not answer; it is tried again."),
            News::Over(sentence) => {
                self.go_alone();
                self.trouble(&sentence);
            }
        }
    }

    /// The session is known: for the first time, or again after the connection broke.
    fn arrive(self: &Rc<Self>, joined: Joined) {
        self.trouble("");
        self.shared.source.away(false);
        let Joined { name, session, log, began, foreign } = joined;
        let same = self.is_shared() && *self.steering.borrow().session() == session;
        if same {
            let known = self.steering.borrow().log().changes().len();
            let news: Vec<Change> = log.changes().iter().skip(known).copied().collect();
            *self.shared.place.borrow_mut() = Some(Place { name, began });
            return news.into_iter().for_each(|change| self.take_change(change));
        }
        self.shared.source.begin();
        if let Some(why) = foreign {
            self.shared.source.never_here(why);
        }
        let notice = format!("You are in the shared session {name}.");
        *self.shared.place.borrow_mut() = Some(Place { name, began });
        self.take_shared(Steering::new(session, log), self.shared_now(relay::now()).unwrap_or_default());
        self.say(&notice);
    }

    /// The session's frame that is due at a time of the page's clock, in milliseconds.
    fn shared_now(&self, here: f64) -> Option<Frame> {
        self.shared_frame(here).map(|frame| Frame(frame.max(0.0) as u64))
    }

    /// The session's frame that is due at a time in milliseconds since 1970, by this device's clock.
    pub(super) fn shared_frame_at(&self, time: f64) -> Option<f64> {
        self.shared_frame(time - window().performance()?.time_origin())
    }

    fn shared_frame(&self, here: f64) -> Option<f64> {
        let there = self.shared.connection.borrow().as_ref()?.there(here)?;
        let began = self.shared.place.borrow().as_ref()?.began;
        Some((there - began) / 1000.0 * f64::from(self.steering.borrow().session().rate.hz()))
    }

    /// Opens the session where it will be in a moment; it begins when it is due.
    pub(super) fn open_shared(self: &Rc<Self>, player: &Rc<Player>) {
        let rate = self.steering.borrow().session().rate;
        let from = self.shared_now(relay::now()).unwrap_or(self.start.get()) + rate.frames(LEAD);
        {
            let mut steering = self.steering.borrow_mut();
            steering.begin();
            let opening = Opening::new(steering.session(), steering.log(), from);
            self.open_streamed(player, opening);
        }
        player.set_pace(1.0);
        self.start.set(from);
        self.shared.pace.set(1.0);
        self.shared.late.set(None);
        self.shared.lead.set(FIRST_LEAD);
        self.shared.told.borrow_mut().clear();
        self.shared.correcting.set(None);
        self.shared.timing.set(Timing::Waiting(from));
        *self.score.borrow_mut() = now::Page::default();
    }

    /// Keeps to the session's time; to be called several times a second.
    pub(super) fn keep_time(self: &Rc<Self>) {
        let Some(player) = self.player.borrow().clone().filter(|_| self.is_shared()) else { return };
        let Some((context, page)) = player.moment() else { return };
        let Some(due) = self.shared_frame(page) else { return };
        let rate = f64::from(player.rate().hz());
        let due = due - self.shared.source.behind() * rate;
        if self.shared.timing.get() != Timing::Away {
            self.settle_source(&player);
        }
        match self.shared.timing.get() {
            Timing::Away => {}
            // The machine slept, or a seek took for ever.
            Timing::Waiting(from) if due - from.0 as f64 > MISSED * rate => self.open_shared(&player),
            Timing::Waiting(from) => {
                player.begin_at(context + (from.0 as f64 - due) / rate);
                if player.sounds() && !player.seeking() && self.sounds() {
                    self.shared.timing.set(Timing::Going);
                }
            }
            Timing::Going => {
                let Some(frame) = player.frame_at(context) else { return };
                let late = (due - frame) / rate;
                if self.shared.source.heard_gaps(player.glitches().gaps, late) {
                    self.shared.late.set(None);
                    return;
                }
                if late.abs() > LOST {
                    return self.open_shared(&player);
                }
                let smooth = self.shared.late.get().map_or(late, |before| before + (late - before) * NEW);
                self.shared.late.set(Some(smooth));
                let ratio = pace(smooth);
                if (ratio - self.shared.pace.get()).abs() > STEP {
                    self.shared.pace.set(ratio);
                    player.set_pace(ratio);
                }
            }
        }
    }

    /// Asks the relay for what is wanted here.
    pub(super) fn ask(&self) {
        let Some(patch) = self.steering.borrow_mut().to_ask() else { return };
        let fields: Vec<_> = PARAMETERS
            .iter()
            .filter_map(|parameter| Some((parameter.name.to_owned(), patch.get(parameter.name)?)))
            .collect();
        if let Some(connection) = &*self.shared.connection.borrow() {
            connection.ask(&fields);
        }
    }

    /// Somebody changed the session.
    fn take_change(self: &Rc<Self>, change: Change) {
        let Some(settings) = self.steering.borrow_mut().told(change) else { return };
        if self.shared.timing.get() != Timing::Away
            && let Some(player) = &*self.player.borrow()
        {
            let id = FIRST_ID + self.shared.next.replace(self.shared.next.get() + 1);
            self.shared.told.borrow_mut().push((id, change.frame));
            player.change_at(id, &settings, change.frame);
        }
        *self.score.borrow_mut() = now::Page::default();
        self.show_settings();
        self.look();
        self.announce_what_comes();
    }

    /// The engine took a change of the session's; true if it was one. What came too late for its frame is put right.
    pub(super) fn took_shared(self: &Rc<Self>, id: u32, frame: Option<Frame>) -> bool {
        let place = self.shared.told.borrow().iter().position(|(told, _)| *told == id);
        let Some(place) = place else { return id >= FIRST_ID };
        let (_, wanted) = self.shared.told.borrow_mut().remove(place);
        if self.came_late(wanted, frame) || self.shared.correcting.get().is_some() {
            self.shared.lead.set(CORRECTION_LEAD);
            self.correct_shared();
        }
        true
    }

    /// A past that was made anew came too late: once more, with more time.
    pub(super) fn swapped(self: &Rc<Self>, frame: Frame, there: bool) {
        // One that was begun since is still to come.
        if self.shared.correcting.get() != Some(frame) {
            return;
        }
        let lead = self.shared.lead.get() * 2.0;
        if there || !self.is_shared() {
            self.shared.correcting.set(None);
        } else if lead < MOST_LEAD {
            self.shared.lead.set(lead);
            self.correct_shared();
        }
    }

    pub(super) fn correct_shared(self: &Rc<Self>) {
        let Some(player) = self.player.borrow().clone() else { return };
        let steering = self.steering.borrow();
        let from = player.position() + player.rate().frames(self.shared.lead.get());
        let begun = player.correct(Opening::new(steering.session(), steering.log(), from));
        self.shared.correcting.set(begun.then_some(from));
    }

    /// What of the shared session there is to be seen.
    pub(super) fn show_shared(&self) {
        if panels::is_open("hearing") {
            let place = self.shared.place.borrow();
            let late = self.shared.late.get().unwrap_or_default() * 1000.0;
            let text = place.as_ref().map_or("your own".to_owned(), |place| {
                format!("{}, shared; {} ms off its time", place.name, crate::number::decimals(late.abs(), 1))
            });
            show(&by_id("hear-session"), &text);
        }
    }
}
