//! # auralis-export
//!
//! Sessions in files that other programs read. The native program and the page share it, so that both write the same bytes.
//!
//! - [`Format`]: samples as bytes; [`wav`]: what comes before them in a file; [`stems`]: which files stems are; [`archive`]: several
//!   files as one ZIP.
//! - [`Reading`]: what a span of a session plays, with what is in force meanwhile; [`midi`], [`json`] and [`text`] write it down,
//!   [`names`] says how things are called.
//!
//! Nothing here opens a file: bytes are handed out, and whoever asked for them puts them where they belong.

pub mod archive;
pub mod format;
pub mod json;
pub mod midi;
pub mod names;
pub mod reading;
pub mod stems;
pub mod text;
pub mod wav;

pub use format::Format;
pub use midi::Midi;
pub use reading::{Context, Phrase, Reading};
