//! What a kept file is called: by its mood, key, seed and moment.

use super::{Span, What};
use auralis_engine::{Session, Settings};

/// The name without its ending: "auralis-sleep-e-phrygian-42-at-7m12s".
#[must_use]
pub fn stem(mood: &str, settings: &Settings, session: &Session, span: Span) -> String {
    let tonic = settings.key.tonic.name().replace('#', " sharp");
    let whole = session.rate.seconds(span.from.0) as u64;
    let (hours, minutes, seconds) = (whole / 3600, whole / 60 % 60, whole % 60);
    let moment = match hours {
        0 => format!("{minutes}m{seconds:02}s"),
        _ => format!("{hours}h{minutes:02}m{seconds:02}s"),
    };
    let words = format!("auralis {mood} {tonic} {} {} at {moment}", settings.scale.name(), session.seed);
    let parts = words.split(|c: char| !c.is_ascii_alphanumeric()).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("-").to_ascii_lowercase()
}

/// The name with its ending.
#[must_use]
pub fn file(stem: &str, what: What) -> String {
    format!("{stem}.{}", what.ending())
}

#[cfg(test)]
mod tests {
    use super::*;
    use auralis_engine::music::Key;
    use auralis_engine::{Frame, Preset};

    #[test]
    fn any_file_system_takes_it() {
        let session = Session { settings: Preset::Sleep.settings(), ..Session::new(42) };
        let span = Span { from: Frame(44_100 * 432), frames: 1 };
        let name = stem("Sleep", &session.settings, &session, span);
        assert_eq!(name, "auralis-sleep-e-phrygian-42-at-7m12s");
        assert_eq!(file(&name, What::Midi), "auralis-sleep-e-phrygian-42-at-7m12s.mid");
        let sharp = Settings { key: Key::parse("F# minor").unwrap(), ..session.settings };
        let late = Span { from: Frame(44_100 * 3723), frames: 1 };
        let name = stem("Bright, your way", &sharp, &session, late);
        assert_eq!(name, "auralis-bright-your-way-f-sharp-phrygian-42-at-1h02m03s");
    }
}
