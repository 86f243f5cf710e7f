//! Looks at everything once a second, as long as the relay runs.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::time::{MissedTickBehavior, interval};

use super::alerts::Turn;
use super::book::Seen;
use super::metric::Metric;
use super::process::Process;
use crate::relay::Relay;
use crate::session::Room;

/// Keeps the relay's book until it stops.
pub async fn watch(relay: Arc<Relay>) {
    let stopping = relay.stopping().clone();
    let process = Process::new().inspect_err(|error| {
        tracing::warn!("processor and memory of the relay can't be measured: {error}");
    });
    let mut process = process.ok();
    let mut second = interval(Duration::from_secs(1));
    second.set_missed_tick_behavior(MissedTickBehavior::Delay);
    second.tick().await;
    while stopping.run_until_cancelled(second.tick()).await.is_some() {
        let relay = relay.clone();
        // Composing ahead takes its time, and asking the system, too.
        let looked = tokio::task::spawn_blocking(move || {
            look(&relay, process.as_mut());
            process
        });
        process = match looked.await {
            Ok(process) => process,
            Err(error) => {
                tracing::error!("the relay could not be looked at: {error}");
                return;
            }
        };
    }
}

fn look(relay: &Relay, process: Option<&mut Process>) {
    let metrics = relay.metrics();
    let rooms = relay.sessions().all();
    let seen: Vec<_> = rooms.iter().map(|room| see(room)).collect();
    let usage = process.and_then(Process::look);
    let (turns, active) = {
        let mut book = metrics.book();
        let turns = book.second(SystemTime::now(), &seen, usage);
        for room in &rooms {
            room.meter().show(&book.values(Some(room.name())));
        }
        if let Some(cpu) = book.values(None).cpu_percent {
            metrics.families.cpu.set(cpu / 100.0);
        }
        (turns, book.alerts(None).0)
    };
    metrics.families.sessions.set(rooms.len() as i64);
    if let Some(usage) = usage {
        metrics.families.memory.set(usage.memory as i64);
        metrics.families.cpu_time.inc_by((usage.cpu_seconds - metrics.families.cpu_time.get()).max(0.0));
    }
    for metric in Metric::ALL {
        metrics.families.alerts(metric, active.iter().filter(|alert| alert.metric == metric).count());
    }
    for turn in turns {
        match turn {
            Turn::Raised(alert) => tracing::warn!("alert: {}", alert.sentence),
            Turn::Over(alert) => tracing::info!("alert is over: {}", alert.sentence),
        }
    }
}

fn see(room: &Room) -> Seen {
    let (meter, station) = (room.meter(), room.station());
    let clients = meter.clients().map(|(_, count)| count).sum();
    let queue = (clients > 0).then(|| room.compose_ahead());
    Seen {
        session: room.name().into(),
        second: meter.take(),
        clients,
        listeners: station.listeners(),
        depth: station.depth(),
        queue,
        rate: 1.0 / station.chunk_length().as_secs_f64(),
    }
}
