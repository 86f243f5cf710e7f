//! The line that says what plays.

use crate::live::outlook::View;
use auralis_engine::music::{Key, Scale};
use auralis_engine::{Frame, Layer, SampleRate};
use auralis_export::names;

/// What is known besides the music.
#[derive(Clone, Debug, PartialEq)]
pub struct Player {
    /// The frame that is heard.
    pub position: Frame,
    /// Frames per second.
    pub rate: SampleRate,
    /// Whether it is paused.
    pub paused: bool,
    /// The listener's volume, 0 to 1.
    pub volume: f32,
    /// How fast it renders.
    pub speed: f32,
    /// How often the device ran empty.
    pub gaps: u64,
    /// What the listener should know.
    pub notice: Option<String>,
}

/// The line, no longer than `width`.
#[must_use]
pub fn line(view: &View, player: &Player, width: usize) -> String {
    let moment = names::moment(player.position, player.rate);
    let phrase = &view.context.phrase;
    let chord = view.context.chord.map_or_else(|| "-".into(), |c| names::degree(&c, phrase.scale));
    let layers: Vec<_> = Layer::ALL.iter().filter(|l| view.layers[l.index()]).map(|l| l.name()).collect();
    let mut parts = vec![
        format!("{} {}", if player.paused { "||" } else { "> " }, &moment[..moment.len() - 4]),
        key(view),
        format!("{chord:<9}"),
        format!("{} bpm", view.settings.bpm.get()),
        format!("intensity {:.2}", view.settings.intensity.get()),
        format!("volume {:.0} %", player.volume * 100.0),
        format!("{:.0} x real time", player.speed),
        layers.join(" "),
    ];
    if player.gaps > 0 {
        parts.insert(1, format!("{} gaps", player.gaps));
    }
    if let Some(notice) = &player.notice {
        parts.insert(1, notice.clone());
    }
    parts.join("  ").chars().take(width).collect()
}

/// The key that sounds and, if another is set, the one that comes with the next phrase.
fn key(view: &View) -> String {
    let name = |key: Key, scale: Scale| format!("{} {scale}", key.tonic.name());
    let (now, set) = (&view.context.phrase, &view.settings);
    let now = name(now.key, now.scale);
    let next = name(set.key, set.scale);
    if now == next { now } else { format!("{now} -> {next}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::outlook::Outlook;
    use auralis_engine::{ChangeLog, Session};

    #[test]
    fn it_says_what_plays_within_its_width() {
        let session = Session::new(0);
        let log = ChangeLog::new();
        let position = Frame(44_100 * 65);
        let view = Outlook::new(&session, log.clone(), position).unwrap().view(&log, position).unwrap();
        let mut player = Player {
            position,
            rate: session.rate,
            paused: false,
            volume: 0.8,
            speed: 123.4,
            gaps: 0,
            notice: None,
        };
        let text = line(&view, &player, 200);
        for part in
            ["> ", "0:01:05", "A aeolian", "70 bpm", "intensity 0.50", "volume 80 %", "123 x", "noise"]
        {
            assert!(text.contains(part), "{text}");
        }
        assert!(!text.contains("gaps"));
        let coming = View { settings: auralis_engine::Preset::Focus.settings(), ..view };
        assert!(line(&coming, &player, 200).contains("A aeolian -> D dorian"));
        player.paused = true;
        player.gaps = 3;
        player.notice = Some("hear".into());
        let text = line(&view, &player, 40);
        assert!(text.starts_with("|| 0:01:05  hear  3 gaps") && text.chars().count() <= 40, "{text}");
    }
}
