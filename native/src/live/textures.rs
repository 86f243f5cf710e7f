//! A rich session's textures, rendered beside the music: told what plays, and telling what happens.

use auralis_engine::{ChangeLog, Engine, Session};

/// What hands an engine what was rendered elsewhere, just before it renders. It neither allocates nor waits.
pub type Supply = Box<dyn FnMut(&mut Engine) + Send>;

/// What the listener is told of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The sentence.
    pub sentence: String,
    /// Whether something went wrong.
    pub is_warning: bool,
}

/// Somebody who renders textures beside the music.
pub trait Renderer {
    /// The session and the log that are played from now on. It is not waited for.
    fn follow(&mut self, session: &Session, log: &ChangeLog);
    /// What happened since it was asked last, in order.
    fn told(&mut self) -> Vec<Told>;
}

/// A renderer that follows what is played.
pub struct Textures {
    renderer: Box<dyn Renderer>,
    followed: Option<ChangeLog>,
}

impl Textures {
    /// With a renderer that knows of no session yet.
    #[must_use]
    pub fn new(renderer: impl Renderer + 'static) -> Self {
        Self { renderer: Box::new(renderer), followed: None }
    }

    /// Has it follow the session, if the log is another than before, and gives what happened.
    pub fn tend(&mut self, session: &Session, log: ChangeLog) -> Vec<Told> {
        if self.followed.as_ref() != Some(&log) {
            self.renderer.follow(session, &log);
            self.followed = Some(log);
        }
        self.renderer.told()
    }
}

#[cfg(feature = "gpu")]
pub use gpu::on;

#[cfg(feature = "gpu")]
mod gpu {
    use super::{Renderer, Supply, Textures, Told};
    use auralis_engine::{ChangeLog, Session};
    use auralis_gpu::Event;
    use auralis_gpu::supplier::{Pages, Supplier};

    /// A supplier, and whether nothing but a GPU was asked for.
    struct OnDevice(Supplier, bool);

    /// Textures by a supplier, and what the player does with its pages. `is_asked_for`: whether there being no device is worth a warning.
    #[must_use]
    pub fn on((supplier, mut pages): (Supplier, Pages), is_asked_for: bool) -> (Textures, Supply) {
        let supply = move |engine: &mut _| {
            pages.supply(engine);
        };
        (Textures::new(OnDevice(supplier, is_asked_for)), Box::new(supply))
    }

    impl Renderer for OnDevice {
        fn follow(&mut self, session: &Session, log: &ChangeLog) {
            self.0.follow(session, log);
        }

        fn told(&mut self) -> Vec<Told> {
            let mut told = Vec::new();
            for event in self.0.events() {
                told.push(match &event {
                    Event::Device { .. } => {
                        // From here on it is missed where it is left.
                        self.1 = true;
                        let how = "within -80 dB of the session's own sound, which is the processor's, but not with its bits";
                        Told { sentence: format!("{event}: {how}"), is_warning: false }
                    }
                    Event::Left { why } if !self.1 => {
                        let why = why.strip_prefix("CPU: ").unwrap_or(why);
                        Told { sentence: format!("textures are rendered by the processor: {why}"), is_warning: false }
                    }
                    _ => Told { sentence: format!("textures: {event}"), is_warning: true },
                });
            }
            told
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};

    struct Counts(Arc<Mutex<Vec<usize>>>);

    impl Renderer for Counts {
        fn follow(&mut self, _: &Session, log: &ChangeLog) {
            self.0.lock().unwrap().push(log.changes().len());
        }
        fn told(&mut self) -> Vec<Told> {
            vec![Told { sentence: "well".into(), is_warning: false }]
        }
    }

    #[test]
    fn it_is_told_of_each_log_once() {
        let logs = Arc::default();
        let mut textures = Textures::new(Counts(Arc::clone(&logs)));
        let (session, mut log) = (Session::new(1), ChangeLog::new());
        for _ in 0..3 {
            assert_eq!(textures.tend(&session, log.clone())[0].sentence, "well");
        }
        let patch = auralis_engine::Preset::Sleep.settings();
        log.push(auralis_engine::Change { frame: auralis_engine::Frame(9), patch: (&patch).into() }).unwrap();
        textures.tend(&session, log.clone());
        textures.tend(&session, log);
        assert_eq!(*logs.lock().unwrap(), [0, 1]);
    }

    #[cfg(feature = "gpu")]
    #[test]
    fn what_happens_to_a_device_is_told_with_its_reason() {
        use auralis_gpu::GpuTextures;
        use auralis_gpu::supplier::Supplier;
        let sentences = [
            "textures are rendered by the processor: no adapter",
            "textures: the processor renders from now on: CPU: no adapter",
        ];
        for (is_asked_for, sentence) in [false, true].into_iter().zip(sentences) {
            let none = || async { Err::<GpuTextures, _>("CPU: no adapter".to_owned()) };
            let (mut textures, mut supply) = on(Supplier::new(none), is_asked_for);
            let mut session = Session::new(1);
            session.settings.quality = auralis_engine::Quality::Rich;
            let mut engine = Engine::new(&session);
            let told = loop {
                supply(&mut engine);
                engine.render_interleaved(&mut [0.0; 1024]);
                let told = textures.tend(&session, ChangeLog::new());
                if !told.is_empty() {
                    break told;
                }
                std::thread::sleep(std::time::Duration::from_millis(1));
            };
            assert_eq!(told, [Told { sentence: sentence.into(), is_warning: is_asked_for }]);
        }
    }
}
