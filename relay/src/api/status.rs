//! `GET /api/v1/status` and `GET /api/v1/ready`: how a session fares, and whether the relay can be used.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::Which;
use super::wrong::{Told, Wrong};
use crate::relay::Relay;
use crate::session::{Now, Room};

/// How a session fares.
#[derive(Serialize, ToSchema)]
pub(super) struct Status {
    /// What it is called.
    session: String,
    /// The key that holds.
    key: String,
    /// The scale.
    scale: String,
    /// The tempo, in quarter notes a minute.
    bpm: f32,
    /// 0 to 1.
    intensity: f32,
    /// How much audio lies ready ahead of what is heard.
    buffer_depth_ms: f64,
    /// How many listen to audio.
    active_clients: usize,
    /// How long it took until the last chunk was ready, from when it could be begun.
    synthesis_latency_ms: f64,
    /// How many phrases were begun so far in this movement.
    phrases_generated: u64,
    /// How long it has gone on, in seconds.
    position_seconds: f64,
}

impl Status {
    fn of(room: &Room) -> Self {
        let (Now { phrase, settings, .. }, station) = (room.now(), room.station());
        Self {
            session: room.name().into(),
            key: settings.key.to_string(),
            scale: settings.scale.to_string(),
            bpm: settings.bpm.get(),
            intensity: settings.intensity.get(),
            buffer_depth_ms: station.depth().as_secs_f64() * 1000.0,
            active_clients: station.listeners(),
            synthesis_latency_ms: station.latency().as_secs_f64() * 1000.0,
            phrases_generated: phrase + 1,
            position_seconds: room.session().rate.seconds(room.clock().now().0),
        }
    }
}

/// How a session fares.
#[utoipa::path(
    get,
    path = "/api/v1/status",
    params(Which),
    responses((status = 200, body = Status), (status = 404, description = "There is no such session", body = Told))
)]
pub(super) async fn get(
    State(relay): State<Arc<Relay>>,
    Query(which): Query<Which>,
) -> Result<Json<Status>, Wrong> {
    Ok(Json(Status::of(&*which.room(&relay)?)))
}

/// Whether the relay takes listeners: 503 when it stops, or all places are taken.
#[utoipa::path(
    get,
    path = "/api/v1/ready",
    responses((status = 204, description = "It does"), (status = 503, description = "It does not"))
)]
pub(super) async fn ready(State(relay): State<Arc<Relay>>) -> StatusCode {
    if relay.is_ready() { StatusCode::NO_CONTENT } else { StatusCode::SERVICE_UNAVAILABLE }
}
