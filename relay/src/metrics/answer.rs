//! What is asked, and what is answered.

use std::collections::BTreeMap;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::events::as_text;
use super::history::MOST;
use super::series::Count;
use super::{Alert, Event, Metric, Snapshot, Target, Values};
use crate::relay::Relay;
use crate::session::Room;

/// What is asked for.
#[derive(Deserialize, IntoParams)]
pub(super) struct Asked {
    /// Of which session; of the whole relay if it is not given.
    pub(super) session: Option<String>,
    /// Whether the history is wanted, too: `true` or `false`, which it is if it is not given.
    #[param(value_type = Option<bool>)]
    pub(super) history: Option<String>,
}

/// How the relay, or a session, fares.
#[derive(Serialize, ToSchema)]
pub(super) struct Answer {
    /// When this was so.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = DateTime)]
    time: SystemTime,
    /// When the relay was started.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = DateTime)]
    started: SystemTime,
    /// The relay's version.
    version: &'static str,
    /// Whether it does what it is for, as `/api/v1/metrics/health` says it.
    healthy: bool,
    /// How many sessions the relay keeps.
    sessions_kept: usize,
    /// How many are there, by transport.
    clients: BTreeMap<&'static str, usize>,
    /// What is measured now: of the relay, the worst of its sessions.
    current: Values,
    /// What was counted since the relay was started.
    totals: Totals,
    /// The sessions in which somebody is, or only the one that was asked for.
    sessions: Vec<OfSession>,
    /// What is beyond its limit, and what was.
    alerts: Alerts,
    /// What happened, the newest first.
    events: Vec<Event>,
    /// What each metric should be and may be.
    targets: Vec<Target>,
    /// The last 1000 snapshots, 10 s apart, the oldest first; only with `history=true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    history: Option<Vec<Snapshot>>,
}

/// How a session fares.
#[derive(Serialize, ToSchema)]
pub(super) struct OfSession {
    /// What it is called.
    session: String,
    /// How many are there, by transport.
    clients: BTreeMap<&'static str, usize>,
    /// What is measured now.
    current: Values,
    /// What was counted since the relay was started.
    totals: Totals,
}

/// What was counted.
#[derive(Serialize, ToSchema)]
pub(super) struct Totals {
    /// Chunks that were made.
    chunks: u64,
    /// Times that rendering failed.
    synthesis_failures: u64,
    /// Chunks that were not there when they were due.
    underruns: u64,
    /// Chunks that listeners lost because they were too slow.
    dropped_chunks: u64,
    /// Changes that were made.
    controls_accepted: u64,
    /// Changes that were refused.
    controls_refused: u64,
    /// Times that music was composed, to look ahead or to answer.
    compositions: u64,
}

/// What is beyond its limit, and what was.
#[derive(Serialize, ToSchema)]
pub(super) struct Alerts {
    /// Those that hold now.
    active: Vec<Alert>,
    /// The last 200 that are over, the newest first.
    past: Vec<Alert>,
}

/// Whether the relay does what it is for.
#[derive(Serialize, ToSchema)]
pub(super) struct MetricsHealth {
    /// `healthy` or `unhealthy`.
    status: &'static str,
    /// Why it is unhealthy; empty where it is not.
    reasons: Vec<Reason>,
    /// What else somebody should look at.
    warnings: Vec<Reason>,
}

/// Something that is not as it should be.
#[derive(Serialize, ToSchema)]
pub(super) struct Reason {
    /// The metric; null where it is none.
    metric: Option<Metric>,
    /// In which session; null where it is the whole relay.
    session: Option<String>,
    /// What is wrong.
    sentence: String,
}

impl Totals {
    fn of(total: impl Fn(Count) -> u64) -> Self {
        Self {
            chunks: total(Count::Chunks),
            synthesis_failures: total(Count::Failures),
            underruns: total(Count::Underruns),
            dropped_chunks: total(Count::Dropped),
            controls_accepted: total(Count::Accepted),
            controls_refused: total(Count::Refused),
            compositions: total(Count::Composed),
        }
    }
}

impl Answer {
    /// How the relay fares, or one of its rooms.
    pub(super) fn of(relay: &Relay, room: Option<&Room>, with_history: bool) -> Self {
        let metrics = relay.metrics();
        let healthy = MetricsHealth::of(relay).is_healthy();
        let name = room.map(Room::name);
        let rooms = relay.sessions().all();
        let clients = |room: &Room| room.meter().clients().collect::<BTreeMap<_, _>>();
        let book = metrics.book();
        let of_session = |room: &Room| OfSession {
            session: room.name().into(),
            clients: clients(room),
            current: book.values(Some(room.name())),
            totals: Totals::of(|what| room.meter().total(what)),
        };
        let mut all = BTreeMap::new();
        for (kind, count) in
            rooms.iter().filter(|it| name.is_none_or(|name| name == it.name())).flat_map(|it| clients(it))
        {
            *all.entry(kind).or_default() += count;
        }
        let (active, past) = book.alerts(name);
        Self {
            time: SystemTime::now(),
            started: metrics.started,
            version: env!("CARGO_PKG_VERSION"),
            healthy,
            sessions_kept: rooms.len(),
            clients: all,
            current: book.values(name),
            totals: Totals::of(|what| {
                room.map_or_else(|| metrics.total(what), |room| room.meter().total(what))
            }),
            sessions: match room {
                Some(room) => vec![of_session(room)],
                None => {
                    let heard =
                        |room: &&std::sync::Arc<Room>| room.meter().clients().any(|(_, count)| count > 0);
                    rooms.iter().filter(heard).map(|room| of_session(room)).collect()
                }
            },
            alerts: Alerts { active, past },
            events: metrics.events(name),
            targets: Metric::ALL.map(Metric::target).to_vec(),
            history: with_history
                .then(|| book.history(name))
                .inspect(|list| debug_assert!(list.len() <= MOST)),
        }
    }
}

impl MetricsHealth {
    /// Whether the relay does what it is for.
    pub(super) fn of(relay: &Relay) -> Self {
        let (active, _) = relay.metrics().book().alerts(None);
        let (bad, rest): (Vec<_>, Vec<_>) =
            active.into_iter().partition(|alert| alert.severity >= auralis_protocol::Severity::Error);
        let reason = |alert: Alert| Reason {
            metric: Some(alert.metric),
            session: alert.session,
            sentence: alert.sentence,
        };
        let mut reasons: Vec<_> = bad.into_iter().map(reason).collect();
        if relay.stopping().is_cancelled() {
            reasons.push(Reason { metric: None, session: None, sentence: "the relay stops".into() });
        }
        let status = if reasons.is_empty() { "healthy" } else { "unhealthy" };
        Self { status, reasons, warnings: rest.into_iter().map(reason).collect() }
    }

    /// Whether there is no reason against it.
    pub(super) fn is_healthy(&self) -> bool {
        self.reasons.is_empty()
    }
}
