//! Many movements at once, with their voices on a device as long as that does its work, and here when it does not.
//!
//! | what happens | what is done |
//! |---|---|
//! | the device is lost, late or refuses | the processor renders the movements at hand anew, from their beginnings, since the device alone knew where their voices were; for the next group it is opened again if it was lost, and left after [`TRIES`] such groups |
//! | out of memory, or a buffer too large | the same, and groups are half as large from then on; the device is left when one movement is too much |
//! | a block with NaN, infinity or a sample beyond 2 | the processor renders that movement anew; the device is left after [`TRIES`] of these |
//!
//! Each of these is an [`Event`] with its reason. What was handed over before stays: it lies within the tolerance.

use crate::chain::TRIES;
use crate::device::GpuError;
use crate::score::each::each;
use crate::score::event::{Event, Which};
use crate::score::orchestra::{Layers, Orchestra};
use crate::score::player::{Keep, Part, Passage, Player, bytes_per_second};
use crate::score::recording::Recording;
use auralis_engine::cpu::Simd;
use auralis_engine::session::movement::{LENGTH_SECONDS, TAIL_SECONDS};
use std::collections::VecDeque;
use std::num::NonZeroUsize;

/// The most movements in a group: an hour and a quarter.
pub const MOST: usize = 32;
/// What a group may take at most, in bytes: since its movements go on together, most of it is there at once.
const MEMORY: usize = 2 << 30;

/// Opens a device; the error is the reason that is told.
type Open<B> = Box<dyn FnMut() -> Result<B, String> + Send>;

/// Renders groups of movements.
pub struct Scores<B> {
    open: Open<B>,
    device: Option<B>,
    /// Whether the processor renders for good.
    left: bool,
    /// Devices that were opened again.
    reopened: u32,
    /// Groups and blocks that were bad.
    bad: u32,
    most: usize,
    keep: Keep,
    threads: NonZeroUsize,
    simd: Simd,
    events: Vec<Event>,
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

impl<B: Orchestra> Scores<B> {
    /// Renders on what `open` opens, which is asked at the first group, and again when that is lost. What is the processor's runs on so many
    /// threads.
    pub fn new(
        open: impl FnMut() -> Result<B, String> + Send + 'static,
        keep: Keep,
        threads: NonZeroUsize,
        simd: Simd,
    ) -> Self {
        let seconds = (LENGTH_SECONDS * 1.25 + TAIL_SECONDS) as usize;
        let most = (MEMORY / (seconds * bytes_per_second(keep))).clamp(1, MOST);
        let (device, left, reopened, bad) = (None, false, 0, 0);
        let open = Box::new(open);
        Self { open, device, left, reopened, bad, most, keep, threads, simd, events: Vec::new() }
    }

    /// How many movements a group may have at most, as far as the device's memory has shown.
    #[must_use]
    pub const fn most(&self) -> usize {
        self.most
    }

    /// What happened since it was asked last, in order.
    pub fn events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }

    /// Movements at their beginnings.
    pub fn begin(&mut self, parts: Vec<Part>) -> Group {
        self.look();
        let has_device = self.device.is_some();
        let reduced: Vec<u64> = parts.iter().filter(|p| !p.timeline.is_full()).map(|p| p.index).collect();
        if has_device && !reduced.is_empty() {
            self.events.push(Event::Reduced { movements: Which(reduced) });
        }
        let simd = self.simd;
        let players = each(self.threads, parts.into_iter().enumerate().collect(), |(place, part)| {
            let elsewhere = has_device && part.timeline.is_full();
            Player::new(part, place, elsewhere, simd)
        });
        Group { players }
    }

    /// Renders the next span of all movements of a group that are not over.
    pub fn advance(&mut self, group: &mut Group) -> Vec<Passage> {
        let places = group.players.len();
        let mut players: Vec<_> = group.players.iter_mut().filter(|p| !p.is_over()).collect();
        let conduct = |player: &mut &mut Player| player.conduct();
        let recorded = each(self.threads, players.iter_mut().collect(), conduct);
        let (recordings, elsewhere): (Vec<_>, Vec<_>) =
            recorded.into_iter().zip(0..).filter_map(|(r, at): (_, usize)| Some((r?, at))).unzip();
        let played = self.play(places, &recordings, &players, &elsewhere);
        let mut made: Vec<Option<(Recording, Vec<Layers>)>> = players.iter().map(|_| None).collect();
        for ((recording, at), layers) in recordings.into_iter().zip(elsewhere).zip(played) {
            made[at] = Some((recording, layers));
        }
        let keep = self.keep;
        let work = players.iter_mut().zip(made).collect();
        let rendered = each(self.threads, work, |(player, made): (&mut &mut Player, _)| match made {
            Some((recording, layers)) => match player.mix(&recording, &layers, keep) {
                Ok(passage) => (passage, None),
                Err(why) => {
                    player.take_back();
                    (player.render(keep), Some((player.index(), why)))
                }
            },
            None => (player.render(keep), None),
        });
        let (passages, wrong): (Vec<_>, Vec<_>) = rendered.into_iter().unzip();
        for (index, why) in wrong.into_iter().flatten() {
            self.events.push(Event::Anew { movements: Which(vec![index]), why: why.clone() });
            self.fail(why);
        }
        passages
    }

    /// What the device makes of recordings; nothing if it fails.
    fn play(
        &mut self,
        places: usize,
        recordings: &[Recording],
        players: &[&mut Player],
        elsewhere: &[usize],
    ) -> VecDeque<Vec<Layers>> {
        if recordings.is_empty() {
            return VecDeque::new();
        }
        let movements = Which(elsewhere.iter().map(|at| players[*at].index()).collect());
        let Some(device) = &mut self.device else {
            // It was left for what other movements got of it.
            self.events.push(Event::Anew { movements, why: "the GPU is not used any more".into() });
            return VecDeque::new();
        };
        let error = match pollster::block_on(device.play(places, recordings)) {
            Ok(layers) if layers.len() == recordings.len() => return layers.into(),
            Ok(layers) => {
                let (came, wanted) = (layers.len(), recordings.len());
                GpuError::Failed { why: format!("{came} movements came instead of {wanted}") }
            }
            Err(error) => error,
        };
        let why = error.to_string();
        self.events.push(Event::Anew { movements, why: why.clone() });
        if error.is_size() && self.most > 1 {
            self.most = (places.min(self.most) / 2).max(1);
            self.events.push(Event::Fewer { movements: self.most, why });
        } else if error.is_size() {
            self.leave(why);
        } else {
            if matches!(error, GpuError::Lost { .. }) {
                self.device = None;
            }
            self.fail(why);
        }
        VecDeque::new()
    }

    /// Opens a device where there is none and one is to be had.
    fn look(&mut self) {
        if self.left || self.device.is_some() {
            return;
        }
        if self.bad > 0 {
            self.reopened += 1;
            self.events.push(Event::Reopening { attempt: self.reopened });
        }
        match (self.open)() {
            Ok(device) => {
                self.events.push(Event::Device { name: device.name() });
                self.device = Some(device);
            }
            Err(why) => self.leave(why),
        }
    }

    fn fail(&mut self, why: String) {
        self.bad += 1;
        if self.bad == TRIES {
            self.leave(why);
        }
    }

    fn leave(&mut self, why: String) {
        if !self.left {
            self.left = true;
            self.device = None;
            self.events.push(Event::Left { why });
        }
    }
}
