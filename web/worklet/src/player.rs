//! An engine with the buffers through which it is talked to.

use auralis_engine::session::{ApplyError, Proof, Timeline};
use auralis_engine::settings::{LAYERS, WORDS};
use auralis_engine::texture::supply::FRAMES;
use auralis_engine::time::CONTROL;
use auralis_engine::{Engine, Frame, SampleRate, Session, Settings};

/// The most frames that one call renders: a page of a texture. More than any browser's block, so that one call does.
pub const MOST_FRAMES: usize = FRAMES;

/// The samples of a control interval in its stems: for each layer, and then for space, the left channel and the right.
pub const PARTS: usize = (LAYERS + 1) * 2 * CONTROL;

/// Why something was refused, as the number that crosses the boundary; 0 stands for "done".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Refusal {
    /// No session has been opened.
    Closed = 1,
    /// The engine has no such rate.
    Rate = 2,
    /// One of the words is not a setting's value.
    Settings = 3,
    /// The change lies before what has been rendered, or before one taken earlier.
    Past = 4,
    /// There are too many changes within the last minutes.
    Full = 5,
}

impl From<ApplyError> for Refusal {
    fn from(error: ApplyError) -> Self {
        match error {
            ApplyError::Past { .. } => Self::Past,
            ApplyError::Full { .. } => Self::Full,
        }
    }
}

/// Plays one session.
pub struct Player {
    engine: Engine,
    /// What is being told for the next seek.
    timeline: Timeline,
    proof: Proof,
}

impl Player {
    /// A player at the first frame of a session. Takes all the memory that it will ever use.
    ///
    /// # Errors
    /// If there is no such rate, or the words are no settings.
    pub fn open(seed: u64, hz: u32, words: &[f32; WORDS]) -> Result<Self, Refusal> {
        let rate = SampleRate::from_hz(hz).ok_or(Refusal::Rate)?;
        let settings = Settings::from_words(words).ok_or(Refusal::Settings)?;
        let engine = Engine::new(&Session { seed, rate, settings });
        Ok(Self { engine, timeline: Timeline::new(settings), proof: Proof::new(rate) })
    }

    /// Renders as many frames as the shorter of the two has room for.
    pub fn render(&mut self, left: &mut [f32], right: &mut [f32]) {
        let from = self.engine.position();
        self.engine.render(left, right);
        self.proof.take(from, left.iter().zip(&*right).map(|(l, r)| [*l, *r]));
    }

    /// Takes a page of a texture that was rendered elsewhere; see [`Engine::supply`].
    pub fn supply(&mut self, print: u64, page: u64, left: &[f32], right: &[f32]) -> bool {
        self.engine.supply(print, page, left, right)
    }

    /// The span of the session that was rendered last as a whole: its first frame, and what proves it.
    #[must_use]
    pub const fn proof(&self) -> Option<(Frame, u64)> {
        self.proof.last()
    }

    /// Writes the stems of the control interval that ends at [`Player::earliest_change`].
    pub fn parts(&self, out: &mut [f32; PARTS]) {
        let parts = self.engine.parts();
        let blocks = parts.layers.iter().chain([&parts.space]).flat_map(|b| [&b.left, &b.right]);
        for (channel, block) in out.chunks_exact_mut(CONTROL).zip(blocks) {
            channel.copy_from_slice(block);
        }
    }

    /// Takes the settings that hold from a frame on.
    ///
    /// # Errors
    /// If the words are no settings, the frame is too early, or there is no room.
    pub fn apply(&mut self, frame: Frame, words: &[f32; WORDS]) -> Result<(), Refusal> {
        let settings = Settings::from_words(words).ok_or(Refusal::Settings)?;
        Ok(self.engine.apply_settings(frame, settings)?)
    }

    /// The next frame to be rendered.
    #[must_use]
    pub fn position(&self) -> Frame {
        self.engine.position()
    }

    /// The earliest frame at which a change is still taken.
    #[must_use]
    pub fn earliest_change(&self) -> Frame {
        self.engine.earliest_change()
    }

    /// The first frame whose changes matter to whoever listens at `frame`.
    #[must_use]
    pub fn history_for(&self, frame: Frame) -> Frame {
        Engine::history_for(self.engine.seed(), self.engine.rate(), frame)
    }

    /// The frame before which changes must be told for a seek to `frame`; later ones can still be applied afterwards.
    #[must_use]
    pub fn known_until(&self, frame: Frame) -> Frame {
        Engine::known_until(frame)
    }

    /// Begins to tell what the next seek needs to know: the settings in force just before [`Player::history_for`].
    ///
    /// # Errors
    /// If the words are no settings.
    pub fn timeline_begin(&mut self, words: &[f32; WORDS]) -> Result<(), Refusal> {
        self.timeline = Timeline::new(Settings::from_words(words).ok_or(Refusal::Settings)?);
        Ok(())
    }

    /// Goes on telling: the settings that hold from a frame on. All changes before [`Player::known_until`], in order.
    ///
    /// # Errors
    /// As [`Player::apply`].
    pub fn timeline_push(&mut self, frame: Frame, words: &[f32; WORDS]) -> Result<(), Refusal> {
        let settings = Settings::from_words(words).ok_or(Refusal::Settings)?;
        Ok(self.timeline.push_settings(frame, settings)?)
    }

    /// Begins to go to a frame, with what was told of its past. Nothing may be rendered until [`Player::seek_some`] is done.
    pub fn seek_begin(&mut self, frame: Frame) {
        self.engine.begin_seek(frame, &self.timeline);
    }

    /// Goes on with a seek by at most so many control intervals; true when it is there.
    pub fn seek_some(&mut self, intervals: usize) -> bool {
        self.engine.seek_some(intervals)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use auralis_engine::Preset;

    fn rendered(player: &mut Player, count: usize) -> Vec<u32> {
        let (mut left, mut right) = (vec![0.0; count], vec![0.0; count]);
        player.render(&mut left, &mut right);
        left.iter().chain(&right).map(|x| x.to_bits()).collect()
    }

    #[test]
    fn wrong_numbers_are_refused() {
        let words = Preset::Focus.settings().to_words();
        assert_eq!(Player::open(1, 44_000, &words).err(), Some(Refusal::Rate));
        let mut nan = words;
        nan[4] = f32::NAN;
        assert_eq!(Player::open(1, 44_100, &nan).err(), Some(Refusal::Settings));
        let mut player = Player::open(1, 44_100, &words).unwrap();
        assert_eq!(player.apply(Frame(1000), &nan), Err(Refusal::Settings));
        assert_eq!(player.timeline_begin(&nan), Err(Refusal::Settings));
        assert_eq!(player.timeline_push(Frame(0), &nan), Err(Refusal::Settings));
        rendered(&mut player, 130);
        assert_eq!(player.apply(Frame(129), &words), Err(Refusal::Past));
        assert!(player.earliest_change() <= player.known_until(Frame(130)));
        let mut outcome = Ok(());
        for _ in 0..1000 {
            outcome = outcome.and_then(|()| player.apply(player.earliest_change(), &words));
        }
        assert_eq!(outcome, Err(Refusal::Full));
    }

    #[test]
    fn seeking_meets_what_was_played() {
        let first = Preset::Focus.settings().to_words();
        let second = Preset::Bright.settings().to_words();
        let mut played = Player::open(7, 48_000, &first).unwrap();
        played.apply(Frame(6400), &second).unwrap();
        rendered(&mut played, 10_000);
        let mut sought = Player::open(7, 48_000, &first).unwrap();
        assert_eq!(sought.history_for(Frame(10_000)), Frame(0));
        sought.timeline_begin(&first).unwrap();
        sought.timeline_push(Frame(6400), &second).unwrap();
        sought.seek_begin(Frame(10_000));
        while !sought.seek_some(3) {}
        assert_eq!(sought.position(), Frame(10_000));
        assert_eq!(rendered(&mut sought, 5000), rendered(&mut played, 5000));
    }
}
