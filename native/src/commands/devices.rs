//! `auralis devices`: what there is to play on.

use crate::error::{Error, Result};
use crate::live::card::{self, Listed};
use clap::Args;
use cpal::SupportedStreamConfigRange;
use std::collections::BTreeSet;
use std::io::Write;

/// The options of `auralis devices`: none.
#[derive(Args, Clone, Debug)]
pub struct Options {}

/// Lists the sound devices.
///
/// # Errors
/// If there are none.
pub fn run() -> Result<()> {
    let devices = card::list()?;
    if devices.is_empty() {
        let advice = "connect one and look again, or use `auralis render`";
        return Err(Error::Failed(format!(
            "no sound device was found through {}; {advice}",
            card::host_name()
        )));
    }
    let lines: Vec<_> = devices.iter().map(describe).collect();
    let text =
        format!("Through {} (* is what `auralis play` uses):\n{}\n", card::host_name(), lines.join("\n"));
    std::io::stdout().write_all(text.as_bytes()).map_err(|e| Error::printing(&e))
}

/// A device in a line or two.
#[must_use]
pub fn describe(device: &Listed) -> String {
    let mark = if device.default { '*' } else { ' ' };
    let plays = match &device.plays {
        Ok(ranges) => formats(ranges),
        Err(why) => format!("does not play: {why}"),
    };
    format!("{mark} {}  {}\n      {plays}", device.id, device.name)
}

/// What a device plays: rates, channels, kinds of samples.
#[must_use]
pub fn formats(ranges: &[SupportedStreamConfigRange]) -> String {
    let low = ranges.iter().map(SupportedStreamConfigRange::min_sample_rate).min();
    let high = ranges.iter().map(SupportedStreamConfigRange::max_sample_rate).max();
    let rates = match (low, high) {
        (Some(low), Some(high)) if low == high => format!("{low} Hz"),
        (Some(low), Some(high)) => format!("{low} to {high} Hz"),
        _ => return "does not play: it names no format".into(),
    };
    let channels: BTreeSet<_> = ranges.iter().map(SupportedStreamConfigRange::channels).collect();
    let channels: Vec<_> = channels.iter().map(ToString::to_string).collect();
    let samples: BTreeSet<_> = ranges.iter().map(|r| r.sample_format().to_string()).collect();
    let samples = Vec::from_iter(samples).join(", ");
    format!("{rates}; channels {}; {samples}", channels.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use cpal::{SampleFormat, SupportedBufferSize};

    #[test]
    fn a_device_is_described_by_what_it_plays() {
        let range = |channels, low, high, format| {
            SupportedStreamConfigRange::new(channels, low, high, SupportedBufferSize::Unknown, format)
        };
        let ranges =
            vec![range(2, 44_100, 48_000, SampleFormat::I16), range(1, 8000, 48_000, SampleFormat::F32)];
        assert_eq!(formats(&ranges), "8000 to 48000 Hz; channels 1, 2; f32, i16");
        assert_eq!(formats(&[range(2, 48_000, 48_000, SampleFormat::F32)]), "48000 Hz; channels 2; f32");
        assert!(formats(&[]).starts_with("does not play"));
        let device = Listed { id: "hw:0".into(), name: "Card".into(), default: true, plays: Ok(ranges) };
        assert!(describe(&device).starts_with("* hw:0  Card\n"));
        let silent = Listed { default: false, plays: Err("busy".into()), ..device };
        assert!(describe(&silent).ends_with("does not play: busy"));
    }
}
