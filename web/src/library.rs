//! The library: what was played and what was liked, each kept as a link.

use crate::link::{self, Link};
use form_urlencoded::Serializer;

/// The most that the history remembers; the oldest goes first.
pub const MOST_PLAYED: usize = 100;
/// The longest name, in letters.
pub const LONGEST_NAME: usize = 80;
/// Up to this many bytes a link in the history keeps the whole log, so that every earlier moment is what it was.
const WHOLE: usize = 8_000;

/// A moment that was kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// What the listener sees: a favourite's own name, or the mood of what was played.
    pub name: String,
    /// When it was kept, or last heard, in milliseconds since 1970.
    pub when: u64,
    /// For how many seconds it was heard.
    pub seconds: u32,
    /// Where it goes on.
    pub link: Link,
    /// What there is to say about that link, if anything: that it is of an older sound, for example.
    pub notice: Option<String>,
    /// The link as it was made, so that nothing of it is lost that only another version understands.
    fragment: String,
}

impl Entry {
    /// A moment to keep.
    #[must_use]
    pub fn new(name: String, when: u64, seconds: u32, link: Link) -> Self {
        Self { name, when, seconds, fragment: link.text(), link, notice: None }
    }

    /// As it is stored.
    #[must_use]
    pub fn text(&self) -> String {
        Serializer::new(String::new())
            .append_pair("name", &self.name)
            .append_pair("when", &self.when.to_string())
            .append_pair("seconds", &self.seconds.to_string())
            .append_pair("link", &self.fragment)
            .finish()
    }

    /// Reads what was stored; nothing if it is damaged or foreign.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let (mut name, mut when, mut seconds, mut fragment) = (None, None, None, None);
        for (field, value) in form_urlencoded::parse(text.as_bytes()) {
            match &*field {
                "name" => name = Some(value.into_owned()),
                "when" => when = value.parse().ok(),
                "seconds" => seconds = value.parse().ok(),
                "link" => fragment = Some(value.into_owned()),
                _ => {}
            }
        }
        let fragment = fragment?;
        let reading = link::read(&fragment, || 0).filter(|reading| reading.seeded)?;
        let notice = reading.sentence();
        Some(Self { name: name?, when: when?, seconds: seconds?, link: reading.link?, notice, fragment })
    }
}

/// What a listener typed as a name: without blanks around it, and of a length that fits; nothing if nothing is left.
#[must_use]
pub fn name(typed: &str) -> Option<String> {
    let name: String = typed.trim().chars().take(LONGEST_NAME).collect();
    (!name.is_empty()).then_some(name)
}

/// The link that the history keeps: with the whole log, unless that is endless.
#[must_use]
pub fn remembered(whole: Link) -> Link {
    if whole.text().len() <= WHOLE { whole } else { Link::to_moment(&whole.session, &whole.log, whole.at) }
}

/// Which of several are too many: the oldest, so that `most` are left.
#[must_use]
pub fn too_many(entries: &[(String, Entry)], most: usize) -> Vec<&str> {
    let later = |when| entries.iter().filter(|(_, entry)| entry.when > when).count();
    entries.iter().filter(|(_, entry)| later(entry.when) >= most).map(|(key, _)| key.as_str()).collect()
}

/// How long something was heard, for people: "40 s", "12 min", "3 h 5 min".
#[must_use]
pub fn length(seconds: u32) -> String {
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min", seconds / 60),
        _ => format!("{} h {} min", seconds / 3600, seconds / 60 % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use auralis_engine::{Change, ChangeLog, Frame, Patch, Session};
    use proptest::prelude::*;

    fn entry(name: &str, when: u64) -> Entry {
        let link = Link::to_moment(&Session::new(when), &ChangeLog::new(), Frame(441));
        Entry::new(name.into(), when, 7, link)
    }

    proptest! {
        #[test]
        fn entries_are_read_as_they_were_stored(name in ".*", when in any::<u64>()) {
            let kept = entry(&name, when);
            prop_assert_eq!(Entry::read(&kept.text()), Some(kept));
        }

        #[test]
        fn foreign_content_is_none(text in ".*") {
            prop_assert_eq!(Entry::read(&text), None);
        }
    }

    #[test]
    fn what_is_damaged_is_none() {
        let text = entry("Rain & wind = good", 5).text();
        assert_eq!(Entry::read(&text.replace("name", "nom")), None);
        assert_eq!(Entry::read(&text.replace("seed", "sead")), None);
        assert_eq!(Entry::read(&text.replace("when=5", "when=soon")), None);
    }

    #[test]
    fn what_is_of_another_version_stays_as_it_is() {
        let text = entry("Rain", 5)
            .text()
            .replace(&format!("v%3D{}", auralis_engine::SOUND_VERSION), "v%3D999%26warmth%3D1");
        let later = Entry::read(&text).unwrap();
        assert!(later.notice.as_ref().unwrap().contains("later Auralis"));
        assert_eq!(Entry { name: "Wet".into(), ..later }.text(), text.replace("Rain", "Wet"));
    }

    #[test]
    fn the_oldest_are_too_many() {
        let entries: Vec<_> = [3, 1, 4, 2].map(|when| (format!("key {when}"), entry("", when))).into();
        assert_eq!(too_many(&entries, 2), ["key 1", "key 2"]);
        assert!(too_many(&entries, 4).is_empty());
    }

    #[test]
    fn an_endless_log_is_folded() {
        let mut log = ChangeLog::new();
        for i in 0..500 {
            let mut patch = Patch::default();
            patch.set("intensity", if i % 2 == 0 { "0.25" } else { "0.5" }).unwrap();
            log.push(Change { frame: Frame(i * 10_000_000), patch }).unwrap();
        }
        let whole = Link::to_whole(&Session::new(1), &log, Frame(500 * 10_000_000));
        let link = remembered(whole.clone());
        assert!(link.text().len() < 300);
        assert!(link.is_moment_of(&whole));
        let short = Link::to_whole(&Session::new(1), &ChangeLog::new(), Frame(9));
        assert_eq!(remembered(short.clone()), short);
    }

    #[test]
    fn words_for_people() {
        assert_eq!([length(59), length(119), length(3 * 3600 + 300)], ["59 s", "1 min", "3 h 5 min"]);
        assert_eq!(name("  A calm one "), Some("A calm one".into()));
        assert_eq!(name(" \n"), None);
        assert_eq!(name(&"é".repeat(200)).unwrap().chars().count(), LONGEST_NAME);
    }
}
