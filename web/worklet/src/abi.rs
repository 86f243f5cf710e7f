//! The boundary: what the module exports.
//!
//! 64-bit numbers (seeds, frames) are WebAssembly's `i64`, which JavaScript sees as `BigInt`, taken modulo 2⁶⁴. Functions that can be
//! refused give 0 when it is done, or a [`Refusal`]'s number. Settings cross as [`WORDS`] `f32`s in the buffer at [`words`]:
//!
//! | word | setting | values |
//! |---|---|---|
//! | 0, 1 | key | pitch class of the tonic, C = 0; 1 for minor, 0 for major |
//! | 2 | scale | its place among the names of [`name`]'s list 1 |
//! | 3 | bpm | quarter notes a minute |
//! | 4, 5, 6 | intensity, brightness, space | 0 to 1 |
//! | 7 | effects | 1 on, 0 off |
//! | 8 | quality | its place among the names of list `quality`: 0 full, 1 reduced, 2 rich |
//! | 9 and up | layers | a level each, 0 to 1, in the order of list 2 |
//!
//! Only WebAssembly exports them under their plain names: natively, `open` is somebody else's.
//!
//! A module has one session at a time, and one caller: nothing here may be called from two threads.

use crate::player::{MOST_FRAMES, PARTS, Player, Refusal};
use auralis_engine::music::{Key, Mode, Scale, Tonic};
use auralis_engine::settings::{Kind, PARAMETERS, Parameter, Quality, WORDS};
use auralis_engine::{Frame, Layer, Preset, SOUND_VERSION};
use core::cell::UnsafeCell;

/// The longest name or sentence, in bytes.
const MOST_TEXT: usize = 96;

struct Worklet {
    words: [f32; WORDS],
    left: [f32; MOST_FRAMES],
    right: [f32; MOST_FRAMES],
    parts: [f32; PARTS],
    text: [u8; MOST_TEXT],
    player: Option<Player>,
}

struct Single(UnsafeCell<Worklet>);

// SAFETY: a module belongs to one caller on one thread (WebAssembly without shared memory has no other).
unsafe impl Sync for Single {}

static WORKLET: Single = Single(UnsafeCell::new(Worklet {
    words: [0.0; WORDS],
    left: [0.0; MOST_FRAMES],
    right: [0.0; MOST_FRAMES],
    parts: [0.0; PARTS],
    text: [0; MOST_TEXT],
    player: None,
}));

fn with<T>(body: impl FnOnce(&mut Worklet) -> T) -> T {
    // SAFETY: one caller on one thread, and no function below calls another while it holds this.
    body(unsafe { &mut *WORKLET.0.get() })
}

fn with_player<T>(otherwise: T, body: impl FnOnce(&mut Player) -> T) -> T {
    with(|w| w.player.as_mut().map_or(otherwise, body))
}

fn code(outcome: Result<(), Refusal>) -> u32 {
    outcome.map_or_else(|refusal| refusal as u32, |()| 0)
}

/// Where the settings' words are.
#[cfg_attr(target_family = "wasm", unsafe(no_mangle))]
pub extern "C" fn words() -> *mut f32 {
    with(|w| w.words.as_mut_ptr())
}

/// How many words settings are.
#[cfg_attr(target_family = "wasm", unsafe(no_mangle))]
pub extern "C" fn word_count() -> u32 {
    WORDS as u32
}

/// Where the left channel is rendered to.
#[cfg_attr(target_family = "wasm", unsafe(no_mangle))]
pub extern "C" fn left() -> *const f32 {
    with(|w| w.left.as_ptr())
}

/// Where the right channel is rendered to.
#[cfg_attr(target_family = "wasm", unsafe(no_mangle))]
pub extern "C" fn right() -> *const f32 {
    with(|w| w.right.as_ptr())
}

/// The most frames that one call of [`render`] gives.
#[cfg_attr(target_family = "wasm", unsafe(no_mangle))]
pub extern "C" fn most_frames() -> u32 {
    MOST_FRAMES as u32
}

/// The engine's `SOUND_VERSION`.
#[cfg_attr(target_family = "wasm", unsafe(no_mangle))]
pub extern "C" fn sound_version() -> u32 {
    SOUND_VERSION
}

/// Opens a session that begins with the settings in the words, in place of the one before. The one call that takes memory.
#[cfg_attr(target_family = "wasm", unsafe(no_mangle))]
pub extern "C" fn open(seed: u64, hz: u32) -> u32 {
    with(|w| {
        // First away with the old: the two would need twice the memory.
        w.player = None;
        match Player::open(seed, hz, &w.words) {
            Ok(player) => {
                w.player = Some(player);
                0
            }
            Err(refusal) => refusal as u32,
        }
    })
}

/// Renders up to [`most_frames`] frames to [`left`] and [`right`]; gives how many.
#[cfg_attr(target_family = "wasm", unsafe(no_mangle))]
pub extern "C" fn render(frames: u32) -> u32 {
    with(|w| {
        let Some(player) = &mut w.player else { return 0 };
        let count = (frames as usize).min(MOST_FRAMES);
        player.render(&mut w.left[..count], &mut w.right[..count]);
        count as u32
    })
}

/// Takes a page of a texture that was rendered elsewhere, [`most_frames`] frames in [`left`] and [`right`]; 1 if it is one. Which texture, `print` says,
/// and `page` which page of it.
#[cfg_attr(target_family = "wasm", unsafe(no_mangle))]
pub extern "C" fn supply(print: u64, page: u64) -> u32 {
    with(|w| {
        let Worklet { left, right, player, .. } = w;
        player.as_mut().map_or(0, |p| u32::from(p.supply(print, page, left, right)))
    })
}

/// Where [`take_parts`] writes to.
#[cfg_attr(target_family = "wasm", unsafe(no_mangle))]
pub extern "C" fn parts() -> *const f32 {
    with(|w| w.parts.as_ptr())
}

/// How many samples the stems of a control interval have: for each layer, and then for delay and reverb, the left channel and the right.
#[cfg_attr(target_family = "wasm", unsafe(no_mangle))]
pub extern "C" fn part_count() -> u32 {
    PARTS as u32
}

/// Writes the stems of the control interval that was synthesized last, unmastered, to [`parts`]. It ends at [`earliest_change`]; each
/// interval of a seek is one too.
#[cfg_attr(target_family = "wasm", unsafe(no_mangle))]
pub extern "C" fn take_parts() {
    with(|w| {
        let Worklet { parts, player, .. } = w;
        if let Some(player) = player {
            player.parts(parts);
        }
    });
}

/// The next frame to be rendered.
#[cfg_attr(target_family = "wasm", unsafe(no_mangle))]
pub extern "C" fn position() -> u64 {
    with_player(0, |p| p.position().0)
}

/// The earliest frame at which a change is still taken.
#[cfg_attr(target_family = "wasm", unsafe(no_mangle))]
pub extern "C" fn earliest_change() -> u64 {
    with_player(0, |p| p.earliest_change().0)
}

/// The first frame of the span that was rendered last as a whole; 2⁶⁴-1 if there is none.
#[cfg_attr(target_family = "wasm", unsafe(no_mangle))]
pub extern "C" fn proof_frame() -> u64 {
    with_player(u64::MAX, |p| p.proof().map_or(u64::MAX, |(frame, _)| frame.0))
}

/// What proves that span: whoever rendered the same samples has the same number.
#[cfg_attr(target_family = "wasm", unsafe(no_mangle))]
pub extern "C" fn proof_hash() -> u64 {
    with_player(0, |p| p.proof().map_or(0, |(_, hash)| hash))
}

/// The settings in the words hold from `frame` on.
#[cfg_attr(target_family = "wasm", unsafe(no_mangle))]
pub extern "C" fn apply(frame: u64) -> u32 {
    with(|w| {
        let Worklet { words, player, .. } = w;
        code(player.as_mut().ok_or(Refusal::Closed).and_then(|p| p.apply(Frame(frame), words)))
    })
}

/// The first frame whose changes matter to whoever listens at `frame`.
#[cfg_attr(target_family = "wasm", unsafe(no_mangle))]
pub extern "C" fn history_for(frame: u64) -> u64 {
    with_player(0, |p| p.history_for(Frame(frame)).0)
}

/// The frame before which changes must be told for a seek to `frame`.
#[cfg_attr(target_family = "wasm", unsafe(no_mangle))]
pub extern "C" fn known_until(frame: u64) -> u64 {
    with_player(0, |p| p.known_until(Frame(frame)).0)
}

/// For the next seek: the settings in the words were in force just before [`history_for`].
#[cfg_attr(target_family = "wasm", unsafe(no_mangle))]
pub extern "C" fn timeline_begin() -> u32 {
    with(|w| {
        let Worklet { words, player, .. } = w;
        code(player.as_mut().ok_or(Refusal::Closed).and_then(|p| p.timeline_begin(words)))
    })
}

/// For the next seek: the settings in the words held from `frame` on.
#[cfg_attr(target_family = "wasm", unsafe(no_mangle))]
pub extern "C" fn timeline_push(frame: u64) -> u32 {
    with(|w| {
        let Worklet { words, player, .. } = w;
        code(player.as_mut().ok_or(Refusal::Closed).and_then(|p| p.timeline_push(Frame(frame), words)))
    })
}

/// Begins to go to `frame`. Until [`seek_some`] says 1, nothing may be rendered.
#[cfg_attr(target_family = "wasm", unsafe(no_mangle))]
pub extern "C" fn seek_begin(frame: u64) -> u32 {
    with_player(Refusal::Closed as u32, |p| {
        p.seek_begin(Frame(frame));
        0
    })
}

/// Goes on with a seek by at most so many control intervals; 1 when it is there.
#[cfg_attr(target_family = "wasm", unsafe(no_mangle))]
pub extern "C" fn seek_some(intervals: u32) -> u32 {
    with_player(1, |p| u32::from(p.seek_some(intervals as usize)))
}

/// Writes the settings of preset `index` (of list 0) into the words; 0 if there is one.
#[cfg_attr(target_family = "wasm", unsafe(no_mangle))]
pub extern "C" fn preset(index: u32) -> u32 {
    with(|w| match Preset::ALL.get(index as usize) {
        Some(preset) => {
            w.words = preset.settings().to_words();
            0
        }
        None => Refusal::Settings as u32,
    })
}

/// Writes the default settings into the words.
#[cfg_attr(target_family = "wasm", unsafe(no_mangle))]
pub extern "C" fn defaults() {
    with(|w| w.words = auralis_engine::Settings::default().to_words());
}

/// Writes a key and its natural scale into the words; 0 if there is such a key.
#[cfg_attr(target_family = "wasm", unsafe(no_mangle))]
pub extern "C" fn key(pitch_class: u32, minor: u32) -> u32 {
    if pitch_class > 11 || minor > 1 {
        return Refusal::Settings as u32;
    }
    let key = Key {
        tonic: Tonic::new(pitch_class as u8),
        mode: if minor == 1 { Mode::Minor } else { Mode::Major },
    };
    with(|w| {
        w.words[0] = pitch_class as f32;
        w.words[1] = minor as f32;
        w.words[2] = Scale::ALL.iter().position(|s| *s == key.natural_scale()).unwrap_or(0) as f32;
    });
    0
}

/// Where [`name`] writes.
#[cfg_attr(target_family = "wasm", unsafe(no_mangle))]
pub extern "C" fn text() -> *const u8 {
    with(|w| w.text.as_ptr())
}

fn declared<T>(index: u32, otherwise: T, body: impl FnOnce(&Parameter) -> T) -> T {
    PARAMETERS.get(index as usize).map_or(otherwise, body)
}

/// What parameter `index` (of list 4) takes: 1 a number, 2 a name, 3 a key, 4 on or off; 0 if there is none.
#[cfg_attr(target_family = "wasm", unsafe(no_mangle))]
pub extern "C" fn parameter(index: u32) -> u32 {
    declared(index, 0, |p| match p.kind {
        Kind::Number { .. } => 1,
        Kind::Choice(_) => 2,
        Kind::Key => 3,
        Kind::Switch => 4,
    })
}

/// The (first) word of a parameter. A preset has none: it's all of them.
#[cfg_attr(target_family = "wasm", unsafe(no_mangle))]
pub extern "C" fn parameter_place(index: u32) -> u32 {
    // The parameters are declared in the order of the words; a preset takes no word, and a key two.
    declared(index, u32::MAX, |p| match (p.name, p.kind) {
        ("preset", _) => u32::MAX,
        (_, Kind::Key) => 0,
        _ => index,
    })
}

/// The least number that a parameter takes; 0 where it takes none.
#[cfg_attr(target_family = "wasm", unsafe(no_mangle))]
pub extern "C" fn parameter_least(index: u32) -> f32 {
    declared(index, 0.0, |p| if let Kind::Number { min, .. } = p.kind { min } else { 0.0 })
}

/// The greatest number that a parameter takes; 0 where it takes none.
#[cfg_attr(target_family = "wasm", unsafe(no_mangle))]
pub extern "C" fn parameter_most(index: u32) -> f32 {
    declared(index, 0.0, |p| if let Kind::Number { max, .. } = p.kind { max } else { 0.0 })
}

/// Writes the name of an entry, in UTF-8, to [`text`], for those who can read; gives its length, 0 if there is none.
/// Lists: 0 presets, 1 scales, 2 layers, 3 qualities, 4 parameters, 5 what a parameter takes, where that is neither a range nor a list.
#[cfg_attr(target_family = "wasm", unsafe(no_mangle))]
pub extern "C" fn name(list: u32, index: u32) -> u32 {
    let i = index as usize;
    let name = match list {
        0 => Preset::ALL.get(i).map(|p| p.name()),
        1 => Scale::ALL.get(i).map(|s| s.name()),
        2 => Layer::ALL.get(i).map(|l| l.name()),
        3 => Quality::ALL.get(i).map(|q| q.name()),
        4 => PARAMETERS.get(i).map(|p| p.name),
        5 => PARAMETERS.get(i).and_then(|p| p.kind.words()),
        _ => None,
    };
    let name = name.unwrap_or("").as_bytes();
    let length = name.len().min(MOST_TEXT);
    with(|w| w.text[..length].copy_from_slice(&name[..length]));
    length as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(list: u32, index: u32) -> String {
        let length = name(list, index) as usize;
        with(|w| String::from_utf8(w.text[..length].to_vec()).unwrap())
    }

    fn sample() -> (u32, u32) {
        with(|w| (w.left[0].to_bits(), w.right[0].to_bits()))
    }

    /// One test, since a module has one session.
    #[test]
    fn a_session_through_the_boundary() {
        // Closed.
        assert_eq!((render(128), position(), earliest_change(), seek_some(1)), (0, 0, 0, 1));
        assert_eq!(supply(1, 0), 0);
        for outcome in [apply(0), timeline_begin(), timeline_push(0), seek_begin(0)] {
            assert_eq!(outcome, Refusal::Closed as u32);
        }
        assert_eq!((word_count(), sound_version()), (WORDS as u32, SOUND_VERSION));

        // Settings.
        defaults();
        assert_eq!(with(|w| w.words), auralis_engine::Settings::default().to_words());
        assert_eq!((preset(2), preset(99)), (0, Refusal::Settings as u32));
        assert_eq!(with(|w| w.words), Preset::Sleep.settings().to_words());
        assert_eq!((key(12, 0), key(0, 2)), (Refusal::Settings as u32, Refusal::Settings as u32));
        assert_eq!(key(5, 0), 0);
        assert_eq!(with(|w| w.words[2]), 5.0);
        assert_eq!(
            [named(0, 2), named(1, 6), named(2, 0), named(3, 1)],
            ["sleep", "harmonic minor", "drone", "reduced"]
        );
        assert_eq!((named(0, 99), named(9, 0)), (String::new(), String::new()));

        // What is declared is what the words are.
        let first = auralis_engine::Settings::default();
        for (i, p) in (0..).zip(&PARAMETERS) {
            assert_eq!(named(4, i), p.name);
            let value = match (parameter(i), p.kind) {
                (1, Kind::Number { min, max, .. }) => {
                    assert_eq!((parameter_least(i), parameter_most(i)), (min, max));
                    // Not what any of them is by default.
                    if p.name == "bpm" { "123" } else { "0.25" }.to_owned()
                }
                (2, Kind::Choice(names)) => names()[1].to_owned(),
                (3, Kind::Key) => "Eb major".to_owned(),
                (4, Kind::Switch) => "false".to_owned(),
                (other, kind) => panic!("{other} for {kind:?}"),
            };
            assert!(named(5, i).is_empty() || named(5, i) == p.allowed());
            let mut patch = auralis_engine::Patch::default();
            patch.set(p.name, &value).unwrap();
            let (old, new) = (first.to_words(), first.with(&patch).to_words());
            let changed: Vec<u32> =
                (0..).zip(old.iter().zip(new)).filter(|(_, (a, b))| **a != *b).map(|(n, _)| n).collect();
            match p.kind {
                Kind::Key => assert_eq!((changed, parameter_place(i)), (vec![0, 1, 2], 0)),
                _ if p.name == "preset" => assert_eq!(parameter_place(i), u32::MAX),
                _ => assert_eq!(changed, [parameter_place(i)], "{}", p.name),
            }
        }
        assert_eq!((parameter(99), parameter_place(99)), (0, u32::MAX));

        // Play, change, seek back to the same bits.
        assert_eq!(open(u64::MAX, 8000), Refusal::Rate as u32);
        assert_eq!(open(u64::MAX, 44_100), 0);
        assert_eq!(render(u32::MAX), most_frames());
        assert_eq!(supply(1, 0), 1);
        with(|w| w.left[7] = f32::NAN);
        assert_eq!(supply(1, 1), 0);
        preset(3);
        assert_eq!(apply(5000), 0);
        assert_eq!(render(1904), 1904);
        assert_eq!(position(), 6000);
        assert!(earliest_change() >= 6000 && known_until(6000) >= earliest_change());
        assert_eq!(apply(5999), Refusal::Past as u32);
        assert_eq!(render(1), 1);
        let played = sample();
        assert_eq!(history_for(6000), 0);
        preset(2);
        key(5, 0);
        assert_eq!(timeline_begin(), 0);
        preset(3);
        assert_eq!(timeline_push(5000), 0);
        assert_eq!(seek_begin(6000), 0);
        while seek_some(10) == 0 {}
        assert_eq!(position(), 6000);
        render(1);
        assert_eq!(sample(), played);
        take_parts();
        assert_eq!((proof_frame(), proof_hash()), (u64::MAX, 0));
        let mut rest = 2 * 220_500;
        while rest > 0 {
            rest -= render(rest);
        }
        assert_eq!(proof_frame(), 220_500);
        assert_ne!(proof_hash(), 0);
        assert_eq!(part_count(), 16 * 64);
        assert!(with(|w| w.parts.iter().any(|x| *x != 0.0)) && !parts().is_null());
        assert!(!words().is_null() && !left().is_null() && !right().is_null() && !text().is_null());
    }
}
