//! What a device is asked for: sounds, by their places.

use crate::batch::{Batch, Sound};
use crate::chain::{Piece, Work};
use crate::device::GpuError;
use std::num::NonZeroUsize;

/// Sounds to be rendered.
#[derive(Clone, Debug)]
pub struct Order {
    /// What renders them on the processor, and the grid of their rows.
    pub batch: Batch,
    /// The sounds.
    pub sounds: Vec<Sound>,
    /// How many threads the processor uses.
    pub threads: NonZeroUsize,
}

/// Some sounds of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Places {
    /// The first one's place.
    pub from: usize,
    /// How many there are.
    pub count: usize,
}

impl Order {
    /// All of its sounds.
    #[must_use]
    pub const fn all(&self) -> Places {
        Places { from: 0, count: self.sounds.len() }
    }

    /// The sounds at some places; none where there are not so many.
    #[must_use]
    pub fn at(&self, Places { from, count }: Places) -> &[Sound] {
        self.sounds.get(from..from + count).unwrap_or_default()
    }
}

impl Piece for Places {
    const NAMES: [&'static str; 2] = ["voices", "voices"];
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
}

impl Work for Order {
    type Piece = Places;
    /// Rows, one after the other.
    type Sound = Vec<f32>;

    fn twin(&self, places: Places) -> Vec<f32> {
        self.batch.rows(self.at(places), self.threads)
    }

    fn checked(&self, rows: Vec<f32>, _: Places) -> Result<Vec<f32>, GpuError> {
        // NaN lies in no range.
        match rows.iter().find(|x| !(-1.0..=1.0).contains(*x)) {
            Some(x) => Err(GpuError::Failed { why: format!("sample {x} is beyond full scale") }),
            None => Ok(rows),
        }
    }

    fn append(rows: &mut Vec<f32>, mut more: Vec<f32>) {
        // Mostly there is one piece, of a gigabyte perhaps.
        if rows.is_empty() {
            *rows = more;
        } else {
            rows.append(&mut more);
        }
    }
}
