//! What happened, for whoever looks later: a list of bounded length.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use auralis_protocol::{Code, Severity};
use serde::Serialize;
use utoipa::ToSchema;

use crate::time;

/// How many are kept.
const MOST: usize = 200;
/// What happens again within this time is told once, with how often.
const AGAIN: Duration = Duration::from_secs(60);

/// Something that happened.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Event {
    /// When it happened last.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = DateTime)]
    pub time: SystemTime,
    /// When it happened first.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = DateTime)]
    pub since: SystemTime,
    /// How often, within a minute each.
    pub times: u64,
    /// How bad it is.
    #[schema(value_type = String)]
    pub severity: Severity,
    /// What it is, as clients are told.
    #[schema(value_type = String)]
    pub code: Code,
    /// In which session; none where it concerns the whole relay.
    pub session: Option<String>,
    /// What happened, for people.
    pub sentence: String,
}

pub(super) fn as_text<S: serde::Serializer>(moment: &SystemTime, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&time::text(*moment))
}

/// What a sentence says, whatever its numbers are.
fn without_numbers(sentence: &str) -> impl Iterator<Item = char> {
    sentence.chars().filter(|c| !c.is_ascii_digit() && *c != '.')
}

/// The last of them.
#[derive(Default)]
pub(super) struct Events(Mutex<VecDeque<Event>>);

impl Events {
    /// Keeps one. Says whether it is new: what happens again and again is not.
    pub(super) fn push(
        &self,
        now: SystemTime,
        severity: Severity,
        code: Code,
        session: Option<&str>,
        sentence: String,
    ) -> bool {
        let mut events = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let again = events.iter().rposition(|event| {
            (event.severity, event.code, event.session.as_deref()) == (severity, code, session)
                && without_numbers(&event.sentence).eq(without_numbers(&sentence))
        });
        if let Some(place) = again
            && let Some(mut event) = events.remove(place)
        {
            if now.duration_since(event.time).unwrap_or_default() < AGAIN {
                (event.time, event.sentence) = (now, sentence);
                event.times += 1;
                // The newest is always the last.
                events.push_back(event);
                return false;
            }
            events.insert(place, event);
        }
        let session = session.map(str::to_owned);
        events.push_back(Event { time: now, since: now, times: 1, severity, code, session, sentence });
        if events.len() > MOST {
            events.pop_front();
        }
        true
    }

    /// Those of a session and of the whole relay, or all, the newest first.
    pub(super) fn list(&self, session: Option<&str>) -> Vec<Event> {
        let events = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let wanted = |event: &&Event| {
            session.is_none() || event.session.is_none() || event.session.as_deref() == session
        };
        events.iter().rev().filter(wanted).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn push(events: &Events, at: u64, session: &str) -> bool {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(at);
        let code = Code::BufferOverrun;
        events.push(now, code.severity(), code, Some(session), format!("at {at}"))
    }

    #[test]
    fn what_happens_again_is_counted() {
        let events = Events::default();
        assert!(push(&events, 0, "a") && push(&events, 1, "b"));
        assert!(!push(&events, 59, "a") && !push(&events, 100, "a"));
        let list = events.list(Some("a"));
        assert_eq!((list.len(), list[0].times, list[0].sentence.as_str()), (1, 3, "at 100"));
        assert_eq!(list[0].since, SystemTime::UNIX_EPOCH);
        let code = Code::BufferOverrun;
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(101);
        assert!(events.push(now, code.severity(), code, Some("a"), "something else".into()));
        assert!(push(&events, 160, "a"), "a minute later it is another");
        let order: Vec<_> = events.list(None).iter().map(|event| event.sentence.clone()).collect();
        assert_eq!(order, ["at 160", "something else", "at 100", "at 1"]);
    }

    #[test]
    fn the_list_is_bounded() {
        let events = Events::default();
        for at in 0..MOST as u64 + 50 {
            push(&events, at * 100, "a");
        }
        assert_eq!(events.list(None).len(), MOST);
        assert_eq!(events.list(None)[0].sentence, format!("at {}", (MOST as u64 + 49) * 100));
    }
}
