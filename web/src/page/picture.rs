//! The picture: the twelve notes on the circle of fifths, the scale lit, the chord a figure between them, and each note a light
//! that opens where it belongs and fades with its sound.
//!
//! Drawn from the score alone. It rests when nothing plays, when the page is hidden, and for those who want less motion: then it
//! shows scale and chord, and nothing moves.

mod scene;

use super::dom::{by_id, document, on, window};
use super::now::{Now, Page};
use crate::number::decimals;
use auralis_engine::{Frame, SampleRate, Settings};
use js_sys::Math;
use scene::{Rim, Scene};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, MediaQueryList};

/// How far ahead notes are put into the picture, in seconds: more than the page takes between two looks.
const AHEAD: f64 = 0.4;
/// Milliseconds between two drawings: thirty a second are calm enough. The browser is not asked for a frame before: one in which nothing is
/// drawn costs the page nearly as much as one in which something is.
const PAUSE: i32 = 30;
/// Milliseconds after which size and colours are looked up again even if nothing has told of a change.
const STALE: f64 = 1000.0;

/// The canvas and what is on it.
#[derive(Clone)]
pub(super) struct Picture(Option<Rc<Inner>>);

type Step = Closure<dyn FnMut(f64)>;

struct Inner {
    front: Sheet,
    /// What changes seldom, drawn apart and laid over: twelve texts thirty times a second would be most of the work.
    back: Sheet,
    drawn_rim: RefCell<Option<Rim>>,
    scene: RefCell<Scene>,
    playing: Cell<bool>,
    moving: Cell<bool>,
    /// The side in the style sheet's pixels, and when it was looked up.
    size: Cell<f64>,
    measured: Cell<f64>,
    less_motion: Option<MediaQueryList>,
    step: RefCell<Option<Step>>,
    wake: RefCell<Option<Closure<dyn FnMut()>>>,
}

/// A canvas to draw on.
struct Sheet {
    canvas: HtmlCanvasElement,
    pen: CanvasRenderingContext2d,
}

impl Sheet {
    fn new(canvas: HtmlCanvasElement) -> Option<Self> {
        let pen = canvas.get_context("2d").ok().flatten()?.dyn_into().ok()?;
        Some(Self { canvas, pen })
    }

    /// Takes size and colours; it is empty then.
    fn adopt(&self, pixels: u32, density: f64, look: &Look) {
        if self.canvas.width() != pixels || self.canvas.height() != pixels {
            self.canvas.set_width(pixels);
            self.canvas.set_height(pixels);
        }
        let Self { pen, .. } = self;
        let _ = pen.set_transform(density, 0.0, 0.0, density, 0.0, 0.0);
        pen.set_fill_style_str(&look.colour);
        pen.set_stroke_style_str(&look.colour);
        pen.set_font(&look.font);
        pen.set_text_align("center");
        pen.set_text_baseline("middle");
    }
}

/// What the style sheet decides.
#[derive(Default)]
struct Look {
    colour: String,
    font: String,
}

impl Picture {
    /// The picture; nothing where there is no canvas to draw on.
    pub(super) fn new() -> Self {
        let element = document().create_element("canvas").ok().and_then(|e| e.dyn_into().ok());
        let back = element.and_then(Sheet::new);
        Self(Sheet::new(by_id("picture")).zip(back).map(|(front, back)| {
            Rc::new(Inner {
                front,
                back,
                drawn_rim: RefCell::default(),
                scene: RefCell::default(),
                playing: Cell::new(false),
                moving: Cell::new(false),
                size: Cell::default(),
                measured: Cell::new(f64::NEG_INFINITY),
                less_motion: window().match_media("(prefers-reduced-motion: reduce)").ok().flatten(),
                step: RefCell::default(),
                wake: RefCell::default(),
            })
        }))
    }

    /// Draws anew when the window or the page's colours change, and goes on when the page is seen again.
    pub(super) fn attend(self) {
        let Some(inner) = self.0 else { return };
        let this = inner.clone();
        *inner.step.borrow_mut() = Some(Closure::new(move |time| this.step(time)));
        let this = inner.clone();
        *inner.wake.borrow_mut() = Some(Closure::new(move || this.request()));
        for event in ["resize", "focus"] {
            let this = inner.clone();
            on(&window(), event, move |_| this.draw(true));
        }
        let this = inner.clone();
        on(&document(), "visibilitychange", move |_| this.draw(false));
        if let Ok(Some(scheme)) = window().match_media("(prefers-color-scheme: dark)") {
            let this = inner.clone();
            on(&scheme, "change", move |_| this.draw(true));
        }
        inner.draw(true);
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
        let Some(inner) = &self.0 else { return };
        let mut scene = inner.scene.borrow_mut();
        let (key, scale) = now.phrase.map_or((settings.key, settings.scale), |p| (p.key, p.scale));
        let tonic = key.tonic.pitch_class();
        let in_scale = scale.pitch_classes(tonic);
        let in_chord = now.chord.filter(|_| playing).map_or(0, |chord| chord.pitch_classes());
        let news = scene.harmony(in_scale, in_chord, tonic);
        if playing && inner.still() {
            scene.clear();
        } else if playing {
            let until = position + rate.frames(AHEAD);
            let from = if scene.told < position || scene.told > until { position } else { scene.told };
            let time = clock();
            for (frame, note) in score.notes(from, until) {
                let born = time + (frame.0 as f64 - position.0 as f64) / f64::from(rate.hz());
                scene.light(note, born, rate.seconds(note.duration));
            }
            scene.told = until;
        }
        drop(scene);
        inner.playing.set(playing);
        inner.draw(news && !inner.moving.get());
    }
}

/// Seconds, by the clock that animations use.
fn clock() -> f64 {
    window().performance().map_or(0.0, |p| p.now() / 1000.0)
}

impl Inner {
    /// Whether the listener wants less motion.
    fn still(&self) -> bool {
        self.less_motion.as_ref().is_some_and(MediaQueryList::matches)
    }

    /// Begins to move if there is a reason to, else draws once if asked.
    fn draw(&self, once: bool) {
        if once {
            self.measured.set(f64::NEG_INFINITY);
        }
        let alive = self.playing.get() || !self.scene.borrow().is_dark();
        if alive && !document().hidden() && !self.still() {
            if !self.moving.replace(true) {
                self.request();
            }
        } else if once {
            self.scene.borrow_mut().settle(1.0);
            self.paint(clock() * 1000.0);
        }
    }

    /// Asks for the browser's next frame.
    fn request(&self) {
        if let Some(step) = &*self.step.borrow() {
            let _ = window().request_animation_frame(step.as_ref().unchecked_ref());
        }
    }

    /// Asks for a frame when one is due.
    fn request_later(&self) {
        if let Some(wake) = &*self.wake.borrow() {
            let _ = window()
                .set_timeout_with_callback_and_timeout_and_arguments_0(wake.as_ref().unchecked_ref(), PAUSE);
        }
    }

    fn step(&self, time: f64) {
        let mut scene = self.scene.borrow_mut();
        scene.fade_out(time / 1000.0);
        let alive = self.playing.get() || !scene.is_dark() || scene.unsettled();
        if document().hidden() || self.still() || !alive {
            self.moving.set(false);
            drop(scene);
            self.draw(true);
            return;
        }
        let passed = time - scene.drawn;
        scene.drawn = time;
        scene.settle(1.0 - Math::exp(-passed.min(500.0) / 700.0));
        drop(scene);
        self.request_later();
        self.paint(time);
    }

    fn paint(&self, time: f64) {
        let scene = self.scene.borrow();
        if time - self.measured.get() > STALE {
            self.measured.set(time);
            self.measure();
        }
        let side = self.size.get();
        let rim = scene.rim();
        if self.drawn_rim.borrow().as_ref() != Some(&rim) {
            self.back.pen.clear_rect(0.0, 0.0, side, side);
            scene.paint_rim(&self.back.pen, side);
            *self.drawn_rim.borrow_mut() = Some(rim);
        }
        let pen = &self.front.pen;
        pen.clear_rect(0.0, 0.0, side, side);
        scene.paint(pen, side, time / 1000.0);
        pen.set_global_alpha(1.0);
        let _ =
            pen.draw_image_with_html_canvas_element_and_dw_and_dh(&self.back.canvas, 0.0, 0.0, side, side);
    }

    /// Looks up what the style sheet and the device decide; here are only places and strengths.
    fn measure(&self) {
        let density = window().device_pixel_ratio().clamp(1.0, 3.0);
        let side = f64::from(self.front.canvas.client_width()).max(1.0);
        let mut look = Look::default();
        if let Ok(Some(style)) = window().get_computed_style(&self.front.canvas) {
            look.colour = style.get_property_value("color").unwrap_or_default();
            let font = style.get_property_value("font-family").unwrap_or_default();
            look.font = format!("500 {}px {font}", decimals((side * 0.032).clamp(11.0, 15.0), 1));
        }
        let pixels = (side * density).round() as u32;
        for sheet in [&self.front, &self.back] {
            sheet.adopt(pixels, density, &look);
        }
        self.size.set(side);
        *self.drawn_rim.borrow_mut() = None;
    }
}
