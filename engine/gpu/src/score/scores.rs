//! Many movements at once, with their voices on a device as long as that does its work, and here when it does not.
//!
//! Between two spans a movement is all here, so that whatever happens to a device costs the span that it had in hand, which the processor renders: see
//! [`crate::chain`], whose events tell of it.

use crate::chain::{Backend, Chain, Portable};
use crate::plan::Plan;
use crate::score::each::each;
use crate::score::event::Event;
use crate::score::player::{Keep, Part, Passage, Player, bytes_per_second};
use crate::score::recordings::Recordings;
use crate::supplier;
use crate::textures::GpuTextures;
use auralis_engine::cpu::Simd;
use auralis_engine::session::movement::{LENGTH_SECONDS, TAIL_SECONDS};
use std::num::NonZeroUsize;

/// The most movements in a group: an hour and a quarter.
pub const MOST: usize = 32;
/// What a group may take at most, in bytes: since its movements go on together, most of it is there at once.
const MEMORY: usize = 2 << 30;

/// Renders groups of movements: voices by `B`, the textures of rich ones by `T`.
pub struct Scores<B: Backend<Work = Recordings>, T: Backend<Work = Plan> = GpuTextures> {
    voices: Chain<B>,
    textures: Option<Chain<T>>,
    keep: Keep,
    threads: NonZeroUsize,
    simd: Simd,
}

/// Movements that are rendered together.
pub struct Group {
    players: Vec<Player>,
}

impl Group {
    /// Whether all of it is rendered.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.players.iter().all(Player::is_over)
    }
}

impl<B: Backend<Work = Recordings> + Portable + 'static> Scores<B> {
    /// Renders voices with a chain, and textures here. What is the processor's runs on so many threads.
    #[must_use]
    pub const fn new(voices: Chain<B>, keep: Keep, threads: NonZeroUsize, simd: Simd) -> Self {
        Self { voices, textures: None, keep, threads, simd }
    }

    /// The same, with textures by a chain.
    #[must_use]
    pub fn with_textures<T: Backend<Work = Plan>>(self, textures: Chain<T>) -> Scores<B, T> {
        let Self { voices, keep, threads, simd, .. } = self;
        Scores { voices, textures: Some(textures), keep, threads, simd }
    }
}

impl<B, T> Scores<B, T>
where
    B: Backend<Work = Recordings> + Portable + 'static,
    T: Backend<Work = Plan> + Portable + 'static,
{
    /// How many movements a group may have at most.
    #[must_use]
    pub fn most(&self) -> usize {
        let seconds = (LENGTH_SECONDS * 1.25 + TAIL_SECONDS) as usize;
        (MEMORY / (seconds * bytes_per_second(self.keep))).clamp(1, MOST)
    }

    /// What happened since it was asked last, in order.
    pub fn events(&mut self) -> Vec<Event> {
        let textures = self.textures.as_mut().map(Chain::events).unwrap_or_default();
        let voices = self.voices.events().into_iter().map(Event::Voices);
        voices.chain(textures.into_iter().map(Event::Textures)).collect()
    }

    /// Movements at their beginnings.
    pub fn begin(&self, parts: Vec<Part>) -> Group {
        let simd = self.simd;
        let parts = parts.into_iter().enumerate().collect();
        Group { players: each(self.threads, parts, |(place, part)| Player::new(part, place, simd)) }
    }

    /// Renders the next span of all movements of a group that are not over.
    pub fn advance(&mut self, group: &mut Group) -> Vec<Passage> {
        let mut players: Vec<_> = group.players.iter_mut().filter(|p| !p.is_over()).collect();
        if let Some(textures) = &mut self.textures {
            surround(textures, &mut players);
        }
        let (mut recordings, mut theirs) = (Vec::new(), Vec::new());
        if self.voices.is_on_device() {
            let conduct = |player: &mut &mut Player| player.conduct();
            let recorded = each(self.threads, players.iter_mut().collect(), conduct);
            (recordings, theirs) =
                recorded.into_iter().zip(0..).filter_map(|(r, at): (_, usize)| Some((r?, at))).unzip();
        }
        let mut played: Vec<_> = players.iter().map(|_| None).collect();
        let recordings = Recordings(recordings);
        let sound = pollster::block_on(self.voices.render(&recordings, recordings.all()));
        for (at, sound) in theirs.into_iter().zip(sound) {
            played[at] = sound;
        }
        let keep = self.keep;
        let work = players.iter_mut().zip(played).collect();
        each(self.threads, work, |(player, played): (&mut &mut Player, _)| match played {
            Some(played) => player.mix(&played, keep),
            None => player.render(keep),
        })
    }
}

/// Has the halos of the span that comes next rendered. Where there is no device they are left to the movements, which make them to the bit.
fn surround<T>(textures: &mut Chain<T>, players: &mut [&mut Player])
where
    T: Backend<Work = Plan> + Portable + 'static,
{
    for player in players {
        if !textures.is_on_device() {
            return;
        }
        let (session, sheets) = player.sheets();
        for sheet in sheets {
            player.supply(&supplier::render(textures, &session, sheet));
        }
    }
}
