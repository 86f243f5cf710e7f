//! What the benchmark programs of Auralis share.
//!
//! The programs themselves are in `src/bin`, one file each:
//!
//! - `pad64-fundsp`: the reference scene in FunDSP, what we measure ourselves against.

pub mod scene;
