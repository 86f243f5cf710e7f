//! What the relay does when it has too much to do: it thins the music, and then takes no one more.
//!
//! Each step is an entry in the log of every session that is being rendered, a little ahead, so that all who are in it hear the same and
//! the session stays what its log says. It goes back by itself.

mod ladder;
mod load;

use std::sync::Arc;
use std::time::Duration;

pub use ladder::{Ladder, Step};
pub use load::{LoadSource, Measured};

use auralis_protocol::{Code, Severity};

use crate::relay::Relay;

/// How often the load is looked at.
pub const LOOK: Duration = Duration::from_secs(1);

/// Looks at the load, again and again, and does what is to be done, until the relay stops.
pub async fn govern(relay: Arc<Relay>, mut source: impl LoadSource, every: Duration) {
    let mut ladder = Ladder::default();
    let mut beat = tokio::time::interval(every);
    beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    // What sessions were relieved of when the relay was last ended is given back.
    for room in relay.sessions().all() {
        room.thin(Step::Calm.thinning()).await;
    }
    let stopping = relay.stopping().clone();
    loop {
        tokio::select! {
            _ = beat.tick() => {}
            () = stopping.cancelled() => return,
        }
        let (load, before) = (source.load(), ladder.step());
        let step = ladder.look(load);
        if step != before {
            let percent = (100.0 * load).round();
            let (code, sentence) = (Code::ServerOverload, format!("the load is {percent} %: {step}"));
            if step > before {
                relay.metrics().event(Severity::Warning, code, None, sentence);
            } else {
                relay.metrics().event(Severity::Info, code, None, sentence);
            }
        }
        relay.set_overload(step);
        for room in relay.sessions().all() {
            // Who is not rendered costs nothing.
            let wanted = if room.station().is_running() { step } else { Step::Calm };
            if room.thinning() != wanted.thinning() {
                room.thin(wanted.thinning()).await;
            }
        }
    }
}
