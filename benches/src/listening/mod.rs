//! What can be measured of the music: docs/listening.md is made of this.

pub mod dissected;
pub mod events;
pub mod levels;
pub mod page;
pub mod picture;
pub mod spectrum;
pub mod study;
