//! What a span becomes.

use super::Span;
use crate::number::decimals;
use auralis_engine::SampleRate;
use auralis_export::Format;
use auralis_export::stems::STEMS;

/// The most that is kept at once, in bytes: what every browser holds as one file.
const MOST_BYTES: u64 = 2_000_000_000;
/// The longest score, in seconds: a day.
const MOST_SCORE: f64 = 86_400.0;

/// What a span becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// The mix, as a WAV file.
    Wav(Format),
    /// A WAV file for each layer and one for delay and reverb, in a ZIP.
    Stems(Format),
    /// The notes, as a MIDI file.
    Midi,
}

impl What {
    /// By its name ("wav", "stems" or "midi") and the name of a format of samples.
    #[must_use]
    pub fn parse(what: &str, format: &str) -> Option<Self> {
        match what {
            "wav" => Format::parse(format).map(Self::Wav),
            "stems" => Format::parse(format).map(Self::Stems),
            "midi" => Some(Self::Midi),
            _ => None,
        }
    }

    /// The ending of its file's name.
    #[must_use]
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Wav(_) => "wav",
            Self::Stems(_) => "zip",
            Self::Midi => "mid",
        }
    }

    /// The media type of its file.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Wav(_) => "audio/wav",
            Self::Stems(_) => "application/zip",
            Self::Midi => "audio/midi",
        }
    }

    /// The bytes of so many frames, headers aside; `None` for notes, which are few.
    #[must_use]
    pub fn bytes(self, frames: u64) -> Option<u64> {
        let of = |format: Format, files| frames.saturating_mul(u64::from(format.frame_bytes()) * files);
        match self {
            Self::Wav(format) => Some(of(format, 1)),
            Self::Stems(format) => Some(of(format, STEMS as u64)),
            Self::Midi => None,
        }
    }

    /// Whether that much can be kept at once.
    ///
    /// # Errors
    /// A sentence for people.
    pub fn check(self, span: Span, rate: SampleRate) -> Result<(), String> {
        match self.bytes(span.frames) {
            Some(bytes) if bytes > MOST_BYTES => Err(format!(
                "That would be {}; at most {} can be kept at once.",
                size(bytes),
                size(MOST_BYTES)
            )),
            None if rate.seconds(span.frames) > MOST_SCORE => {
                Err("At most a day of notes can be kept at once.".into())
            }
            _ => Ok(()),
        }
    }
}

/// A number of bytes for people: "32 MB", "1.7 GB".
#[must_use]
pub fn size(bytes: u64) -> String {
    if bytes >= 1_000_000_000 {
        format!("{} GB", decimals(bytes as f64 / 1e9, 1))
    } else {
        format!("{} MB", bytes.div_ceil(1_000_000))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use auralis_engine::Frame;

    #[test]
    fn names_are_parsed() {
        assert_eq!(What::parse("wav", "24"), Some(What::Wav(Format::Int24)));
        assert_eq!(What::parse("stems", "f32"), Some(What::Stems(Format::Float32)));
        assert_eq!(What::parse("midi", ""), Some(What::Midi));
        assert_eq!([What::parse("wav", "8"), What::parse("mp3", "16")], [None, None]);
        assert_eq!(
            ["wav", "zip", "mid"],
            ["wav", "stems", "midi"].map(|w| What::parse(w, "16").unwrap().ending())
        );
    }

    #[test]
    fn what_is_too_much_is_said() {
        let rate = SampleRate::Hz44100;
        let span = |seconds: f64| Span { from: Frame(0), frames: rate.frames(seconds) };
        assert_eq!(What::Stems(Format::Float32).check(span(600.0), rate), Ok(()));
        let error = What::Stems(Format::Float32).check(span(1200.0), rate).unwrap_err();
        assert_eq!(error, "That would be 3.4 GB; at most 2.0 GB can be kept at once.");
        assert_eq!(What::Wav(Format::Int16).check(span(3.0 * 3600.0), rate), Ok(()));
        assert_eq!(What::Midi.check(span(86_400.0), rate), Ok(()));
        assert!(What::Midi.check(span(86_401.0), rate).unwrap_err().contains("a day"));
        assert_eq!(size(10_584_000), "11 MB");
    }
}
