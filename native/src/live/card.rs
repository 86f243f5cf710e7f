//! Sound cards, through cpal: Core Audio on macOS, WASAPI on Windows, ALSA on Linux.

use crate::error::{Error, Result};
use crate::live::speaker::{Fill, OnTrouble, Open, Speaker};
use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{BufferSize, Device, ErrorKind, FromSample, SampleFormat, SizedSample, Stream, StreamConfig};
use cpal::{SupportedStreamConfig, SupportedStreamConfigRange};

/// A sound card: the system's own choice, or one by its name.
#[derive(Clone, Debug, Default)]
pub struct Card {
    /// Its identifier or a part of its name, as `auralis devices` shows them.
    pub wanted: Option<String>,
}

/// A device for people.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed {
    /// By which it can be chosen.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// Whether the system would choose it.
    pub default: bool,
    /// What it plays; nothing if it does not open.
    pub plays: Vec<SupportedStreamConfigRange>,
}

/// What to do without a sound card.
const ADVICE: &str =
    "connect one, choose another with --device (see `auralis devices`), or use `auralis render`";

/// The system's way to sound.
#[must_use]
pub fn host_name() -> String {
    quiet();
    cpal::default_host().id().name().to_owned()
}

/// Every device that plays.
///
/// # Errors
/// If the system does not say.
pub fn list() -> Result<Vec<Listed>> {
    quiet();
    let host = cpal::default_host();
    let default = host.default_output_device();
    Ok(players(&host)?
        .into_iter()
        .map(|device| Listed {
            id: id_of(&device),
            name: name_of(&device),
            default: default.as_ref() == Some(&device),
            plays: device.supported_output_configs().map(Iterator::collect).unwrap_or_default(),
        })
        .collect())
}

/// The devices that can play. On Linux without ALSA's bridge to JACK, whose library writes to the terminal when no server runs.
fn players(host: &cpal::Host) -> Result<Vec<Device>> {
    let devices = host.output_devices().map_err(|e| no_card(&e))?;
    Ok(devices.filter(|d| id_of(d) != "jack").collect())
}

fn id_of(device: &Device) -> String {
    device.id().map_or_else(|_| name_of(device), |id| id.id().to_owned())
}

fn name_of(device: &Device) -> String {
    device.description().map_or_else(|_| device.to_string(), |d| d.name().to_owned())
}

fn no_card(error: &cpal::Error) -> Error {
    match error.kind() {
        ErrorKind::DeviceNotAvailable | ErrorKind::HostUnavailable => {
            Error::Failed(format!("no sound card was found; {ADVICE}"))
        }
        _ => {
            let what = error.to_string();
            Error::Failed(format!("the sound card does not play ({}); {ADVICE}", what.trim_end_matches('.')))
        }
    }
}

impl Card {
    fn find(&self) -> Result<Device> {
        let host = cpal::default_host();
        let Some(wanted) = &self.wanted else {
            return host
                .default_output_device()
                .ok_or_else(|| Error::Failed(format!("no sound card was found; {ADVICE}")));
        };
        let devices = players(&host)?;
        let names: Vec<_> = devices.iter().map(|d| (id_of(d), name_of(d))).collect();
        match pick(wanted, &names) {
            Some(place) => Ok(devices[place].clone()),
            None => {
                let ids: Vec<_> = names.into_iter().map(|(id, _)| id).chain(["none".to_owned()]).collect();
                Err(Error::refused("device", wanted, format_args!("one of {}", ids.join(", "))))
            }
        }
    }
}

/// Which device is meant: the one with this identifier, or else the first with this in its name.
fn pick(wanted: &str, names: &[(String, String)]) -> Option<usize> {
    let within = |name: &str| name.to_lowercase().contains(&wanted.to_lowercase());
    let exact = names.iter().position(|(id, _)| id == wanted);
    exact.or_else(|| names.iter().position(|(_, name)| within(name)))
}

/// What to ask a device for: the session's rate if it has it, stereo, floats; the nearest to that otherwise.
#[must_use]
pub fn choose(ranges: &[SupportedStreamConfigRange], hz: u32) -> Option<SupportedStreamConfig> {
    let formats = [
        SampleFormat::F32,
        SampleFormat::I32,
        SampleFormat::I24,
        SampleFormat::I16,
        SampleFormat::F64,
        SampleFormat::U16,
        SampleFormat::U8,
    ];
    let place = |r: &SupportedStreamConfigRange| formats.iter().position(|f| *f == r.sample_format());
    let nearest = |r: &SupportedStreamConfigRange| hz.clamp(r.min_sample_rate(), r.max_sample_rate());
    let best = ranges.iter().filter(|r| r.channels() > 0).filter_map(|r| Some((r, place(r)?))).min_by_key(
        |(r, place)| {
            let channels = if r.channels() >= 2 { r.channels() - 2 } else { u16::MAX };
            (nearest(r).abs_diff(hz), channels, *place)
        },
    );
    best.map(|(r, _)| r.with_sample_rate(nearest(r)))
}

impl Speaker for Card {
    fn open(&self, wanted_hz: u32, fill: Box<dyn FnOnce(u32) -> Fill>, trouble: OnTrouble) -> Result<Open> {
        quiet();
        let device = self.find()?;
        let ranges: Vec<_> = device.supported_output_configs().map_err(|e| no_card(&e))?.collect();
        let chosen = choose(&ranges, wanted_hz).ok_or_else(|| {
            Error::Failed(format!("{} has no format that can be played; {ADVICE}", name_of(&device)))
        })?;
        let config = StreamConfig {
            channels: chosen.channels(),
            sample_rate: chosen.sample_rate(),
            buffer_size: BufferSize::Default,
        };
        let fill = fill(config.sample_rate);
        let built = match chosen.sample_format() {
            SampleFormat::I32 => build::<i32>(&device, config, fill, trouble),
            SampleFormat::I24 => build::<cpal::I24>(&device, config, fill, trouble),
            SampleFormat::I16 => build::<i16>(&device, config, fill, trouble),
            SampleFormat::F64 => build::<f64>(&device, config, fill, trouble),
            SampleFormat::U16 => build::<u16>(&device, config, fill, trouble),
            SampleFormat::U8 => build::<u8>(&device, config, fill, trouble),
            _ => build::<f32>(&device, config, fill, trouble),
        };
        let stream = built.and_then(|stream| stream.play().map(|()| stream)).map_err(|e| no_card(&e))?;
        Ok(Open { name: name_of(&device), hz: config.sample_rate, stream: Box::new(stream) })
    }
}

fn build<T: SizedSample + FromSample<f32> + Send + 'static>(
    device: &Device,
    config: StreamConfig,
    mut fill: Fill,
    mut trouble: OnTrouble,
) -> Result<Stream, cpal::Error> {
    let channels = usize::from(config.channels);
    device.build_output_stream(
        config,
        move |out: &mut [T], _| spread(&mut fill, channels, out),
        move |error| match error.kind() {
            // It plays on.
            ErrorKind::Xrun | ErrorKind::RealtimeDenied | ErrorKind::DeviceChanged => {}
            _ => trouble(format!("the sound device stopped: {error}")),
        },
        None,
    )
}

/// Stereo onto as many channels as there are: one hears the middle, the third and later nothing. Does not allocate.
fn spread<T: SizedSample + FromSample<f32>>(fill: &mut Fill, channels: usize, out: &mut [T]) {
    let mut stereo = [0.0; 2 * 256];
    for part in out.chunks_mut(channels * 256) {
        let frames = part.len() / channels;
        fill(&mut stereo[..2 * frames]);
        for (to, from) in part.chunks_exact_mut(channels).zip(stereo.chunks_exact(2)) {
            match to {
                [middle] => *middle = T::from_sample((from[0] + from[1]) * 0.5),
                [left, right, others @ ..] => {
                    *left = T::from_sample(from[0]);
                    *right = T::from_sample(from[1]);
                    others.fill(T::from_sample(0.0));
                }
                [] => {}
            }
        }
    }
}

/// Keeps ALSA's library from writing to the terminal: what matters comes back as an error.
fn quiet() {
    #[cfg(any(target_os = "linux", target_os = "dragonfly", target_os = "freebsd", target_os = "netbsd"))]
    // Without it there is more to read, and nothing else is different.
    let _ = alsa::Output::local_error_handler();
}

#[cfg(test)]
mod tests {
    use super::*;
    use cpal::SupportedBufferSize;

    fn range(channels: u16, hz: (u32, u32), format: SampleFormat) -> SupportedStreamConfigRange {
        SupportedStreamConfigRange::new(channels, hz.0, hz.1, SupportedBufferSize::Unknown, format)
    }

    #[test]
    fn the_session_s_rate_comes_first_then_stereo_then_floats() {
        let wide = (8000, 192_000);
        let ranges = [
            range(6, wide, SampleFormat::F32),
            range(2, wide, SampleFormat::I16),
            range(2, wide, SampleFormat::F32),
            range(1, wide, SampleFormat::F32),
            range(2, (48_000, 48_000), SampleFormat::F32),
        ];
        let chosen = choose(&ranges, 44_100).unwrap();
        assert_eq!(
            (chosen.channels(), chosen.sample_rate(), chosen.sample_format()),
            (2, 44_100, SampleFormat::F32)
        );
        let only_48 = choose(&ranges[4..], 44_100).unwrap();
        assert_eq!(only_48.sample_rate(), 48_000);
        assert_eq!(choose(&ranges[3..4], 44_100).unwrap().channels(), 1);
        assert!(choose(&[range(2, wide, SampleFormat::DsdU8)], 44_100).is_none());
        assert!(choose(&[], 44_100).is_none());
    }

    #[test]
    fn a_device_is_chosen_by_identifier_or_by_a_part_of_its_name() {
        let names =
            [("hw:0", "Speakers"), ("hw:1", "USB Headset")].map(|(a, b)| (a.to_owned(), b.to_owned()));
        assert_eq!(pick("hw:1", &names), Some(1));
        assert_eq!(pick("headset", &names), Some(1));
        assert_eq!(pick("hw", &names), None);
    }

    #[test]
    fn stereo_goes_onto_any_number_of_channels() {
        let mut fill: Fill = Box::new(|out| {
            for frame in out.chunks_exact_mut(2) {
                frame.copy_from_slice(&[0.5, -1.0]);
            }
        });
        let mut one = [9_i16; 600];
        spread(&mut fill, 1, &mut one);
        assert!(one.iter().all(|s| *s == -8192));
        let mut two = [9.0_f32; 4];
        spread(&mut fill, 2, &mut two);
        assert_eq!(two, [0.5, -1.0, 0.5, -1.0]);
        let mut four = [9_u8; 8];
        spread(&mut fill, 4, &mut four);
        assert_eq!(four, [192, 0, 128, 128, 192, 0, 128, 128]);
    }

    #[test]
    fn a_machine_says_what_it_has_or_that_it_has_nothing() {
        assert!(!host_name().is_empty());
        match (Card { wanted: Some("no such device".into()) }).find() {
            Err(error) => assert!(!error.to_string().contains('\n')),
            Ok(_) => panic!("there is no such device"),
        }
        if let Ok(devices) = list() {
            assert!(devices.iter().filter(|d| d.default).count() <= 1);
        }
    }
}
