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
    let (host, devices) = (card::host_name(), card::list()?);
    if devices.iter().all(|d| d.plays.is_empty()) {
        let advice = "connect one and look again, or use `auralis render`";
        return Err(Error::Failed(format!("no sound device that plays was found through {host}; {advice}")));
    }
    let text = format!("Through {host} (* is what `auralis play` uses):\n{}", describe(&devices));
    std::io::stdout().write_all(text.as_bytes()).map_err(|e| Error::printing(&e))
}

/// Devices, a line each; those that do not open now share the last.
#[must_use]
pub fn describe(devices: &[Listed]) -> String {
    let (open, closed): (Vec<_>, Vec<_>) = devices.iter().partition(|d| !d.plays.is_empty());
    let mut text = String::new();
    for device in open {
        let mark = if device.default { '*' } else { ' ' };
        text += &format!("{mark} {}  {}: {}\n", device.id, device.name, formats(&device.plays));
    }
    if !closed.is_empty() {
        let names: Vec<_> = closed.iter().map(|d| d.id.as_str()).collect();
        text += &format!("  (named, but not opening now: {})\n", names.join(", "));
    }
    text
}

/// What a device plays: rates, channels, kinds of samples.
#[must_use]
pub fn formats(ranges: &[SupportedStreamConfigRange]) -> String {
    let low = ranges.iter().map(SupportedStreamConfigRange::min_sample_rate).min();
    let high = ranges.iter().map(SupportedStreamConfigRange::max_sample_rate).max();
    let rates = match (low, high) {
        (Some(low), Some(high)) if low == high => format!("{low} Hz"),
        (Some(low), Some(high)) => format!("{low} to {high} Hz"),
        _ => return "no format".into(),
    };
    let channels = ranges.iter().map(SupportedStreamConfigRange::channels);
    let channels = match (channels.clone().min(), channels.max()) {
        (Some(few), Some(many)) if few < many => format!("{few} to {many}"),
        (few, _) => few.unwrap_or_default().to_string(),
    };
    let samples: BTreeSet<_> = ranges.iter().map(|r| r.sample_format().to_string()).collect();
    let samples = Vec::from_iter(samples).join(", ");
    format!("{rates}; channels {channels}; {samples}")
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
        assert_eq!(formats(&ranges), "8000 to 48000 Hz; channels 1 to 2; f32, i16");
        assert_eq!(formats(&[range(2, 48_000, 48_000, SampleFormat::F32)]), "48000 Hz; channels 2; f32");
        assert_eq!(formats(&[]), "no format");
        let device = |id: &str, default, plays| Listed { id: id.into(), name: "Card".into(), default, plays };
        let text =
            describe(&[device("hw:0", true, ranges), device("a", false, vec![]), device("b", false, vec![])]);
        let expected = "* hw:0  Card: 8000 to 48000 Hz; channels 1 to 2; f32, i16\n  (named, but not opening now: a, b)\n";
        assert_eq!(text, expected);
    }
}
