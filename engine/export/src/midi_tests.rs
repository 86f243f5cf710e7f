//! The file, read back: ticks turned into seconds by its own tempo map.

use super::*;
use midly::Smf;
use std::collections::BTreeMap;

/// A track's events, each at its tick.
type Read<'a> = Vec<(u64, TrackEventKind<'a>)>;

fn read(file: &[u8]) -> Vec<Read<'_>> {
    let smf = Smf::parse(file).unwrap();
    assert_eq!(smf.header, Header::new(Format::Parallel, Timing::Metrical(QUARTER.into())));
    let mut tracks = Vec::new();
    for track in smf.tracks {
        let mut tick = 0;
        let mut events = Vec::new();
        for event in track {
            tick += u64::from(u32::from(event.delta));
            events.push((tick, event.kind));
        }
        tracks.push(events);
    }
    tracks
}

/// Seconds of a tick, by the tempo events of the first track.
fn seconds(tracks: &[Read<'_>], tick: u64) -> f64 {
    let (mut at, mut micros, mut time) = (0, 500_000.0, 0.0);
    for (t, kind) in tracks[0].iter().take_while(|(t, _)| *t <= tick) {
        if let TrackEventKind::Meta(MetaMessage::Tempo(tempo)) = kind {
            time += (t - at) as f64 / f64::from(QUARTER) * micros / 1e6;
            micros = f64::from(u32::from(*tempo));
            at = *t;
        }
    }
    time + (tick - at) as f64 / f64::from(QUARTER) * micros / 1e6
}

/// The keys that go down (true) and up in a track, by tick.
fn keys(track: &Read<'_>) -> Vec<(u64, u8, bool)> {
    let pressed = |(tick, kind): &(u64, TrackEventKind<'_>)| match kind {
        TrackEventKind::Midi { message: MidiMessage::NoteOn { key, .. }, .. } => {
            Some((*tick, key.as_int(), true))
        }
        TrackEventKind::Midi { message: MidiMessage::NoteOff { key, .. }, .. } => {
            Some((*tick, key.as_int(), false))
        }
        _ => None,
    };
    track.iter().filter_map(pressed).collect()
}

#[test]
fn every_note_of_twenty_minutes_is_there_at_its_time_and_ends() {
    let session = Session::new(5);
    let (log, from) = (ChangeLog::new(), Frame(44_100 * 100));
    let until = from + 44_100 * 1200;
    let mut reading = Reading::new(&session, &log, from, until).unwrap();
    let mut expected: BTreeMap<&str, Vec<(f64, u8)>> = BTreeMap::new();
    while let Some(event) = reading.next_event().unwrap() {
        if let What::Note(note) = event.what {
            let time = session.rate.seconds(event.frame - from);
            expected.entry(note.instrument.layer().name()).or_default().push((time, key(&note)));
        }
    }
    let file = file(&session, &log, from, until).unwrap();
    let tracks = read(&file);
    assert_eq!(tracks.len(), expected.len() + 1);
    for track in &tracks[1..] {
        let name = track.iter().find_map(|(_, kind)| match kind {
            TrackEventKind::Meta(MetaMessage::TrackName(name)) => std::str::from_utf8(name).ok(),
            _ => None,
        });
        let mut notes = expected[name.unwrap()].clone();
        let keys = keys(track);
        let mut got: Vec<_> = keys.iter().filter(|(_, _, down)| *down).collect();
        assert_eq!(got.len(), notes.len());
        notes.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        got.sort();
        for ((tick, _, _), (time, _)) in got.iter().zip(&notes) {
            let found = seconds(&tracks, *tick);
            assert!((found - time).abs() < 0.002, "{found} s, not {time} s");
        }
        // Every key goes down and up in turn.
        let mut held = BTreeMap::new();
        for (_, key, down) in keys {
            assert_ne!(held.insert(key, down), Some(down));
        }
        assert!(held.values().all(|down| !down));
    }
}

#[test]
fn a_week_without_an_event_is_bridged() {
    let week = 10_u64 * u64::from(u32::from(u28::max_value())) + 7;
    let messages = [(week, 1, Said::Place("late".into()))];
    let events = track(&messages, 0);
    assert_eq!(events.iter().map(|e| u64::from(u32::from(e.delta))).sum::<u64>(), week);
    assert_eq!(events.last().unwrap().kind, TrackEventKind::Meta(MetaMessage::EndOfTrack));
    assert_eq!(events.len(), 12);
}

#[test]
fn signatures_are_those_of_the_circle_of_fifths() {
    let sharps = |key: &str| {
        let key = auralis_engine::music::Key::parse(key).unwrap();
        let session = Session::new(0);
        let mut context = Context::new(&session, &ChangeLog::new(), Frame::ZERO);
        context.phrase.key = key;
        let file = Midi::new(session.rate, Frame::ZERO, &context).finish(Frame(44_100)).unwrap();
        let signature = read(&file)[0].iter().find_map(|(_, kind)| match kind {
            TrackEventKind::Meta(MetaMessage::KeySignature(sharps, minor)) => Some((*sharps, *minor)),
            _ => None,
        });
        signature.unwrap()
    };
    assert_eq!(sharps("C major"), (0, false));
    assert_eq!(sharps("A minor"), (0, true));
    assert_eq!(sharps("E minor"), (1, true));
    assert_eq!(sharps("F major"), (-1, false));
    assert_eq!(sharps("Eb major"), (-3, false));
    assert_eq!(sharps("F# minor"), (3, true));
    assert_eq!(sharps("B major"), (5, false));
}
