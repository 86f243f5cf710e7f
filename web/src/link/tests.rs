use super::*;
use auralis_engine::session::MovementSpan;
use auralis_engine::session::timeline::CAPACITY;
use auralis_engine::{Change, Performance, SampleRate};
use proptest::prelude::*;

fn patch(fields: &[(&str, &str)]) -> Patch {
    let mut patch = Patch::default();
    for (name, value) in fields {
        patch.set(name, value).unwrap();
    }
    patch
}

fn log(changes: impl IntoIterator<Item = (u64, Patch)>) -> ChangeLog {
    let mut log = ChangeLog::new();
    for (frame, patch) in changes {
        log.push(Change { frame: Frame(frame), patch }).unwrap();
    }
    log
}

fn session(seed: u64, fields: &[(&str, &str)]) -> Session {
    Session { settings: Settings::default().with(&patch(fields)), ..Session::new(seed) }
}

fn no_chance() -> u64 {
    panic!("the link has a seed")
}

fn taken(text: &str) -> Reading {
    read(text, no_chance).unwrap()
}

/// Ends a fragment with its checksum, as others may do that make links.
fn summed(fields: &str) -> String {
    let mut sum = Sum::new();
    for (name, value) in form_urlencoded::parse(fields.as_bytes()) {
        sum.add(&name, &value);
    }
    format!("{fields}&sum={}", sum.text())
}

/// Any setting with a value that it takes.
fn any_patch() -> impl Strategy<Value = Patch> {
    let field = (0..PARAMETERS.len(), any::<prop::sample::Index>(), 0f32..=1f32);
    prop::collection::vec(field, 0..4).prop_map(|fields| {
        let mut patch = Patch::default();
        for (place, index, x) in fields {
            use auralis_engine::settings::Kind;
            let parameter = PARAMETERS[place];
            let value = match parameter.kind {
                Kind::Number { min, max, .. } => (min + (max - min) * x).clamp(min, max).to_string(),
                Kind::Choice(names) => names()[index.index(names().len())].into(),
                Kind::Key => auralis_engine::music::Key::all().nth(index.index(24)).unwrap().to_string(),
                Kind::Switch => (x > 0.5).to_string(),
            };
            patch.set(parameter.name, &value).unwrap();
        }
        patch
    })
}

fn any_session() -> impl Strategy<Value = Session> {
    (any::<u64>(), any_patch(), any::<bool>()).prop_map(|(seed, patch, fast)| Session {
        seed,
        rate: if fast { SampleRate::Hz48000 } else { SampleRate::Hz44100 },
        settings: Settings::default().with(&patch),
    })
}

/// A log with changes all over the year, and many around a moment.
fn any_log(at: u64) -> impl Strategy<Value = ChangeLog> {
    let year = 31_536_000 * 48_000u64;
    let near = (0..30_000_000u64).prop_map(move |x| (at + 2_000_000).saturating_sub(x));
    prop::collection::vec((prop_oneof![1 => 0..year, 4 => near], any_patch()), 0..40).prop_map(
        |mut changes| {
            changes.sort_by_key(|(frame, _)| *frame);
            log(changes)
        },
    )
}

fn any_moment() -> impl Strategy<Value = (Session, ChangeLog, Frame)> {
    (any_session(), 0..31_536_000 * 44_100u64, any::<bool>(), -200_000i64..2_000_000).prop_flat_map(
        |(session, at, seam, beside)| {
            // Every other moment lies at a seam: where a movement begins, while the one before still rings.
            let start = MovementSpan::at(session.seed, session.rate, Frame(at)).start.0;
            let at = if seam { start.saturating_add_signed(beside) } else { at };
            any_log(at).prop_map(move |log| (session, log, Frame(at)))
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_link_is_read_as_it_was_written((session, log, at) in any_moment()) {
        for link in [Link::to_moment(&session, &log, at), Link::to_whole(&session, &log, at)] {
            let reading = taken(&link.text());
            prop_assert_eq!(&reading.notices, &[]);
            prop_assert!(reading.seeded);
            prop_assert_eq!(reading.link.as_ref(), Some(&link));
            prop_assert_eq!(taken(&format!("#{}", link.text())), reading);
            prop_assert!(link.text().bytes().all(|b| b.is_ascii_alphanumeric() || b"*-._+%=&".contains(&b)));
        }
        let (moment, whole) = (Link::to_moment(&session, &log, at), Link::to_whole(&session, &log, at));
        prop_assert!(moment.is_moment_of(&whole));
        let other = Link { session: Session { seed: !session.seed, ..session }, ..moment };
        prop_assert!(!other.is_moment_of(&whole));
    }

    #[test]
    fn nothing_that_is_pasted_breaks_it(text in ".{0,80}", middle in "[a-z0-9=&%+]{0,40}") {
        for text in [text.clone(), format!("seed=1&{middle}"), format!("#{text}={middle}&at=5")] {
            if let Some(reading) = read(&text, || 7) {
                prop_assert_eq!(reading.link.is_none(), reading.notices.contains(&Notice::Nothing));
                let _ = reading.sentence();
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10, failure_persistence: None, ..ProptestConfig::default() })]

    /// The proof: whoever opens the link hears the very samples of the session that was copied, which was playing on there.
    #[test]
    fn the_link_is_the_music((session, log, at) in any_moment(), played in 0..400_000u64) {
        let from = Frame(at.0.saturating_sub(played));
        let mut original = Performance::new(&session, log.clone());
        original.seek(from).unwrap();
        let mut before = vec![0.0; 2 * (at - from) as usize];
        original.render_interleaved(&mut before).unwrap();

        let link = taken(&Link::to_moment(&session, &log, at).text()).link.unwrap();
        let mut opened = Performance::new(&link.session, link.log);
        opened.seek(link.at).unwrap();

        let mut heard = [vec![0.0; 2 * 60_000], vec![0.0; 2 * 60_000]];
        original.render_interleaved(&mut heard[0]).unwrap();
        opened.render_interleaved(&mut heard[1]).unwrap();
        prop_assert!(heard[0].iter().zip(&heard[1]).all(|(a, b)| a.to_bits() == b.to_bits()));
    }
}

#[test]
fn the_usual_link_is_short() {
    let link = Link::to_moment(
        &session(42, &[("preset", "focus"), ("bpm", "62")]),
        &ChangeLog::new(),
        Frame(123_456),
    );
    assert_eq!(link.text_of_sound(2), "v=2&rate=44100&seed=42&preset=focus&bpm=62&at=123456&sum=ad9de28e");
    assert_eq!(link.text(), link.text_of_sound(SOUND_VERSION));
    let plain = Link::to_moment(&Session::new(5), &ChangeLog::new(), Frame(0)).text_of_sound(2);
    assert!(plain.starts_with("v=2&rate=44100&seed=5&at=0&sum="), "{plain}");
    let steered = log([(200, patch(&[("key", "F# minor"), ("layers.bell", "0.1")]))]);
    let text = Link::to_moment(&session(1, &[("preset", "rain")]), &steered, Frame(300)).text();
    assert!(text.contains("&preset=rain&at=300&change=200&key=F%23+minor&layers.bell=0.1&sum="), "{text}");
}

/// docs/links.md shows this one, as the second version of the sound wrote it.
#[test]
fn the_documented_link_is_whole() {
    let documented =
        "#v=3&rate=44100&seed=42&preset=focus&bpm=62&at=123456&change=100000&intensity=0.8&sum=66b7767d";
    let reading = taken(documented);
    assert!(reading.notices.iter().all(|notice| *notice == Notice::Older { version: 3 }));
    assert_eq!(format!("#{}", reading.link.unwrap().text_of_sound(3)), documented);
    assert!(include_str!("../../../docs/links.md").contains(documented));
}

#[test]
fn a_moment_forgets_what_is_no_longer_heard() {
    let year = 31_536_000 * 44_100;
    let log = log([
        (10, patch(&[("preset", "sleep")])),
        (20, patch(&[("bpm", "50")])),
        (year - 44_100, patch(&[("bpm", "55")])),
        (year + 44_100, patch(&[("bpm", "60")])),
    ]);
    let link = Link::to_moment(&Session::new(1), &log, Frame(year));
    assert_eq!(link.log.changes(), &log.changes()[2..]);
    assert_eq!(link.session.settings.bpm.get(), 50.0);
    assert!(link.text().contains("seed=1&preset=sleep&bpm=50&at="));
    assert_eq!(Link::to_whole(&Session::new(1), &log, Frame(year)).log, log);
}

#[test]
fn links_are_written_by_hand_too() {
    let reading = taken("#seed=5&preset=rain");
    assert_eq!(reading.notices, []);
    let link = reading.link.unwrap();
    assert_eq!((link.session.seed, link.at), (5, Frame(0)));
    assert_eq!(link.session.settings, Preset::Rain.settings());
    // In any order, escaped in any way.
    let other = taken("preset=%72ain&bpm=%2050&at=441&seed=005&key=C%20major").link.unwrap();
    assert_eq!(
        other.session.settings,
        Preset::Rain.settings().with(&patch(&[("key", "C major"), ("bpm", "50")]))
    );
    // Without a seed, each reader gets another piece.
    let reading = read("#preset=sleep", || 77).unwrap();
    assert_eq!((reading.link.unwrap().session.seed, reading.seeded, reading.notices), (77, false, vec![]));
}

#[test]
fn a_place_on_the_page_is_no_link() {
    for text in ["", "#", "#controls", "controls"] {
        assert_eq!(read(text, no_chance), None);
    }
}

#[test]
fn what_is_wrong_is_said_and_the_rest_plays() {
    for (text, sentence) in [
        (
            "seed=x&preset=rain",
            "In this link seed cannot be \"x\"; allowed: a whole number from 0 to 18446744073709551615.",
        ),
        ("seed=18446744073709551616&preset=rain", "In this link seed cannot be"),
        ("preset=rain&seed=-1", "In this link seed cannot be \"-1\""),
        ("preset=rain&preset=moon", "This link has preset twice; the first one counts."),
        ("preset=rain&scale=moon", "In this link scale cannot be \"moon\"; allowed: one of aeolian, dorian,"),
        ("preset=rain&bpm=900", "In this link bpm cannot be \"900\"; allowed: 40 to 200."),
        ("preset=rain&bpm=NaN", "In this link bpm cannot be \"NaN\""),
        ("preset=rain&moon=1", "This link has a field that Auralis does not know, \"moon\"."),
        ("preset=rain&layers.moon=1", "This link has a field that Auralis does not know"),
        ("preset=rain&rate=96000", "In this link rate cannot be \"96000\"; allowed: 44100 or 48000."),
        (
            "preset=rain&at=9007199254740992",
            "In this link at cannot be \"9007199254740992\"; allowed: a whole number from 0 to 9007199254740991.",
        ),
        ("preset=rain&v=0", "In this link v cannot be \"0\"; allowed: a whole number from 1 to"),
        ("preset=rain&change=soon&bpm=50", "In this link change cannot be \"soon\""),
        (
            "preset=rain&change=9&bpm=50&change=8&bpm=60",
            "In this link the change at frame 8 comes after a later one",
        ),
        ("preset=rain&sum=12345678", "This link was changed or damaged since it was made"),
    ] {
        let reading = read(text, || 1).unwrap();
        assert!(
            reading.sentence().is_some_and(|s| s.starts_with(sentence)),
            "{text}: {:?}",
            reading.sentence()
        );
        let link = reading.link.unwrap();
        assert_eq!(link.session.settings, Preset::Rain.settings(), "{text}");
        assert!(link.log.changes().iter().all(|c| c.frame == Frame(9)), "{text}");
    }
    let unknown = read("preset=moon", || 1).unwrap();
    assert_eq!(unknown.link, None);
    assert!(unknown.sentence().unwrap().starts_with("This link names no session"));
    let endless = read(&format!("seed=1&bpm={}", "9".repeat(5000)), no_chance).unwrap();
    assert!(endless.sentence().unwrap().len() < 200);
}

#[test]
fn other_versions_play_and_say_so() {
    let link = Link::to_moment(&session(3, &[("preset", "dawn")]), &ChangeLog::new(), Frame(9));
    let older = taken(&link.text_of_sound(1));
    assert_eq!(older.notices, [Notice::Older { version: 1 }]);
    assert_eq!(older.link.unwrap(), link);
    let later = taken(&summed("v=999&rate=44100&seed=3&preset=dawn&warmth=0.5&at=9"));
    assert_eq!(later.link.as_ref(), Some(&link));
    assert!(later.sentence().unwrap().starts_with("This link is of a later Auralis (sound 999, here it is "));
}

#[test]
fn a_link_that_was_cut_anywhere_says_so() {
    let steered = log([(44, patch(&[("key", "Bb minor")])), (100_000, patch(&[("intensity", "0.75")]))]);
    let link =
        Link::to_moment(&session(u64::MAX, &[("preset", "abyss"), ("space", "0.3")]), &steered, Frame(99));
    let text = link.text();
    for end in 0..text.len() {
        let Some(reading) = read(&text[..end], || 1) else {
            assert!(end < 2);
            continue;
        };
        assert!(!reading.notices.is_empty(), "{}", &text[..end]);
        // From the first field of a session on there is music.
        assert!(
            reading.link.is_some() || end <= format!("v={SOUND_VERSION}&rate=44100").len(),
            "{}",
            &text[..end]
        );
    }
}

#[test]
fn a_link_that_was_damaged_anywhere_says_so() {
    let steered = log([(44, patch(&[("key", "F# minor"), ("scale", "harmonic minor")]))]);
    let link = Link::to_moment(&session(42, &[("preset", "focus"), ("bpm", "62.5")]), &steered, Frame(99));
    let text = link.text();
    for place in 0..text.len() {
        for byte in 0..=127u8 {
            let mut bytes = text.clone().into_bytes();
            bytes[place] = byte;
            let Some(reading) = read(std::str::from_utf8(&bytes).unwrap(), || 1) else { continue };
            // What changes nothing of what is said is no damage.
            let same = reading.link.as_ref() == Some(&link) && reading.notices.is_empty();
            assert!(same || !reading.notices.is_empty(), "{place} {byte}");
        }
    }
}

#[test]
fn more_changes_than_an_engine_can_be_told_are_left_out() {
    let crowd = (0..400)
        .map(|i| (1_000_000 + 640 * i, patch(&[("intensity", if i % 2 == 0 { "0.2" } else { "0.8" })])));
    let link = Link::to_whole(&Session::new(1), &log(crowd), Frame(1_200_000));
    let reading = taken(&link.text());
    let opened = reading.link.unwrap();
    assert_eq!(opened.log.changes().len(), CAPACITY);
    assert!(reading.notices.iter().any(|n| matches!(n, Notice::Crowded { .. })), "{:?}", reading.notices);
    Performance::new(&opened.session, opened.log).seek(opened.at).unwrap();
    // Spread over time there is room for any number.
    let spread =
        (0..2000).map(|i| (i * 44_100 * 3, patch(&[("intensity", if i % 2 == 0 { "0.2" } else { "0.8" })])));
    assert_eq!(taken(&Link::to_whole(&Session::new(1), &log(spread), Frame(0)).text()).notices, []);
}
