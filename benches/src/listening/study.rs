//! One preset, rendered and measured.

use auralis_engine::settings::{LAYERS, Layer};
use auralis_engine::{Preset, Session};

use super::dissected::{Dissected, PARTS};
use super::events::Written;
use super::levels::{Levels, power_db};
use super::picture::{GREY, ORANGE, Picture, SHADES, WHITE};
use super::spectrum::{SIZE, Spectra, centroid, mean_spectrum};

/// A layer sounds where it is louder than this over a second, dBFS.
pub const SOUNDING: f64 = -60.0;
/// Silence is what is softer than this over a tenth of a second, dBFS.
pub const SILENCE: f64 = -60.0;

/// What was found out of one part (a layer, or the space).
#[derive(Clone, Debug)]
pub struct Part {
    /// Its name.
    pub name: &'static str,
    /// RMS over the seconds in which it sounds, dBFS, before the master.
    pub level: f64,
    /// In which part of all seconds it sounds.
    pub share: f64,
    /// The centre of its spectrum, Hz.
    pub centroid: f64,
    /// Its level in each second, dBFS.
    pub seconds: Vec<f64>,
}

/// What was found out of a preset.
pub struct Study {
    /// The preset.
    pub preset: Preset,
    /// Its length in seconds.
    pub length: usize,
    /// Levels of what is heard.
    pub levels: Levels,
    /// The centre of its spectrum, Hz.
    pub centroid: f64,
    /// Layers, then the space.
    pub parts: Vec<Part>,
    /// In which part of all seconds at least three layers sound.
    pub three_layers: f64,
    /// The longest silence in seconds.
    pub silence: f64,
    /// The greatest change of short-term loudness within a second, LU: within 6 s of a movement's beginning, and elsewhere.
    pub changes: [f64; 2],
    /// The score.
    pub written: Written,
    /// Mono, for the picture.
    mono: Vec<f32>,
    rate: u32,
}

impl Study {
    /// Renders `length` seconds of a preset and measures them.
    ///
    /// # Errors
    /// If the loudness meter refuses the signal.
    pub fn of(preset: Preset, seed: u64, length: usize) -> Result<Self, ebur128::Error> {
        let session = Session { settings: preset.settings(), ..Session::new(seed) };
        let rate = session.rate.hz();
        let second = rate as usize;
        let mut dissected = Dissected::new(&session);
        let [mut left, mut right] = [(); 2].map(|()| Vec::with_capacity(length * second));
        let mut parts = vec![Vec::new(); PARTS];
        let mut powers = vec![vec![0.0; length]; PARTS];
        while left.len() < length * second {
            let interval = dissected.step();
            let at = (left.len() / second).min(length - 1);
            left.extend(interval.master.left);
            right.extend(interval.master.right);
            for (n, block) in interval.parts.iter().enumerate() {
                for (l, r) in block.left.iter().zip(&block.right) {
                    parts[n].push((l + r) * 0.5);
                    powers[n][at] += f64::from(l * l + r * r) * 0.5 / second as f64;
                }
            }
        }
        let levels = Levels::of(&left, &right, rate)?;
        let mono: Vec<f32> = left.iter().zip(&right).map(|(l, r)| (l + r) * 0.5).collect();
        let written = Written::of(&session, length as f64);
        let names = Layer::ALL.iter().map(|layer| layer.name()).chain(["delay and reverb"]);
        let parts: Vec<Part> = names
            .zip(powers.iter().zip(&parts))
            .map(|(name, (powers, signal))| {
                let seconds: Vec<f64> = powers.iter().map(|p| power_db(*p)).collect();
                let heard: Vec<f64> = powers.iter().copied().filter(|p| power_db(*p) > SOUNDING).collect();
                Part {
                    name,
                    level: power_db(heard.iter().sum::<f64>() / heard.len().max(1) as f64),
                    share: heard.len() as f64 / length as f64,
                    centroid: centroid(&mean_spectrum(signal), rate),
                    seconds,
                }
            })
            .collect();
        let sounding = |n: usize| parts[..LAYERS].iter().filter(|part| part.seconds[n] > SOUNDING).count();
        let three_layers = (0..length).filter(|n| sounding(*n) >= 3).count() as f64 / length as f64;
        let near = |n: usize| written.movements[1..].iter().any(|m| (n as f64 + 2.0 - m).abs() < 6.0);
        let mut changes = [0.0_f64; 2];
        // The first seconds are the fade out of nothing.
        for (n, pair) in levels.short_term.windows(2).enumerate().skip(15) {
            let change = &mut changes[usize::from(!near(n))];
            *change = change.max((pair[1] - pair[0]).abs());
        }
        Ok(Self {
            preset,
            length,
            centroid: centroid(&mean_spectrum(&mono), rate),
            silence: longest_silence(&left, &right, second / 10),
            levels,
            parts,
            three_layers,
            changes,
            written,
            mono,
            rate,
        })
    }

    /// The picture: spectrogram (30 Hz to 16 kHz, 80 dB), short-term loudness (-40 to -10 LUFS), level of each layer; movements' beginnings dotted.
    #[must_use]
    pub fn picture(&self) -> Picture {
        const LEFT: usize = 44;
        const WIDE: usize = 900;
        const TALL: usize = 232;
        const CURVE: usize = 60;
        const ROW: usize = 10;
        let mut picture = Picture::new(LEFT + WIDE, TALL + CURVE + ROW * LAYERS + 24);
        self.spectrogram(&mut picture, LEFT, WIDE, TALL);
        for (hz, name) in [
            (50.0, "50"),
            (100.0, "100"),
            (200.0, "200"),
            (500.0, "500"),
            (1e3, "1k"),
            (2e3, "2k"),
            (5e3, "5k"),
            (1e4, "10k"),
        ] {
            let y = row_of(hz, TALL);
            picture.text(LEFT - 8 * name.len() - 4, y.saturating_sub(4), name, WHITE);
            picture.set(LEFT - 2, y, WHITE);
        }
        let x_of = |seconds: f64| LEFT + (seconds / self.length as f64 * WIDE as f64) as usize;
        // Loudness.
        let top = TALL + 6;
        let y_of =
            |lufs: f64| top + ((-10.0 - lufs) / 30.0 * CURVE as f64).clamp(0.0, CURVE as f64 - 1.0) as usize;
        for lufs in [-16.0, -20.0, -30.0] {
            picture.text(LEFT - 28, y_of(lufs) - 4, &format!("{lufs:.0}"), WHITE);
            for x in (LEFT..LEFT + WIDE).step_by(6) {
                picture.set(x, y_of(lufs), GREY);
            }
        }
        let mut last = None;
        for x in 0..WIDE {
            let at = x as f64 / WIDE as f64 * self.length as f64 - 2.0;
            let Some(lufs) = (at >= 0.0).then(|| self.levels.short_term.get(at as usize)).flatten() else {
                continue;
            };
            let y = y_of(*lufs);
            let from = last.unwrap_or(y);
            for y in y.min(from)..=y.max(from) {
                picture.set(LEFT + x, y, ORANGE);
            }
            last = Some(y);
        }
        // Layers.
        let top = top + CURVE + 4;
        for (n, part) in self.parts[..LAYERS].iter().enumerate() {
            let y = top + n * ROW;
            picture.text(2, y, &part.name[..part.name.len().min(5)], WHITE);
            for x in 0..WIDE {
                let shade = shade(part.seconds[x * self.length / WIDE], -60.0, -20.0);
                for y in y..y + ROW - 2 {
                    picture.set(LEFT + x, y, shade);
                }
            }
        }
        let bottom = top + ROW * LAYERS;
        for minute in 0..=self.length / 60 {
            picture.text(x_of(minute as f64 * 60.0), bottom + 4, &minute.to_string(), WHITE);
        }
        for movement in &self.written.movements[1..] {
            picture.dotted(x_of(*movement), 0, bottom, WHITE);
        }
        picture
    }

    fn spectrogram(&self, picture: &mut Picture, left: usize, wide: usize, tall: usize) {
        let mut columns = vec![vec![0.0_f64; tall]; wide];
        let mut counts = vec![0_u32; wide];
        let bin = f64::from(self.rate) / SIZE as f64;
        Spectra::default().of(&self.mono, |start, powers| {
            let x = ((start + SIZE / 2) * wide / self.mono.len()).min(wide - 1);
            counts[x] += 1;
            for (y, sum) in columns[x].iter_mut().enumerate() {
                let (low, high) = (hz_of(y + 1, tall) / bin, hz_of(y, tall) / bin);
                // All bins of a row, or where a row is narrower than a bin, that bin.
                let (from, to) =
                    ((low + 0.5) as usize, ((high + 0.5) as usize).max((low + 0.5) as usize + 1));
                *sum += powers[from..to.min(powers.len())].iter().copied().fold(0.0, f32::max) as f64;
            }
        });
        for (x, (column, count)) in columns.iter().zip(counts).enumerate() {
            for (y, sum) in column.iter().enumerate() {
                let level = power_db(sum / f64::from(count.max(1)));
                picture.set(left + x, y, shade(level, -110.0, -30.0));
            }
        }
    }
}

fn shade(level: f64, low: f64, high: f64) -> u8 {
    ((level - low) / (high - low) * f64::from(SHADES)).clamp(0.0, f64::from(SHADES - 1)) as u8
}

/// The upper edge of a row of the spectrogram, in Hz.
fn hz_of(row: usize, tall: usize) -> f64 {
    16_000.0 * (30.0_f64 / 16_000.0).powf(row as f64 / tall as f64)
}

fn row_of(hz: f64, tall: usize) -> usize {
    ((hz / 16_000.0).ln() / (30.0_f64 / 16_000.0).ln() * tall as f64) as usize
}

fn longest_silence(left: &[f32], right: &[f32], window: usize) -> f64 {
    let (mut longest, mut now) = (0, 0);
    for (l, r) in left.chunks_exact(window).zip(right.chunks_exact(window)) {
        let power: f64 = l.iter().zip(r).map(|(l, r)| f64::from(l * l + r * r)).sum();
        now = if power_db(power * 0.5 / window as f64) < SILENCE { now + 1 } else { 0 };
        longest = longest.max(now);
    }
    f64::from(longest) / 10.0
}
