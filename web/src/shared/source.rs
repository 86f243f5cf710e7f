//! Who makes the music of a shared session: this device, or the relay.
//!
//! Whoever joins hears at first what the relay sends, while a worker here goes to where the session is; then the music goes over into what is
//! made here, at the same frame. It goes back to the relay where this device is too slow, or where the person wishes so; and comes
//! here, whatever the device, where the relay is gone or has no place for one more.

use super::{Shared, Tidings};
use crate::player::{Event, Heard, Opening, Player};
use crate::relay::buffer;
use auralis_engine::Frame;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// How long before it is due what a relay sends is here, in seconds, where the way is short.
const AHEAD: f64 = 0.47;
/// By how much less than before what is sent may be late, in seconds, until the music comes forward again.
const EASE: f64 = 0.1;
/// How late it may be at most.
const MOST_BEHIND: f64 = 1.0;
/// How long a device holds sound at least, in seconds: it tells that only after a while.
const HELD: f64 = 0.2;
/// What is left, a second later, of what gaps have shown: connections get better, too.
const FORGOTTEN: f64 = 0.999;
/// In which steps it is late, in seconds.
const STEP: f64 = 0.05;

/// Why the relay's sound is heard.
pub enum Sent {
    /// What is made here is not the session, and why.
    Foreign(String),
    /// It had better be so.
    Wanted,
    /// This device has not caught up yet.
    Meanwhile,
}

/// Who makes it, and what is under way.
#[derive(Default)]
pub(super) struct Source {
    /// Whether the relay's sound is heard, or will be first.
    streamed: Cell<bool>,
    /// Whether the music is about to go over into it.
    leaning: Cell<bool>,
    /// Whether the relay has no place for it, or is gone.
    refused: Cell<bool>,
    away: Cell<bool>,
    /// Why the relay says that this device's sound is not the session's.
    foreign: RefCell<Option<String>>,
    /// From where on what is rendered here is the session's; nowhere while a change that came late is not in it.
    true_from: Cell<Frame>,
    /// What was rendered last as a whole. It is told when the next one is: word of a change in it may still be on its way.
    proof: Cell<Option<(Frame, u64)>>,
    /// How much of it is to lie ready, and how much later than the session's time it is heard for that, in seconds.
    buffer: Cell<f64>,
    behind: Cell<f64>,
    /// How late it must be, as gaps have shown.
    learned: Cell<f64>,
    /// How many gaps were known.
    gaps: Cell<u32>,
}

impl Source {
    /// What is known of one session says nothing of another.
    pub(super) fn begin(&self) {
        self.streamed.set(false);
        self.leaning.set(false);
        self.refused.set(false);
        self.away.set(false);
        self.foreign.take();
        self.true_from.set(Frame::ZERO);
        self.proof.set(None);
        self.buffer.set(0.0);
        self.behind.set(0.0);
        self.learned.set(0.0);
    }

    /// How much later than the session's time it is heard, in seconds, so that it comes in time. What is not to stay, but only bridges the time until this
    /// device has caught up, is late by what it had to wait, and no more: the pace would take longer than that.
    pub(super) fn behind(&self, stays: bool) -> f64 {
        if !(self.streamed.get() || self.leaning.get()) {
            0.0
        } else if stays {
            self.behind.get()
        } else {
            self.learned.get()
        }
    }

    /// There were so many gaps so far, and the music is late by so many seconds, since it had to wait: where that was too little, it stays so late.
    pub(super) fn heard_gaps(&self, gaps: u32, late: f64, stays: bool) -> bool {
        let more = gaps > self.gaps.replace(gaps) && self.streamed.get() && late > 0.0;
        if more {
            let learned = (self.behind(stays) + late).min(MOST_BEHIND);
            self.learned.set(learned);
            self.behind.set(self.behind.get().max(learned));
        }
        more
    }

    /// Nothing came yet: it will be as late as on a calm way to this device, so that nothing has to be put right once that is known.
    pub(super) fn expect(&self, held: f64) {
        if self.buffer.get() == 0.0 {
            self.behind.set(in_steps(needed(buffer(0.0, 0.0), held, AHEAD)));
        }
    }

    /// A chunk came so many seconds before it is due, and the device holds sound for so long.
    fn came(&self, ahead: f64, jitter: f64, held: f64) {
        self.buffer.set(buffer(jitter, self.buffer.get()));
        self.learned.set(self.learned.get() * FORGOTTEN);
        let wanted = needed(self.buffer.get(), held, ahead).max(self.learned.get());
        let before = self.behind.get();
        if wanted > before || wanted < before - EASE {
            self.behind.set(in_steps(wanted));
        }
    }

    pub(super) fn away(&self, away: bool) {
        self.away.set(away);
        if !away {
            self.refused.set(false);
        }
    }

    /// The relay's sound only, from now on, and why.
    pub(super) fn never_here(&self, why: String) {
        *self.foreign.borrow_mut() = Some(why);
    }

    /// What is rendered here is not the session's, until its past was made anew.
    fn doubt(&self) {
        self.true_from.set(Frame::LAST);
        self.proof.set(None);
    }
}

/// How late it has to be where so much is to lie ready, the device holds sound for so long, and chunks come so many seconds ahead.
fn needed(ready: f64, held: f64, ahead: f64) -> f64 {
    (ready + held.max(HELD) - ahead).clamp(0.0, MOST_BEHIND)
}

fn in_steps(late: f64) -> f64 {
    (late / STEP).ceil() * STEP
}

impl Shared {
    /// Whether the relay's sound is heard, or will be first.
    #[must_use]
    pub fn is_sent(&self) -> bool {
        self.source.streamed.get()
    }

    /// Why the relay's sound is heard; nothing where it is made here.
    #[must_use]
    pub fn sent(&self) -> Option<Sent> {
        if !(self.is_joined() && self.is_sent()) {
            return None;
        }
        Some(match &*self.source.foreign.borrow() {
            Some(why) => Sent::Foreign(why.clone()),
            None if self.wants_relay() => Sent::Wanted,
            None => Sent::Meanwhile,
        })
    }

    /// Whether the relay shall make the music.
    pub(super) fn wants_relay(&self) -> bool {
        let source = &self.source;
        !source.refused.get()
            && !source.away.get()
            && (source.foreign.borrow().is_some() || self.host().is_some_and(|host| host.wants_relay()))
    }

    /// Opens the session by what the relay sends, which is there soonest.
    pub(super) fn open_sent(self: &Rc<Self>, player: &Rc<Player>, opening: Opening) {
        self.source.streamed.set(true);
        self.source.leaning.set(false);
        player.open_streamed(opening);
        self.attach(player);
    }

    fn attach(self: &Rc<Self>, player: &Player) {
        let Some(address) = self.connection.borrow().as_ref().map(|it| it.address().to_owned()) else {
            return;
        };
        let this = Rc::downgrade(self);
        player.attach(&address, move |heard| {
            if let Some(this) = this.upgrade() {
                this.hear_stream(heard);
            }
        });
    }

    fn hear_stream(&self, heard: Heard) {
        let source = &self.source;
        match heard {
            Heard::Chunk { frame, time, jitter } => {
                let Some(player) = self.host().and_then(|host| host.player()) else { return };
                if let Some(due) = self.frame(time - since_1970(), player.rate()) {
                    source.came((frame - due) / f64::from(player.rate().hz()), jitter, player.buffer());
                }
            }
            Heard::Lost => {}
            Heard::Refused(sentence) => {
                source.refused.set(true);
                if source.foreign.borrow().is_some() {
                    self.tell(Tidings::NoPlace(sentence));
                }
            }
        }
    }

    /// Brings who makes the music in line with who shall; to be called several times a second while it is open.
    pub(super) fn settle_source(self: &Rc<Self>, player: &Rc<Player>) {
        let source = &self.source;
        match (source.streamed.get(), self.wants_relay()) {
            (true, false) if self.correcting.get().is_none() => self.correct(),
            (false, true) if !source.leaning.replace(true) => {
                self.attach(player);
                player.lean();
            }
            (false, false) if source.leaning.replace(false) => player.detach(),
            _ => {}
        }
    }

    /// The music has gone over, or could not: for [`Event::Leant`] and [`Event::Swapped`].
    pub fn went_over(&self, event: &Event) {
        let source = &self.source;
        match *event {
            Event::Leant => {
                source.streamed.set(true);
                source.leaning.set(false);
                // What is being made anew is of no use any more.
                self.correcting.set(None);
            }
            Event::Swapped { frame, there } => {
                if there {
                    source.true_from.set(frame);
                }
                if there && source.streamed.replace(false) {
                    // Also where somebody asked for the relay meanwhile: that begins anew.
                    if let Some(player) = self.host().and_then(|host| host.player()) {
                        player.detach();
                    }
                }
                self.swapped(frame, there);
            }
            _ => {}
        }
    }

    /// Whether a change that comes now is too late for what the device holds already: nowhere, in what the relay sends.
    pub(super) fn came_late(&self, wanted: Frame, taken: Option<Frame>) -> bool {
        let late = taken != Some(wanted) && !self.source.streamed.get();
        if late {
            self.source.doubt();
        }
        late
    }

    /// Shows the relay that what is rendered here is the session, to the bit.
    pub fn prove(&self, frame: Frame, hash: u64) {
        let source = &self.source;
        if source.streamed.get() || frame < source.true_from.get() {
            source.proof.set(None);
        } else if let Some((frame, hash)) = source.proof.replace(Some((frame, hash)))
            && self.is_joined()
            && let Some(connection) = &*self.connection.borrow()
        {
            connection.prove(frame.0, hash);
        }
    }
}

/// The beginning of the page's clock, in milliseconds since 1970 by this device's.
fn since_1970() -> f64 {
    web_sys::window().and_then(|window| window.performance()).map_or(0.0, |clock| clock.time_origin())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent() -> Source {
        let source = Source::default();
        source.begin();
        source.streamed.set(true);
        source
    }

    #[test]
    fn on_a_calm_way_it_begins_as_late_as_it_stays() {
        for (held, late) in [(0.0, 0.05), (0.2, 0.05), (0.304, 0.15), (0.5, 0.35)] {
            let source = sent();
            source.expect(held);
            let at_first = source.behind(true);
            assert!((at_first - late).abs() < 1e-9, "{at_first} where {held} s are held");
            for _ in 0..20 {
                source.came(0.477, 1.0, held);
                source.expect(held);
            }
            assert_eq!(source.behind(true), at_first);
        }
    }

    #[test]
    fn on_a_bad_way_it_is_later_and_comes_forward_again() {
        let source = sent();
        source.expect(0.2);
        source.came(0.3, 60.0, 0.2);
        assert!(source.behind(true) > 0.85, "{}", source.behind(true));
        source.came(0.47, 1.0, 0.2);
        assert!(source.behind(true) < 0.1, "{}", source.behind(true));
    }

    #[test]
    fn what_gaps_have_shown_is_kept() {
        let source = sent();
        source.came(0.47, 1.0, 0.2);
        assert!(source.heard_gaps(1, 0.4, true));
        for _ in 0..60 {
            source.came(0.47, 1.0, 0.2);
        }
        assert!(source.behind(true) > 0.35, "{}", source.behind(true));
        assert!(!source.heard_gaps(1, 0.4, true), "no more than before");
    }
    #[test]
    fn what_only_bridges_is_no_later_than_it_had_to_wait() {
        let source = sent();
        source.came(0.3, 60.0, 0.2);
        assert_eq!(source.behind(false), 0.0);
        assert!(source.heard_gaps(1, 0.25, false));
        assert_eq!(source.behind(false), 0.25);
        assert!(source.behind(true) > 0.85, "{}", source.behind(true));
        // Made here there is nothing to wait for.
        source.streamed.set(false);
        assert_eq!((source.behind(false), source.behind(true)), (0.0, 0.0));
    }
}
