//! Pictures: small indexed PNGs, drawn without any library of graphics.

use font8x8::{BASIC_FONTS, UnicodeFonts};
use std::io;
use std::path::Path;

/// How many steps from silence to full there are in the palette.
pub const SHADES: u8 = 40;
/// Colours after the shades.
pub const WHITE: u8 = SHADES;
/// A dim line.
pub const GREY: u8 = SHADES + 1;
/// A bright line.
pub const ORANGE: u8 = SHADES + 2;

/// A picture.
#[derive(Clone, Debug)]
pub struct Picture {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

impl Picture {
    /// A picture of the lowest shade.
    #[must_use]
    pub fn new(width: usize, height: usize) -> Self {
        Self { width, height, pixels: vec![0; width * height] }
    }

    /// Colours a pixel, if it lies inside.
    pub fn set(&mut self, x: usize, y: usize, colour: u8) {
        if x < self.width && y < self.height {
            self.pixels[y * self.width + x] = colour;
        }
    }

    /// Writes ASCII text, 8 pixels a letter, from its top left corner.
    pub fn text(&mut self, x: usize, y: usize, text: &str, colour: u8) {
        for (n, letter) in text.chars().enumerate() {
            for (row, bits) in BASIC_FONTS.get(letter).unwrap_or_default().into_iter().enumerate() {
                for column in (0..8).filter(|column| bits >> column & 1 == 1) {
                    self.set(x + 8 * n + column, y + row, colour);
                }
            }
        }
    }

    /// A dotted line downwards.
    pub fn dotted(&mut self, x: usize, from: usize, to: usize, colour: u8) {
        for y in (from..to).step_by(3) {
            self.set(x, y, colour);
        }
    }

    /// Writes the picture as a PNG file.
    ///
    /// # Errors
    /// If the file can't be written.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        let file = io::BufWriter::new(std::fs::File::create(path)?);
        let mut encoder = png::Encoder::new(file, self.width as u32, self.height as u32);
        encoder.set_color(png::ColorType::Indexed);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_compression(png::Compression::High);
        encoder.set_filter(png::Filter::NoFilter);
        encoder.set_palette(palette());
        let mut writer = encoder.write_header().map_err(io::Error::other)?;
        writer.write_image_data(&self.pixels).map_err(io::Error::other)
    }
}

/// From black through violet and orange to pale yellow, then the colours of lines.
fn palette() -> Vec<u8> {
    const STOPS: [[f64; 3]; 6] = [
        [4.0, 4.0, 14.0],
        [49.0, 18.0, 92.0],
        [126.0, 37.0, 107.0],
        [206.0, 71.0, 71.0],
        [247.0, 150.0, 48.0],
        [252.0, 246.0, 180.0],
    ];
    let mut colours = Vec::new();
    for shade in 0..SHADES {
        let at = f64::from(shade) / f64::from(SHADES - 1) * (STOPS.len() - 1) as f64;
        let n = (at as usize).min(STOPS.len() - 2);
        let part = at - n as f64;
        colours.extend((0..3).map(|c| (STOPS[n][c] + (STOPS[n + 1][c] - STOPS[n][c]) * part) as u8));
    }
    colours.extend([255, 255, 255, 95, 95, 110, 255, 170, 60]);
    colours
}
