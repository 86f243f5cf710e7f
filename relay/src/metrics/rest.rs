//! `/api/v1/metrics`: as JSON, for Prometheus, and in one word.

use std::sync::Arc;

use auralis_engine::settings::SettingError;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Answer, Asked, MetricsHealth};
use super::dashboard;
use crate::api::{Told, Wrong, find};
use crate::relay::Relay;

/// What Prometheus calls its text format.
const PROMETHEUS: &str = "text/plain; version=0.0.4; charset=utf-8";

/// How the relay fares: what is measured now, what was counted, alerts, events, and the history if it is asked for.
#[utoipa::path(
    get,
    path = "/api/v1/metrics",
    params(Asked),
    responses(
        (status = 200, body = Answer),
        (status = 404, description = "There is no such session", body = Told),
        (status = 422, description = "A value cannot be had", body = Told),
    )
)]
async fn json(State(relay): State<Arc<Relay>>, Query(asked): Query<Asked>) -> Result<Response, Wrong> {
    let room = asked.session.as_deref().map(|name| find(&relay, name)).transpose()?;
    let history = match asked.history.as_deref() {
        None | Some("false") => false,
        Some("true") => true,
        Some(other) => {
            let (field, allowed) = ("history".into(), "true or false".into());
            return Err(Wrong::Value(SettingError { field, value: other.into(), allowed }));
        }
    };
    Ok(fresh(Json(Answer::of(&relay, room.as_deref(), history))))
}

/// The same for Prometheus, in its text format, version 0.0.4.
#[utoipa::path(
    get,
    path = "/api/v1/metrics/prometheus",
    responses(
        (status = 200, description = "The text format, version 0.0.4", body = String, content_type = "text/plain"),
        (status = 500, description = "It could not be written", body = Told),
    )
)]
async fn prometheus(State(relay): State<Arc<Relay>>) -> Result<Response, Wrong> {
    let text = relay.metrics().families.text().map_err(|error| Wrong::Failed(error.to_string()))?;
    Ok(fresh(([(CONTENT_TYPE, PROMETHEUS)], text)))
}

/// Whether the relay does what it is for, with reasons where it does not.
#[utoipa::path(
    get,
    path = "/api/v1/metrics/health",
    responses(
        (status = 200, description = "It does", body = MetricsHealth),
        (status = 503, description = "It does not", body = MetricsHealth),
    )
)]
async fn health(State(relay): State<Arc<Relay>>) -> Response {
    let health = MetricsHealth::of(&relay);
    let status = if health.is_healthy() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    fresh((status, Json(health)))
}

/// An answer that holds for this moment only.
fn fresh(answer: impl IntoResponse) -> Response {
    ([(CACHE_CONTROL, "no-store")], answer).into_response()
}

/// What answers under `/api/v1/metrics`, with its part of the document.
pub(crate) fn described() -> OpenApiRouter<Arc<Relay>> {
    OpenApiRouter::new().routes(routes!(json)).routes(routes!(prometheus)).routes(routes!(health))
}

/// The metrics, their health and the dashboard, and nothing else: it can be served alone, at a port that only those reach who run the relay.
pub fn router(relay: Arc<Relay>) -> Router {
    described().split_for_parts().0.with_state(relay).merge(dashboard::router())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::Pace;
    use crate::session::{Registry, Store};
    use auralis_engine::Session;
    use serde_json::Value;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn it_stands_alone_and_says_that_the_relay_stops() {
        let folder = tempfile::tempdir().unwrap();
        let first = Session::new(1);
        let store = Store::open(folder.path()).unwrap();
        let sessions = Registry::open(store, first, 1, Pace::default()).unwrap();
        let relay = Arc::new(Relay::new(sessions, &first, 1, true));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let serving = tokio::spawn(axum::serve(listener, router(relay.clone())).into_future());
        let get = |path: &'static str| {
            let asked = move || {
                let agent: ureq::Agent =
                    ureq::Agent::config_builder().http_status_as_error(false).build().into();
                let mut response = agent.get(format!("http://{address}{path}")).call().unwrap();
                (response.status().as_u16(), response.body_mut().read_to_string().unwrap())
            };
            async move { tokio::task::spawn_blocking(asked).await.unwrap() }
        };
        for path in ["/api/v1/metrics", "/api/v1/metrics/prometheus", "/api/v1/metrics/health", "/dashboard"]
        {
            assert_eq!(get(path).await.0, 200, "{path}");
        }
        assert_eq!(get("/api/v1/status").await.0, 404, "nothing else is there");
        relay.stopping().cancel();
        let (status, text) = get("/api/v1/metrics/health").await;
        let health: Value = serde_json::from_str(&text).unwrap();
        assert_eq!((status, &health["status"]), (503, &"unhealthy".into()));
        assert_eq!(health["reasons"][0]["sentence"], "the relay stops");
        serving.abort();
    }

    #[tokio::test]
    async fn a_client_that_is_refused_is_an_event() {
        let folder = tempfile::tempdir().unwrap();
        let first = Session::new(1);
        let store = Store::open(folder.path()).unwrap();
        let sessions = Registry::open(store, first, 1, Pace::default()).unwrap();
        let relay = Relay::new(sessions, &first, 1, true);
        let _place = relay.admit(auralis_protocol::Transport::Pcm).unwrap();
        assert!(relay.admit(auralis_protocol::Transport::Json).is_none());
        let answer = serde_json::to_value(Answer::of(&relay, None, false)).unwrap();
        let event = &answer["events"][0];
        assert_eq!((&event["code"], &event["severity"]), (&"SERVER_OVERLOAD".into(), &"critical".into()));
    }
}
