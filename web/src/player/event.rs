//! What a player tells of.

use super::health::Report;
use auralis_engine::Frame;

/// What happens.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// Something began, ended, or went on for a while.
    State,
    /// Settings were taken at a frame.
    Changed {
        /// The number that they were sent with.
        id: u32,
        /// From when they hold.
        frame: Frame,
    },
    /// What a worker made anew was gone over into, or came too late for that.
    Swapped {
        /// Where it begins.
        frame: Frame,
        /// Whether it was in time.
        there: bool,
    },
    /// What a relay sends was gone over into.
    Leant,
    /// A span of the session was rendered as a whole.
    Proof {
        /// Its first frame.
        frame: Frame,
        /// What proves it.
        hash: u64,
    },
    /// Settings were not taken: there are too many changes within the last minutes.
    Refused {
        /// The number that they were sent with.
        id: u32,
    },
    /// How the worklet fares, twice a second while it plays.
    Report(Report),
    /// The worklet broke, and is silent.
    Broken {
        /// What it says.
        what: String,
        /// The first frame that was not heard.
        at: Frame,
    },
    /// The context says that it runs, but its clock stands still.
    Still,
    /// The context was stopped, goes on, or plays on another device.
    Context,
}
