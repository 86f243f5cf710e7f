//! The REST interface, under `/api/v1/`, with a document that describes it and a page to try it.

mod control;
mod sessions;
mod status;
mod wrong;

use std::sync::Arc;

use axum::Router;
use serde::Deserialize;
use utoipa::{IntoParams, OpenApi};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::metrics;
use crate::radio;
use crate::relay::Relay;
use crate::session::Room;
pub(crate) use wrong::{Told, Wrong};

/// Where the document is.
const DOCUMENT: &str = "/api/v1/openapi.json";
/// Where the page to try it is.
const PAGE: &str = "/api/v1/docs";

#[derive(OpenApi)]
#[openapi(info(
    title = "Auralis relay",
    description = "Sessions of endless ambient music: create, look at, steer, end.",
    license(name = "MIT", identifier = "MIT")
))]
struct Document;

/// Which session is meant.
#[derive(Deserialize, IntoParams)]
pub(crate) struct Which {
    /// The session's name; `main` if it is not given.
    session: Option<String>,
}

impl Which {
    /// It, if there is one of that name.
    pub(crate) fn room(&self, relay: &Relay) -> Result<Arc<Room>, Wrong> {
        find(relay, self.session.as_deref().unwrap_or(auralis_protocol::MAIN_SESSION))
    }
}

pub(crate) fn find(relay: &Relay, name: &str) -> Result<Arc<Room>, Wrong> {
    relay.sessions().find(name).ok_or_else(|| Wrong::NoSession(name.into()))
}

fn described() -> OpenApiRouter<Arc<Relay>> {
    OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(control::post))
        .routes(routes!(status::get))
        .routes(routes!(status::ready))
        .routes(routes!(sessions::list, sessions::create))
        .routes(routes!(sessions::get, sessions::end))
        .merge(metrics::described())
        .routes(routes!(radio::opus))
        .routes(routes!(radio::wav))
        .routes(routes!(radio::playlist))
}

/// What answers under `/api/v1/`, metrics, too, and the plain audio beside it, which the document describes as well.
pub fn router(relay: Arc<Relay>) -> Router {
    let (router, document) = described().split_for_parts();
    router.with_state(relay).merge(utoipa_swagger_ui::SwaggerUi::new(PAGE).url(DOCUMENT, document))
}
