//! Random settings, patches, logs and sessions.

use super::*;

pub(super) fn level() -> impl Strategy<Value = Level> {
    prop_oneof![Just(0.0), Just(1.0), Just(-0.0), 0.0..=1.0_f32].prop_map(|x| Level::new(x).unwrap())
}

pub(super) fn bpm() -> impl Strategy<Value = Bpm> {
    prop_oneof![Just(40.0), Just(200.0), 40.0..=200.0_f32].prop_map(|x| Bpm::new(x).unwrap())
}

pub(super) fn key() -> impl Strategy<Value = Key> {
    (0_u8..12, any::<bool>()).prop_map(|(tonic, minor)| Key {
        tonic: Tonic::new(tonic),
        mode: if minor { Mode::Minor } else { Mode::Major },
    })
}

pub(super) fn quality() -> impl Strategy<Value = Quality> {
    any::<bool>().prop_map(|full| if full { Quality::Full } else { Quality::Reduced })
}

pub(super) fn settings() -> impl Strategy<Value = Settings> {
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

pub(super) fn any_patch() -> impl Strategy<Value = Patch> {
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

pub(super) fn any_log() -> impl Strategy<Value = ChangeLog> {
    let change = (prop_oneof![0_u64..10_000_000, 0..=Frame::LAST.0], any_patch());
    proptest::collection::vec(change, 0..8).prop_map(|mut changes| {
        changes.sort_by_key(|c| c.0);
        let mut log = ChangeLog::new();
        for (frame, patch) in changes {
            log.push(Change { frame: Frame(frame), patch }).unwrap();
        }
        log
    })
}

pub(super) fn any_session() -> impl Strategy<Value = Session> {
    let seed = prop_oneof![Just(u64::MAX), Just(1 << 53), any::<u64>()];
    (seed, any::<bool>(), settings()).prop_map(|(seed, fast, settings)| Session {
        seed,
        rate: if fast { SampleRate::Hz48000 } else { SampleRate::Hz44100 },
        settings,
    })
}
