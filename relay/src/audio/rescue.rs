//! The way back of a session that fell silent: beside its thread, which goes on with silence, another one tries to render it again.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use auralis_protocol::{Code, Severity};

use super::backend::Fault;
use super::listener::Trouble;
use super::performer::Performer;
use super::shared::{Rescue, Shared, State};

/// The longest time from one attempt to the next.
const LONGEST_PAUSE: Duration = Duration::from_secs(300);
/// How many chunks before the one that is next it hands over: the thread renders them in its own time.
const NEAR: u64 = 5;

/// What goes on with a session that fell silent, if it is there; begins to look for it when it is time.
pub(super) fn look(shared: &Arc<Shared>, state: &mut State) -> Option<Performer> {
    match std::mem::take(&mut state.rescue) {
        Rescue::Ready(performer) if state.silent => {
            state.silent = false;
            let message = "the music is back".to_owned();
            shared.tell(Trouble { code: Code::SynthesisFailed, severity: Severity::Info, message });
            Some(performer)
        }
        Rescue::At(time, pause) if Instant::now() >= time => {
            state.rescue = begin(shared, state, pause);
            None
        }
        other => {
            state.rescue = other;
            None
        }
    }
}

fn begin(shared: &Arc<Shared>, state: &State, pause: Duration) -> Rescue {
    let (shared, thread) = (shared.clone(), state.thread);
    let rescue = move || {
        let found = find(&shared, thread);
        let mut state = shared.state();
        if state.thread != thread {
            return;
        }
        state.rescue = match found {
            Ok(Some(performer)) => Rescue::Ready(performer),
            Ok(None) => return,
            Err(fault) => {
                tracing::warn!("a session that fell silent can't be rendered yet: {fault}");
                let pause = (2 * pause).min(LONGEST_PAUSE);
                Rescue::At(Instant::now() + pause, pause)
            }
        };
    };
    match thread::Builder::new().name("rescue".into()).spawn(rescue) {
        Ok(_) => Rescue::UnderWay,
        Err(error) => {
            tracing::warn!("a session that fell silent can't be rendered yet: {error}");
            Rescue::At(Instant::now() + pause, pause)
        }
    }
}

/// Renders up to where the session is; nothing if nobody waits for it any more.
fn find(shared: &Shared, thread: Option<u64>) -> Result<Option<Performer>, Fault> {
    let (log, from) = {
        let state = shared.state();
        (state.log.clone(), state.next)
    };
    let mut performer = Performer::at(shared, log, from)?;
    // Whether it is music that comes.
    performer.copy()?.render(shared.frames)?;
    loop {
        let (changes, next) = {
            let state = shared.state();
            if state.thread != thread {
                return Ok(None);
            }
            (state.log.changes()[performer.given()..].to_vec(), state.next)
        };
        performer.take(&changes)?;
        if performer.position() + NEAR * shared.frames >= next {
            return Ok(Some(performer));
        }
        performer.go_on_to(next, shared.frames)?;
    }
}
