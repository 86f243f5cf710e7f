//! The picture: the twelve notes on the circle of fifths, the scale lit, the chord a figure between them, and each note a light
//! that opens where it belongs and fades with its sound.
//!
//! Drawn from the score alone. It rests when nothing plays, when the page is hidden, and for those who want less motion: then it
//! shows scale and chord, and nothing moves.

use super::dom::{by_id, document, media, on, window};
use super::now::{Now, Page, note_name};
use crate::number::decimals;
use auralis_engine::{Frame, Instrument, Note, SampleRate, Settings};
use js_sys::Math;
use std::cell::{Cell, RefCell};
use std::f64::consts::TAU;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

/// How far ahead notes are put into the picture, in seconds: more than the page takes between two looks.
const AHEAD: f64 = 0.4;
/// The most lights at a time, and how long they take to open and to fade, in seconds.
const MOST_LIGHTS: usize = 160;
const OPENING: f64 = 0.25;
/// Milliseconds between two drawings: thirty a second are calm enough.
const PAUSE: f64 = 30.0;

/// A note in the picture.
struct Light {
    note: Note,
    born: f64,
    seconds: f64,
}

#[derive(Default)]
struct Scene {
    lights: Vec<Light>,
    /// How much each pitch class belongs to the scale and to the chord, on the way from 0 to 1.
    scale: [f64; 12],
    chord: [f64; 12],
    in_scale: u16,
    in_chord: u16,
    tonic: u8,
    /// Up to where notes have been put into the picture.
    told: Frame,
    drawn: f64,
}

/// The canvas and what is on it.
#[derive(Clone)]
pub(super) struct Picture(Rc<Inner>);

type Step = Closure<dyn FnMut(f64)>;

struct Inner {
    canvas: HtmlCanvasElement,
    pen: Option<CanvasRenderingContext2d>,
    scene: RefCell<Scene>,
    playing: Cell<bool>,
    moving: Cell<bool>,
    step: RefCell<Option<Step>>,
}

impl Picture {
    pub(super) fn new() -> Self {
        let canvas: HtmlCanvasElement = by_id("picture");
        let pen = canvas.get_context("2d").ok().flatten().and_then(|pen| pen.dyn_into().ok());
        Self(Rc::new(Inner {
            canvas,
            pen,
            scene: RefCell::default(),
            playing: Cell::new(false),
            moving: Cell::new(false),
            step: RefCell::default(),
        }))
    }

    /// Draws anew when the window or the page's colours change, and goes on when the page is seen again.
    pub(super) fn attend(self) {
        let inner = self.0.clone();
        *self.0.step.borrow_mut() = Some(Closure::new(move |time| inner.step(time)));
        for event in ["resize", "focus"] {
            let inner = self.0.clone();
            on(&window(), event, move |_| inner.draw(true));
        }
        let inner = self.0.clone();
        on(&document(), "visibilitychange", move |_| inner.draw(false));
        if let Ok(Some(scheme)) = window().match_media("(prefers-color-scheme: dark)") {
            let inner = self.0.clone();
            on(&scheme, "change", move |_| inner.draw(true));
        }
        self.0.draw(true);
    }

    /// Tells it where the music is.
    pub(super) fn show(
        &self,
        score: &Page,
        now: &Now,
        settings: &Settings,
        position: Frame,
        rate: SampleRate,
        playing: bool,
    ) {
        let mut scene = self.0.scene.borrow_mut();
        let (key, scale) = now.phrase.map_or((settings.key, settings.scale), |p| (p.key, p.scale));
        let tonic = key.tonic.pitch_class();
        let in_scale = scale.pitch_classes(tonic);
        let in_chord = now.chord.filter(|_| playing).map_or(0, |chord| chord.pitch_classes());
        let news = (in_scale, in_chord, tonic) != (scene.in_scale, scene.in_chord, scene.tonic);
        (scene.in_scale, scene.in_chord, scene.tonic) = (in_scale, in_chord, tonic);
        if playing && still() {
            scene.lights.clear();
        } else if playing {
            let until = position + rate.frames(AHEAD);
            let from = if scene.told < position || scene.told > until { position } else { scene.told };
            let time = clock();
            for (frame, note) in score.notes(from, until) {
                let born = time + (frame.0 as f64 - position.0 as f64) / f64::from(rate.hz());
                if scene.lights.len() < MOST_LIGHTS {
                    scene.lights.push(Light { note, born, seconds: rate.seconds(note.duration) });
                }
            }
            scene.told = until;
        }
        drop(scene);
        self.0.playing.set(playing);
        self.0.draw(news && !self.0.moving.get());
    }
}

/// Whether the listener wants less motion.
fn still() -> bool {
    media("(prefers-reduced-motion: reduce)")
}

/// Seconds, by the clock that animations use.
fn clock() -> f64 {
    window().performance().map_or(0.0, |p| p.now() / 1000.0)
}

impl Inner {
    /// Begins to move if there is a reason to, else draws once if asked.
    fn draw(&self, once: bool) {
        let alive = self.playing.get() || !self.scene.borrow().lights.is_empty();
        if alive && !document().hidden() && !still() {
            if !self.moving.replace(true) {
                self.request();
            }
        } else if once {
            self.scene.borrow_mut().settle(1.0);
            self.paint(clock());
        }
    }

    fn request(&self) {
        if let Some(step) = &*self.step.borrow() {
            let _ = window().request_animation_frame(step.as_ref().unchecked_ref());
        }
    }

    fn step(&self, time: f64) {
        let seconds = time / 1000.0;
        let mut scene = self.scene.borrow_mut();
        scene.lights.retain(|light| seconds < light.end());
        let alive = self.playing.get() || !scene.lights.is_empty() || scene.unsettled();
        if document().hidden() || still() || !alive {
            self.moving.set(false);
            drop(scene);
            self.draw(true);
            return;
        }
        let passed = time - scene.drawn;
        if passed >= PAUSE {
            scene.drawn = time;
            scene.settle(1.0 - Math::exp(-passed.min(500.0) / 700.0));
            drop(scene);
            self.paint(seconds);
        } else {
            drop(scene);
        }
        self.request();
    }

    fn paint(&self, time: f64) {
        let Some(pen) = &self.pen else { return };
        let density = window().device_pixel_ratio().clamp(1.0, 3.0);
        let side = f64::from(self.canvas.client_width()).max(1.0);
        let pixels = (side * density).round() as u32;
        if self.canvas.width() != pixels || self.canvas.height() != pixels {
            self.canvas.set_width(pixels);
            self.canvas.set_height(pixels);
        }
        let _ = pen.set_transform(density, 0.0, 0.0, density, 0.0, 0.0);
        pen.clear_rect(0.0, 0.0, side, side);
        // The style sheet decides the colour; here are only places and strengths.
        if let Ok(Some(style)) = window().get_computed_style(&self.canvas) {
            let colour = style.get_property_value("color").unwrap_or_default();
            pen.set_fill_style_str(&colour);
            pen.set_stroke_style_str(&colour);
            let font = style.get_property_value("font-family").unwrap_or_default();
            pen.set_font(&format!("500 {}px {font}", decimals((side * 0.032).clamp(11.0, 15.0), 1)));
        }
        pen.set_text_align("center");
        pen.set_text_baseline("middle");
        self.scene.borrow().paint(pen, side, time);
        pen.set_global_alpha(1.0);
    }
}

impl Light {
    /// How long it fades.
    fn fading(&self) -> f64 {
        match self.note.instrument {
            Instrument::Drone | Instrument::Pad => 4.0,
            Instrument::Bell => 3.5,
            Instrument::Lead | Instrument::Swell => 1.5,
            Instrument::Grain | Instrument::Kick | Instrument::HiHat => 0.8,
        }
    }

    fn end(&self) -> f64 {
        self.born + self.seconds + self.fading()
    }

    /// How strong it is, and how far through its life.
    fn at(&self, time: f64) -> (f64, f64) {
        let age = time - self.born;
        let opening = (age / OPENING).clamp(0.0, 1.0);
        let fading = ((self.end() - time) / self.fading()).clamp(0.0, 1.0);
        (opening * fading * fading, (age / (self.end() - self.born)).clamp(0.0, 1.0))
    }
}

/// Where a pitch class stands on the circle of fifths, as a direction from the middle: C at the top.
fn direction(pitch_class: usize) -> (f64, f64) {
    let turn = (pitch_class * 7 % 12) as f64 / 12.0 * TAU;
    (Math::sin(turn), -Math::cos(turn))
}

fn disc(pen: &CanvasRenderingContext2d, x: f64, y: f64, radius: f64, alpha: f64) {
    pen.set_global_alpha(alpha);
    pen.begin_path();
    let _ = pen.arc(x, y, radius.max(0.0), 0.0, TAU);
    pen.fill();
}

fn ring(pen: &CanvasRenderingContext2d, x: f64, y: f64, radius: f64, alpha: f64) {
    pen.set_global_alpha(alpha);
    pen.begin_path();
    let _ = pen.arc(x, y, radius.max(0.0), 0.0, TAU);
    pen.stroke();
}

impl Scene {
    /// Moves scale and chord by a share of the way towards what they shall be.
    fn settle(&mut self, share: f64) {
        for p in 0..12 {
            let to = |set: u16| f64::from(set >> p & 1);
            self.scale[p] += (to(self.in_scale) - self.scale[p]) * share;
            self.chord[p] += (to(self.in_chord) - self.chord[p]) * share;
        }
    }

    fn unsettled(&self) -> bool {
        (0..12).any(|p| (f64::from(self.in_chord >> p & 1) - self.chord[p]).abs() > 0.01)
    }

    fn paint(&self, pen: &CanvasRenderingContext2d, side: f64, time: f64) {
        let middle = side / 2.0;
        let radius = side * 0.405;
        let place = |p: usize, far: f64| {
            let (x, y) = direction(p);
            (middle + x * radius * far, middle + y * radius * far)
        };
        pen.set_line_width((side / 400.0).max(1.0));
        ring(pen, middle, middle, radius, 0.16);

        // The chord: a figure whose corners are its notes, growing out of the middle and back into it.
        let corners: Vec<_> = (0..12).map(|n| n * 7 % 12).filter(|p| self.chord[*p] > 0.01).collect();
        if corners.len() > 1 {
            pen.begin_path();
            for p in &corners {
                let (x, y) = place(*p, 0.35 + 0.65 * self.chord[*p]);
                pen.line_to(x, y);
            }
            pen.close_path();
            let strength = corners.iter().map(|p| self.chord[*p]).fold(0.0, f64::max);
            pen.set_global_alpha(0.07 * strength);
            pen.fill();
            pen.set_global_alpha(0.4 * strength);
            pen.stroke();
        }

        for light in &self.lights {
            light.paint(pen, side, time, &place);
        }

        for p in 0..12 {
            let (x, y) = place(p, 1.0);
            let (lit, sounding) = (self.scale[p], self.chord[p]);
            disc(pen, x, y, side * (0.004 + 0.004 * lit + 0.004 * sounding), 0.25 + 0.7 * lit);
            if p == usize::from(self.tonic) {
                ring(pen, x, y, side * 0.02, 0.8);
            }
            let (x, y) = place(p, 1.14);
            pen.set_global_alpha(0.3 + 0.6 * lit);
            let _ = pen.fill_text(&note_name(p as u8), x, y);
        }
    }
}

impl Light {
    fn paint(
        &self,
        pen: &CanvasRenderingContext2d,
        side: f64,
        time: f64,
        place: &impl Fn(usize, f64) -> (f64, f64),
    ) {
        let (strength, life) = self.at(time);
        if strength <= 0.0 {
            return;
        }
        let strength = strength * (0.4 + 0.6 * f64::from(self.note.velocity));
        // Low notes near the middle, high ones near the rim.
        let height = (f64::from(self.note.pitch) - 24.0) / 84.0;
        let (x, y) = place(usize::from(self.note.pitch % 12), 0.34 + 0.58 * height.clamp(0.0, 1.0));
        let middle = side / 2.0;
        match self.note.instrument {
            Instrument::Drone => disc(pen, x, y, side * (0.10 + 0.02 * life), 0.07 * strength),
            Instrument::Pad => disc(pen, x, y, side * (0.055 + 0.02 * life), 0.10 * strength),
            Instrument::Lead => {
                disc(pen, x, y, side * 0.026, 0.22 * strength);
                disc(pen, x, y, side * 0.009, 0.9 * strength);
            }
            Instrument::Bell => {
                ring(pen, x, y, side * (0.008 + 0.05 * life), 0.6 * strength);
                disc(pen, x, y, side * 0.007, 0.9 * strength);
            }
            Instrument::Grain => disc(pen, x, y, side * 0.005, 0.6 * strength),
            Instrument::Kick => ring(pen, middle, middle, side * (0.15 + 0.20 * life), 0.25 * strength),
            Instrument::Swell => ring(pen, middle, middle, side * (0.44 + 0.02 * life), 0.22 * strength),
            Instrument::HiHat => ring(pen, middle, middle, side * 0.405, 0.12 * strength),
        }
    }
}
