//! An engine that plays with pages from beside it, and is compared with one that plays by itself.

use auralis_engine::session::Timeline;
use auralis_engine::{Change, ChangeLog, Engine, Frame, Patch, Performance, Quality, Session};
use auralis_gpu::supplier::Pages;
use auralis_gpu::tolerance::apart;
use std::time::{Duration, Instant};

pub(crate) fn rich(seed: u64) -> Session {
    let mut session = Session::new(seed);
    session.settings.quality = Quality::Rich;
    session
}

/// Long enough for whatever a busy machine does.
pub(crate) const LONG: Duration = Duration::from_secs(300);

/// What a condition is waited for, while the thread beside works.
pub(crate) fn wait(until: &mut dyn FnMut() -> bool) {
    let began = Instant::now();
    while !until() {
        assert!(began.elapsed() < LONG, "nothing came");
        std::thread::sleep(Duration::from_millis(4));
    }
}

/// An engine that plays with pages from beside it.
pub(crate) struct Play {
    pub(crate) session: Session,
    pub(crate) log: ChangeLog,
    pub(crate) engine: Engine,
    pub(crate) pages: Pages,
    /// How many pages the engine took, and how many of them had been when it last waited for some.
    pub(crate) taken: usize,
    pub(crate) met: usize,
    pub(crate) sound: Vec<f32>,
    pub(crate) from: Frame,
}

pub(crate) const BLOCK: usize = 512;

impl Play {
    pub(crate) fn new(session: &Session, pages: Pages, from: Frame) -> Self {
        let mut play = Self {
            session: *session,
            log: ChangeLog::new(),
            engine: Engine::new(session),
            pages,
            taken: 0,
            met: 0,
            sound: Vec::new(),
            from,
        };
        play.seek(from);
        play
    }

    pub(crate) fn seek(&mut self, to: Frame) {
        let history = Engine::history_for(self.session.seed, self.session.rate, to);
        let timeline = Timeline::from_log(&self.session.settings, &self.log, history, Frame(u64::MAX));
        self.engine.seek(to, &timeline.unwrap());
        self.from = to;
        self.sound.clear();
    }

    pub(crate) fn change(&mut self, field: &str, value: &str) {
        let mut patch = Patch::default();
        patch.set(field, value).unwrap();
        let change = Change { frame: self.engine.earliest_change(), patch };
        self.engine.apply(&change).unwrap();
        self.log.push(change).unwrap();
    }

    pub(crate) fn blocks(&mut self, count: usize) {
        for _ in 0..count {
            self.taken += self.pages.supply(&mut self.engine);
            let mut block = [0.0; 2 * BLOCK];
            self.engine.render_interleaved(&mut block);
            self.sound.extend(block);
        }
    }

    /// Waits until pages have come since it last did, and takes them. They may have come while blocks were rendered, and then there will be no more before
    /// others are.
    pub(crate) fn meet(&mut self) {
        let Self { engine, pages, taken, met, .. } = self;
        wait(&mut || {
            *taken += pages.supply(engine);
            *taken > *met
        });
        *met = *taken;
    }

    /// How far it is from what the engine plays by itself.
    pub(crate) fn apart(&self) -> f32 {
        let mut own = vec![0.0; self.sound.len()];
        let mut performance = Performance::new(&self.session, self.log.clone());
        performance.seek(self.from).unwrap();
        performance.render_interleaved(&mut own).unwrap();
        assert!(own.iter().any(|x| x.abs() > 0.02));
        apart(&self.sound, &own)
    }
}

pub(crate) const FROM: Frame = Frame(44_100 * 12);
