//! Where rendered frames go: WAV files, standard output, a hash.

pub mod hash;
pub mod stems;
pub mod wav;

pub use hash::Hash;
pub use stems::Stems;
pub use wav::Wav;
