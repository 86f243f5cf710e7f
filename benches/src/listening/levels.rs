//! Levels: loudness, true peak, crest, direct component, and how loud each layer is.

use ebur128::{EbuR128, Mode};

/// Decibels of a ratio of powers.
#[must_use]
pub fn power_db(power: f64) -> f64 {
    10.0 * power.max(1e-20).log10()
}

/// The levels of a stereo signal.
#[derive(Clone, Debug)]
pub struct Levels {
    /// Integrated loudness, LUFS (ITU-R BS.1770-5 with EBU R 128's gate).
    pub integrated: f64,
    /// Short-term loudness (3 s) every second, LUFS.
    pub short_term: Vec<f64>,
    /// True peak, dBTP.
    pub true_peak: f64,
    /// Sample peak over RMS, dB.
    pub crest: f64,
    /// The greater of both channels' direct components, dBFS.
    pub direct: f64,
    /// The greatest step between neighbouring samples.
    pub jump: f64,
}

impl Levels {
    /// Measures two channels.
    ///
    /// # Errors
    /// If the meter refuses the signal.
    pub fn of(left: &[f32], right: &[f32], rate: u32) -> Result<Self, ebur128::Error> {
        let mut meter = EbuR128::new(2, rate, Mode::I | Mode::S | Mode::TRUE_PEAK)?;
        let mut short_term = Vec::new();
        let second = rate as usize;
        for (n, (l, r)) in left.chunks(second).zip(right.chunks(second)).enumerate() {
            meter.add_frames_planar_f32(&[l, r])?;
            if n >= 2 && l.len() == second {
                short_term.push(meter.loudness_shortterm()?);
            }
        }
        let true_peak = meter.true_peak(0)?.max(meter.true_peak(1)?);
        let both = || left.iter().chain(right).map(|x| f64::from(*x));
        let count = (left.len() + right.len()) as f64;
        let power = both().map(|x| x * x).sum::<f64>() / count;
        let peak = both().fold(0.0, |peak: f64, x| peak.max(x.abs()));
        let mean = |side: &[f32]| side.iter().map(|x| f64::from(*x)).sum::<f64>() / side.len() as f64;
        let steps = |side: &[f32]| {
            side.windows(2).fold(0.0_f64, |most, w| most.max((f64::from(w[1]) - f64::from(w[0])).abs()))
        };
        Ok(Self {
            integrated: meter.loudness_global()?,
            short_term,
            true_peak: 20.0 * true_peak.max(1e-10).log10(),
            crest: 20.0 * peak.max(1e-10).log10() - power_db(power),
            direct: 20.0 * mean(left).abs().max(mean(right).abs()).max(1e-10).log10(),
            jump: steps(left).max(steps(right)),
        })
    }

    /// The short-term loudness below which `part` of all seconds lie.
    #[must_use]
    pub fn percentile(&self, part: f64) -> f64 {
        let mut sorted = self.short_term.clone();
        sorted.sort_by(f64::total_cmp);
        sorted.get((part * sorted.len().saturating_sub(1) as f64).round() as usize).copied().unwrap_or(-200.0)
    }
}
