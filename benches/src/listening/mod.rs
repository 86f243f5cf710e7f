//! What can be measured of the music: docs/listening.md is made of this.

pub mod dissected;
pub mod levels;
