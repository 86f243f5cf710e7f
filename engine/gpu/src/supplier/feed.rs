//! Which pages of a session's textures are to be rendered next: as many ahead of where it is played as an engine has room for.

use auralis_engine::session::Timeline;
use auralis_engine::settings::Quality;
use auralis_engine::texture::supply::{FRAMES, PAGES};
use auralis_engine::texture::{Ahead, Sheet};
use auralis_engine::{ChangeLog, Engine, Frame, Session};
use std::collections::VecDeque;

/// Pages of a texture that are rendered at once: 0.37 s at 44 100 Hz.
pub const STRETCH: u64 = 4;

/// Some pages' time, and all that sounds there.
#[derive(Debug)]
struct Stretch {
    /// The page after its last one.
    end: u64,
    sheets: Vec<Sheet>,
}

impl Stretch {
    /// The room that it takes. One without textures takes some too: nobody need look far ahead.
    fn pages(&self) -> u64 {
        (self.sheets.len() as u64).max(1) * STRETCH
    }
}

/// A session with its log, gone through ahead of the music. Another log, or another session, is another one of these.
pub struct Feed {
    session: Session,
    log: ChangeLog,
    /// None where quality is rich nowhere in the session.
    ahead: Option<Ahead>,
    /// From here on the log has changes that `ahead` does not know.
    known: Frame,
    /// The page that is played, and the first that was not looked at.
    at: u64,
    next: u64,
    /// Found, and without room as yet.
    waiting: Option<Stretch>,
    /// To be rendered.
    sheets: VecDeque<Sheet>,
    /// Where each stretch ends that was begun, and the room that it takes.
    held: Vec<(u64, u64)>,
}

impl Feed {
    /// A session from `position` on.
    #[must_use]
    pub fn new(session: &Session, log: &ChangeLog, position: Frame) -> Self {
        let at = page(position);
        let (ahead, known) = ahead(session, log, at);
        Self {
            session: *session,
            log: log.clone(),
            ahead,
            known,
            at,
            next: at,
            waiting: None,
            sheets: VecDeque::new(),
            held: Vec::new(),
        }
    }

    /// The session.
    #[must_use]
    pub const fn session(&self) -> &Session {
        &self.session
    }

    /// Whether quality is rich nowhere in the session, so that there are no textures, whatever the position will be.
    #[must_use]
    pub const fn is_silent(&self) -> bool {
        self.ahead.is_none()
    }

    /// The frame that is synthesized next. Before one that was told already, the session is gone through anew.
    pub fn at(&mut self, position: Frame) {
        let at = page(position);
        if at < self.at {
            *self = Self::new(&self.session, &self.log, position);
            return;
        }
        self.at = at;
        self.held.retain(|(end, _)| *end > at);
        self.sheets.retain(|sheet| sheet.page + sheet.pages > at);
        self.waiting.take_if(|stretch| stretch.end <= at);
    }

    /// Whether there is something to be rendered that takes nothing's place that is still to be played.
    pub fn has_sheet(&mut self) -> bool {
        while self.sheets.is_empty() {
            let Some(stretch) = self.waiting.take().or_else(|| self.find()) else { return false };
            let (end, pages) = (stretch.end, stretch.pages());
            let held: u64 = self.held.iter().map(|(_, pages)| pages).sum();
            if held + pages > PAGES as u64 {
                self.waiting = Some(stretch);
                return false;
            }
            self.held.push((end, pages));
            self.sheets.extend(stretch.sheets);
        }
        true
    }

    /// The next pages of a texture to be rendered, if there is room for them.
    pub fn sheet(&mut self) -> Option<Sheet> {
        if self.has_sheet() { self.sheets.pop_front() } else { None }
    }

    /// Looks at the next stretch. What has been played is of no use.
    fn find(&mut self) -> Option<Stretch> {
        let page = self.next.max(self.at);
        let end = page + STRETCH;
        if frame(end) > self.known {
            let (ahead, known) = ahead(&self.session, &self.log, page);
            // Where changes are that dense an engine has no room for them either.
            if known > self.known {
                (self.ahead, self.known) = (ahead, known);
            }
        }
        let sheets = self.ahead.as_mut()?.sheets(frame(page), STRETCH);
        self.next = end;
        Some(Stretch { end, sheets })
    }
}

const fn page(position: Frame) -> u64 {
    position.0 / FRAMES as u64
}

const fn frame(page: u64) -> Frame {
    Frame(page.saturating_mul(FRAMES as u64))
}

/// What finds the textures from a page on, if quality is rich anywhere; and the frame of the first change that it has no room for.
fn ahead(session: &Session, log: &ChangeLog, page: u64) -> (Option<Ahead>, Frame) {
    if !is_rich(session, log) {
        return (None, Frame(u64::MAX));
    }
    let history = Engine::history_for(session.seed, session.rate, frame(page));
    let mut timeline = Timeline::new(log.fold(&session.settings, history));
    let unknown =
        log.since(history).iter().find(|change| timeline.push(change.frame, &change.patch).is_err());
    let known = unknown.map_or(Frame(u64::MAX), |change| change.frame);
    (Some(Ahead::with_timeline(session, timeline)), known)
}

/// Whether quality is rich anywhere in a session.
#[must_use]
pub fn is_rich(session: &Session, log: &ChangeLog) -> bool {
    let mut settings = session.settings;
    let changed = log.changes().iter().map(|change| {
        settings = settings.with(&change.patch);
        settings.quality
    });
    [session.settings.quality].into_iter().chain(changed).any(|quality| quality == Quality::Rich)
}

#[cfg(test)]
#[path = "feed_tests.rs"]
mod tests;
