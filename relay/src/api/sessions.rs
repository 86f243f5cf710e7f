//! `/api/v1/sessions`: which there are; begin one, look at one, end one.

use std::sync::Arc;

use auralis_engine::settings::SettingError;
use auralis_engine::{Frame, SampleRate};
use auralis_protocol::Control;
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::control::token;
use super::find;
use super::wrong::{Told, Wrong};
use crate::relay::Relay;
use crate::session::{Room, hash, patch_of};
use crate::time;

/// A session.
#[derive(Serialize, ToSchema)]
pub(super) struct Shown {
    /// What it is called.
    name: String,
    /// Its seed, as a decimal string, since it has 64 bits.
    seed: String,
    /// In hertz.
    sample_rate: u32,
    /// When it began, RFC 3339 in UTC.
    began: String,
    /// Whether everybody may steer it.
    open: bool,
    /// Whether the relay alone makes its sound, on a GPU where it has one: no client can make the same.
    streams_only: bool,
    /// How many changes there were.
    changes: usize,
    /// How many listen to audio.
    active_clients: usize,
    /// The settings that hold now.
    settings: Value,
}

impl Shown {
    fn of(room: &Room) -> Self {
        let session = room.session();
        Self {
            name: room.name().into(),
            seed: session.seed.to_string(),
            sample_rate: session.rate.hz(),
            began: time::text(room.clock().time_of(Frame::ZERO)),
            open: room.is_open(),
            streams_only: room.is_streams_only(),
            changes: room.log().changes().len(),
            active_clients: room.station().listeners(),
            settings: serde_json::to_value(room.now().settings).unwrap_or_default(),
        }
    }
}

/// What is to begin.
#[derive(Deserialize, ToSchema)]
pub(super) struct Wanted {
    /// 1 to 64 letters, digits, - and _.
    name: String,
    /// A decimal string; by chance if it is not given.
    seed: Option<String>,
    /// 44100 or 48000; the relay's own if it is not given.
    sample_rate: Option<u32>,
    /// Settings that are not to be the relay's own.
    #[serde(default)]
    settings: Map<String, Value>,
    /// Whether everybody may steer it; else whoever has the token that is answered, once, now.
    #[serde(default = "yes")]
    open: bool,
    /// Whether the relay alone is to make its sound, which may then be a GPU's, within -80 dB of what the session's own would be: no client makes
    /// it itself, and there are no hashes of it.
    #[serde(default)]
    streams_only: bool,
}

const fn yes() -> bool {
    true
}

/// What has begun.
#[derive(Serialize, ToSchema)]
pub(super) struct Begun {
    /// The session.
    session: Shown,
    /// What its host proves himself by, in a session that not everybody may steer. It is told this once.
    #[serde(skip_serializing_if = "Option::is_none")]
    host_token: Option<String>,
}

/// All sessions, by name.
#[utoipa::path(get, path = "/api/v1/sessions", responses((status = 200, body = Vec<Shown>)))]
pub(super) async fn list(State(relay): State<Arc<Relay>>) -> Json<Vec<Shown>> {
    Json(relay.sessions().all().iter().map(|room| Shown::of(room)).collect())
}

/// Begins a session.
#[utoipa::path(
    post,
    path = "/api/v1/sessions",
    request_body = Wanted,
    responses(
        (status = 201, body = Begun),
        (status = 409, description = "There is one of that name, or no room for one more", body = Told),
        (status = 413, description = "The body is longer than 64 KiB", body = Told),
        (status = 422, description = "A value cannot be had", body = Told),
        (status = 500, description = "It could not be kept", body = Told),
        (status = 507, description = "There is no room to keep it", body = Told),
    )
)]
pub(super) async fn create(
    State(relay): State<Arc<Relay>>,
    wanted: Result<Json<Wanted>, JsonRejection>,
) -> Result<(StatusCode, Json<Begun>), Wrong> {
    let Json(wanted) = wanted?;
    let wrong = |field: &str, value: String, allowed: &str| SettingError {
        field: field.into(),
        value,
        allowed: allowed.into(),
    };
    let mut session = relay.first(rand::random());
    if let Some(seed) = wanted.seed {
        let whole = seed.bytes().all(|b| b.is_ascii_digit()).then(|| seed.parse().ok()).flatten();
        session.seed =
            whole.ok_or_else(|| wrong("seed", seed, "a decimal string from 0 to 18446744073709551615"))?;
    }
    if let Some(hz) = wanted.sample_rate {
        session.rate =
            SampleRate::from_hz(hz).ok_or_else(|| wrong("sample_rate", hz.to_string(), "44100 or 48000"))?;
    }
    if !wanted.settings.is_empty() {
        let patch = patch_of(&Control { timestamp: None, settings: wanted.settings })?;
        session.settings = session.settings.with(&patch);
    }
    let host_token = (!wanted.open).then(|| URL_SAFE_NO_PAD.encode(rand::random::<[u8; 16]>()));
    let host = host_token.as_deref().map(hash);
    let begin = move || relay.sessions().create(&wanted.name, session, host, wanted.streams_only);
    let begun = tokio::task::spawn_blocking(begin).await;
    let room = begun.map_err(|error| Wrong::Failed(error.to_string()))??;
    Ok((StatusCode::CREATED, Json(Begun { session: Shown::of(&room), host_token })))
}

/// A session.
#[utoipa::path(
    get,
    path = "/api/v1/sessions/{name}",
    params(("name" = String, Path, description = "The session's name")),
    responses((status = 200, body = Shown), (status = 404, description = "There is no such session", body = Told))
)]
pub(super) async fn get(
    State(relay): State<Arc<Relay>>,
    Path(name): Path<String>,
) -> Result<Json<Shown>, Wrong> {
    Ok(Json(Shown::of(&*find(&relay, &name)?)))
}

/// Ends a session: its music is over, and it is forgotten.
#[utoipa::path(
    delete,
    path = "/api/v1/sessions/{name}",
    params(("name" = String, Path, description = "The session's name")),
    responses(
        (status = 204, description = "It has ended"),
        (status = 403, description = "Only the host may", body = Told),
        (status = 404, description = "There is no such session", body = Told),
        (status = 409, description = "`main` never ends", body = Told),
        (status = 500, description = "That could not be kept", body = Told),
    )
)]
pub(super) async fn end(
    State(relay): State<Arc<Relay>>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<StatusCode, Wrong> {
    let room = find(&relay, &name)?;
    if !room.admits(token(&headers)) {
        return Err(Wrong::Host);
    }
    if name == auralis_protocol::MAIN_SESSION {
        return Err(Wrong::Conflict("the session \"main\" is always there: it cannot be ended".into()));
    }
    let ending = tokio::task::spawn_blocking(move || relay.sessions().end(&name));
    ending.await.map_err(|error| Wrong::Failed(error.to_string()))??;
    Ok(StatusCode::NO_CONTENT)
}
