//! `GET /api/v1/health`.

use auralis_protocol::{Health, HealthStatus};
use axum::Json;
use axum::http::header::{CACHE_CONTROL, HeaderName};

/// Answers that the relay is up, and which one it is.
pub async fn get() -> ([(HeaderName, &'static str); 1], Json<Health>) {
    let health = Health {
        status: HealthStatus::Ok,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        sound_version: auralis_engine::SOUND_VERSION,
    };
    ([(CACHE_CONTROL, "no-store")], Json(health))
}
