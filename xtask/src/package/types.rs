//! The settings as TypeScript has them, from the engine's one declaration: web/npm/src/settings.ts, and what each preset sets: web/npm/src/presets.ts.

use std::fmt::Write;

use auralis_engine::Preset;
use auralis_engine::music::{Key, Mode, Tonic};
use auralis_engine::settings::{Kind, Layer, PARAMETERS, Parameter};

/// What a layer's name begins with.
const LAYER: &str = "layers.";

const HEAD: &str = "// Written by `cargo xtask package` from the engine's declaration of its settings: not to be changed by hand.\n";

/// The text of presets.ts.
pub(super) fn presets() -> String {
    let mut text = format!("{HEAD}\nimport type {{ Preset, Settings }} from './settings.js';\n");
    text.push_str(
        "\n/** What each preset sets. */\nexport const PRESET_SETTINGS: Readonly<Record<Preset, Settings>> = Object.freeze({\n",
    );
    for preset in Preset::ALL {
        let settings = serde_json::to_string(&preset.settings()).unwrap_or_default();
        let _ = writeln!(text, "  {}: {settings},", property(preset.name()));
    }
    text.push_str("});\n");
    text
}

/// The text of settings.ts.
pub(super) fn text() -> String {
    let mut text = String::from(HEAD);
    for parameter in PARAMETERS.iter().filter(|p| !p.name.starts_with(LAYER)) {
        if let Kind::Choice(names) = parameter.kind {
            list(&mut text, parameter.name, &names(), &format!("Every {}.", parameter.name));
        }
    }
    let layers = Layer::ALL.map(Layer::name);
    list(&mut text, "layer", &layers, "Every layer of the music, from the ground up.");
    keys(&mut text);
    settings(&mut text);
    text
}

/// A list of names, and their type.
fn list(text: &mut String, name: &str, all: &[&str], about: &str) {
    let plural = match name.strip_suffix('y') {
        Some(stem) => format!("{stem}ies"),
        None => format!("{name}s"),
    };
    let quoted: Vec<_> = all.iter().map(|name| format!("'{name}'")).collect();
    let _ = write!(
        text,
        "\n/** {about} */\nexport const {} = Object.freeze([\n  {},\n] as const);\n/** One of {{@link {0}}}. */\nexport type {} = (typeof {0})[number];\n",
        plural.to_uppercase(),
        quoted.join(", "),
        capital(name),
    );
}

fn capital(name: &str) -> String {
    let (first, rest) = name.split_at(1);
    first.to_uppercase() + rest
}

fn keys(text: &mut String) {
    let modes = [Mode::Major, Mode::Minor];
    let all: Vec<String> = (0..12)
        .flat_map(|pitch| modes.map(|mode| Key { tonic: Tonic::new(pitch), mode }.to_string()))
        .collect();
    let tonics: Vec<String> = "CDEFGAB"
        .chars()
        .flat_map(|letter| ["", "#", "b"].map(|sign| format!("{letter}{sign}")))
        .filter(|tonic| Key::parse(&format!("{tonic} major")).is_some())
        .map(|tonic| format!("'{tonic}'"))
        .collect();
    let quoted: Vec<_> = all.iter().map(|name| format!("'{name}'")).collect();
    let _ = write!(
        text,
        "\n/** Every key, each by one of its names. */\nexport const KEYS = Object.freeze([\n  {},\n] as const);\n\
         /** A tonic by any of its names, and major or minor. */\nexport type Key = `${{{}}} ${{'major' | 'minor'}}`;\n",
        quoted.join(", "),
        tonics.join(" | "),
    );
}

fn settings(text: &mut String) {
    text.push_str("\n/** Settings; what is not given stays as it is, or has its default. */\nexport interface Settings {\n");
    let plain: Vec<_> = PARAMETERS.iter().filter(|p| !p.name.starts_with(LAYER)).collect();
    for parameter in &plain {
        let kind = match parameter.kind {
            Kind::Number { .. } => "number".into(),
            Kind::Switch => "boolean".into(),
            Kind::Choice(_) | Kind::Key => capital(parameter.name),
        };
        let _ = writeln!(text, "  /** {} */\n  {}?: {kind};", about(parameter), parameter.name);
    }
    text.push_str("  /** How loud each layer is, 0 to 1: */\n  layers?: {\n");
    for parameter in PARAMETERS.iter().filter(|p| p.name.starts_with(LAYER)) {
        let name = &parameter.name[LAYER.len()..];
        let _ = writeln!(text, "    /** {} */\n    {}?: number;", about(parameter), property(name));
    }
    text.push_str("  };\n}\n");
    let names: Vec<_> =
        plain.iter().map(|p| format!("'{}'", p.name)).chain(["'layers'".to_owned()]).collect();
    let _ = write!(
        text,
        "\n/** The names of all settings. */\nexport const SETTINGS: readonly (keyof Settings)[] = Object.freeze([\n  {},\n]);\n",
        names.join(", ")
    );
}

/// A name as a property, in quotes where it is no plain word.
fn property(name: &str) -> String {
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric());
    if plain { name.into() } else { format!("'{name}'") }
}

/// What a setting does, its range and its default.
fn about(parameter: &Parameter) -> String {
    let mut text = format!("{}.", parameter.words().help.trim_end_matches('.'));
    if let Kind::Number { .. } = parameter.kind {
        let unit = if parameter.words().unit.is_empty() {
            String::new()
        } else {
            format!(" {}", parameter.words().unit)
        };
        let _ = write!(text, " {}{unit}.", parameter.allowed());
    }
    if !parameter.words().default.is_empty() {
        let _ = write!(text, " Default: {}.", parameter.words().default);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{package, paths};

    #[test]
    fn the_types_that_are_kept_are_those_of_the_engine() {
        for (file, text) in package::WRITTEN {
            let kept = std::fs::read_to_string(paths::root().join(file)).unwrap();
            assert_eq!(kept, text(), "run `cargo xtask package`, and commit {file}");
        }
    }

    #[test]
    fn they_say_what_is_allowed() {
        let text = text();
        for wanted in [
            "/** Quarter notes a minute. 40 to 200 bpm. Default: 70. */\n  bpm?: number;",
            "  preset?: Preset;",
            "  effects?: boolean;",
            "'A minor'",
            "export type Key = `${'C' | 'C#' | ",
            "export const QUALITIES",
        ] {
            assert!(text.contains(wanted), "{wanted} is not in\n{text}");
        }
    }
}
