//! What the device can do, before play is pressed: a little music is rendered in a worker, and what that cost decides.

use auralis_engine::settings::Quality;

/// The share of the audio thread's time that full quality may take, as far as a short measurement tells: the rest is for the browser,
/// for other programs, and for passages that cost more than the beginning.
const ROOM: f64 = 0.5;
/// What reduced quality costs at most, of full quality.
const REDUCED: f64 = 0.5;

/// How the music is to be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Made here, at a quality.
    Here(Quality),
    /// Made by a relay, and sent.
    Relay,
}

/// What was decided, and why.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Decision {
    /// What is done.
    pub way: Way,
    /// What full quality would take of the audio thread's time here, if it was measured.
    pub load: Option<f64>,
}

/// Decides how the music is to be had on a device where a second of it at full quality takes `load` seconds to render, `None` where it
/// could not be measured, and whether there is a relay that could be asked instead.
#[must_use]
pub fn decide(load: Option<f64>, relay: bool) -> Decision {
    let way = match load {
        // Nobody knows: the first seconds of playing will tell.
        None => Way::Here(Quality::Full),
        Some(load) if load <= ROOM => Way::Here(Quality::Full),
        Some(load) if load * REDUCED > ROOM && relay => Way::Relay,
        Some(_) => Way::Here(Quality::Reduced),
    };
    Decision { way, load }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cost_decides() {
        let way = |load, relay| decide(load, relay).way;
        assert_eq!(way(None, false), Way::Here(Quality::Full));
        assert_eq!(way(Some(0.03), true), Way::Here(Quality::Full));
        assert_eq!(way(Some(0.5), true), Way::Here(Quality::Full));
        assert_eq!(way(Some(0.8), true), Way::Here(Quality::Reduced));
        assert_eq!(way(Some(1.5), true), Way::Relay);
        assert_eq!(way(Some(1.5), false), Way::Here(Quality::Reduced));
        assert_eq!(way(Some(f64::INFINITY), true), Way::Relay);
        assert_eq!(decide(Some(0.8), false).load, Some(0.8));
    }
}
