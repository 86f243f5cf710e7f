//! The engine taken apart: the same movements, summed and mastered in the same order, with the layers in view.

use auralis_engine::Session;
use auralis_engine::cpu::Simd;
use auralis_engine::mix::{Master, StereoBlock};
use auralis_engine::movement::Movement;
use auralis_engine::session::{MovementSpan, Timeline};
use auralis_engine::settings::LAYERS;
use auralis_engine::time::{CONTROL, Frame};

/// The layers, and after them the delay and reverb of them all.
pub const PARTS: usize = LAYERS + 1;

/// What one control interval consisted of.
pub struct Interval {
    /// The layers and the space, before the master, of both movements that sound.
    pub parts: [StereoBlock; PARTS],
    /// Their sum before the master.
    pub sum: StereoBlock,
    /// What is heard: mastered, and [`Master::LATENCY`] frames older than the parts.
    pub master: StereoBlock,
}

/// Plays a session from its beginning, without a log.
pub struct Dissected {
    session: Session,
    timeline: Timeline,
    /// Movement k in slot k modulo 2, as in the engine.
    movements: [Movement; 2],
    master: Master,
    simd: Simd,
    next: Frame,
}

impl Dissected {
    /// The session at its first frame.
    #[must_use]
    pub fn new(session: &Session) -> Self {
        let simd = Simd::detect();
        let timeline = Timeline::new(session.settings);
        let mut movements = [0, 1].map(|k| Movement::new(session.seed, session.rate, k, &timeline, simd));
        movements[1].silence();
        let master = Master::new(session.rate);
        Self { session: *session, timeline, movements, master, simd, next: Frame::ZERO }
    }

    /// The next control interval.
    pub fn step(&mut self) -> Interval {
        let Session { seed, rate, .. } = self.session;
        let now = MovementSpan::at(seed, rate, self.next);
        if now.start == self.next && now.index > 0 {
            self.movements[(now.index % 2) as usize].restart(now.index, &self.timeline);
        }
        let mut parts = [StereoBlock::default(); PARTS];
        let mut sum = StereoBlock::default();
        let first = usize::from(self.movements[0].span().index > self.movements[1].span().index);
        for slot in [first, 1 - first] {
            let movement = &mut self.movements[slot];
            let span = movement.span();
            movement.render(self.next, &self.timeline, &mut sum);
            if (span.start..span.silent_from(rate)).contains(&self.next) {
                let heard = movement.parts();
                for (part, layer) in parts.iter_mut().zip(heard.layers.iter().chain([&heard.space])) {
                    part.add(layer);
                }
            }
        }
        self.next = self.next + CONTROL as u64;
        Interval { parts, sum, master: self.master.process(&sum, self.simd) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use auralis_engine::{Engine, Preset};

    #[test]
    fn what_is_heard_is_what_the_engine_plays() {
        let session = Session { settings: Preset::Bright.settings(), ..Session::new(42) };
        let mut dissected = Dissected::new(&session);
        let mut engine = Engine::new(&session);
        let late = Master::LATENCY as usize / CONTROL;
        let (mut left, mut right) = ([0.0; CONTROL], [0.0; CONTROL]);
        // Long enough to hear two movements overlap.
        for step in 0..190 * 44_100 / CONTROL {
            let heard = dissected.step().master;
            if step >= late {
                engine.render(&mut left, &mut right);
                assert_eq!((heard.left, heard.right), (left, right), "interval {step}");
            }
        }
    }
}
