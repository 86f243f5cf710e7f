//! The panel "What am I hearing?": layers, chord, form and what comes next.

use super::dom::{add, add_text, by_id, show};
use super::hearing::{Hearing, chord_words};
use super::now::{self, Now};
use auralis_engine::{Frame, Layer, SampleRate, Settings};
use web_sys::{Element, HtmlElement};

/// The elements that say it.
pub(super) struct HearingPanel {
    layers: Vec<(Layer, Element, Element)>,
    chord: Element,
    next: Element,
    form: Element,
    place: Element,
}

/// What it shows.
pub(super) struct View<'a> {
    pub(super) hearing: &'a Hearing,
    pub(super) now: &'a Now,
    pub(super) settings: &'a Settings,
    pub(super) position: Frame,
    pub(super) rate: SampleRate,
}

impl HearingPanel {
    pub(super) fn new() -> Self {
        let list: HtmlElement = by_id("hear-layers");
        let layers = Layer::ALL.map(|layer| {
            let row: Element = add(&list, "li", &[]);
            add_text(&row, "span", "layer-name", name(layer));
            let words = add_text(&row, "span", "layer-words", "");
            (layer, row, words)
        });
        Self {
            layers: layers.into(),
            chord: by_id("chord"),
            next: by_id("hear-next"),
            form: by_id("hear-form"),
            place: by_id("place"),
        }
    }

    pub(super) fn show(&self, view: &View<'_>) {
        for (layer, row, words) in &self.layers {
            let Some(now) = view.hearing.layers.iter().find(|l| l.layer == *layer) else { continue };
            let level = view.settings.layers[layer.index()].get();
            let text = match (level > 0.0, now.sounds) {
                (false, _) => "off".into(),
                (true, false) => "resting".into(),
                (true, true) => detail(&view.hearing.phrase(now)),
            };
            show(words, &text);
            let _ = row.set_attribute("data-sounds", if now.sounds { "true" } else { "false" });
        }
        show(&self.chord, &self.chord_text(view));
        show(&self.next, &self.next_text(view));
        show(&self.form, &view.hearing.form());
        let place = view.now.phrase.map(|p| format!("{}, phrase {}", view.now.movement + 1, p.index + 1));
        show(&self.place, place.as_deref().unwrap_or("–"));
    }

    fn chord_text(&self, view: &View<'_>) -> String {
        match (view.now.chord, view.now.phrase) {
            (Some(chord), Some(phrase)) => {
                format!("{} ({})", chord_words(&chord), now::chord_name(&chord, phrase.scale))
            }
            _ => "–".into(),
        }
    }

    fn next_text(&self, view: &View<'_>) -> String {
        let coming = now::coming(view.now, view.position, view.rate);
        coming.unwrap_or_else(|| match view.now.next_chord {
            Some(next) => {
                let wait = now::wait(view.rate.seconds(next.0.saturating_sub(view.position.0)));
                format!("another chord in {wait}")
            }
            None => "–".into(),
        })
    }
}

const fn name(layer: Layer) -> &'static str {
    match layer {
        Layer::Drone => "Drone",
        Layer::Pad => "Pad",
        Layer::Lead => "Melody",
        Layer::Bell => "Bells",
        Layer::Grains => "Grains",
        Layer::Noise => "Wind",
        Layer::Percussion => "Percussion",
    }
}

/// What a phrase says beside the layer's name, which stands there already: "on A", "F major, opening", or that it sounds.
fn detail(phrase: &str) -> String {
    let rest = phrase.find([' ', ':']).map_or("", |at| phrase[at..].trim_start_matches([':', ' ']));
    match rest {
        "" | "percussion" => "sounding".into(),
        rest => rest.to_owned(),
    }
}
