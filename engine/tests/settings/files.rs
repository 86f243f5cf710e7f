//! Session files and logs: whole, cut, damaged.

use super::*;

/// A file with everything in it.
fn whole_file() -> String {
    let mut log = ChangeLog::new();
    for (frame, words) in
        [(441, "intensity=0.8"), (44_100, "preset=bright layers.bell=0.25"), (90_000, "key=Eb_minor")]
    {
        log.push(Change { frame: Frame(frame), patch: patch(words) }).unwrap();
    }
    let session = Session { seed: u64::MAX, rate: SampleRate::Hz48000, settings: Preset::Rain.settings() };
    SessionFile::new(session, log).to_text()
}

#[test]
fn files_cut_anywhere_are_refused() {
    let text = whole_file();
    assert!(text.contains("\"18446744073709551615\""), "seeds are decimal strings");
    SessionFile::parse(&text).unwrap();
    for end in 0..text.trim_end().len() {
        let error = SessionFile::parse(&text[..end]).expect_err("a cut file");
        assert!(matches!(error, FileError::Syntax(_)), "cut at {end}: {error}");
        assert!(error.to_string().contains("not a whole session file"));
    }
}

#[test]
fn files_with_flipped_bits_never_panic() {
    let text = whole_file();
    let original = SessionFile::parse(&text).unwrap();
    let (mut refused, mut same) = (0, 0);
    for at in 0..text.len() {
        for bit in 0..7 {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= 1 << bit;
            let Ok(damaged) = String::from_utf8(bytes) else { continue };
            match SessionFile::parse(&damaged) {
                Ok(file) => same += i32::from(file == original),
                Err(error) => {
                    assert!(!error.to_string().is_empty());
                    refused += 1;
                }
            }
        }
    }
    // A flipped bit of a digit or of a space may leave a file that is right; most others do not.
    assert!(refused as usize > text.len() * 3, "{refused} refused, {same} unchanged, of {}", text.len() * 7);
}

#[test]
fn logs_are_read_up_to_the_damage() {
    let mut log = ChangeLog::new();
    for i in 0..6 {
        let words = format!("intensity=0.{i} layers.lead=0.5");
        log.push(Change { frame: Frame(1000 * i), patch: patch(&words) }).unwrap();
    }
    let text = lines(&log);
    for end in 0..=text.len() {
        let whole_lines = text[..end].matches('\n').count();
        match ChangeLog::parse_lines(&text[..end]) {
            Ok((read, damage)) => {
                // A line without its end of line is whole all the same, if all else of it is there.
                let whole = damage.is_none() && !text[..end].ends_with('\n') && end > 0;
                let expected = (whole_lines + usize::from(whole)).saturating_sub(1);
                assert_eq!(read.changes(), &log.changes()[..expected], "cut at {end}");
                if let Some(damage) = damage {
                    assert_eq!(damage.line, whole_lines + 1);
                    assert!(damage.to_string().starts_with(&format!("line {}: ", whole_lines + 1)));
                }
            }
            Err(error) => panic!("cut at {end}: {error}"),
        }
    }
    for at in 0..text.len() {
        for bit in 0..7 {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= 1 << bit;
            let Ok(damaged) = String::from_utf8(bytes) else { continue };
            if let Ok((read, damage)) = ChangeLog::parse_lines(&damaged) {
                let intact = text[..at].matches('\n').count().saturating_sub(1);
                assert!(read.changes().len() >= intact.min(6) || damage.is_some());
                assert_eq!(read.changes()[..intact], log.changes()[..intact], "byte {at}, bit {bit}");
            }
        }
    }
}

#[test]
fn logs_end_where_a_frame_is_beyond_all() {
    let text = format!("{{\"frame\":5,\"bpm\":60}}\n{{\"frame\":{},\"bpm\":60}}\n", u64::MAX);
    let (log, damage) = ChangeLog::parse_lines(&text).unwrap();
    assert_eq!(log.changes().len(), 1);
    let said = damage.unwrap().to_string();
    assert!(said.starts_with("line 2: frame cannot be 18446744073709551615; allowed: 0 to "), "{said}");
}

#[test]
fn other_sounds_are_refused() {
    let other = SOUND_VERSION + 1;
    let text = whole_file()
        .replace(&format!("\"sound_version\": {SOUND_VERSION}"), &format!("\"sound_version\": {other}"));
    let error = SessionFile::parse(&text).unwrap_err();
    assert_eq!(error, FileError::SoundVersion { found: other });
    let words = error.to_string();
    assert!(
        words.contains(&other.to_string()) && words.contains(&format!("allowed: {SOUND_VERSION}")),
        "{words}"
    );
    assert_eq!(SessionFile::parse_any_sound(&text).unwrap().sound_version, other);
    let log = format!("{{\"sound_version\":{other}}}\n{{\"frame\":1,\"bpm\":60}}\n");
    assert_eq!(ChangeLog::parse_lines(&log).unwrap_err(), FileError::SoundVersion { found: other });
    for strange in ["\"x\"", "-1", "1e99", "4294967297", "null"] {
        let log = format!("{{\"sound_version\":{strange}}}\n");
        assert!(ChangeLog::parse_lines(&log).is_err(), "{strange}");
    }
    // A log that does not say is taken as this version's.
    assert_eq!(ChangeLog::parse_lines("\n{\"frame\":1,\"bpm\":60}\n\n").unwrap().0.changes().len(), 1);
}

#[test]
fn fields_that_are_wrong_are_named() {
    let parse = |text: &str| SessionFile::parse(text).unwrap_err().to_string();
    let head = format!("\"auralis\": 1, \"sound_version\": {SOUND_VERSION}");
    let rate = "\"sample_rate\": 44100";
    for (text, said) in [
        ("[]".to_owned(), "no JSON object"),
        ("{}".to_owned(), "auralis cannot be missing"),
        ("{\"auralis\": 2}".to_owned(), "auralis cannot be 2"),
        (format!("{{{head}}}"), "seed cannot be null"),
        (format!("{{{head}, \"seed\": \"1\"}}"), "sample_rate cannot be missing"),
        (format!("{{{head}, \"seed\": 42}}"), "seed cannot be 42; allowed: a decimal string"),
        (format!("{{{head}, \"seed\": \"-1\"}}"), "seed cannot be"),
        (format!("{{{head}, \"seed\": \"18446744073709551616\"}}"), "seed cannot be"),
        (format!("{{{head}, \"seed\": \"\"}}"), "seed cannot be"),
        (format!("{{{head}, \"seed\": \"1\", \"sample_rate\": 22050}}"), "sample_rate cannot be 22050"),
        (format!("{{{head}, \"seed\": \"1\", \"tempo\": 3}}"), "tempo"),
        (
            format!("{{{head}, {rate}, \"seed\": \"1\", \"settings\": {{\"bpm\": 39}}}}"),
            "bpm cannot be \"39\"; allowed: 40 to 200",
        ),
        (
            format!("{{{head}, {rate}, \"seed\": \"1\", \"settings\": {{\"layers\": 1}}}}"),
            "layers cannot be \"1\"",
        ),
        (
            format!("{{{head}, {rate}, \"seed\": \"1\", \"settings\": {{\"layers\": {{\"choir\": 1}}}}}}"),
            "layers.choir",
        ),
        (format!("{{{head}, {rate}, \"seed\": \"1\", \"settings\": []}}"), "settings"),
        (format!("{{{head}, {rate}, \"seed\": \"1\", \"changes\": {{}}}}"), "changes cannot be"),
        (format!("{{{head}, {rate}, \"seed\": \"1\", \"changes\": [3]}}"), "change cannot be 3"),
        (
            format!("{{{head}, {rate}, \"seed\": \"1\", \"changes\": [{{\"bpm\": 60}}]}}"),
            "frame cannot be missing",
        ),
        (
            format!("{{{head}, {rate}, \"seed\": \"1\", \"changes\": [{{\"frame\": -5}}]}}"),
            "frame cannot be -5",
        ),
        (
            format!("{{{head}, {rate}, \"seed\": \"1\", \"changes\": [{{\"frame\": 1.5}}]}}"),
            "frame cannot be 1.5",
        ),
        (
            format!(
                "{{{head}, {rate}, \"seed\": \"1\", \"changes\": [{{\"frame\": 18446744073709551615}}]}}"
            ),
            "frame cannot be 18446744073709551615; allowed: 0 to 9007199254740991",
        ),
        (
            format!("{{{head}, {rate}, \"seed\": \"1\", \"changes\": [{{\"frame\": 9}}, {{\"frame\": 8}}]}}"),
            "frame cannot be 8, which is before the change at frame 9",
        ),
        (
            format!(
                "{{{head}, {rate}, \"seed\": \"1\", \"changes\": [{{\"frame\": 9, \"key\": \"H minor\"}}]}}"
            ),
            "H minor",
        ),
    ] {
        let error = parse(&text);
        assert!(error.contains(said), "{text}: {error}");
    }
}

#[test]
fn a_short_file_has_defaults() {
    let text = format!(
        "{{\"auralis\": 1, \"sound_version\": {SOUND_VERSION}, \"seed\": \"7\", \"sample_rate\": 44100}}"
    );
    assert_eq!(SessionFile::parse(&text).unwrap(), SessionFile::new(Session::new(7), ChangeLog::new()));
}
