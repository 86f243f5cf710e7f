//! What is taken from a session while the relay has too much to do, or trouble, and how that is given back.
//!
//! Its listeners all hear the same: what is taken are settings, by entries of the log. What the host wishes is remembered beside it, and
//! holds again when the relief is over; what the host changes meanwhile is a wish, too.

use auralis_engine::settings::{Layer, Level, Quality};
use auralis_engine::{Patch, Settings};

/// How loud the melody, the bells and the grains are at most where they are thinned.
const THIN: f32 = 0.5;
/// How much happens at most where there are only chords.
const CALM: f32 = 0.2;

/// How much a session's music is thinned.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub enum Thinning {
    /// Not at all.
    #[default]
    None,
    /// The melody, the bells and the grains step back, and quality is reduced, which takes half of the time.
    Melody,
    /// Drone, pad and wind are left, with as few notes as at low intensity, which takes a third of what is left.
    Chords,
}

/// What a session is relieved of.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Relief {
    /// Quality, because full quality could not be rendered.
    pub reduced: bool,
    /// Notes, because the relay has too much to do.
    pub thinning: Thinning,
}

impl Relief {
    /// What is left of settings.
    #[must_use]
    pub fn of(self, wished: &Settings) -> Settings {
        let mut left = *wished;
        if self.reduced || self.thinning >= Thinning::Melody {
            left.quality = Quality::Reduced;
        }
        let (voices, most): (&[Layer], _) = match self.thinning {
            Thinning::None => (&[], 1.0),
            Thinning::Melody => (&[Layer::Lead, Layer::Bell, Layer::Grains], THIN),
            Thinning::Chords => (&[Layer::Lead, Layer::Bell, Layer::Grains, Layer::Percussion], 0.0),
        };
        for layer in voices {
            cap(&mut left.layers[layer.index()], most);
        }
        if self.thinning == Thinning::Chords {
            cap(&mut left.intensity, CALM);
        }
        left
    }
}

fn cap(level: &mut Level, most: f32) {
    if level.get() > most {
        *level = Level::new(most).unwrap_or(*level);
    }
}

/// A patch, and with it what else makes of settings what they are to be.
#[must_use]
pub(super) fn completed(patch: &Patch, before: &Settings, wanted: &Settings) -> Patch {
    let mut patch = *patch;
    let reached = before.with(&patch);
    let all = Patch::from(wanted);
    if (reached.key, reached.scale) != (wanted.key, wanted.scale) {
        // A key alone would bring its natural scale.
        (patch.key, patch.scale) = (all.key, all.scale);
    }
    if reached.bpm != wanted.bpm {
        patch.bpm = all.bpm;
    }
    if reached.intensity != wanted.intensity {
        patch.intensity = all.intensity;
    }
    if reached.brightness != wanted.brightness {
        patch.brightness = all.brightness;
    }
    if reached.space != wanted.space {
        patch.space = all.space;
    }
    for (n, level) in wanted.layers.iter().enumerate() {
        if reached.layers[n] != *level {
            patch.layers[n] = Some(*level);
        }
    }
    if reached.effects != wanted.effects {
        patch.effects = all.effects;
    }
    if reached.quality != wanted.quality {
        patch.quality = all.quality;
    }
    patch
}

#[cfg(test)]
mod tests {
    use super::*;
    use auralis_engine::Preset;

    const ALL: [Relief; 4] = [
        Relief { reduced: false, thinning: Thinning::None },
        Relief { reduced: true, thinning: Thinning::None },
        Relief { reduced: false, thinning: Thinning::Melody },
        Relief { reduced: true, thinning: Thinning::Chords },
    ];

    #[test]
    fn nothing_becomes_more_and_each_step_takes_more() {
        for preset in Preset::ALL {
            let wished = preset.settings();
            assert_eq!(Relief::default().of(&wished), wished);
            let [_, reduced, melody, chords] = ALL.map(|relief| relief.of(&wished));
            assert_eq!(reduced, Settings { quality: Quality::Reduced, ..wished });
            assert_eq!([melody.quality, chords.quality], [Quality::Reduced; 2]);
            for layer in Layer::ALL {
                let level = |settings: &Settings| settings.layers[layer.index()].get();
                assert!(level(&melody) <= level(&wished) && level(&chords) <= level(&melody), "{layer:?}");
            }
            assert!(chords.layers[Layer::Lead.index()].get() == 0.0);
            assert_eq!(chords.layers[Layer::Pad.index()], wished.layers[Layer::Pad.index()]);
            assert!(chords.intensity.get() <= wished.intensity.get());
        }
    }

    #[test]
    fn a_completed_patch_leads_where_it_is_to() {
        let mut patches = vec![Patch::default()];
        for (name, value) in
            [("preset", "bright"), ("key", "F# minor"), ("layers.lead", "0.9"), ("quality", "full")]
        {
            let mut patch = Patch::default();
            patch.set(name, value).unwrap();
            patches.push(patch);
        }
        for before in Preset::ALL.map(|preset| preset.settings()) {
            for wished in Preset::ALL.map(|preset| preset.settings()) {
                for relief in ALL {
                    for patch in &patches {
                        let wanted = relief.of(&wished.with(patch));
                        assert_eq!(before.with(&completed(patch, &before, &wanted)), wanted);
                    }
                }
            }
            assert!(completed(&Patch::default(), &before, &before).is_empty());
        }
    }
}
