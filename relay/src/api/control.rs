//! `POST /api/v1/control`: changes a session, as the message `control` does.

use std::sync::Arc;

use auralis_protocol::Control;
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use serde_json::Value;

use super::Which;
use super::wrong::{Told, Wrong};
use crate::relay::Relay;
use crate::session::patch_of;

/// Changes a session, for everybody in it. When this is answered, the change is kept for good.
#[utoipa::path(
    post,
    path = "/api/v1/control",
    params(Which),
    request_body(
        content = Value,
        description = "Any of key, scale, bpm, intensity, preset and the other settings",
        example = json!({ "bpm": 62, "intensity": 0.4 })
    ),
    responses(
        (status = 200, description = "What is played now, as a `generation_update`", body = Value),
        (status = 403, description = "Only the host may", body = Told),
        (status = 404, description = "There is no such session", body = Told),
        (status = 413, description = "The body is longer than 64 KiB", body = Told),
        (status = 422, description = "A value cannot be had", body = Told),
        (status = 429, description = "Too many changes lately", body = Told),
        (status = 500, description = "It could not be kept", body = Told),
        (status = 507, description = "There is no room to keep it", body = Told),
    )
)]
pub(super) async fn post(
    State(relay): State<Arc<Relay>>,
    Query(which): Query<Which>,
    headers: HeaderMap,
    control: Result<Json<Control>, JsonRejection>,
) -> Result<Json<Value>, Wrong> {
    let room = which.room(&relay)?;
    let patch = if room.admits(token(&headers)) {
        control.map_err(Wrong::from).and_then(|Json(control)| Ok(patch_of(&control)?))
    } else {
        Err(Wrong::Host)
    };
    room.change(patch.inspect_err(|_| room.meter().control(false))?).await?;
    Ok(Json(serde_json::to_value(room.update()).unwrap_or_default()))
}

/// The token of `Authorization: Bearer TOKEN`.
pub(super) fn token(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
