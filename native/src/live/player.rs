//! Renders a session as it is heard, and takes changes to it.

use crate::error::Result;
use crate::live::Shared;
use crate::live::textures::Supply;
use auralis_engine::session::{ApplyError, Timeline};
use auralis_engine::settings::{Bpm, Level};
use auralis_engine::{Change, ChangeLog, Engine, Frame, Patch, Preset, SampleRate, Session, Settings};
use rtrb::Producer;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::mpsc::{Receiver, TryRecvError};
use std::time::{Duration, Instant};

/// Frames rendered in one go.
const BLOCK: usize = 512;
/// Changes follow each other at least so many frames apart: keys that repeat become one change.
const APART: u64 = 11_025;

/// A wish of the listener, which changes the session.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Steer {
    /// More or less intensity.
    Intensity(f32),
    /// Faster or slower, in quarter notes a minute.
    Tempo(f32),
    /// The next preset.
    NextPreset,
}

/// A session being played, from anywhere, with changes as they come. An [`Engine`], a log that knows all, and what of it the engine has.
pub struct Player {
    session: Session,
    log: ChangeLog,
    engine: Engine,
    given: usize,
    /// What is wished for and not yet in the log.
    wish: Patch,
    /// From here on a wish can become a change.
    next_change: Frame,
    supply: Option<Supply>,
}

impl Player {
    /// A player at a frame.
    ///
    /// # Errors
    /// If the log has more changes around there than the engine has room for.
    pub fn new(session: &Session, log: ChangeLog, from: Frame) -> Result<Self> {
        let mut engine = Engine::new(session);
        let until = Engine::known_until(from);
        let history = Engine::history_for(session.seed, session.rate, from);
        engine.seek(from, &Timeline::from_log(&session.settings, &log, history, until)?);
        let given = log.changes().partition_point(|c| c.frame < until);
        Ok(Self {
            session: *session,
            log,
            engine,
            given,
            wish: Patch::default(),
            next_change: Frame::ZERO,
            supply: None,
        })
    }

    /// Has the engine handed what is rendered elsewhere.
    #[must_use]
    pub fn supplied(self, supply: Option<Supply>) -> Self {
        Self { supply, ..self }
    }

    /// The log, with what was changed.
    #[must_use]
    pub const fn log(&self) -> &ChangeLog {
        &self.log
    }

    /// The settings that hold where the next change would be, with what is wished for.
    #[must_use]
    pub fn settings(&self) -> Settings {
        let given = &self.log.changes()[..self.given];
        given.iter().fold(self.session.settings, |s, c| s.with(&c.patch)).with(&self.wish)
    }

    /// Takes a wish.
    pub fn steer(&mut self, steer: Steer) {
        let now = self.settings();
        match steer {
            Steer::Intensity(by) => {
                // To hundredths, so that steps there and back meet again.
                let level = ((now.intensity.get() + by) * 100.0).round() / 100.0;
                self.wish.intensity = Level::new(level.clamp(0.0, 1.0));
            }
            Steer::Tempo(by) => self.wish.bpm = Bpm::new((now.bpm.get() + by).round().clamp(40.0, 200.0)),
            Steer::NextPreset => {
                let place = Preset::ALL.iter().position(|p| p.settings() == now);
                let next = place.map_or(0, |p| (p + 1) % Preset::ALL.len());
                self.wish = Patch { preset: Some(Preset::ALL[next]), ..Patch::default() };
            }
        }
    }

    /// Renders the next frames. What is wished for becomes a change at the earliest frame that the engine takes.
    ///
    /// # Errors
    /// If the engine has no room for a change: the wish is dropped, or the log's change left out; the frames are rendered all the same.
    pub fn render(&mut self, interleaved: &mut [f32]) -> Result<(), ApplyError> {
        let changed = self.grant().and(self.hand_over(interleaved.len() as u64 / 2));
        if let Some(supply) = &mut self.supply {
            supply(&mut self.engine);
        }
        self.engine.render_interleaved(interleaved);
        changed
    }

    /// Turns the wish into a change.
    fn grant(&mut self) -> Result<(), ApplyError> {
        let last = self.log.changes()[..self.given].last().map_or(Frame::ZERO, |c| c.frame);
        let frame = self.engine.earliest_change().max(last);
        if self.wish.is_empty() || frame < self.next_change {
            return Ok(());
        }
        let change = Change { frame, patch: std::mem::take(&mut self.wish) };
        self.next_change = frame + APART;
        self.engine.apply(&change)?;
        let mut log = ChangeLog::new();
        let (before, after) = self.log.changes().split_at(self.given);
        for change in before.iter().chain([&change]).chain(after) {
            // In order by construction: what was given lies before the engine's earliest change, the rest after it.
            log.push(*change).map_err(|e| ApplyError::Past { frame: e.frame, earliest: e.last })?;
        }
        self.log = log;
        self.given += 1;
        Ok(())
    }

    /// Hands the engine the log's changes that lie within the next frames.
    fn hand_over(&mut self, frames: u64) -> Result<(), ApplyError> {
        let until = self.engine.earliest_change() + frames + 64;
        let mut done = Ok(());
        while let Some(change) = self.log.changes().get(self.given).filter(|c| c.frame < until) {
            done = done.and(self.engine.apply(change));
            self.given += 1;
        }
        done
    }
}

/// Renders into the ring until all frames are rendered, or until nobody sends wishes any more.
pub fn run(
    mut player: Player,
    frames: Option<u64>,
    rate: SampleRate,
    shared: &Shared,
    wishes: &Receiver<Steer>,
    mut ring: Producer<[f32; 2]>,
) {
    let mut left = frames.unwrap_or(u64::MAX);
    let mut block = [0.0; 2 * BLOCK];
    let mut speed = 0.0_f32;
    while left > 0 {
        loop {
            match wishes.try_recv() {
                Ok(steer) => player.steer(steer),
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => return,
            }
        }
        if ring.slots() < BLOCK {
            std::thread::sleep(Duration::from_millis(4));
            continue;
        }
        let count = left.min(BLOCK as u64) as usize;
        let changes = player.log().changes().len();
        let began = Instant::now();
        let rendered = player.render(&mut block[..2 * count]);
        let now = rate.seconds(count as u64) / began.elapsed().as_secs_f64().max(1e-9);
        speed += (now as f32 - speed) * if speed == 0.0 { 1.0 } else { 0.02 };
        shared.set_speed(speed);
        if let Err(error) = rendered {
            shared.set_notice(Some(error.to_string()));
        } else if player.log().changes().len() != changes {
            shared.set_notice(None);
            shared.set_log(player.log());
        }
        for frame in block[..2 * count].chunks_exact(2) {
            // There is room: it was asked for above.
            let _ = ring.push([frame[0], frame[1]]);
        }
        left -= count as u64;
    }
    shared.rendered_all.store(true, Relaxed);
}

#[cfg(test)]
mod tests {
    use super::*;
    use auralis_engine::Performance;

    fn log(entries: &[(u64, f32)]) -> ChangeLog {
        let mut log = ChangeLog::new();
        for (frame, intensity) in entries {
            let patch = Patch { intensity: Level::new(*intensity), ..Patch::default() };
            log.push(Change { frame: Frame(*frame), patch }).unwrap();
        }
        log
    }

    fn by_performance(session: &Session, log: &ChangeLog, from: u64, frames: usize) -> Vec<f32> {
        let mut performance = Performance::new(session, log.clone());
        performance.seek(Frame(from)).unwrap();
        let mut out = vec![0.0; 2 * frames];
        performance.render_interleaved(&mut out).unwrap();
        out
    }

    #[test]
    fn what_was_heard_is_what_the_saved_log_gives() {
        let session = Session::new(3);
        let from = 20_000;
        // A log with changes before, soon after and long after the steering.
        let mut player =
            Player::new(&session, log(&[(5_000, 0.2), (21_000, 0.9), (60_000, 0.1)]), Frame(from)).unwrap();
        let mut heard = vec![0.0; 2 * 50_000];
        for (n, part) in heard.chunks_mut(2 * 500).enumerate() {
            match n {
                10 => player.steer(Steer::Intensity(-0.35)),
                11..20 => player.steer(Steer::Tempo(2.0)),
                80 => player.steer(Steer::NextPreset),
                _ => {}
            }
            player.render(part).unwrap();
        }
        let log = player.log();
        assert_eq!(log.changes().len(), 6, "{log:?}");
        let wishes: Vec<_> = log.changes().iter().map(|c| c.patch).collect();
        assert_eq!(wishes[2].intensity, Level::new(0.55));
        assert_eq!(wishes[3].bpm, Bpm::new(88.0));
        assert_eq!(wishes[5].preset, Some(Preset::Focus));
        assert!(heard == by_performance(&session, log, from, 50_000));
    }

    #[test]
    fn presets_go_round_and_values_stay_in_their_ranges() {
        let mut player = Player::new(&Session::new(1), ChangeLog::new(), Frame::ZERO).unwrap();
        for preset in Preset::ALL.into_iter().chain([Preset::Focus]) {
            player.steer(Steer::NextPreset);
            assert_eq!(player.settings(), preset.settings());
        }
        player.steer(Steer::Intensity(7.0));
        player.steer(Steer::Tempo(-500.0));
        assert_eq!((player.settings().intensity, player.settings().bpm.get()), (Level::FULL, 40.0));
    }

    #[test]
    fn a_change_without_room_is_said_and_not_in_the_log() {
        let many: Vec<_> = (0..256).map(|n| (n * 64, 0.5)).collect();
        let mut player = Player::new(&Session::new(1), log(&many), Frame(64 * 256)).unwrap();
        player.steer(Steer::Intensity(0.1));
        let mut block = [1.0; 128];
        assert!(matches!(player.render(&mut block), Err(ApplyError::Full { .. })));
        assert_eq!(player.log().changes().len(), 256);
        assert!(player.render(&mut block).is_ok());
    }

    #[test]
    fn the_player_fills_the_ring_and_says_when_all_is_rendered() {
        let shared = Shared::new(ChangeLog::new(), 1.0);
        let (send, wishes) = std::sync::mpsc::channel();
        let (producer, mut consumer) = rtrb::RingBuffer::new(4096);
        send.send(Steer::Tempo(5.0)).unwrap();
        let session = Session::new(9);
        let player = Player::new(&session, ChangeLog::new(), Frame::ZERO).unwrap();
        run(player, Some(3000), session.rate, &shared, &wishes, producer);
        assert!(shared.rendered_all.load(Relaxed) && shared.speed() > 0.0);
        assert_eq!(shared.log().changes().len(), 1);
        let heard: Vec<f32> = std::iter::from_fn(|| consumer.pop().ok()).flatten().collect();
        assert!(heard == by_performance(&session, &shared.log(), 0, 3000));
        // Nobody there any more: it ends at once.
        drop(send);
        let (producer, _consumer) = rtrb::RingBuffer::new(4096);
        let player = Player::new(&session, ChangeLog::new(), Frame::ZERO).unwrap();
        run(player, None, session.rate, &shared, &wishes, producer);
    }
}
