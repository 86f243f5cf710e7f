//! Surprise me: another piece in another mood, at once.

use super::dom::{by_id, on};
use super::presets::{preset_of, title};
use super::{App, Phase, seed};
use crate::steering::Steering;
use auralis_engine::{ChangeLog, Preset, Session};
use std::rc::Rc;
use web_sys::Element;

/// Listens to the button.
pub(super) fn attend(app: &Rc<App>) {
    let this = app.clone();
    on(&by_id::<Element>("surprise"), "click", move |_| this.surprise());
}

impl App {
    pub(super) fn surprise(self: &Rc<Self>) {
        let old = *self.steering.borrow().session();
        let seed = seed::random();
        let now = preset_of(self.steering.borrow().wanted());
        let others: Vec<_> = Preset::ALL.into_iter().filter(|preset| Some(*preset) != now).collect();
        // The seed's own bits choose; they choose among so few that none is favoured.
        let preset = others[(seed % others.len() as u64) as usize];
        let session = Session { seed, settings: preset.settings(), ..old };
        self.take(Steering::new(session, ChangeLog::new()));
        if self.phase.get() == Phase::Resting {
            self.play();
        }
        self.say(&format!("{}, a new piece", title(preset.name())));
    }
}
