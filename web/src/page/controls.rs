//! The controls of the settings, each made from the engine's own declaration of it: its name, range, step and line of help.

use super::dom::{add, add_text, by_id, number, on, show};
use super::now::pretty;
use crate::number::decimals;
use auralis_engine::music::Key;
use auralis_engine::settings::{Kind, Parameter, shortest};
use auralis_engine::{Patch, Settings};
use std::rc::Rc;
use web_sys::{Element, HtmlElement, HtmlInputElement, HtmlSelectElement};

/// Which settings stand where in index.html. Quality has a control of its own (quality.rs): it is the device's as well.
const GROUPS: [(&str, &[&str]); 4] = [
    ("harmony", &["key", "scale", "bpm"]),
    ("character", &["intensity", "brightness", "space"]),
    (
        "mixer",
        &[
            "layers.drone",
            "layers.pad",
            "layers.lead",
            "layers.bell",
            "layers.grains",
            "layers.noise",
            "layers.percussion",
        ],
    ),
    ("sound", &["effects"]),
];

enum Input {
    Slider { input: HtmlInputElement, output: Element },
    Choice(HtmlSelectElement),
    Switch(HtmlInputElement),
}

struct Control {
    parameter: &'static Parameter,
    input: Input,
}

/// All of them.
pub(super) struct Controls {
    all: Vec<Control>,
}

impl Controls {
    /// Makes them; `wish` is called with what the listener sets.
    pub(super) fn new(wish: impl Fn(&Patch) + 'static) -> Self {
        let wish: Rc<dyn Fn(&Patch)> = Rc::new(wish);
        let mut all = Vec::new();
        for (group, names) in GROUPS {
            let parent: HtmlElement = by_id(group);
            for parameter in names.iter().filter_map(|name| Parameter::find(name)) {
                all.push(Control::new(&parent, parameter, &wish));
            }
        }
        Self { all }
    }

    /// Shows settings.
    pub(super) fn show(&self, settings: &Settings) {
        let patch = Patch::from(settings);
        for control in &self.all {
            if let Some(value) = patch.get(control.parameter.name) {
                control.show(&value);
            }
        }
    }
}

impl Control {
    fn new(parent: &Element, parameter: &'static Parameter, wish: &Rc<dyn Fn(&Patch)>) -> Self {
        let id = format!("set-{}", parameter.name.replace('.', "-"));
        let help = format!("{id}-help");
        let row: Element = add(parent, "div", &[("class", "control")]);
        let label = add_text(&row, "label", "", parameter.words().label);
        let _ = label.set_attribute("for", &id);
        let common = [("id", id.as_str()), ("aria-describedby", help.as_str())];
        let (input, target) = match parameter.kind {
            Kind::Number { min, max, step } => {
                let output: Element = add(&row, "output", &[("for", &id)]);
                let (min, max, step) = (shortest(min), shortest(max), shortest(step));
                let input: HtmlInputElement = add(
                    &row,
                    "input",
                    &[common[0], common[1], ("type", "range"), ("min", &min), ("max", &max), ("step", &step)],
                );
                (Input::Slider { input: input.clone(), output }, Element::from(input))
            }
            Kind::Switch => {
                let input: HtmlInputElement = add(
                    &row,
                    "input",
                    &[common[0], common[1], ("type", "checkbox"), ("role", "switch"), ("class", "switch")],
                );
                (Input::Switch(input.clone()), Element::from(input))
            }
            Kind::Choice(_) | Kind::Key => {
                let select: HtmlSelectElement = add(&row, "select", &common);
                for value in choices(parameter) {
                    let option: Element = add(&select, "option", &[("value", &value)]);
                    option.set_text_content(Some(&pretty(&value)));
                }
                (Input::Choice(select.clone()), Element::from(select))
            }
        };
        let line = add_text(&row, "p", "help", parameter.words().help);
        line.set_id(&help);
        let control = Self { parameter, input };
        control.listen(&target, wish.clone());
        control
    }

    fn listen(&self, target: &Element, wish: Rc<dyn Fn(&Patch)>) {
        let parameter = self.parameter;
        let value: Box<dyn Fn() -> String> = match &self.input {
            Input::Slider { input, .. } => {
                let input = input.clone();
                Box::new(move || input.value())
            }
            Input::Switch(input) => {
                let input = input.clone();
                Box::new(move || input.checked().to_string())
            }
            Input::Choice(select) => {
                let select = select.clone();
                Box::new(move || select.value())
            }
        };
        on(target, "input", move |_| {
            let mut patch = Patch::default();
            // Controls offer nothing that the settings refuse.
            if patch.set(parameter.name, &value()).is_ok() {
                wish(&patch);
            }
        });
    }

    fn show(&self, value: &str) {
        match &self.input {
            Input::Slider { input, output } => {
                let text = self.words(value);
                if input.value() != value {
                    input.set_value(value);
                }
                let _ = input.set_attribute("aria-valuetext", &text);
                let _ = input.style().set_property("--at", &self.share(value));
                show(output, &text);
            }
            Input::Switch(input) => input.set_checked(value == "true"),
            Input::Choice(select) => select.set_value(value),
        }
    }

    /// A value for people: with its unit, or in per cent.
    fn words(&self, value: &str) -> String {
        if self.parameter.words().unit.is_empty() {
            let share = number(value).unwrap_or(0.0);
            format!("{} %", decimals(share * 100.0, 0))
        } else {
            format!("{value} {}", self.parameter.words().unit)
        }
    }

    /// Where on its slider a value stands, for the style sheet.
    fn share(&self, value: &str) -> String {
        let Kind::Number { min, max, .. } = self.parameter.kind else { return String::new() };
        let (min, max) = (f64::from(min), f64::from(max));
        let x = number(value).unwrap_or(min);
        format!("{}%", decimals((x - min) / (max - min) * 100.0, 2))
    }
}

fn choices(parameter: &Parameter) -> Vec<String> {
    match parameter.kind {
        Kind::Key => Key::all().map(|key| key.to_string()).collect(),
        Kind::Choice(names) => names().into_iter().map(Into::into).collect(),
        _ => Vec::new(),
    }
}
