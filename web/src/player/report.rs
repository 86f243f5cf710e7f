//! How a player fares, in words for people.

use crate::number::decimals;

/// What a player has seen so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Glitches {
    /// How often the output went without.
    pub gaps: u32,
    /// How many samples were beyond full scale, and cut.
    pub wrong: u32,
    /// How often a broken worklet was put right.
    pub repairs: u32,
}

/// A share of the audio thread's time: "3 %".
#[must_use]
pub fn load(share: f64) -> String {
    format!("{} %", decimals((100.0 * share).max(1.0), 0))
}

/// How long sound is held before it is heard: "46 ms". Nothing where a browser does not tell.
#[must_use]
pub fn buffer(seconds: f64) -> Option<String> {
    (seconds > 0.0).then(|| format!("{} ms", decimals(1000.0 * seconds, 0)))
}

/// What went wrong so far: "none", "2 gaps, 1 restart".
#[must_use]
pub fn glitches(all: &Glitches) -> String {
    let some = |count: u32, one: &str, many: &str| match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        n => Some(format!("{n} {many}")),
    };
    let parts: Vec<_> = [
        some(all.gaps, "gap", "gaps"),
        some(all.wrong, "sample too loud", "samples too loud"),
        some(all.repairs, "restart", "restarts"),
    ]
    .into_iter()
    .flatten()
    .collect();
    if parts.is_empty() { "none".into() } else { parts.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_words() {
        assert_eq!([load(0.031), load(0.0), load(1.5)], ["3 %", "1 %", "150 %"]);
        assert_eq!((buffer(0.0464), buffer(0.0)), (Some("46 ms".into()), None));
        assert_eq!(glitches(&Glitches::default()), "none");
        assert_eq!(
            glitches(&Glitches { gaps: 2, wrong: 1, repairs: 1 }),
            "2 gaps, 1 sample too loud, 1 restart"
        );
    }
}
