//! What is in the picture: the rim with the twelve notes, the chord, and the lights.

use super::super::now::note_name;
use auralis_engine::{Frame, Instrument, Note};
use js_sys::Math;
use std::f64::consts::TAU;
use web_sys::CanvasRenderingContext2d;

/// The most lights at a time, and how long they take to open, in seconds.
const MOST_LIGHTS: usize = 160;
const OPENING: f64 = 0.25;
/// The rim's radius, as a share of the picture's side.
const RADIUS: f64 = 0.405;

/// A note in the picture.
struct Light {
    note: Note,
    born: f64,
    seconds: f64,
}

/// How the rim looks, in steps too small to see.
#[derive(PartialEq, Eq)]
pub(super) struct Rim {
    scale: [u8; 12],
    chord: [u8; 12],
    tonic: u8,
}

/// The notes that sound, and what is on its way.
#[derive(Default)]
pub(super) struct Scene {
    lights: Vec<Light>,
    /// How much each pitch class belongs to the scale and to the chord, on the way from 0 to 1.
    scale: [f64; 12],
    chord: [f64; 12],
    in_scale: u16,
    in_chord: u16,
    tonic: u8,
    /// Up to where notes have been put into the picture.
    pub(super) told: Frame,
    /// When it was drawn, in milliseconds.
    pub(super) drawn: f64,
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

/// Where a pitch class stands, `far` of the rim's radius from the middle.
fn place(side: f64, pitch_class: usize, far: f64) -> (f64, f64) {
    let (x, y) = direction(pitch_class);
    let reach = side * RADIUS * far;
    (side / 2.0 + x * reach, side / 2.0 + y * reach)
}

/// The width of lines.
fn line(side: f64) -> f64 {
    (side / 400.0).max(1.0)
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
    /// Takes scale, chord and tonic; whether any of them is new.
    pub(super) fn harmony(&mut self, in_scale: u16, in_chord: u16, tonic: u8) -> bool {
        let news = (in_scale, in_chord, tonic) != (self.in_scale, self.in_chord, self.tonic);
        (self.in_scale, self.in_chord, self.tonic) = (in_scale, in_chord, tonic);
        news
    }

    /// A note begins at a time and lasts so many seconds. What would be too many to see is left out.
    pub(super) fn light(&mut self, note: Note, born: f64, seconds: f64) {
        if self.lights.len() < MOST_LIGHTS {
            self.lights.push(Light { note, born, seconds });
        }
    }

    /// All lights go out at once.
    pub(super) fn clear(&mut self) {
        self.lights.clear();
    }

    /// What has faded is gone.
    pub(super) fn fade_out(&mut self, time: f64) {
        self.lights.retain(|light| time < light.end());
    }

    /// Whether there is no light.
    pub(super) fn is_dark(&self) -> bool {
        self.lights.is_empty()
    }

    /// Moves scale and chord by a share of the way towards what they shall be.
    pub(super) fn settle(&mut self, share: f64) {
        for p in 0..12 {
            let to = |set: u16| f64::from(set >> p & 1);
            self.scale[p] += (to(self.in_scale) - self.scale[p]) * share;
            self.chord[p] += (to(self.in_chord) - self.chord[p]) * share;
        }
    }

    /// Whether the chord is still on its way.
    pub(super) fn unsettled(&self) -> bool {
        (0..12).any(|p| (f64::from(self.in_chord >> p & 1) - self.chord[p]).abs() > 0.01)
    }

    /// How the rim would look: the same, and it need not be drawn again.
    pub(super) fn rim(&self) -> Rim {
        let seen = |strengths: [f64; 12]| strengths.map(|x| (x * 250.0) as u8);
        Rim { scale: seen(self.scale), chord: seen(self.chord), tonic: self.tonic }
    }

    /// The twelve notes around, with their names.
    pub(super) fn paint_rim(&self, pen: &CanvasRenderingContext2d, side: f64) {
        pen.set_line_width(line(side));
        ring(pen, side / 2.0, side / 2.0, side * RADIUS, 0.16);
        for p in 0..12 {
            let (x, y) = place(side, p, 1.0);
            let (lit, sounding) = (self.scale[p], self.chord[p]);
            disc(pen, x, y, side * (0.004 + 0.004 * lit + 0.004 * sounding), 0.25 + 0.7 * lit);
            if p == usize::from(self.tonic) {
                ring(pen, x, y, side * 0.02, 0.8);
            }
            let (x, y) = place(side, p, 1.14);
            pen.set_global_alpha(0.3 + 0.6 * lit);
            let _ = pen.fill_text(&note_name(p as u8), x, y);
        }
    }

    /// The chord and the lights.
    pub(super) fn paint(&self, pen: &CanvasRenderingContext2d, side: f64, time: f64) {
        pen.set_line_width(line(side));

        // The chord: a figure whose corners are its notes, growing out of the middle and back into it.
        let corners: Vec<_> = (0..12).map(|n| n * 7 % 12).filter(|p| self.chord[*p] > 0.01).collect();
        if corners.len() > 1 {
            pen.begin_path();
            for p in &corners {
                let (x, y) = place(side, *p, 0.35 + 0.65 * self.chord[*p]);
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
            light.paint(pen, side, time);
        }
    }
}

impl Light {
    fn paint(&self, pen: &CanvasRenderingContext2d, side: f64, time: f64) {
        let (strength, life) = self.at(time);
        if strength <= 0.0 {
            return;
        }
        let strength = strength * (0.4 + 0.6 * f64::from(self.note.velocity));
        // Low notes near the middle, high ones near the rim.
        let height = (f64::from(self.note.pitch) - 24.0) / 84.0;
        let (x, y) = place(side, usize::from(self.note.pitch % 12), 0.34 + 0.58 * height.clamp(0.0, 1.0));
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
            Instrument::HiHat => ring(pen, middle, middle, side * RADIUS, 0.12 * strength),
        }
    }
}
