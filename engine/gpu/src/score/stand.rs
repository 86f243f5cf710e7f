//! Where an engine's voices are taken down, to be played by whoever can.

use crate::score::recording::Recording;
use crate::score::recordings::Played;
use auralis_engine::engine::elsewhere::Elsewhere;
use auralis_engine::movement::conducted::Layers;
use auralis_engine::voice::{Moment, Voices};

/// An engine's span: `play` gets what its movements are to do, and gives what became of each; nothing if it failed.
#[derive(Debug)]
pub struct Stand<P> {
    play: P,
    /// The movements, by their numbers.
    movements: Vec<u64>,
    recordings: Vec<Recording>,
    played: Vec<Played>,
}

impl<P: FnMut(Vec<Recording>) -> Option<Vec<Played>>> Stand<P> {
    /// Nothing yet.
    pub const fn new(play: P) -> Self {
        Self { play, movements: Vec::new(), recordings: Vec::new(), played: Vec::new() }
    }

    fn played(&self, movement: u64) -> Option<&Played> {
        let at = self.movements.iter().position(|known| *known == movement)?;
        self.played.get(at)
    }
}

impl<P: FnMut(Vec<Recording>) -> Option<Vec<Played>>> Elsewhere for Stand<P> {
    fn note(&mut self, movement: u64, moment: &Moment, voices: &mut Voices) {
        let at = self.movements.iter().position(|known| *known == movement).unwrap_or_else(|| {
            self.movements.push(movement);
            self.recordings.push(Recording::default());
            self.recordings.len() - 1
        });
        self.recordings[at].note(moment, voices);
    }

    fn play(&mut self) -> bool {
        let played = (self.play)(std::mem::take(&mut self.recordings));
        self.played = played.filter(|played| played.len() == self.movements.len()).unwrap_or_default();
        !self.played.is_empty()
    }

    fn layers(&self, movement: u64, interval: usize) -> Option<&Layers> {
        self.played(movement)?.layers.get(interval)
    }

    fn give_back(&self, movement: u64, voices: &mut Voices) {
        if let Some(played) = self.played(movement) {
            played.memory.give_back(voices);
        }
    }

    fn clear(&mut self) {
        self.movements.clear();
        self.recordings.clear();
        self.played.clear();
    }
}
