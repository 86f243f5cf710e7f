//! Settings, session files and logs: what goes in comes out, and what is wrong is refused in words.

mod common;

use auralis_engine::music::{Key, Mode, Scale, Tonic};
use auralis_engine::session::{FileError, SessionFile, Timeline};
use auralis_engine::settings::{Bpm, Kind, LAYERS, Layer, Level, PARAMETERS, Parameter, SettingError};
use auralis_engine::{
    Change, ChangeLog, Frame, Patch, Preset, Quality, SOUND_VERSION, SampleRate, Session, Settings,
};
use common::patch;
use proptest::prelude::*;

fn level() -> impl Strategy<Value = Level> {
    prop_oneof![Just(0.0), Just(1.0), Just(-0.0), 0.0..=1.0_f32].prop_map(|x| Level::new(x).unwrap())
}

fn bpm() -> impl Strategy<Value = Bpm> {
    prop_oneof![Just(40.0), Just(200.0), 40.0..=200.0_f32].prop_map(|x| Bpm::new(x).unwrap())
}

fn key() -> impl Strategy<Value = Key> {
    (0_u8..12, any::<bool>()).prop_map(|(tonic, minor)| Key {
        tonic: Tonic::new(tonic),
        mode: if minor { Mode::Minor } else { Mode::Major },
    })
}

fn quality() -> impl Strategy<Value = Quality> {
    any::<bool>().prop_map(|full| if full { Quality::Full } else { Quality::Reduced })
}

fn settings() -> impl Strategy<Value = Settings> {
    let scale = (0..Scale::ALL.len()).prop_map(|i| Scale::ALL[i]);
    let layers = proptest::collection::vec(level(), LAYERS);
    (key(), scale, bpm(), level(), level(), level(), layers, any::<bool>(), quality()).prop_map(
        |(key, scale, bpm, intensity, brightness, space, layers, effects, quality)| Settings {
            key,
            scale,
            bpm,
            intensity,
            brightness,
            space,
            layers: layers.try_into().unwrap(),
            effects,
            quality,
        },
    )
}

fn any_patch() -> impl Strategy<Value = Patch> {
    let preset = proptest::option::of((0..Preset::ALL.len()).prop_map(|i| Preset::ALL[i]));
    let keep = proptest::collection::vec(any::<bool>(), 8 + LAYERS);
    (preset, settings(), keep).prop_map(|(preset, s, keep)| {
        let all = Patch::from(&s);
        let mut layers = [None; LAYERS];
        for (i, layer) in layers.iter_mut().enumerate() {
            *layer = all.layers[i].filter(|_| keep[8 + i]);
        }
        Patch {
            preset,
            key: all.key.filter(|_| keep[0]),
            scale: all.scale.filter(|_| keep[1]),
            bpm: all.bpm.filter(|_| keep[2]),
            intensity: all.intensity.filter(|_| keep[3]),
            brightness: all.brightness.filter(|_| keep[4]),
            space: all.space.filter(|_| keep[5]),
            layers,
            effects: all.effects.filter(|_| keep[6]),
            quality: all.quality.filter(|_| keep[7]),
        }
    })
}

fn any_log() -> impl Strategy<Value = ChangeLog> {
    let change = (prop_oneof![0_u64..10_000_000, any::<u64>()], any_patch());
    proptest::collection::vec(change, 0..8).prop_map(|mut changes| {
        changes.sort_by_key(|c| c.0);
        let mut log = ChangeLog::new();
        for (frame, patch) in changes {
            log.push(Change { frame: Frame(frame), patch }).unwrap();
        }
        log
    })
}

fn any_session() -> impl Strategy<Value = Session> {
    let seed = prop_oneof![Just(u64::MAX), Just(1 << 53), any::<u64>()];
    (seed, any::<bool>(), settings()).prop_map(|(seed, fast, settings)| Session {
        seed,
        rate: if fast { SampleRate::Hz48000 } else { SampleRate::Hz44100 },
        settings,
    })
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
        let (read, damage) = ChangeLog::parse_lines(&log.to_lines()).unwrap();
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

fn refused(name: &str, value: &str) -> SettingError {
    let mut patch = Patch::default();
    let error = patch.set(name, value).expect_err(value);
    assert!(patch.is_empty());
    error
}

#[test]
fn wrong_values_are_refused_with_name_value_and_what_is_allowed() {
    for (name, value, allowed) in [
        ("key", "H minor", "F# minor"),
        ("key", "A", "minor"),
        ("key", "A minor 7", "minor"),
        ("key", "A dorian", "minor"),
        ("key", "", "major"),
        ("bpm", "39", "40 to 200"),
        ("bpm", "200.01", "40 to 200"),
        ("bpm", "NaN", "40 to 200"),
        ("bpm", "inf", "40 to 200"),
        ("bpm", "fast", "40 to 200"),
        ("intensity", "1.1", "0 to 1"),
        ("intensity", "-0.01", "0 to 1"),
        ("brightness", "bright", "0 to 1"),
        ("space", "2", "0 to 1"),
        ("preset", "lullaby", "focus, meditation, sleep, bright"),
        ("scale", "locrian", "phrygian"),
        ("effects", "maybe", "true or false"),
        ("quality", "best", "full, reduced"),
        ("layers.drone", "1.5", "0 to 1"),
        ("layers.choir", "1", "layers.drone"),
        ("volume", "1", "intensity"),
    ] {
        let error = refused(name, value);
        let text = error.to_string();
        let known = Parameter::find(name).is_some();
        let (field, shown) = if known { (name, value) } else { ("setting", name) };
        assert!(text.starts_with(&format!("{field} cannot be \"{shown}\"; allowed: ")), "{text}");
        assert!(text.contains(allowed), "{text}");
    }
}

#[test]
fn values_are_read_as_people_write_them() {
    for (words, expected) in [
        ("key=a_MINOR", "key=A_minor"),
        ("key=Bb_major", "key=A#_major"),
        ("key=Gb_minor", "key=F#_minor"),
        ("key=Cb_major", "key=B_major"),
        ("scale=Harmonic-Minor", "scale=harmonic_minor"),
        ("preset=SLEEP", "preset=sleep"),
        ("effects=off", "effects=false"),
        ("effects=1", "effects=true"),
        ("quality=Reduced", "quality=reduced"),
        ("bpm=70.0", "bpm=70"),
        ("intensity=.5", "intensity=0.5"),
        ("intensity=-0", "intensity=0"),
    ] {
        assert_eq!(patch(words), patch(expected), "{words}");
    }
}

#[test]
fn keys_have_the_given_roots() {
    let given = [
        ("A", 57),
        ("A#", 58),
        ("Bb", 58),
        ("B", 59),
        ("C", 60),
        ("C#", 61),
        ("Db", 61),
        ("D", 62),
        ("D#", 63),
        ("Eb", 63),
        ("E", 64),
        ("F", 65),
        ("F#", 66),
        ("Gb", 66),
        ("G", 67),
        ("G#", 68),
        ("Ab", 68),
    ];
    for (name, root) in given {
        for mode in ["major", "minor"] {
            let key = Key::parse(&format!(" {name}  {mode} ")).unwrap();
            assert_eq!((key.tonic.root(), key.tonic.pitch_class()), (root, root % 12));
            assert_eq!(Key::parse(&key.to_string()), Some(key));
            let natural = if mode == "major" { Scale::Major } else { Scale::Aeolian };
            assert_eq!(key.natural_scale(), natural);
        }
    }
    assert_eq!(Key::all().count(), 24);
    for scale in Scale::ALL {
        assert_eq!(Scale::parse(&scale.to_string()), Some(scale));
        assert_eq!(scale.steps()[0], 0);
        assert!(scale.steps().windows(2).all(|w| w[0] < w[1] && w[1] < 12));
        assert_eq!(scale.pitch_classes(3).count_ones() as usize, scale.steps().len());
    }
}

#[test]
fn a_preset_applies_first_and_a_key_brings_its_scale() {
    let s = Settings::default().with(&patch("preset=sleep bpm=55"));
    assert_eq!(s, Settings { bpm: Bpm::new(55.0).unwrap(), ..Preset::Sleep.settings() });
    let s = Preset::Sleep.settings().with(&patch("key=C_major"));
    assert_eq!(s.scale, Scale::Major);
    let s = Preset::Sleep.settings().with(&patch("key=C_major scale=lydian"));
    assert_eq!(s.scale, Scale::Lydian);
}

#[test]
fn presets_are_as_given() {
    for (preset, words) in [
        (Preset::Focus, "key=D_minor scale=dorian bpm=60 intensity=0.5"),
        (Preset::Meditation, "key=C_minor scale=aeolian bpm=50 intensity=0.3"),
        (Preset::Sleep, "key=E_minor scale=phrygian bpm=40 intensity=0.15"),
        (Preset::Bright, "key=G_major scale=lydian bpm=70 intensity=0.6"),
    ] {
        assert_eq!(preset.settings(), Settings::default().with(&patch(words)), "{}", preset.name());
    }
    for preset in Preset::ALL {
        assert_eq!(Preset::parse(preset.name()), Some(preset));
        assert!(!preset.description().is_empty());
        assert!(preset.settings().effects && preset.settings().quality == Quality::Full);
    }
}

#[test]
fn every_setting_is_declared_once_and_its_default_is_the_default() {
    let mut all = Patch::default();
    for (i, p) in PARAMETERS.iter().enumerate() {
        assert!(PARAMETERS[..i].iter().all(|q| q.name != p.name));
        assert!(!p.help.is_empty() && !p.label.is_empty() && !p.allowed().is_empty());
        if !p.default.is_empty() {
            all.set(p.name, p.default).unwrap();
        }
        match p.kind {
            Kind::Number { min, max, step } => {
                assert!(min < max && step > 0.0);
                let mut patch = Patch::default();
                patch.set(p.name, &min.to_string()).unwrap();
                patch.set(p.name, &max.to_string()).unwrap();
                refused(p.name, &(max + step).to_string());
                refused(p.name, &(min - step).to_string());
            }
            Kind::Choice(names) => {
                for name in names() {
                    Patch::default().set(p.name, name).unwrap();
                }
            }
            Kind::Key | Kind::Switch => {}
        }
    }
    assert_eq!(Settings::default(), Preset::Sleep.settings().with(&all));
    for layer in Layer::ALL {
        assert_eq!(Layer::parse(layer.name()), Some(layer));
        assert_eq!(Layer::ALL[layer.index()], layer);
    }
}

/// A file with everything in it.
fn whole_file() -> String {
    let mut log = ChangeLog::new();
    for (frame, words) in
        [(441, "intensity=0.8"), (44_100, "preset=bright layers.bell=0.25"), (90_000, "key=Eb_minor")]
    {
        log.push(Change { frame: Frame(frame), patch: patch(words) }).unwrap();
    }
    let session = Session { seed: u64::MAX, rate: SampleRate::Hz48000, settings: Preset::Rain.settings() };
    SessionFile::new(session, log).to_text()
}

#[test]
fn files_cut_anywhere_are_refused() {
    let text = whole_file();
    assert!(text.contains("\"18446744073709551615\""), "seeds are decimal strings");
    SessionFile::parse(&text).unwrap();
    for end in 0..text.trim_end().len() {
        let error = SessionFile::parse(&text[..end]).expect_err("a cut file");
        assert!(matches!(error, FileError::Syntax(_)), "cut at {end}: {error}");
        assert!(error.to_string().contains("not a whole session file"));
    }
}

#[test]
fn files_with_flipped_bits_never_panic() {
    let text = whole_file();
    let original = SessionFile::parse(&text).unwrap();
    let (mut refused, mut same) = (0, 0);
    for at in 0..text.len() {
        for bit in 0..7 {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= 1 << bit;
            let Ok(damaged) = String::from_utf8(bytes) else { continue };
            match SessionFile::parse(&damaged) {
                Ok(file) => same += i32::from(file == original),
                Err(error) => {
                    assert!(!error.to_string().is_empty());
                    refused += 1;
                }
            }
        }
    }
    // A flipped bit of a digit or of a space may leave a file that is right; most others do not.
    assert!(refused as usize > text.len() * 3, "{refused} refused, {same} unchanged, of {}", text.len() * 7);
}

#[test]
fn logs_are_read_up_to_the_damage() {
    let mut log = ChangeLog::new();
    for i in 0..6 {
        let words = format!("intensity=0.{i} layers.lead=0.5");
        log.push(Change { frame: Frame(1000 * i), patch: patch(&words) }).unwrap();
    }
    let text = log.to_lines();
    for end in 0..=text.len() {
        let whole_lines = text[..end].matches('\n').count();
        match ChangeLog::parse_lines(&text[..end]) {
            Ok((read, damage)) => {
                // A line without its end of line is whole all the same, if all else of it is there.
                let whole = damage.is_none() && !text[..end].ends_with('\n') && end > 0;
                let expected = (whole_lines + usize::from(whole)).saturating_sub(1);
                assert_eq!(read.changes(), &log.changes()[..expected], "cut at {end}");
                if let Some(damage) = damage {
                    assert_eq!(damage.line, whole_lines + 1);
                    assert!(damage.to_string().starts_with(&format!("line {}: ", whole_lines + 1)));
                }
            }
            Err(error) => panic!("cut at {end}: {error}"),
        }
    }
    for at in 0..text.len() {
        for bit in 0..7 {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= 1 << bit;
            let Ok(damaged) = String::from_utf8(bytes) else { continue };
            if let Ok((read, damage)) = ChangeLog::parse_lines(&damaged) {
                let intact = text[..at].matches('\n').count().saturating_sub(1);
                assert!(read.changes().len() >= intact.min(6) || damage.is_some());
                assert_eq!(read.changes()[..intact], log.changes()[..intact], "byte {at}, bit {bit}");
            }
        }
    }
}

#[test]
fn other_sounds_are_refused() {
    let other = SOUND_VERSION + 1;
    let text = whole_file()
        .replace(&format!("\"sound_version\": {SOUND_VERSION}"), &format!("\"sound_version\": {other}"));
    let error = SessionFile::parse(&text).unwrap_err();
    assert_eq!(error, FileError::SoundVersion { found: other });
    let words = error.to_string();
    assert!(
        words.contains(&other.to_string()) && words.contains(&format!("allowed: {SOUND_VERSION}")),
        "{words}"
    );
    assert_eq!(SessionFile::parse_any_sound(&text).unwrap().sound_version, other);
    let log = format!("{{\"sound_version\":{other}}}\n{{\"frame\":1,\"bpm\":60}}\n");
    assert_eq!(ChangeLog::parse_lines(&log).unwrap_err(), FileError::SoundVersion { found: other });
    for strange in ["\"x\"", "-1", "1e99", "4294967297", "null"] {
        let log = format!("{{\"sound_version\":{strange}}}\n");
        assert!(ChangeLog::parse_lines(&log).is_err(), "{strange}");
    }
    // A log that does not say is taken as this version's.
    assert_eq!(ChangeLog::parse_lines("\n{\"frame\":1,\"bpm\":60}\n\n").unwrap().0.changes().len(), 1);
}

#[test]
fn fields_that_are_wrong_are_named() {
    let parse = |text: &str| SessionFile::parse(text).unwrap_err().to_string();
    let head = format!("\"auralis\": 1, \"sound_version\": {SOUND_VERSION}");
    let rate = "\"sample_rate\": 44100";
    for (text, said) in [
        ("[]".to_owned(), "no JSON object"),
        ("{}".to_owned(), "auralis cannot be missing"),
        ("{\"auralis\": 2}".to_owned(), "auralis cannot be 2"),
        (format!("{{{head}}}"), "seed cannot be null"),
        (format!("{{{head}, \"seed\": \"1\"}}"), "sample_rate cannot be missing"),
        (format!("{{{head}, \"seed\": 42}}"), "seed cannot be 42; allowed: a decimal string"),
        (format!("{{{head}, \"seed\": \"-1\"}}"), "seed cannot be"),
        (format!("{{{head}, \"seed\": \"18446744073709551616\"}}"), "seed cannot be"),
        (format!("{{{head}, \"seed\": \"\"}}"), "seed cannot be"),
        (format!("{{{head}, \"seed\": \"1\", \"sample_rate\": 22050}}"), "sample_rate cannot be 22050"),
        (format!("{{{head}, \"seed\": \"1\", \"tempo\": 3}}"), "tempo"),
        (
            format!("{{{head}, {rate}, \"seed\": \"1\", \"settings\": {{\"bpm\": 39}}}}"),
            "bpm cannot be \"39\"; allowed: 40 to 200",
        ),
        (
            format!("{{{head}, {rate}, \"seed\": \"1\", \"settings\": {{\"layers\": 1}}}}"),
            "layers cannot be 1",
        ),
        (
            format!("{{{head}, {rate}, \"seed\": \"1\", \"settings\": {{\"layers\": {{\"choir\": 1}}}}}}"),
            "layers.choir",
        ),
        (format!("{{{head}, {rate}, \"seed\": \"1\", \"settings\": []}}"), "settings"),
        (format!("{{{head}, {rate}, \"seed\": \"1\", \"changes\": {{}}}}"), "changes cannot be"),
        (format!("{{{head}, {rate}, \"seed\": \"1\", \"changes\": [3]}}"), "change cannot be 3"),
        (
            format!("{{{head}, {rate}, \"seed\": \"1\", \"changes\": [{{\"bpm\": 60}}]}}"),
            "frame cannot be missing",
        ),
        (
            format!("{{{head}, {rate}, \"seed\": \"1\", \"changes\": [{{\"frame\": -5}}]}}"),
            "frame cannot be -5",
        ),
        (
            format!("{{{head}, {rate}, \"seed\": \"1\", \"changes\": [{{\"frame\": 1.5}}]}}"),
            "frame cannot be 1.5",
        ),
        (
            format!("{{{head}, {rate}, \"seed\": \"1\", \"changes\": [{{\"frame\": 9}}, {{\"frame\": 8}}]}}"),
            "frame cannot be 8, which is before the change at frame 9",
        ),
        (
            format!(
                "{{{head}, {rate}, \"seed\": \"1\", \"changes\": [{{\"frame\": 9, \"key\": \"H minor\"}}]}}"
            ),
            "H minor",
        ),
    ] {
        let error = parse(&text);
        assert!(error.contains(said), "{text}: {error}");
    }
}

#[test]
fn a_short_file_has_defaults() {
    let text = format!(
        "{{\"auralis\": 1, \"sound_version\": {SOUND_VERSION}, \"seed\": \"7\", \"sample_rate\": 44100}}"
    );
    assert_eq!(SessionFile::parse(&text).unwrap(), SessionFile::new(Session::new(7), ChangeLog::new()));
}

#[test]
fn logs_fold_and_keep_their_order() {
    let mut log = ChangeLog::new();
    for (frame, words) in [(10, "bpm=60"), (10, "bpm=61"), (20, "preset=sleep"), (30, "intensity=1")] {
        log.push(Change { frame: Frame(frame), patch: patch(words) }).unwrap();
    }
    let late = log.push(Change { frame: Frame(29), patch: Patch::default() }).unwrap_err();
    assert!(late.to_string().contains("29") && late.to_string().contains("30"), "{late}");
    let s = Settings::default();
    assert_eq!(log.fold(&s, Frame(10)), s);
    assert_eq!(log.fold(&s, Frame(11)).bpm.get(), 61.0);
    assert_eq!(log.fold(&s, Frame(30)), Preset::Sleep.settings());
    assert_eq!(log.since(Frame(20)).len(), 2);
    assert_eq!(log.since(Frame(31)).len(), 0);
}

#[test]
fn continuous_settings_move_in_straight_ramps() {
    let rate = SampleRate::Hz44100;
    let mut timeline = Timeline::new(Settings::default());
    timeline.push(Frame(44_100), &patch("intensity=1 effects=false quality=reduced layers.pad=0")).unwrap();
    let at = |seconds: f64| timeline.controls(Frame(rate.frames(seconds)), rate);
    assert_eq!(
        (at(0.0).intensity, at(0.99).intensity, at(3.0).intensity, at(100.0).intensity),
        (0.5, 0.5, 1.0, 1.0)
    );
    for i in 0..=20 {
        let t = f64::from(i) / 10.0;
        let c = at(1.0 + t);
        let part = t as f32 / 2.0;
        assert!((c.intensity - (0.5 + 0.5 * part)).abs() < 1e-4);
        assert!((c.effects - (1.0 - part)).abs() < 1e-4);
        assert!((c.richness - (1.0 - part)).abs() < 1e-4);
        assert!((c.layers[1] - (1.0 - part)).abs() < 1e-4);
        assert!((c.layers[0] - 1.0).abs() < 1e-6);
    }
    // Changes on the heels of each other: never out of range, never a leap.
    for i in 0..40_u64 {
        let words = if i % 2 == 0 { "intensity=0" } else { "intensity=1" };
        timeline.push(Frame(88_200 + i * 3000), &patch(words)).unwrap();
    }
    let mut before = timeline.controls(Frame(80_000), rate).intensity;
    for i in 0..6000_u64 {
        let now = timeline.controls(Frame(80_000 + i * 64), rate).intensity;
        assert!((0.0..=1.0).contains(&now));
        assert!((now - before).abs() < 0.004, "a leap from {before} to {now}");
        before = now;
    }
    // Forgetting what is over changes nothing after it.
    let later = Frame(88_200 + 39 * 3000 + 90_000);
    let (known, latest) = (timeline.controls(later, rate), timeline.latest());
    timeline.forget_before(later);
    assert_eq!((timeline.controls(later, rate), timeline.latest()), (known, latest));
}
