//! Settings, session files and logs: what goes in comes out, and what is wrong is refused in words.

#[path = "../common/mod.rs"]
mod common;
mod files;
mod random;
mod sound;
mod timeline;
mod words;

use auralis_engine::music::{Key, Mode, Scale, Tonic};
use auralis_engine::session::{FileError, SessionFile, Timeline};
use auralis_engine::settings::{Bpm, Kind, LAYERS, Layer, Level, PARAMETERS, Parameter, SettingError};
use auralis_engine::{
    Change, ChangeLog, Frame, Patch, Preset, Quality, SOUND_VERSION, SampleRate, Session, Settings,
};
use common::patch;
use proptest::prelude::*;
use random::{any_log, any_patch, any_session, settings};

/// A log as JSON lines, the first of which names the `SOUND_VERSION`.
fn lines(log: &ChangeLog) -> String {
    let changes = log.changes().iter().map(|c| serde_json::to_string(c).unwrap() + "\n");
    format!("{{\"sound_version\":{SOUND_VERSION}}}\n") + &changes.collect::<String>()
}

proptest! {
    // What fails is printed; nothing is written into the source tree.
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn settings_survive_as_words(s in settings()) {
        prop_assert_eq!(Settings::from_words(&s.to_words()), Some(s));
    }

    #[test]
    fn settings_survive_as_json(s in settings()) {
        let text = serde_json::to_string(&s).unwrap();
        prop_assert_eq!(serde_json::from_str::<Settings>(&text).unwrap(), s);
    }

    #[test]
    fn patches_survive_as_json(p in any_patch()) {
        let text = serde_json::to_string(&p).unwrap();
        prop_assert_eq!(serde_json::from_str::<Patch>(&text).unwrap(), p);
    }

    #[test]
    fn patches_survive_as_text(p in any_patch()) {
        let mut read = Patch::default();
        for parameter in &PARAMETERS {
            if let Some(text) = p.get(parameter.name) {
                read.set(parameter.name, &text).unwrap();
            }
        }
        prop_assert_eq!(read, p);
    }

    #[test]
    fn a_patch_of_everything_is_the_settings(s in settings(), other in settings()) {
        prop_assert_eq!(other.with(&Patch::from(&s)), s);
        prop_assert_eq!(s.with(&Patch::default()), s);
        prop_assert!(Patch::default().is_empty() && !Patch::from(&s).is_empty());
    }

    #[test]
    fn words_out_of_range_are_no_settings(s in settings(), i in 0_usize..16, x in any::<f32>()) {
        let mut words = s.to_words();
        words[i] = x;
        if let Some(read) = Settings::from_words(&words) {
            // Whatever is taken is right: it comes back as it is, but for the sign of zero.
            prop_assert!(read.to_words().iter().zip(words).all(|(a, b)| *a == b));
        }
        for wrong in [f32::NAN, f32::INFINITY, -1.0, 1e9, 0.5 + 1e6] {
            words[i] = wrong;
            prop_assert_eq!(Settings::from_words(&words), None);
        }
    }

    #[test]
    fn session_files_survive(session in any_session(), log in any_log()) {
        let file = SessionFile::new(session, log);
        prop_assert_eq!(SessionFile::parse(&file.to_text()).unwrap(), file);
    }

    #[test]
    fn logs_survive(log in any_log()) {
        let (read, damage) = ChangeLog::parse_lines(&lines(&log)).unwrap();
        prop_assert_eq!((read, damage), (log, None));
    }

    #[test]
    fn text_of_any_kind_is_refused_in_words(name in "[a-z.]{0,12}", text in "\\PC{0,20}") {
        let mut patch = Patch::default();
        if let Err(error) = patch.set(&name, &text) {
            prop_assert!(patch.is_empty(), "what is refused changes nothing");
            prop_assert!(!error.field.is_empty() && !error.allowed.is_empty());
        }
        for parameter in &PARAMETERS {
            let mut patch = Patch::default();
            match patch.set(parameter.name, &text) {
                Ok(()) => prop_assert!(patch.get(parameter.name).is_some()),
                Err(e) => {
                    prop_assert_eq!((&e.field[..], &e.value[..]), (parameter.name, text.trim()));
                    prop_assert_eq!(e.allowed, parameter.allowed());
                }
            }
        }
    }

    #[test]
    fn files_of_any_kind_never_panic(text in "\\PC{0,200}") {
        let _ = SessionFile::parse(&text);
        let _ = ChangeLog::parse_lines(&text);
    }
}
