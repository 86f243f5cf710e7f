//! Keeping to the session's time: beginning when it is due, a pace that nobody hears, and making a past anew of which word came late.

use super::Shared;
use crate::player::{Opening, Player};
use crate::relay::{self, pace};
use auralis_engine::{Frame, SampleRate};
use std::rc::Rc;

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

/// How the music stands to the session's time.
#[derive(Clone, Copy, Default, PartialEq)]
pub(super) enum Timing {
    /// Nothing was opened in it yet.
    #[default]
    Away,
    /// It waits to begin, from this frame.
    Waiting(Frame),
    /// It plays.
    Going,
}

impl Shared {
    /// The session's frame that is due at a time of the page's clock, in milliseconds.
    pub(super) fn now(&self, here: f64, rate: SampleRate) -> Option<Frame> {
        self.frame(here, rate).map(|frame| Frame(frame.max(0.0) as u64))
    }

    pub(super) fn frame(&self, here: f64, rate: SampleRate) -> Option<f64> {
        let there = self.connection.borrow().as_ref()?.there(here)?;
        let began = self.place.borrow().as_ref()?.began;
        Some((there - began) / 1000.0 * f64::from(rate.hz()))
    }

    /// Opens the session where it will be in a moment; it begins when it is due.
    pub fn open(self: &Rc<Self>, player: &Rc<Player>) {
        let Some(host) = self.host() else { return };
        let rate = player.rate();
        let from = self.now(relay::now(), rate).unwrap_or_default() + rate.frames(LEAD);
        {
            let mut steering = host.steering().borrow_mut();
            steering.begin();
            let opening = Opening::new(steering.session(), steering.log(), from);
            self.open_sent(player, opening);
        }
        player.set_pace(1.0);
        self.pace.set(1.0);
        self.late.set(None);
        self.lead.set(FIRST_LEAD);
        self.told.borrow_mut().clear();
        self.correcting.set(None);
        self.timing.set(Timing::Waiting(from));
        host.opened(from);
    }

    /// Keeps to the session's time; to be called several times a second while it is to play.
    pub fn keep_time(self: &Rc<Self>) {
        if !self.is_joined() {
            return;
        }
        let Some(player) = self.host().and_then(|host| host.player()) else { return };
        let Some((context, page)) = player.moment() else { return };
        let Some(due) = self.frame(page, player.rate()) else { return };
        let rate = f64::from(player.rate().hz());
        let stays = self.wants_relay();
        if matches!(self.timing.get(), Timing::Waiting(_)) && stays {
            self.source.expect(player.buffer());
        }
        let due = due - self.source.behind(stays) * rate;
        if self.timing.get() != Timing::Away {
            self.settle_source(&player);
        }
        match self.timing.get() {
            Timing::Away => {}
            // The machine slept, or a seek took for ever.
            Timing::Waiting(from) if due - from.0 as f64 > MISSED * rate => self.open(&player),
            Timing::Waiting(from) => {
                player.begin_at(context + (from.0 as f64 - due) / rate);
                if player.sounds() && !player.seeking() {
                    self.timing.set(Timing::Going);
                }
            }
            Timing::Going => {
                let Some(frame) = player.frame_at(context) else { return };
                let late = (due - frame) / rate;
                if self.source.heard_gaps(player.glitches().gaps, late, stays) {
                    self.late.set(None);
                    return;
                }
                if late.abs() > LOST {
                    return self.open(&player);
                }
                let smooth = self.late.get().map_or(late, |before| before + (late - before) * NEW);
                self.late.set(Some(smooth));
                let ratio = pace(smooth);
                if (ratio - self.pace.get()).abs() > STEP {
                    self.pace.set(ratio);
                    player.set_pace(ratio);
                }
            }
        }
    }

    /// Makes the past anew, with as much time for it as is usual.
    pub(super) fn correct_soon(&self) {
        self.lead.set(CORRECTION_LEAD);
        self.correct();
    }

    pub(super) fn correct(&self) {
        let Some(host) = self.host() else { return };
        let Some(player) = host.player() else { return };
        let steering = host.steering().borrow();
        let from = player.position() + player.rate().frames(self.lead.get());
        let begun = player.correct(Opening::new(steering.session(), steering.log(), from));
        self.correcting.set(begun.then_some(from));
    }

    /// A past that was made anew is in place, or came too late: then once more, with more time.
    pub(super) fn swapped(&self, frame: Frame, there: bool) {
        // One that was begun since is still to come.
        if self.correcting.get() != Some(frame) {
            return;
        }
        let lead = self.lead.get() * 2.0;
        if there || !self.is_joined() {
            self.correcting.set(None);
        } else if lead < MOST_LEAD {
            self.lead.set(lead);
            self.correct();
        }
    }
}
