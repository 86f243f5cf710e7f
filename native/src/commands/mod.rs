//! The commands, a file each.

pub mod batch;
pub mod completions;
pub mod devices;
pub mod doctor;
pub mod hash;
pub mod man;
pub mod play;
pub mod render;
pub mod score;
