//! Which quality is played: what the person prefers on this device, and where that is left to the player, what the probe and the
//! player's health say.

use super::health::{Health, Report, Step};
use super::probe::{Decision, Way};
use crate::number::decimals;
use auralis_engine::settings::Quality;

/// What the person prefers on this device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Preference {
    /// Full where the device can, reduced where it cannot.
    #[default]
    Automatic,
    /// Always this quality.
    Always(Quality),
    /// As a relay sends it, where there is one.
    Streamed,
}

impl Preference {
    /// The name that the page's control and its storage use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Automatic => "automatic",
            Self::Always(quality) => quality.name(),
            Self::Streamed => "streamed",
        }
    }

    /// Reads a name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "automatic" => Some(Self::Automatic),
            "streamed" => Some(Self::Streamed),
            _ => Quality::parse(text).map(Self::Always),
        }
    }
}

/// Why the quality is as it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Why {
    /// Nothing speaks against full quality, so far.
    Unmeasured,
    /// A little was rendered beforehand: full quality would take this share of the audio thread's time.
    Probed(f64),
    /// The person chose.
    Chosen,
    /// It took this share of the audio thread's time.
    Load(f64),
    /// The output went without so many times.
    Gaps(u32),
    /// It had been calm for long enough to try full quality again.
    Calm,
}

/// Decides on quality.
#[derive(Debug, Default)]
pub struct Governor {
    preference: Preference,
    /// Whether automatic quality is down, and why.
    lowered: bool,
    why: Option<Why>,
    health: Health,
    battery_low: bool,
}

impl Governor {
    /// With what the person prefers.
    #[must_use]
    pub fn new(preference: Preference) -> Self {
        Self { preference, ..Self::default() }
    }

    /// What the person prefers.
    #[must_use]
    pub const fn preference(&self) -> Preference {
        self.preference
    }

    /// Whether quality is reduced here because of this device, and not because the session says so.
    #[must_use]
    pub fn lowered(&self) -> bool {
        match self.preference {
            Preference::Automatic | Preference::Streamed => self.lowered,
            Preference::Always(quality) => quality == Quality::Reduced,
        }
    }

    /// Why it is as it is.
    #[must_use]
    pub fn why(&self) -> Why {
        match self.preference {
            Preference::Automatic | Preference::Streamed => self.why.unwrap_or(Why::Unmeasured),
            Preference::Always(_) => Why::Chosen,
        }
    }

    /// The quality to step to, if a session that has this one must be brought in line. A session that is reduced by itself stays so: it
    /// was made like that.
    #[must_use]
    pub fn correct(&self, quality: Quality) -> Option<Quality> {
        (self.lowered() && quality != Quality::Reduced).then_some(Quality::Reduced)
    }

    /// The person prefers something else; the quality to step to.
    pub fn prefer(&mut self, preference: Preference) -> Quality {
        self.preference = preference;
        match preference {
            Preference::Always(quality) => quality,
            _ if self.lowered => Quality::Reduced,
            _ => Quality::Full,
        }
    }

    /// The probe has decided, before anything was played.
    pub fn probed(&mut self, decision: &Decision) {
        self.lowered = decision.way != Way::Here(Quality::Full);
        self.why = decision.load.map(Why::Probed);
    }

    /// The battery is low, or no longer: making music takes more of it than hearing what is sent.
    pub const fn battery(&mut self, low: bool) {
        self.battery_low = low;
    }

    /// Another context's clock.
    pub fn restart(&mut self) {
        self.health.restart();
    }

    /// Takes a report on what is played in a quality; the quality to step to, if any.
    pub fn report(&mut self, report: Report, quality: Quality) -> Option<Quality> {
        let step = self.health.report(report, quality);
        if matches!(self.preference, Preference::Always(_)) {
            return None;
        }
        match step? {
            Step::DownForLoad(load) => self.why = Some(Why::Load(load)),
            Step::DownForGaps(gaps) => self.why = Some(Why::Gaps(gaps)),
            // Whoever did not lower it does not raise it.
            Step::Up if !self.lowered => return None,
            Step::Up => {
                self.lowered = false;
                self.why = Some(Why::Calm);
                return Some(Quality::Full);
            }
        }
        if quality == Quality::Rich {
            return Some(Quality::Full);
        }
        self.lowered = true;
        Some(Quality::Reduced)
    }

    /// Whether a relay shall make the music, where there is one: a session that others are in cannot be reduced for one of them.
    #[must_use]
    pub fn wants_relay(&self) -> bool {
        match self.preference {
            Preference::Automatic => self.lowered || self.battery_low,
            Preference::Always(_) => false,
            Preference::Streamed => true,
        }
    }

    /// Why a relay makes it, in a sentence for people.
    #[must_use]
    pub fn relay_sentence(&self) -> String {
        match (self.preference, self.why()) {
            (Preference::Streamed, _) => "Sent by the relay, as you chose.".into(),
            _ if !self.lowered => "Sent by the relay: the battery is low.".into(),
            (_, Why::Probed(load) | Why::Load(load)) => {
                format!("Sent by the relay: making it would take {} of this device’s time.", per_cent(load))
            }
            _ => "Sent by the relay: the sound had gaps.".into(),
        }
    }

    /// The quality and why, in a sentence for people.
    #[must_use]
    pub fn sentence(&self, quality: Quality) -> String {
        let reduced = quality == Quality::Reduced;
        if reduced && !self.lowered() {
            return "Reduced, as this session says.".into();
        }
        if quality == Quality::Rich {
            let chosen = self.preference == Preference::Always(quality);
            return if chosen { "Rich, as you chose." } else { "Rich, as this session says." }.into();
        }
        match (reduced, self.why()) {
            (false, Why::Chosen) => "Full, as you chose.".into(),
            (true, Why::Chosen) => "Reduced, as you chose.".into(),
            (false, Why::Probed(load)) => format!("Full: it needs {} of this device’s time.", per_cent(load)),
            (true, Why::Probed(load)) => {
                format!("Reduced: full quality would need {} of this device’s time.", per_cent(load))
            }
            (true, Why::Load(load)) => {
                format!("Reduced: full quality took {} of this device’s time.", per_cent(load))
            }
            (true, Why::Gaps(1)) => "Reduced: the sound had a gap.".into(),
            (true, Why::Gaps(gaps)) => format!("Reduced: the sound had {gaps} gaps."),
            (false, Why::Calm) => "Full again: this device has been at ease.".into(),
            (false, Why::Load(load)) => {
                format!("Full: rich quality took {} of this device’s time.", per_cent(load))
            }
            _ => "Full.".into(),
        }
    }
}

fn per_cent(load: f64) -> String {
    format!("{} %", decimals((100.0 * load).clamp(1.0, 999.0), 0))
}

#[cfg(test)]
mod tests {
    use super::super::probe::decide;
    use super::*;

    fn play(
        governor: &mut Governor,
        from: f64,
        seconds: f64,
        load: f64,
        mut quality: Quality,
    ) -> Vec<Quality> {
        let mut steps = Vec::new();
        for i in 0..(2.0 * seconds) as u32 {
            let report = Report { at: from + 0.5 * f64::from(i), load, gaps: 0 };
            if let Some(step) = governor.report(report, quality) {
                quality = step;
                steps.push(step);
            }
        }
        steps
    }

    #[test]
    fn names_are_read_back() {
        for preference in [
            Preference::Automatic,
            Preference::Always(Quality::Full),
            Preference::Always(Quality::Reduced),
            Preference::Always(Quality::Rich),
            Preference::Streamed,
        ] {
            assert_eq!(Preference::parse(preference.name()), Some(preference));
        }
        assert_eq!(Preference::parse("best"), None);
    }

    #[test]
    fn automatic_quality_follows_the_load() {
        let mut governor = Governor::default();
        assert_eq!(governor.sentence(Quality::Full), "Full.");
        assert_eq!(play(&mut governor, 0.0, 5.0, 0.8, Quality::Full), [Quality::Reduced]);
        assert_eq!(
            governor.sentence(Quality::Reduced),
            "Reduced: full quality took 80 % of this device’s time."
        );
        assert_eq!(governor.correct(Quality::Full), Some(Quality::Reduced), "another session, too");
        assert_eq!(play(&mut governor, 10.0, 90.0, 0.1, Quality::Reduced), [Quality::Full]);
        assert_eq!(governor.correct(Quality::Full), None);
        assert_eq!(governor.sentence(Quality::Full), "Full again: this device has been at ease.");
    }

    #[test]
    fn rich_quality_goes_down_by_way_of_full() {
        let mut governor = Governor::default();
        assert_eq!(governor.sentence(Quality::Rich), "Rich, as this session says.");
        assert_eq!(
            play(&mut governor, 0.0, 30.0, 0.8, Quality::Rich),
            [Quality::Full, Quality::Reduced],
            "full quality is no easier here"
        );
        let mut governor = Governor::default();
        assert_eq!(play(&mut governor, 0.0, 3.0, 0.8, Quality::Rich), [Quality::Full]);
        assert!(!governor.lowered());
        assert_eq!(governor.sentence(Quality::Full), "Full: rich quality took 80 % of this device’s time.");
        assert_eq!(governor.prefer(Preference::Always(Quality::Rich)), Quality::Rich);
        assert_eq!(governor.sentence(Quality::Rich), "Rich, as you chose.");
    }

    #[test]
    fn what_a_person_chose_stays() {
        let mut governor = Governor::new(Preference::Always(Quality::Full));
        assert_eq!(play(&mut governor, 0.0, 60.0, 2.0, Quality::Full), []);
        assert_eq!(governor.sentence(Quality::Full), "Full, as you chose.");
        assert_eq!(governor.prefer(Preference::Always(Quality::Reduced)), Quality::Reduced);
        assert_eq!(play(&mut governor, 60.0, 600.0, 0.01, Quality::Reduced), []);
        assert_eq!(governor.correct(Quality::Full), Some(Quality::Reduced));
        assert_eq!(governor.prefer(Preference::Automatic), Quality::Full);
    }

    #[test]
    fn a_relay_is_asked_where_this_device_is_slow_or_a_person_says_so() {
        let mut governor = Governor::default();
        assert!(!governor.wants_relay());
        governor.probed(&decide(Some(1.6), true));
        assert!(governor.wants_relay() && governor.lowered());
        assert_eq!(
            governor.relay_sentence(),
            "Sent by the relay: making it would take 160 % of this device’s time."
        );
        governor.prefer(Preference::Always(Quality::Full));
        assert!(!governor.wants_relay());
        governor.prefer(Preference::Streamed);
        assert!(governor.wants_relay());
        assert_eq!(governor.relay_sentence(), "Sent by the relay, as you chose.");
        governor.prefer(Preference::Automatic);
        governor.probed(&decide(Some(0.04), true));
        assert!(!governor.wants_relay());
        governor.battery(true);
        assert!(governor.wants_relay() && !governor.lowered());
        assert_eq!(governor.relay_sentence(), "Sent by the relay: the battery is low.");
        governor.battery(false);
        assert!(!governor.wants_relay());
        governor.prefer(Preference::Streamed);
        governor.probed(&decide(Some(1.6), true));
        // Where there is none, it is as if nothing had been chosen.
        assert!(governor.sentence(Quality::Reduced).starts_with("Reduced: full quality would need 160 %"));
    }

    #[test]
    fn a_session_that_is_reduced_by_itself_stays_so() {
        let mut governor = Governor::default();
        assert_eq!(governor.correct(Quality::Reduced), None);
        assert_eq!(play(&mut governor, 0.0, 300.0, 0.01, Quality::Reduced), []);
        assert_eq!(governor.sentence(Quality::Reduced), "Reduced, as this session says.");
    }

    #[test]
    fn the_probe_decides_at_first_and_playing_afterwards() {
        let mut governor = Governor::default();
        governor.probed(&decide(Some(0.04), false));
        assert_eq!(governor.correct(Quality::Full), None);
        assert_eq!(governor.sentence(Quality::Full), "Full: it needs 4 % of this device’s time.");
        governor.probed(&decide(Some(0.9), false));
        assert_eq!(governor.correct(Quality::Full), Some(Quality::Reduced));
        assert!(governor.sentence(Quality::Reduced).starts_with("Reduced: full quality would need 90 %"));
        governor.restart();
        assert_eq!(play(&mut governor, 0.0, 90.0, 0.05, Quality::Reduced), [Quality::Full]);
    }
}
