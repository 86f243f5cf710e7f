//! What is rendered next, by the positions and the log that are told.

use super::*;
use auralis_engine::{Change, Patch, Preset};
use std::collections::BTreeSet;

fn session(quality: Quality) -> Session {
    let mut session = Session::new(7);
    session.settings.quality = quality;
    session
}

fn change(seconds: u64, field: &str, value: &str) -> Change {
    let mut patch = Patch::default();
    patch.set(field, value).unwrap();
    Change { frame: Frame(44_100 * seconds), patch }
}

fn log(changes: impl IntoIterator<Item = Change>) -> ChangeLog {
    let mut log = ChangeLog::new();
    changes.into_iter().for_each(|change| log.push(change).unwrap());
    log
}

/// The prints and first pages of all that it gives before it wants to hear where the music is.
fn given(feed: &mut Feed) -> Vec<(u64, u64)> {
    std::iter::from_fn(|| feed.sheet()).map(|sheet| (sheet.print, sheet.page)).collect()
}

const AT: Frame = Frame(44_100 * 40);

#[test]
fn it_goes_as_far_ahead_as_there_is_room_and_on_as_the_music_does() {
    let mut feed = Feed::new(&session(Quality::Rich), &ChangeLog::new(), AT);
    let first = given(&mut feed);
    assert!(!first.is_empty() && first.len() * STRETCH as usize <= PAGES);
    assert_eq!(first[0].1, page(AT));
    assert!(given(&mut feed).is_empty() && !feed.has_sheet());
    let last = first.iter().map(|(_, page)| *page).max().unwrap();
    feed.at(frame(page(AT) + STRETCH));
    let more = given(&mut feed);
    assert!(!more.is_empty() && more.iter().all(|(_, page)| *page > last), "{more:?}");
    // A minute, page by page: never more than there is room for, and no stretch twice or left out.
    let mut stretches: Vec<u64> = first.iter().chain(&more).map(|(_, page)| *page).collect();
    for at in page(AT) + STRETCH..page(AT) + 646 {
        feed.at(frame(at));
        stretches.extend(given(&mut feed).iter().map(|(_, page)| *page));
        assert!(feed.held.iter().map(|(_, pages)| pages).sum::<u64>() <= PAGES as u64);
    }
    stretches.dedup();
    let expected = (0..stretches.len() as u64).map(|n| page(AT) + n * STRETCH);
    assert!(stretches.iter().copied().eq(expected), "{stretches:?}");
    assert!(stretches.len() > 150);
}

#[test]
fn a_leap_forwards_or_back_is_followed() {
    let session = session(Quality::Rich);
    let mut feed = Feed::new(&session, &ChangeLog::new(), AT);
    let first = given(&mut feed);
    for to in [AT + 44_100 * 300, AT + 44_100 * 60, AT] {
        feed.at(to);
        let there = given(&mut feed);
        assert_eq!(there[0].1, page(to), "{to:?}");
        assert_eq!(there, given(&mut Feed::new(&session, &ChangeLog::new(), to)));
    }
    feed.at(AT);
    assert!(given(&mut feed).is_empty() && !first.is_empty());
    // What was found but is past by now is given to nobody.
    feed.at(Frame(0));
    assert!(feed.has_sheet() || feed.waiting.is_none());
    feed.at(AT + 44_100);
    assert!(given(&mut feed).iter().all(|(_, page)| page + STRETCH > super::page(AT + 44_100)));
}

#[test]
fn only_where_quality_is_rich_is_there_anything() {
    let full = session(Quality::Full);
    let mut feed = Feed::new(&full, &ChangeLog::new(), AT);
    assert!(feed.is_silent() && !feed.has_sheet() && feed.sheet().is_none());
    let later = log([change(60, "quality", "rich"), change(90, "quality", "full")]);
    assert!(is_rich(&full, &later) && !is_rich(&full, &log([change(60, "quality", "reduced")])));
    let mut feed = Feed::new(&full, &later, AT);
    assert!(!feed.is_silent() && !feed.has_sheet());
    feed.at(Frame(44_100 * 59));
    let sheets = given(&mut feed);
    assert!(!sheets.is_empty() && sheets.iter().all(|(_, page)| (page + STRETCH) * 4096 > 44_100 * 60));
    // Nothing is heard any more when the last one has fallen.
    feed.at(Frame(44_100 * 99));
    assert!(given(&mut feed).is_empty() && !feed.is_silent());
    // Back is another matter.
    feed.at(Frame(44_100 * 70));
    assert!(feed.has_sheet() && feed.session() == &full);
}

#[test]
fn a_log_that_is_longer_than_what_an_engine_knows_at_once_is_read_as_it_is_reached() {
    let rich = session(Quality::Rich);
    // Every second another intensity, and another harmony after ten minutes.
    let level = |n: u64| change(n, "intensity", if n.is_multiple_of(2) { "0.4" } else { "0.6" });
    let preset = Preset::ALL.iter().find(|preset| preset.name() == "focus").unwrap();
    let mut patch = Patch::from(&preset.settings());
    patch.quality = Some(Quality::Rich);
    let other = Change { frame: Frame(44_100 * 600), patch };
    let long = log((0..600).map(level).chain([other]));
    let mut feed = Feed::new(&rich, &long, Frame::ZERO);
    let at = Frame(44_100 * 630);
    let mut reached = Frame::ZERO;
    while reached < at {
        feed.at(reached);
        given(&mut feed);
        reached = reached + 44_100;
    }
    assert!(feed.known > at);
    feed.at(at);
    let near = given(&mut feed);
    let anew = given(&mut Feed::new(&rich, &long, at));
    // The same textures, whoever has come there.
    let prints = |sheets: &[(u64, u64)]| sheets.iter().map(|(print, _)| *print).collect::<BTreeSet<_>>();
    assert!(!near.is_empty() && prints(&near).is_subset(&prints(&anew)), "{near:?} {anew:?}");
    // As many in one movement as nobody has room for: no more is known, and nothing fails.
    let dense = (0..900).map(|n| Change { frame: Frame(n * 640), ..level(n) });
    let mut feed = Feed::new(&rich, &log(dense), Frame::ZERO);
    for second in 0..60 {
        feed.at(Frame(44_100 * second));
        assert!(!given(&mut feed).is_empty());
    }
}
