//! The listener's desk: opens the speaker, starts the player, shows what plays, and does what keys ask for.

use crate::error::{Error, Result};
use crate::live::keys::Action;
use crate::live::outlook::Outlook;
use crate::live::player::{self, Player};
use crate::live::speaker::{Open, Speaker};
use crate::live::terminal::Terminal;
use crate::live::textures::{Supply, Textures};
use crate::live::valve::Valve;
use crate::live::{Shared, status};
use crate::options::Plan;
use auralis_engine::ChangeLog;
use rtrb::RingBuffer;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// How much is rendered ahead, in seconds.
const AHEAD_SECONDS: f64 = 0.4;
/// How often the status is shown.
const SHOW: Duration = Duration::from_millis(100);
/// How long the sound may take to fade at the end; a device that takes longer has stopped.
const FADE: Duration = Duration::from_secs(1);

/// How it ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Heard {
    /// The frames that were heard.
    pub frames: u64,
    /// The log, with the changes made while listening.
    pub log: ChangeLog,
    /// How often the device ran empty.
    pub gaps: u64,
    /// Whether it was Ctrl-C that ended it.
    pub interrupted: bool,
    /// What ended it, if the device failed.
    pub trouble: Option<String>,
}

/// Plays until all is played, until the listener ends it, or until `stop` is set. `textures` are rendered elsewhere from the first sound on. `opened` hears what it
/// plays on.
///
/// # Errors
/// If the speaker does not play, or the log has more changes than the engine has room for.
pub fn play<T: Terminal>(
    plan: &Plan,
    volume: f32,
    speaker: &dyn Speaker,
    stop: &AtomicBool,
    textures: Option<(Textures, Supply)>,
    opened: impl FnOnce(&Open) -> T,
) -> Result<Heard> {
    let (session, rate) = (&plan.session, plan.session.rate);
    let (mut textures, supply) = textures.unzip();
    let player = Player::new(session, plan.log.clone(), plan.from)?.supplied(supply);
    let shared = Arc::new(Shared::new(plan.log.clone(), volume));
    let (ring, frames) = RingBuffer::new(rate.frames(AHEAD_SECONDS) as usize);
    let (steer, wishes) = mpsc::channel();
    let (heard, watched) = (Arc::clone(&shared), Arc::clone(&shared));
    let open = speaker.open(
        rate.hz(),
        Box::new(move |hz| {
            let mut valve = Valve::new(frames, heard, rate, hz);
            Box::new(move |out| valve.fill(out))
        }),
        Box::new(move |what| watched.set_trouble(what)),
    )?;
    let rendering = Arc::clone(&shared);
    let wanted = plan.frames;
    let thread = std::thread::spawn(move || player::run(player, wanted, rate, &rendering, &wishes, ring));
    let mut terminal = opened(&open);
    let interrupted = watch(plan, &shared, &steer, stop, &mut textures, &mut terminal);

    shared.closing.store(true, Relaxed);
    shared.silent.store(false, Relaxed);
    let fading = Instant::now();
    while !shared.silent.load(Relaxed) && shared.trouble().is_none() && fading.elapsed() < FADE {
        std::thread::sleep(Duration::from_millis(5));
    }
    drop(open);
    drop(steer);
    if thread.join().is_err() {
        return Err(Error::Failed("the player ended early; this is a fault of the program".into()));
    }
    Ok(Heard {
        frames: shared.played.load(Relaxed),
        log: shared.log(),
        gaps: shared.gaps.load(Relaxed),
        interrupted: interrupted?,
        trouble: shared.trouble(),
    })
}

/// Shows what plays and does what keys ask for, until it is over; true if Ctrl-C ended it.
fn watch(
    plan: &Plan,
    shared: &Shared,
    steer: &mpsc::Sender<player::Steer>,
    stop: &AtomicBool,
    textures: &mut Option<Textures>,
    terminal: &mut impl Terminal,
) -> Result<bool> {
    let mut outlook = Outlook::new(&plan.session, plan.log.clone(), plan.from)?;
    loop {
        let paused = shared.paused.load(Relaxed);
        let over = shared.rendered_all.load(Relaxed) && shared.silent.load(Relaxed) && !paused;
        if over || shared.trouble().is_some() {
            return Ok(false);
        }
        if stop.load(Relaxed) {
            return Ok(true);
        }
        let played = shared.played.load(Relaxed);
        let position = plan.from + played;
        let log = shared.log();
        let view = outlook.view(&log, position)?;
        let player = status::Player {
            position,
            rate: plan.session.rate,
            paused,
            volume: shared.volume(),
            speed: shared.speed(),
            gaps: shared.gaps.load(Relaxed),
            notice: shared.notice(),
        };
        // To open a device is work, which the first sound does not wait for.
        if let Some(textures) = textures.as_mut().filter(|_| played > 0) {
            textures.tend(&plan.session, log).iter().for_each(|told| terminal.tell(told));
        }
        terminal.show(&|width| status::line(&view, &player, width));
        match terminal.action(SHOW) {
            Some(Action::Pause) => shared.paused.store(!paused, Relaxed),
            Some(Action::Quit) => return Ok(false),
            Some(Action::Interrupt) => return Ok(true),
            Some(Action::Volume(by)) => shared.set_volume(shared.volume() + by),
            // If the player has ended, so does this, soon.
            Some(Action::Steer(wish)) => drop(steer.send(wish)),
            None => {}
        }
    }
}

#[cfg(test)]
#[path = "desk_tests.rs"]
mod tests;
