//! The options that set the music, made from the engine's own declaration of its settings: what is added there is an option here.

use crate::error::{Error, Result};
use crate::values::Suggesting;
use auralis_engine::Patch;
use auralis_engine::settings::{Kind, Layer, PARAMETERS, Parameter};
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};

const LAYER: &str = "layer";
const HEADING: &str = "The music";

/// What was said of the settings, by their names in the engine, as it was typed.
#[derive(Clone, Debug, Default)]
pub struct SettingsOptions {
    said: Vec<(String, String)>,
    layers: Vec<String>,
}

impl SettingsOptions {
    /// The settings as a patch.
    ///
    /// # Errors
    /// If a value is not taken.
    pub fn patch(&self) -> Result<Patch> {
        let mut patch = Patch::default();
        for (name, value) in &self.said {
            patch.set(name, value)?;
        }
        for given in &self.layers {
            let (name, level) = given.split_once('=').ok_or_else(|| {
                Error::refused(
                    LAYER,
                    given,
                    format_args!("NAME=LEVEL, such as pad=0.5; NAME: {}", layer_names()),
                )
            })?;
            if Layer::parse(name).is_none() {
                return Err(Error::refused(
                    LAYER,
                    given,
                    format_args!("one of {}, and = and its level", layer_names()),
                ));
            }
            patch.set(&format!("layers.{}", name.trim().to_ascii_lowercase()), level)?;
        }
        Ok(patch)
    }
}

fn layer_names() -> String {
    Layer::ALL.map(Layer::name).join(", ")
}

/// The settings that are options of their own; layers share one.
fn plain() -> impl Iterator<Item = &'static Parameter> {
    PARAMETERS.iter().filter(|p| !p.name.starts_with("layers."))
}

fn option(parameter: &'static Parameter) -> Arg {
    let suggested = match parameter.kind {
        Kind::Choice(names) => names(),
        Kind::Switch => vec!["true", "false"],
        Kind::Number { .. } | Kind::Key => Vec::new(),
    };
    let allowed = if suggested.is_empty() { format!(": {}", parameter.allowed()) } else { String::new() };
    let default = if parameter.words().default.is_empty() {
        String::new()
    } else {
        format!(" [default: {}]", parameter.words().default)
    };
    Arg::new(parameter.name)
        .long(parameter.name)
        .value_name(parameter.name.to_ascii_uppercase())
        .help(format!("{}{allowed}{default}", parameter.words().help))
        .help_heading(HEADING)
        .value_parser(Suggesting(suggested))
        .allow_hyphen_values(true)
}

impl Args for SettingsOptions {
    fn augment_args(cmd: Command) -> Command {
        let layer = Arg::new(LAYER)
            .long(LAYER)
            .value_name("NAME=LEVEL")
            .help(format!(
                "The level of a layer, 0 to 1 [default: 1]; may be given again. Layers: {}",
                layer_names()
            ))
            .help_heading(HEADING)
            .action(ArgAction::Append);
        cmd.args(plain().map(option)).arg(layer)
    }

    fn augment_args_for_update(cmd: Command) -> Command {
        Self::augment_args(cmd)
    }
}

impl FromArgMatches for SettingsOptions {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut options = Self::default();
        options.update_from_arg_matches(matches)?;
        Ok(options)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        let said = |p: &Parameter| matches.get_one::<String>(p.name).map(|v| (p.name.to_owned(), v.clone()));
        self.said.extend(plain().filter_map(said));
        self.layers.extend(matches.get_many::<String>(LAYER).into_iter().flatten().cloned());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(args: &[&str]) -> Result<Patch> {
        let cmd = SettingsOptions::augment_args_for_update(Command::new("x").no_binary_name(true));
        let matches = cmd.try_get_matches_from(args).unwrap();
        SettingsOptions::from_arg_matches(&matches).unwrap().patch()
    }

    #[test]
    fn every_setting_of_the_engine_is_an_option() {
        for p in &PARAMETERS {
            let example = match (p.kind, p.words().default) {
                (Kind::Choice(names), "") => names()[0],
                (_, default) => default,
            };
            let patch = match p.name.strip_prefix("layers.") {
                Some(layer) => read(&["--layer", &format!("{layer}={example}")]),
                None => read(&[&format!("--{}", p.name), example]),
            };
            assert!(patch.unwrap().get(p.name).is_some(), "{}", p.name);
        }
    }

    #[test]
    fn what_is_wrong_is_said_in_a_sentence() {
        for (args, field, value, allowed) in [
            (["--key", "H minor"], "key", "H minor", "F# minor"),
            (["--bpm", "39"], "bpm", "39", "40 to 200"),
            (["--bpm", "NaN"], "bpm", "NaN", "40 to 200"),
            (["--intensity", "1.1"], "intensity", "1.1", "0 to 1"),
            (["--intensity", "-0.1"], "intensity", "-0.1", "0 to 1"),
            (["--preset", "techno"], "preset", "techno", "focus, meditation"),
            (["--scale", "locrian"], "scale", "locrian", "aeolian, dorian"),
            (["--effects", "maybe"], "effects", "maybe", "true or false"),
            (["--quality", "richer"], "quality", "richer", "full, reduced, rich"),
            (["--layer", "pad"], "layer", "pad", "pad=0.5"),
            (["--layer", "tuba=1"], "layer", "tuba=1", "drone, pad"),
            (["--layer", "pad=2"], "layers.pad", "2", "0 to 1"),
        ] {
            let error = read(&args).unwrap_err();
            assert_eq!(error.exit_code(), 2);
            let text = error.to_string();
            assert!(text.starts_with(&format!("{field} cannot be \"{value}\"; allowed: ")), "{text}");
            assert!(text.contains(allowed) && !text.contains('\n'), "{text}");
        }
    }
}
