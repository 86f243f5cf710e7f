//! The score as text: a line for each event.

use crate::{Context, names};
use auralis_engine::SampleRate;
use auralis_engine::score::{Event, What};

/// An event as a line, without its end.
#[must_use]
pub fn line(event: &Event, context: &Context, rate: SampleRate) -> String {
    let seconds = |frames| rate.seconds(frames);
    let what = match event.what {
        What::Movement { index } => format!("movement  {index}"),
        What::Phrase { index, key, scale, bpm, bars, bar } => {
            format!("phrase    {index}: {key}, {scale}, {bpm} bpm, {bars} bars of {:.3} s", seconds(bar))
        }
        What::Bar { index } => format!("bar       {index}"),
        What::Chord { chord, led, duration } => {
            let led = if led { ", led" } else { "" };
            format!(
                "chord     {}, {:.2} s{led}",
                names::degree(&chord, context.phrase.scale),
                seconds(duration)
            )
        }
        What::Note(n) => format!(
            "note      {:<8} {:<4} velocity {:.2}, {:.2} s, pan {:+.2}",
            n.instrument.name(),
            names::note(n.pitch),
            n.velocity,
            seconds(n.duration),
            n.pan
        ),
        What::Release(instrument) => format!("release   {}", instrument.name()),
    };
    format!("{}  {what}", names::moment(event.frame, rate))
}
