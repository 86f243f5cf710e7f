//! What intensity does: the one table from which note rates, filters, levels and sends follow.
//!
//! Every column rises (or, for the length of chords, falls) with intensity, so that more intensity is never less of anything.
//! docs/music.md shows it.

use crate::math::{db, lerp};
use crate::settings::LAYERS;

/// Intensities at which the columns are given; between them, straight lines.
const POINTS: usize = 5;
type Column = [f32; POINTS];

const CHORD_SECONDS: Column = [90.0, 62.0, 36.0, 14.0, 0.0];
const GRAINS_A_SECOND: Column = [0.7, 1.4, 2.6, 4.5, 7.0];
const BELL_CHANCE: Column = [0.30, 0.42, 0.55, 0.70, 0.85];
const PAD_VOICES: Column = [3.0, 3.6, 4.2, 4.8, 5.4];
const DRONE_CUTOFF: Column = [150.0, 190.0, 250.0, 330.0, 430.0];
const PAD_CUTOFF: Column = [650.0, 900.0, 1350.0, 2000.0, 3000.0];
const LEAD_CUTOFF: Column = [1300.0, 1700.0, 2300.0, 3100.0, 4200.0];
const NOISE_CUTOFF: Column = [500.0, 700.0, 1000.0, 1400.0, 2000.0];
const TOP_CUTOFF: Column = [9000.0, 9300.0, 9600.0, 10_000.0, 10_500.0];
const ECHO_SEND: Column = [0.10, 0.12, 0.14, 0.16, 0.18];
const REVERB_SEND: Column = [0.55, 0.58, 0.62, 0.66, 0.70];
/// Decibels: of the halo at rich quality, beside the pad.
const HALO_LEVEL: Column = [5.0, 5.5, 6.0, 6.5, 7.0];
/// Decibels, by layer: drone, pad, lead, bell, grains, noise, percussion.
const LEVELS: [Column; LAYERS] = [
    [-13.8, -13.7, -13.6, -13.5, -13.4],
    [-12.0, -11.8, -11.6, -11.4, -11.2],
    [-19.5, -17.0, -15.3, -14.0, -13.0],
    [-12.5, -11.2, -10.0, -9.0, -8.0],
    [-27.5, -25.5, -23.8, -22.4, -21.4],
    [-22.5, -22.0, -21.4, -20.7, -20.0],
    [-24.0, -21.0, -18.0, -16.0, -14.5],
];

fn at(column: &Column, intensity: f32) -> f32 {
    let x = intensity.clamp(0.0, 1.0) * (POINTS - 1) as f32;
    let i = (x as usize).min(POINTS - 2);
    lerp(column[i], column[i + 1], x - i as f32)
}

/// The level of the halo at rich quality, beside the pad's.
#[must_use]
pub fn halo_level(intensity: f32) -> f32 {
    db(at(&HALO_LEVEL, intensity))
}

/// How long a chord stays, in seconds; 0 stands for one bar.
#[must_use]
pub fn chord_seconds(intensity: f32) -> f32 {
    at(&CHORD_SECONDS, intensity)
}

/// Most notes of the melody in a bar: 1 + 4 × intensity.
#[must_use]
pub fn melody_notes(intensity: f32) -> f32 {
    1.0 + 4.0 * intensity
}

/// With which probability each of them sounds, 0.5 ..= 0.8.
#[must_use]
pub fn melody_chance(intensity: f32) -> f32 {
    lerp(0.5, 0.8, intensity)
}

/// By how much onsets lean off the grid at most, in seconds: 100 ms at rest, 50 ms at full intensity.
#[must_use]
pub fn lean_seconds(intensity: f32) -> f32 {
    lerp(0.1, 0.05, intensity)
}

/// Grains a second.
#[must_use]
pub fn grains_a_second(intensity: f32) -> f32 {
    at(&GRAINS_A_SECOND, intensity)
}

/// With which probability a bell's loop strikes when it comes round.
#[must_use]
pub fn bell_chance(intensity: f32) -> f32 {
    at(&BELL_CHANCE, intensity)
}

/// Voices of a chord in the pad.
#[must_use]
pub fn pad_voices(intensity: f32) -> usize {
    at(&PAD_VOICES, intensity) as usize
}

/// A layer's level, as a factor.
#[must_use]
pub fn layer_gain(layer: usize, intensity: f32) -> f32 {
    db(at(&LEVELS[layer], intensity))
}

/// What brightness does to a cutoff: an octave down at 0, one up at 1, nothing at ½.
#[must_use]
pub fn brightness_factor(brightness: f32) -> f32 {
    crate::math::exp2_scalar(brightness * 2.0 - 1.0)
}

/// The drone's cutoff, in Hz.
#[must_use]
pub fn drone_cutoff(intensity: f32) -> f32 {
    at(&DRONE_CUTOFF, intensity)
}

/// The pad's cutoff, in Hz.
#[must_use]
pub fn pad_cutoff(intensity: f32) -> f32 {
    at(&PAD_CUTOFF, intensity)
}

/// The lead's cutoff, in Hz.
#[must_use]
pub fn lead_cutoff(intensity: f32) -> f32 {
    at(&LEAD_CUTOFF, intensity)
}

/// The middle of the wind's bands, in Hz.
#[must_use]
pub fn noise_cutoff(intensity: f32) -> f32 {
    at(&NOISE_CUTOFF, intensity)
}

/// Where the top of lead, bells, wind and percussion is softened, in Hz: 8 to 12 kHz. `openness` is what brightness does to every other
/// cutoff, as a factor; here an octave of it is a tenth.
#[must_use]
pub fn top_cutoff(intensity: f32, openness: f32) -> f32 {
    (at(&TOP_CUTOFF, intensity) * (1.0 + 0.1 * libm::log2f(openness))).clamp(8000.0, 12_000.0)
}

/// How much of the layers goes to the delay.
#[must_use]
pub fn echo_send(intensity: f32) -> f32 {
    at(&ECHO_SEND, intensity)
}

/// How much of the layers goes to the reverb.
#[must_use]
pub fn reverb_send(intensity: f32) -> f32 {
    at(&REVERB_SEND, intensity)
}
