//! What the benchmark programs of Auralis share.
//!
//! The programs themselves are in `src/bin`, one file each:
//!
//! - `pad64`: the reference scene from the engine's blocks;
//! - `pad64-fundsp`: the same in FunDSP, what we measure ourselves against;
//! - `report`: measures what docs/benchmarks.md says, and writes it;
//! - `listening`: renders every preset, measures it and writes docs/listening.md;
//! - `relay-listeners`, `relay-score`, `relay-sessions`, `relay-control`: put load on a relay at this machine, and measure it.

pub mod listening;
pub mod load;
pub mod pad64;
pub mod report;
pub mod scene;
pub mod screen;
