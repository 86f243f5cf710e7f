//! Settings as people write them.

use super::*;

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
        assert!(!p.words().help.is_empty() && !p.words().label.is_empty() && !p.allowed().is_empty());
        if !p.words().default.is_empty() {
            all.set(p.name, p.words().default).unwrap();
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
