//! Plain HTTP audio, for whatever plays a web radio: `/stream.opus`, `/stream.wav`, and `/stream.m3u`, which names one of them.

mod body;
mod ogg;
mod playlist;
mod wav;

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};

use crate::api::{Told, Which, Wrong};
use crate::network::Caller;
use crate::relay::Relay;
use crate::session::Room;

/// Where a session is an endless Ogg Opus file.
const OPUS_PATH: &str = "/stream.opus";
/// Where a session is an endless WAV file.
const WAV_PATH: &str = "/stream.wav";

/// A session as Ogg Opus, from now on, without an end.
#[utoipa::path(
    get,
    path = "/stream.opus",
    params(Which),
    responses(
        (status = 200, description = "Ogg Opus, 48 kHz, stereo, without an end", body = Vec<u8>, content_type = "audio/ogg"),
        (status = 404, description = "There is no such session, or no Opus here", body = Told),
        (status = 503, description = "As many listen as the relay can serve", body = Told),
    )
)]
pub(crate) async fn opus(
    State(relay): State<Arc<Relay>>,
    Query(which): Query<Which>,
) -> Result<Response, Wrong> {
    let room = which.room(&relay)?;
    if !relay.has_opus() {
        return Err(Wrong::NoOpus);
    }
    Ok(named(&room, answer("audio/ogg; codecs=opus", ogg::body(relay, room.clone()).await?)))
}

/// A session as WAV, 16 bits, from now on, without an end.
#[utoipa::path(
    get,
    path = "/stream.wav",
    params(Which),
    responses(
        (status = 200, description = "16-bit WAV, stereo, at the session's rate, without an end", body = Vec<u8>, content_type = "audio/wav"),
        (status = 404, description = "There is no such session", body = Told),
        (status = 503, description = "As many listen as the relay can serve", body = Told),
    )
)]
pub(crate) async fn wav(
    State(relay): State<Arc<Relay>>,
    Query(which): Query<Which>,
) -> Result<Response, Wrong> {
    let room = which.room(&relay)?;
    Ok(named(&room, answer("audio/wav", wav::body(relay, room.clone()).await?)))
}

/// A playlist for players: where the session is streamed, and what it plays now.
#[utoipa::path(
    get,
    path = "/stream.m3u",
    params(Which),
    responses(
        (status = 200, description = "Names /stream.opus, or /stream.wav where there is no Opus", body = String, content_type = "audio/x-mpegurl"),
        (status = 404, description = "There is no such session", body = Told),
    )
)]
pub(crate) async fn playlist(
    State(relay): State<Arc<Relay>>,
    Query(which): Query<Which>,
    caller: Option<Extension<Arc<Caller>>>,
    headers: HeaderMap,
) -> Result<Response, Wrong> {
    let secure = caller.is_some_and(|caller| caller.is_secure());
    let room = which.room(&relay)?;
    let path = if relay.has_opus() { OPUS_PATH } else { WAV_PATH };
    let text = playlist::of(&room.title(), &playlist::address(&headers, secure, path, room.name()));
    Ok(answer("audio/x-mpegurl", text.into()))
}

fn answer(kind: &'static str, body: Body) -> Response {
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// With what web radios call themselves: a session's name is plain ASCII, and so is this. Not for a playlist: VLC would take it for the radio itself, and
/// wait for it for ever.
fn named(room: &Room, mut response: Response) -> Response {
    if let Ok(name) = HeaderValue::try_from(format!("Auralis: {}", room.name())) {
        response.headers_mut().insert(HeaderName::from_static("icy-name"), name);
    }
    response
}
