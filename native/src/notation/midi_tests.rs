//! The file, read back: ticks turned into seconds by its own tempo map.

use super::*;
use crate::notation::Reading;
use auralis_engine::{ChangeLog, Session};
use std::collections::BTreeMap;

/// A message of a track: tick, status (or 0xFF), first data byte (or kind of meta event), the rest.
type Read = (u64, u8, u8, Vec<u8>);

fn number(bytes: &mut &[u8]) -> u64 {
    let mut n = 0;
    loop {
        let byte = bytes[0];
        *bytes = &bytes[1..];
        n = n << 7 | u64::from(byte & 0x7F);
        if byte < 0x80 {
            return n;
        }
    }
}

fn read_track(mut bytes: &[u8]) -> Vec<Read> {
    let (mut tick, mut messages) = (0, Vec::new());
    while !bytes.is_empty() {
        tick += number(&mut bytes);
        let (status, kind) = (bytes[0], bytes[1]);
        bytes = &bytes[2..];
        let length = match status {
            0xFF => number(&mut bytes) as usize,
            0xC0..=0xDF => 0,
            _ => 1,
        };
        messages.push((tick, status, kind, bytes[..length].to_vec()));
        bytes = &bytes[length..];
    }
    messages
}

fn read_file(file: &[u8]) -> Vec<Vec<Read>> {
    assert_eq!(&file[..10], b"MThd\0\0\0\x06\0\x01");
    let mut rest = &file[14..];
    let mut tracks = Vec::new();
    while !rest.is_empty() {
        assert_eq!(&rest[..4], b"MTrk");
        let length = u32::from_be_bytes(rest[4..8].try_into().unwrap()) as usize;
        tracks.push(read_track(&rest[8..8 + length]));
        rest = &rest[8 + length..];
    }
    assert_eq!(u16::from_be_bytes([file[10], file[11]]) as usize, tracks.len());
    tracks
}

/// Seconds of a tick, by the tempo events of the first track.
fn seconds(tracks: &[Vec<Read>], tick: u64) -> f64 {
    let (mut at, mut micros, mut time) = (0, 500_000.0, 0.0);
    for (t, _, _, data) in tracks[0].iter().filter(|m| m.1 == 0xFF && m.2 == 0x51 && m.0 <= tick) {
        time += (t - at) as f64 / f64::from(QUARTER) * micros / 1e6;
        micros = f64::from(u32::from_be_bytes([0, data[0], data[1], data[2]]));
        at = *t;
    }
    time + (tick - at) as f64 / f64::from(QUARTER) * micros / 1e6
}

#[test]
fn every_note_of_twenty_minutes_is_there_at_its_time_and_ends() {
    let session = Session::new(5);
    let (log, from) = (ChangeLog::new(), Frame(44_100 * 100));
    let until = from + 44_100 * 1200;
    let mut reading = Reading::new(&session, &log, from, until).unwrap();
    let mut midi = Midi::new(session.rate, from, reading.context());
    let mut expected: BTreeMap<&str, Vec<(f64, u8)>> = BTreeMap::new();
    while let Some(event) = reading.next_event().unwrap() {
        midi.take(&event, reading.context());
        if let What::Note(note) = event.what {
            let time = session.rate.seconds(event.frame - from);
            expected.entry(note.instrument.layer().name()).or_default().push((time, key(&note)));
        }
    }
    let tracks = read_file(&midi.finish(until));
    assert_eq!(tracks.len(), expected.len() + 1);
    for track in &tracks[1..] {
        let name = track.iter().find(|m| m.1 == 0xFF && m.2 == 0x03).unwrap();
        let mut notes = expected[std::str::from_utf8(&name.3).unwrap()].clone();
        let mut got: Vec<_> = track.iter().filter(|m| m.1 & 0xF0 == 0x90).collect();
        assert_eq!(got.len(), notes.len());
        notes.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        got.sort_by_key(|m| (m.0, m.2));
        for (on, (time, _)) in got.iter().zip(&notes) {
            assert!(
                (seconds(&tracks, on.0) - time).abs() < 0.002,
                "{} s, not {time} s",
                seconds(&tracks, on.0)
            );
        }
        // Every key goes down and up in turn.
        let mut held = BTreeMap::new();
        for (_, status, key, _) in track.iter().filter(|m| matches!(m.1 & 0xF0, 0x80 | 0x90)) {
            let down = status & 0xF0 == 0x90;
            assert_ne!(held.insert(*key, down), Some(down));
        }
        assert!(held.values().all(|down| !down));
    }
}

#[test]
fn numbers_are_groups_of_seven_bits() {
    for (n, bytes) in [(0, vec![0]), (127, vec![127]), (128, vec![0x81, 0]), (0x3FFF, vec![0xFF, 0x7F])] {
        assert_eq!(variable(n), bytes);
        assert_eq!(number(&mut bytes.as_slice()), n);
    }
}

#[test]
fn signatures_are_those_of_the_circle_of_fifths() {
    let sharps = |key: &str| {
        let key = auralis_engine::music::Key::parse(key).unwrap();
        let session = Session::new(0);
        let mut context = Context::new(&session, &ChangeLog::new(), Frame::ZERO);
        context.phrase.key = key;
        let file = Midi::new(session.rate, Frame::ZERO, &context).finish(Frame(44_100));
        let tracks = read_file(&file);
        tracks[0].iter().find(|m| m.2 == 0x59).map(|m| (m.3[0] as i8, m.3[1])).unwrap()
    };
    assert_eq!(sharps("C major"), (0, 0));
    assert_eq!(sharps("A minor"), (0, 1));
    assert_eq!(sharps("E minor"), (1, 1));
    assert_eq!(sharps("F major"), (-1, 0));
    assert_eq!(sharps("Eb major"), (-3, 0));
    assert_eq!(sharps("F# minor"), (3, 1));
    assert_eq!(sharps("B major"), (5, 0));
}
