//! What a device is asked for: the same span of many movements, of any number of sessions.

use crate::chain::{Piece, Work};
use crate::device::GpuError;
use crate::score::memory::Memory;
use crate::score::recording::Recording;
use auralis_engine::movement::conducted::Layers;

/// The greatest magnitude of a sample of a layer, which has its level still to come.
const LOUDEST: f32 = 16.0;

/// Spans of movements.
#[derive(Clone, Debug)]
pub struct Recordings(pub Vec<Recording>);

/// Some of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Movements {
    /// The first one's place.
    pub from: usize,
    /// How many there are.
    pub count: usize,
}

/// What became of one.
#[derive(Clone, Debug)]
pub struct Played {
    /// The layers of each of its control intervals.
    pub layers: Vec<Layers>,
    /// What its voices remember after it.
    pub memory: Memory,
}

impl Recordings {
    /// All of them.
    #[must_use]
    pub const fn all(&self) -> Movements {
        Movements { from: 0, count: self.0.len() }
    }

    /// Those at some places; none where there are not so many.
    #[must_use]
    pub fn at(&self, Movements { from, count }: Movements) -> &[Recording] {
        self.0.get(from..from + count).unwrap_or_default()
    }
}

impl Piece for Movements {
    const NAMES: [&'static str; 2] = ["voices", "movements"];
    const SHORTEST: usize = 1;

    fn begin(self) -> u64 {
        self.from as u64
    }

    fn length(self) -> usize {
        self.count
    }

    fn split(self, length: usize) -> (Self, Self) {
        let count = length.min(self.count);
        (Self { count, ..self }, Self { from: self.from + count, count: self.count - count })
    }

    fn described(self) -> String {
        // Which ones they are only whoever asked knows.
        format!(
            "a span of {}",
            if self.count == 1 { "a movement".into() } else { format!("{} movements", self.count) }
        )
    }
}

impl Work for Recordings {
    type Piece = Movements;
    /// Nothing stands for what is left to the engines that asked: they alone know where their voices were.
    type Sound = Vec<Option<Played>>;

    fn twin(&self, piece: Movements) -> Self::Sound {
        self.at(piece).iter().map(|_| None).collect()
    }

    fn checked(&self, sound: Self::Sound, piece: Movements) -> Result<Self::Sound, GpuError> {
        let failed = |why: String| Err(GpuError::Failed { why });
        let wanted = self.at(piece);
        if sound.len() != wanted.len() {
            return failed(format!("{} movements came instead of {}", sound.len(), wanted.len()));
        }
        for (played, recording) in sound.iter().flatten().zip(wanted) {
            let (came, intervals) = (played.layers.len(), recording.intervals());
            if came != intervals {
                return failed(format!("{came} control intervals came instead of {intervals}"));
            }
            let blocks = played.layers.iter().flatten();
            let mut samples = blocks.flat_map(|block| block.left.iter().chain(&block.right));
            // NaN lies in no range.
            if let Some(x) = samples.find(|x| !(-LOUDEST..=LOUDEST).contains(*x)) {
                return failed(format!("sample {x} can't be music"));
            }
        }
        Ok(sound)
    }

    fn append(sound: &mut Self::Sound, mut more: Self::Sound) {
        sound.append(&mut more);
    }
}
