//! The technical part of the panel "What am I hearing?": load, buffer, rate, what makes the sound, quality and glitches.

use super::dom::{self, by_id};
use crate::player::Player;
use crate::player::report::{buffer, glitches, load};
use auralis_engine::SampleRate;

/// Shows how a player fares, if one plays; `sent` where a relay makes its sound.
pub(super) fn show(player: Option<&Player>, rate: SampleRate, quality: &str, sent: Option<String>) {
    let none = || "–".to_owned();
    dom::show(&by_id("load"), &player.and_then(Player::load).map_or_else(none, load));
    dom::show(&by_id("hear-buffer"), &player.map(Player::buffer).and_then(buffer).unwrap_or_else(none));
    dom::show(&by_id("hear-rate"), &format!("{} Hz", rate.hz()));
    let made = if player.is_some_and(Player::has_gpu) {
        "CPU · WebAssembly SIMD · AudioWorklet; GPU · WebGPU"
    } else {
        Player::backend()
    };
    dom::show(&by_id("hear-backend"), sent.as_deref().unwrap_or(made));
    dom::show(&by_id("hear-quality"), quality);
    dom::show(&by_id("hear-glitches"), &player.map_or_else(none, |player| glitches(&player.glitches())));
}
